"""How one group stands: what of its figures moved, and what differs from the others, as far as chance does not do that.

Every test of the summary counts as one of many: at most one statement of ten may be chance (Benjamini-Hochberg).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from frontline.analysis.rates import discoveries
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import Grain, Period, floor_date
from frontline.metrics.insights.series import Run, can_be_split, track_of
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec

if TYPE_CHECKING:
    from frontline.analysis.levels import Move, Track
    from frontline.catalog.loader import Catalog

# What matters to somebody who answers for a group, most telling first; what the dimension does not carry falls out.
MATTERS = ("contact_volume", "service_level", "aht", "fcr_rate", "recontact_rate", "csat", "sla_attainment", "backlog",
           "qa_score", "repeat_information_rate")  # fmt: skip
LATELY, HISTORY = dt.timedelta(weeks=4), dt.timedelta(weeks=24)
FALSE_RATE = 0.10


@dataclass(frozen=True)
class Statement:
    """One thing that chance does not explain. ``kind``: moved (against the four weeks before) | differs (from the
    others); ``value`` over ``weeks``, the last four that can be judged, ``other`` what it is held against."""

    metric: str
    kind: str
    value: float
    other: float
    z: float
    weeks: Period

    @property
    def gap(self) -> float:
        """How far apart they are."""
        return self.value - self.other


@dataclass(frozen=True)
class Standing:
    """The summary of one group: what passed its test, strongest first, and the metrics of which nothing did.

    ``weeks`` are the last four that are over; ``tested`` those that each metric was tested on: where days have to
    ripen before they can be judged, these end earlier.
    """

    dim: str
    group: str
    weeks: Period
    statements: tuple[Statement, ...]
    quiet: tuple[str, ...]
    unknown: tuple[str, ...]
    tested: Mapping[str, Period]


def standing_of(run: Run, catalog: Catalog, dim: str, group: str, *, today: dt.date) -> Standing:
    """Test the figures that matter for ``group`` of ``dim``.

    Raises:
        NotPermitted: none of them may be seen.
    """
    tested: list[Statement] = []
    quiet: list[str] = []
    unknown: list[str] = []
    weeks: dict[str, Period] = {}
    refused: NotPermitted | None = None
    for key in MATTERS:
        metric = catalog.metrics.get(key)
        if metric is None or dim not in catalog.allowed_dimensions(key) or not can_be_split(catalog, metric):
            continue
        end = floor_date(today - dt.timedelta(days=math.ceil(metric.maturity_days)), Grain.WEEK)
        try:
            found = _test(run, catalog, key, dim, group, end)
        except NotPermitted as error:
            refused = error
            continue
        except (NotFound, UsageError):
            found = []
        tested += found
        weeks[key] = Period(end - LATELY, end)
        (quiet if found else unknown).append(key)
    if refused is not None and not quiet and not unknown:
        raise refused
    named = discoveries([2 * NormalDist().cdf(-abs(item.z)) for item in tested], rate=FALSE_RATE)
    passed = sorted((item for item, stands in zip(tested, named, strict=True) if stands), key=lambda item: -abs(item.z))
    loud = {item.metric for item in passed}
    last = Period(floor_date(today, Grain.WEEK) - LATELY, floor_date(today, Grain.WEEK))
    silent = tuple(key for key in quiet if key not in loud)
    return Standing(dim, group, last, tuple(passed), silent, tuple(unknown), weeks)


def _test(run: Run, catalog: Catalog, key: str, dim: str, group: str, end: dt.date) -> list[Statement]:
    """Return both tests of one metric, passed or not; none where too little is shown."""
    from frontline.analysis.levels import Sort

    result = run(
        MetricQuery(
            kind=Kind.TREND,
            metrics=(key,),
            by=(dim,),
            period=PeriodSpec(start=end - HISTORY, end=end, grain=Grain.WEEK),
        )
    )
    own = track_of(catalog, result, Grain.WEEK, group=group)
    if own is None:
        return []
    found: list[Statement] = []
    weeks = Period(end - LATELY, end)
    lately = (weeks.start.toordinal(), weeks.end.toordinal())
    before = ((end - 2 * LATELY).toordinal(), lately[0])
    if (move := _moved(own, before, lately)) is not None and move.error > 0:
        found.append(Statement(key, "moved", move.after, move.before, move.change / move.error, weeks))
    if own.sort is Sort.COUNT:
        return found
    others = [
        track
        for name in dict.fromkeys(str(row[0]) for row in result.rows)
        if name != group and (track := track_of(catalog, result, Grain.WEEK, group=name)) is not None
    ]
    if others and (statement := _against(key, own, others, weeks)) is not None:
        found.append(statement)
    return found


def _moved(track: Track, before: tuple[int, int], after: tuple[int, int]) -> Move | None:
    from frontline.analysis.levels import compare

    try:
        return compare(track, before, after)
    except ValueError:
        return None


def _against(key: str, own: Track, others: list[Track], weeks: Period) -> Statement | None:
    """Hold the group against the others together over the last weeks."""
    from frontline.analysis.levels import spread

    lately = (weeks.start.toordinal(), weeks.end.toordinal())
    try:
        mine = spread(own, lately[:1])
        noise = [spread(track, lately[:1]) for track in others]
    except ValueError:
        return None
    inside = own.between(*lately)
    parts = [(track.num[track.between(*lately)].sum(), track.den[track.between(*lately)].sum()) for track in others]
    num, den = sum(float(part[0]) for part in parts), sum(float(part[1]) for part in parts)
    if not inside.any() or den <= 0:
        return None
    own_den = float(own.den[inside].sum())
    value, other = float(own.num[inside].sum()) / own_den, num / den
    shared = sum(s2 * float(part[1]) for s2, part in zip(noise, parts, strict=True)) / den**2
    error = math.sqrt(mine / own_den + shared)
    return Statement(key, "differs", value, other, (value - other) / error, weeks) if error > 0 else None
