"""Whether a target is met, and where a period that is not over is heading: measured so far, forecast for the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, Period, unit_period
from frontline.metrics.insights.outlook import IsHoliday, forecast, measured
from frontline.metrics.insights.series import Run, fraction_of, plain, read_track, without_pins
from frontline.metrics.query import Kind, MetricQuery, MetricResult, PeriodSpec

if TYPE_CHECKING:
    from frontline.analysis.forecast import Projection
    from frontline.catalog.loader import Catalog

ANY_SIDE = 1.96  # standard errors


class Verdict(StrEnum):
    """How a figure stands to its target."""

    MET = "met"
    MISSED = "missed"
    ON_PACE = "on pace"
    BEHIND = "behind"
    OPEN = "open"  # the range of the rest holds both
    UNKNOWN = "unknown"  # the period runs, and nothing can be forecast


@dataclass(frozen=True)
class Pace:
    """A figure against its target. ``gap`` = value - target.

    While the period runs: ``projection`` of its end, ``needed`` in the rest of it (for counts the sum of the rest,
    ``per_day`` beside it), None where nothing can be said; ``since``: the first day still to come, or too young to
    judge; ``is_reachable``: whether a share can be that high or low. ``error``: standard error of a finished figure.
    """

    target: float
    value: float
    verdict: Verdict
    period: Period
    higher_is_better: bool
    projection: Projection | None = None
    needed: float | None = None
    per_day: float | None = None
    since: dt.date | None = None
    is_reachable: bool = True
    error: float | None = None

    @property
    def gap(self) -> float:
        """How far the figure is from the target."""
        return self.value - self.target

    @property
    def is_close(self) -> bool:
        """Whether the gap of a finished period is no more than its noise."""
        return self.error is not None and abs(self.gap) <= ANY_SIDE * self.error


def judge_pace(
    run: Run, catalog: Catalog, result: MetricResult, *, today: dt.date, is_holiday: IsHoliday
) -> Pace | None:
    """Judge the figure in ``result`` (one metric, no breakdown) against its target; None without target or value.

    Raises:
        UsageError: it is counted by a version that is not in force.
    """
    query = without_pins(catalog, result.query)
    metric = catalog.metrics[query.metrics[0]]
    is_one = len(result.rows) == 1 and result.columns[0] == query.metrics[0]
    if metric.target is None or not is_one or result.rows[0][0] is None:
        return None
    value, behind = float(result.rows[0][0]), result.parts[0][0]
    better = metric.direction != "lower"
    if not result.is_unfinished:
        error = _error(run, catalog, query, metric, fraction_of(metric, value, behind)[1])
        verdict = Verdict.MET if _reaches(value, metric.target, better) else Verdict.MISSED
        return Pace(metric.target, value, verdict, query.period.period, better, error=error)
    period = whole_period(query.period.period, today)
    try:
        return _running(run, catalog, query, metric, value, behind[1] is not None, period, today, is_holiday)
    except (UsageError, NotFound):
        return Pace(metric.target, value, Verdict.UNKNOWN, period, better)


def whole_period(period: Period, today: dt.date) -> Period:
    """Return the whole calendar unit of which ``period`` is what has come so far; a longer span ends where it says."""
    if period.end > today + dt.timedelta(days=1):
        return period
    if period.days == 1:
        return period
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK):
        unit = unit_period(period.start, grain)
        if unit.start == period.start and unit.end >= period.end:
            return unit
    return period


def _running(
    run: Run, catalog: Catalog, query: MetricQuery, metric: Metric, value: float, is_ratio: bool, period: Period,
    today: dt.date, is_holiday: IsHoliday,
) -> Pace:  # fmt: skip
    assert metric.target is not None
    better = metric.direction != "lower"
    whole = plain(query, Kind.FORECAST, PeriodSpec(start=period.start, end=period.end))
    found = forecast(run, catalog, whole, today=today, is_holiday=is_holiday)
    ahead = found.rest
    if metric.kind is MetricKind.SNAPSHOT:
        return Pace(metric.target, value, _verdict(ahead, metric.target, better), period, better, ahead)
    num, den = measured(run, catalog, query, period)
    # ``found.known`` ends where the forecast begins; what of the days after it is in already is not to come any more.
    today_num, today_den = num - found.known[0], den - found.known[1]
    since = found.since
    if not is_ratio:
        mass = max(found.mass - today_num, 0.0)
        low, high = (max(item - today_num, 0.0) for item in (ahead.low, ahead.high))
        projection = _moved(ahead, num + mass, num + low, num + high)
        needed = metric.target - num
        verdict = _verdict(projection, metric.target, better)
        per_day = needed / (period.end - since).days
        return Pace(
            metric.target, value, verdict, period, better, projection, needed, per_day, since,
            better or needed >= 0,
        )  # fmt: skip
    mass = max(found.mass - today_den, 0.0)
    if mass <= 0:
        projection = _moved(ahead, value, value, value)
        return Pace(metric.target, value, _verdict(projection, metric.target, better), period, better, projection)

    def end(rate: float) -> float:
        return (num + rate * mass) / (den + mass)

    projection = _moved(ahead, end(ahead.value), end(ahead.low), end(ahead.high))
    needed = (metric.target * (den + mass) - num) / mass
    is_reachable = metric.unit != "share" or (needed <= 1 if better else needed >= 0)
    verdict = _verdict(projection, metric.target, better)
    return Pace(metric.target, value, verdict, period, better, projection, needed, None, since, is_reachable)


def _moved(shown: Projection, value: float, low: float, high: float) -> Projection:
    from dataclasses import replace

    return replace(shown, value=value, low=low, high=high)


def _verdict(projection: Projection, target: float, better: bool) -> Verdict:
    """Judge by the range: on pace when all of it reaches the target, behind when none does."""
    good, bad = (projection.low, projection.high) if better else (projection.high, projection.low)
    if _reaches(good, target, better):
        return Verdict.ON_PACE
    return Verdict.OPEN if _reaches(bad, target, better) else Verdict.BEHIND


def _reaches(value: float, target: float, better: bool) -> bool:
    return value >= target if better else value <= target


def _error(run: Run, catalog: Catalog, query: MetricQuery, metric: Metric, den: float) -> float | None:
    """Return the standard error of a finished ratio from what its days show; None for counts and unknown noise."""
    from frontline.analysis.levels import Sort, spread

    period = query.period.period
    history = Period(period.start - dt.timedelta(days=84), period.end)
    track = read_track(run, catalog, query, history)
    if track is None or track.sort is Sort.COUNT or den <= 0:
        return None
    try:
        return float((spread(track, (period.start.toordinal(),)) / den) ** 0.5)
    except ValueError:
        return None
