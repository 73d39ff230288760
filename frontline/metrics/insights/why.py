"""Why a metric moved: beyond noise or not, in which groups, since when, what was out of the ordinary.

The split is arithmetic, not a cause.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import MetricKind
from frontline.core.periods import Period
from frontline.metrics.insights.series import (
    Run,
    RunTogether,
    can_be_split,
    one_by_one,
    read_track,
    without_pins,
)
from frontline.metrics.insights.splits import (
    STANDS_OUT,
    UNNAMED,
    Part,
    Split,
    compared_by,
    dimensions,
    read_medians,
    read_sides,
    split_of,
)
from frontline.metrics.query import Filter, MetricQuery, MetricResult

if TYPE_CHECKING:
    from frontline.analysis.levels import Move, Start, Track
    from frontline.catalog.loader import Catalog

HISTORY = dt.timedelta(days=84)


@dataclass(frozen=True)
class Why:
    """What is known about a change. ``move`` is None where too few units are shown to know the noise.

    ``start_group``: the (dimension, group) whose own series ``start`` was found in, None for the whole.
    ``medians``: for a metric that does not add up, the groups whose own figure moved most.
    """

    change: float
    before: float
    after: float
    move: Move | None
    split: Split | None
    others: tuple[Split, ...] = ()
    start: Start | None = None
    start_group: tuple[str, str] | None = None
    unusual: tuple[tuple[dt.date, float], ...] = ()
    unusual_step: int = 1
    is_splittable: bool = True
    is_level: bool = False  # open at an instant: ``move`` compares the averages of the days
    medians: tuple[Part, ...] = ()
    median_dim: str = ""

    @property
    def is_noise(self) -> bool:
        """Whether chance makes changes of this size."""
        return self.move is not None and self.move.is_noise


def explain(
    run: Run,
    catalog: Catalog,
    compared: MetricResult,
    *,
    today: dt.date,
    by: Sequence[str] = (),
    together: RunTogether | None = None,
) -> Why | None:
    """Explain the change in ``compared``, a comparison of one metric without a breakdown; None where it shows none.

    ``by``: dimensions that were asked for; the split by the first of them leads, whichever says most. ``together``
    runs the breakdowns at once; without it they are run one by one.

    Raises:
        UsageError: it is counted by a version that is not in force.
    """
    query = without_pins(catalog, compared.query)
    metric = catalog.metrics[query.metrics[0]]
    whole = read_sides(metric, compared, query.metrics[0])
    if compared.compare_period is None or "" not in whole["current"] or "" not in whole["compare"]:
        return None
    now, then = whole["current"][""], whole["compare"][""]
    before, after = then.num / then.den, now.num / now.den
    asked = query.model_copy(update={"order": None, "limit": None})
    current, earlier = query.period.period, compared.compare_period
    track = _track(run, catalog, query, current, earlier, today)
    together = together or one_by_one(run)
    move = _move(track, current, earlier, today, compared.is_unfinished)
    unusual, step = _unusual(track, current, today)
    if not can_be_split(catalog, metric):
        dim, parts = read_medians(together, catalog, asked, whole)
        return Why(
            after - before, before, after, move, None, unusual=unusual, unusual_step=step,
            is_splittable=False, medians=parts, median_dim=dim,
        )  # fmt: skip
    noise = _noise(track, current, earlier)
    dims = dict.fromkeys((*by, *dimensions(catalog, query)))
    found = [
        split
        for result in together([compared_by(asked, dim) for dim in dims])
        if result is not None and (split := split_of(catalog, result, now, then, noise)) is not None
    ]
    found.sort(key=lambda split: (split.dim not in by[:1], -split.concentration))
    best = found[0] if found else None
    start, group = _start(run, catalog, query, current, earlier, today, track, best)
    return Why(
        after - before, before, after, move, best, tuple(found[1:]), start, group, unusual=unusual, unusual_step=step,
        is_level=metric.kind is MetricKind.SNAPSHOT,
    )  # fmt: skip


def _track(
    run: Run, catalog: Catalog, query: MetricQuery, current: Period, earlier: Period, today: dt.date
) -> Track | None:
    end = min(current.end, today)
    start = min(current.start, earlier.start) - HISTORY
    return read_track(run, catalog, query, Period(start, end)) if start < end else None


def _move(track: Track | None, current: Period, earlier: Period, today: dt.date, is_unfinished: bool) -> Move | None:
    from frontline.analysis.levels import compare

    if track is None:
        return None
    then = earlier
    if is_unfinished:  # the same number of whole days
        passed = (today - current.start).days
        if passed < 1:
            return None
        then = Period(earlier.start, min(earlier.end, earlier.start + dt.timedelta(days=passed)))
    try:
        return compare(track, _ordinals(then), _ordinals(current))
    except ValueError:
        return None


def _noise(track: Track | None, current: Period, earlier: Period) -> float | None:
    """Return the variance of a unit of weight 1, for counts over its level: what a part moves by itself."""
    from frontline.analysis.levels import Sort, spread

    if track is None:
        return None
    try:
        s2 = spread(track, (*_ordinals(earlier), *_ordinals(current)))
    except ValueError:
        return None
    if track.sort is not Sort.COUNT:
        return s2
    level = float((track.weight * track.level).sum() / track.weight.sum())
    return s2 / level if level > 0 else None


def _unusual(track: Track | None, current: Period, today: dt.date) -> tuple[tuple[tuple[dt.date, float], ...], int]:
    from frontline.analysis.levels import unusual

    if track is None:
        return (), 1
    found = unusual(track, _ordinals(current))
    return tuple((dt.date.fromordinal(day), z) for day, z in found if dt.date.fromordinal(day) < today), track.step


def _start(
    run: Run,
    catalog: Catalog,
    query: MetricQuery,
    current: Period,
    earlier: Period,
    today: dt.date,
    track: Track | None,
    best: Split | None,
) -> tuple[Start | None, tuple[str, str] | None]:
    """Look for the start in the series of the group that carries the change, else in the whole."""
    from frontline.analysis.levels import since_when

    end = min(current.end, today)
    window = (min(earlier.start, end - dt.timedelta(days=28)).toordinal(), end.toordinal())
    lead = _lead(best)
    if lead is not None and best is not None:
        own = query.model_copy(update={"filters": (*query.filters, Filter(dim=best.dim, values=(lead.group,)))})
        apart = _track(run, catalog, own, current, earlier, today)
        found = None if apart is None else since_when(apart, window)
        if found is not None and found.is_clear:
            return found, (best.dim, lead.group)
    return (None if track is None else since_when(track, window)), None


def _lead(split: Split | None) -> Part | None:
    """Return the group that carries half of the change or more by its own figure."""
    if split is None or not split.drivers:
        return None
    first = split.drivers[0]
    if first.group in UNNAMED or first.is_noise or split.concentration < STANDS_OUT:
        return None
    own = first.total if first.rate is None else first.rate
    return first if own / split.change >= 0.5 else None


def _ordinals(period: Period) -> tuple[int, int]:
    return period.start.toordinal(), period.end.toordinal()
