"""A metric unit by unit, as the asking person sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import Grain, Period, floor_date
from frontline.metrics.guard import adds_up
from frontline.metrics.query import Fraction, Kind, MetricQuery, MetricResult, PeriodSpec

if TYPE_CHECKING:
    from frontline.analysis.levels import Track
    from frontline.catalog.loader import Catalog

# Runs a query as one person before one audience: policy and suppression are inside.
Run = Callable[[MetricQuery], MetricResult]
# Runs breakdowns of the same figure at once; None in the place of one that cannot be looked at.
RunTogether = Callable[[Sequence[MetricQuery]], Sequence[MetricResult | None]]

STEPS: Mapping[Grain, int] = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30}
# Fewer shown units than this share say too little; the next coarser grain is taken.
ENOUGH_SHOWN = 0.6


def one_by_one(run: Run) -> RunTogether:
    """Return the slow way to run several queries."""

    def tried(query: MetricQuery) -> MetricResult | None:
        try:
            return run(query)
        except (NotFound, NotPermitted, UsageError):
            return None

    return lambda queries: [tried(query) for query in queries]


def can_be_split(catalog: Catalog, metric: Metric) -> bool:
    """Whether the value of a whole follows from its parts: not for medians, distinct counts and readings of now."""
    return metric.kind not in (MetricKind.LATEST, MetricKind.CUMULATIVE) and adds_up(catalog, metric)


def plain(query: MetricQuery, kind: Kind, period: PeriodSpec) -> MetricQuery:
    """Return the query of its first metric over another period, without breakdown, comparison and order."""
    pins = tuple(pin for pin in query.pins if pin.partition("@")[0] in query.metrics[:1])
    asked = {"kind": kind, "period": period, "metrics": query.metrics[:1], "pins": pins}
    return query.model_copy(update={**asked, "by": (), "compare": None, "order": None, "limit": None})


def fraction_of(metric: Metric, value: float | int, behind: Fraction) -> tuple[float, float]:
    """Return (numerator, denominator) whose ratio is the value in the metric's unit; denominator 1 for no ratio."""
    num, den = behind
    if den is None:
        return float(value), 1.0
    return float(num or 0) * metric.scale, float(den)


def without_pins(catalog: Catalog, query: MetricQuery) -> MetricQuery:
    """Return the query without the versions it names where they are in force.

    Raises:
        UsageError: it names another version. What lies behind a reason, a forecast or a target counts by the
            definition in force.
    """
    for pin in query.pins:
        key, _, number = pin.partition("@")
        if key in query.metrics and str(catalog.metrics[key].version) != number:
            raise UsageError(
                f"Reasons, forecasts and targets count by the definition in force, not by {pin}.",
                next_step=f"Ask for the figure or the trend of {pin}, or leave @{number} out.",
            )
    return query.model_copy(update={"pins": ()})


def read_track(
    run: Run, catalog: Catalog, query: MetricQuery, period: Period, *, grains: tuple[Grain, ...] = tuple(STEPS)
) -> Track | None:
    """Return the metric of ``query`` over ``period`` in the finest of ``grains`` that is shown for the most part.

    ``period`` has to be over: a unit that is not whole would look like a fall. Filters of ``query`` hold; its own
    period, breakdown and comparison do not. None where no grain is shown.
    """
    for grain in grains:
        start = floor_date(period.start, grain)
        end = floor_date(period.end, grain)
        if start >= end:
            continue
        asked = plain(query, Kind.TREND, PeriodSpec(start=start, end=end, grain=grain))
        try:
            result = run(asked)
        except (NotFound, NotPermitted, UsageError):
            return None
        if (track := track_of(catalog, result, grain)) is not None:
            return track
    return None


def track_of(catalog: Catalog, result: MetricResult, grain: Grain, *, group: str | None = None) -> Track | None:
    """Return a series of the engine as a track: the whole, or of one ``group`` of its breakdown; None where too much
    is hidden."""
    import numpy as np

    from frontline.analysis.levels import Sort, Track

    metric = catalog.metrics[result.query.metrics[0]]
    period, value = result.columns.index("period"), result.columns.index(result.query.metrics[0])
    hidden = {row for row, column in result.suppressed if column == value}
    found: list[tuple[int, float, float]] = []
    hidden_count = 0
    is_ratio = False
    for place, row in enumerate(result.rows):
        if group is not None and str(row[0]) != group:
            continue
        if place in hidden:
            hidden_count += 1
            continue
        if row[value] is None:
            continue
        is_ratio = is_ratio or result.parts[place][0][1] is not None
        num, den = fraction_of(metric, row[value], result.parts[place][0])
        if metric.kind is MetricKind.DERIVED and not num:
            continue  # a month whose ledger is missing costs nothing yet
        if den > 0:
            found.append((dt.date.fromisoformat(str(row[period])[:10]).toordinal(), num, den))
    if not found or len(found) < ENOUGH_SHOWN * (len(found) + hidden_count):
        return None
    days, nums, dens = (np.array(column) for column in zip(*found, strict=True))
    is_share = is_ratio and metric.unit == "share" and bool(((nums >= 0) & (nums <= dens)).all())
    sort = Sort.SHARE if is_share else Sort.MEAN if is_ratio else Sort.COUNT
    return Track(days.astype(np.int64), nums.astype(float), dens.astype(float), sort, STEPS[grain])
