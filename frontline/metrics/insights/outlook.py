"""The forecast of a metric as the asking person sees it: what it rests on, the figure with its range, and the test."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, Period, floor_date, step_date
from frontline.metrics.insights.series import (
    STEPS,
    Run,
    can_be_split,
    fraction_of,
    plain,
    read_track,
    track_of,
    without_pins,
)
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec

if TYPE_CHECKING:
    from frontline.analysis.forecast import Aim, Backtest, Outlook, Projection
    from frontline.analysis.levels import Track
    from frontline.analysis.limits import Ints
    from frontline.catalog.loader import Catalog

HISTORY = dt.timedelta(days=730)
MOST_GROUPS = 12
IsHoliday = Callable[[dt.date], bool]


@dataclass(frozen=True)
class Piece:
    """A span with its projection; ``group`` of a breakdown, "" for the whole."""

    period: Period
    projection: Projection
    group: str = ""
    label: str = ""  # an hour, in wall time


@dataclass(frozen=True)
class Forecast:
    """A forecast. ``known`` is (numerator, denominator) measured in the period before ``since``, the first day that is
    forecast; ``mass`` is what is expected behind the rest. ``recent``: measured units before, for a picture."""

    whole: Piece
    units: tuple[Piece, ...]
    grain: Grain | None
    backtest: Backtest
    since: dt.date
    first: dt.date
    last: dt.date
    known: tuple[float, float]
    mass: float
    rest: Projection
    recent: tuple[tuple[dt.date, float], ...] = ()
    groups: tuple[Piece, ...] = ()
    left_out: tuple[str, ...] = ()
    holidays: tuple[dt.date, ...] = ()
    step: int = 1  # days of the units it was worked out on
    missing: int = 0  # hours with too few to show


def forecast(run: Run, catalog: Catalog, query: MetricQuery, *, today: dt.date, is_holiday: IsHoliday) -> Forecast:
    """Forecast the metric of ``query`` over its period; what is measured of it by yesterday counts as it is.

    Raises:
        UsageError: the metric has no forecast, or its history is too short to try one on.
        NotFound, NotPermitted: as for any question.
    """
    if len(query.metrics) != 1:
        raise UsageError("I forecast one metric at a time.", next_step="Ask for each by itself.")
    metric, query = catalog.metrics[query.metrics[0]], without_pins(catalog, query)
    _require(catalog, metric, query)
    today -= dt.timedelta(days=math.ceil(metric.maturity_days))  # younger days cannot be judged, so they are to come
    track = _history(run, catalog, query, today)
    if track is None:
        raise too_short(metric)
    aim = _aim(metric, track)
    period = query.period.period
    since = max(period.start, today)
    if since >= period.end:
        raise UsageError("That period is over.", next_step="Ask for its figure, or for a forecast of one to come.")
    grain, units = _units(query, since, track.step)
    outlook = _project(track, [Period(since, period.end), *units], aim, is_holiday)
    if outlook is None:
        raise too_short(metric)
    known = _known(run, catalog, query, since, aim)
    rest = outlook.projections[0]
    whole = Piece(period, _joined(known, rest, outlook.masses[0], aim))
    groups, left_out = _groups(run, catalog, query, today, since, aim, is_holiday) if query.by else ((), ())
    return Forecast(
        whole,
        tuple(Piece(unit, found) for unit, found in zip(units, outlook.projections[1:], strict=True)),
        grain,
        outlook.backtest,
        since,
        first=dt.date.fromordinal(int(track.day[0])),
        last=_last_day(track),
        step=track.step,
        known=known,
        mass=outlook.masses[0],
        rest=rest,
        recent=_recent(track, aim, grain, metric),
        groups=groups,
        left_out=left_out,
        holidays=tuple(day for day in _days(Period(since, period.end)) if is_holiday(day))[:3],
    )


def _require(catalog: Catalog, metric: Metric, query: MetricQuery) -> None:
    if metric.kind is MetricKind.LATEST:
        raise UsageError(
            f"{metric.title} is a reading of now, and I keep no series of it to forecast from.",
            next_step="Ask for contact volume or the average speed of answer.",
        )
    if not can_be_split(catalog, metric):
        raise UsageError(
            f"{metric.title} is a median or counts distinct ones: it does not add up over days, so it has no forecast.",
            next_step="Ask for its trend so far.",
        )
    if metric.kind is MetricKind.COHORT and query.period.period.whole_months != 1:
        raise UsageError(f"{metric.title} is forecast for a whole month.", next_step="Ask for next month.")
    if metric.kind is MetricKind.COHORT and query.by:
        raise UsageError(f"{metric.title} is forecast as a whole.", next_step="Leave the breakdown out.")
    if len(query.by) > 1:
        raise UsageError("I forecast by one dimension at a time.", next_step="Leave one out.")
    if query.by and query.period.grain is not None:
        raise UsageError("I forecast either by groups or unit by unit.", next_step="Leave one out.")


def too_short(metric: Metric) -> UsageError:
    """Return the sentence for a history that allows no forecast which was tried on the past."""
    return UsageError(
        f"The history of {metric.title.lower()} is too short, or too much of it hidden, to try one that far ahead.",
        next_step="Ask for a shorter period, fewer filters, or the trend so far.",
    )


def _history(run: Run, catalog: Catalog, query: MetricQuery, today: dt.date) -> Track | None:
    metric = catalog.metrics[query.metrics[0]]
    track = read_track(run, catalog, query, Period(today - HISTORY, today), grains=_grains(metric, query))
    return None if track is None else _begun(track)


def _grains(metric: Metric, query: MetricQuery) -> tuple[Grain, ...]:
    """Return the units that may be looked at: months only for whole months."""
    if metric.kind is MetricKind.COHORT:
        return (Grain.MONTH,)
    is_whole = query.period.period.whole_months > 0 and metric.kind is not MetricKind.SNAPSHOT
    return (Grain.DAY, Grain.WEEK, Grain.MONTH) if is_whole else (Grain.DAY, Grain.WEEK)


def _begun(track: Track) -> Track:
    """Return the track from its first count on: before there were data, nothing was open."""
    from frontline.analysis.levels import Sort

    if track.sort is not Sort.COUNT or not track.num.any():
        return track
    return track.where(track.day >= track.day[track.num > 0][0])


def _aim(metric: Metric, track: Track) -> Aim:
    from frontline.analysis.forecast import Aim
    from frontline.analysis.levels import Sort

    if metric.kind is MetricKind.SNAPSHOT:
        return Aim.LAST
    return Aim.SUM if track.sort is Sort.COUNT else Aim.RATIO


def _project(track: Track, periods: list[Period], aim: Aim, is_holiday: IsHoliday) -> Outlook | None:
    """Forecast calendar spans; a week or month that is only touched counts by the days of it."""
    from frontline.analysis.forecast import Aim, project

    if track.step == 30:
        counted = replace(track, day=_month_numbers(track) * 30)
        spans = [(_month(period.start) * 30, _month(period.last_day) * 30 + 30) for period in periods]
        sizes = [_whole_months(period).days for period in periods]
    else:
        counted, last = track, int(track.day[-1]) + track.step
        spans = [(period.start.toordinal(), period.end.toordinal()) for period in periods]
        sizes = [(-(-(end - last) // track.step) - (start - last) // track.step) * track.step for start, end in spans]
    reach = max(end for _, end in spans)
    if reach - int(counted.day[-1]) > len(track) * track.step // 2:
        return None
    special: frozenset[int] = frozenset()
    if track.step == 1:
        days = range(int(track.day[0]), reach)
        special = frozenset(day for day in days if is_holiday(dt.date.fromordinal(day)))
    found = project(counted, spans, aim, special=special)
    if found is None or track.step == 1 or aim is Aim.LAST:
        return found
    parts = [period.days / size for period, size in zip(periods, sizes, strict=True)]
    masses = tuple(mass * part for mass, part in zip(found.masses, parts, strict=True))
    if aim is Aim.RATIO:
        return replace(found, masses=masses)
    scaled = [
        replace(item, value=item.value * part, low=item.low * part, high=item.high * part)
        for item, part in zip(found.projections, parts, strict=True)
    ]
    return replace(found, projections=tuple(scaled), masses=masses)


def _whole_months(period: Period) -> Period:
    return Period(period.start.replace(day=1), step_date(period.last_day.replace(day=1), Grain.MONTH, 1))


def _month_numbers(track: Track) -> Ints:
    import numpy as np

    return np.array([_month(dt.date.fromordinal(int(day))) for day in track.day], dtype=np.int64)


def _last_day(track: Track) -> dt.date:
    last = dt.date.fromordinal(int(track.day[-1]))
    after = step_date(last, Grain.MONTH, 1) if track.step == 30 else last + dt.timedelta(days=track.step)
    return after - dt.timedelta(days=1)


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month


def _units(query: MetricQuery, since: dt.date, step: int) -> tuple[Grain | None, list[Period]]:
    """Return the grain to show and its units within the period, cut at its ends; none where one unit is all."""
    end = query.period.end
    grain = query.period.grain
    if grain is None:
        days = (end - since).days
        grain = Grain.DAY if days <= 14 else Grain.WEEK if days <= 112 else Grain.MONTH
    if step > STEPS.get(grain, 30):
        grain = Grain.WEEK if step == STEPS[Grain.WEEK] else Grain.MONTH
    found: list[Period] = []
    at = since
    while at < end:
        until = min(step_date(floor_date(at, grain), grain, 1), end)
        found.append(Period(at, until))
        at = until
    return grain, found if len(found) > 1 or query.period.grain is not None else []


def _known(run: Run, catalog: Catalog, query: MetricQuery, since: dt.date, aim: Aim) -> tuple[float, float]:
    from frontline.analysis.forecast import Aim

    start = query.period.start
    if start >= since or aim is Aim.LAST:
        return 0.0, 0.0
    return measured(run, catalog, query, Period(start, since))


def measured(run: Run, catalog: Catalog, query: MetricQuery, period: Period) -> tuple[float, float]:
    """Return (numerator, denominator) of the metric over ``period``; (0, 0) where nothing was counted.

    Raises:
        UsageError: something was, and it is hidden. What is to come alone is no figure of the whole.
    """
    result = run(plain(query, Kind.LOOKUP, PeriodSpec(start=period.start, end=period.end)))
    if (0, 0) in result.suppressed:
        raise UsageError(
            f"Too few stand behind {result.stamps[0].label.lower()} so far in that period to be shown, "
            "so the whole of it cannot be forecast.",
            next_step="Ask for a period that is still to come, or with fewer filters.",
        )
    if not result.rows or result.rows[0][0] is None:
        return 0.0, 0.0
    return fraction_of(catalog.metrics[query.metrics[0]], result.rows[0][0], result.parts[0][0])


def _joined(known: tuple[float, float], rest: Projection, mass: float, aim: Aim) -> Projection:
    """Return what is measured and what is forecast as one figure."""
    from frontline.analysis.forecast import Aim

    num, den = known
    if aim is Aim.LAST or not den:
        return rest

    def join(value: float) -> float:
        return num + value if aim is Aim.SUM else (num + value * mass) / (den + mass)

    return replace(rest, value=join(rest.value), low=join(rest.low), high=join(rest.high))


def _groups(
    run: Run, catalog: Catalog, query: MetricQuery, today: dt.date, since: dt.date, aim: Aim, is_holiday: IsHoliday
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Forecast each group by itself; groups with too little shown are left out by name."""
    metric, span = catalog.metrics[query.metrics[0]], Period(since, query.period.end)
    found: dict[str, Piece] = {}
    names: list[str] = []
    for grain in _grains(metric, query):
        start, end = floor_date(today - HISTORY, grain), floor_date(today, grain)
        period = PeriodSpec(start=start, end=end, grain=grain)
        result = run(query.model_copy(update={"kind": Kind.TREND, "period": period}))
        names = list(dict.fromkeys([*names, *(str(row[0]) for row in result.rows)]))
        if len(names) > MOST_GROUPS:
            raise UsageError(f"I forecast {MOST_GROUPS} groups at most.", next_step="Filter, or forecast the whole.")
        for name in names:
            track = None if name in found else track_of(catalog, result, grain, group=name)
            outlook = None if track is None else _project(_begun(track), [span], aim, is_holiday)
            if outlook is not None:
                found[name] = Piece(span, outlook.projections[0], group=name)
        if len(found) == len(names):
            break
    if not found:
        raise too_short(metric)
    return tuple(found[name] for name in names if name in found), tuple(name for name in names if name not in found)


def _recent(track: Track, aim: Aim, grain: Grain | None, metric: Metric) -> tuple[tuple[dt.date, float], ...]:
    """Return the last eight whole units before the forecast, oldest first."""
    from frontline.analysis.forecast import Aim

    if grain is None or track.step > {Grain.DAY: 1, Grain.WEEK: 7}.get(grain, 28):
        return ()
    end = floor_date(dt.date.fromordinal(int(track.day[-1]) + track.step), grain)
    found: list[tuple[dt.date, float]] = []
    for _ in range(8):
        start = step_date(end, grain, -1)
        inside = track.between(start.toordinal(), end.toordinal())
        if inside.any():
            num, den = track.num[inside], track.den[inside]
            value = num[-1] if aim is Aim.LAST else num.sum() if aim is Aim.SUM else num.sum() / den.sum()
            found.append((start, float(value)))
        end = start
    return tuple(reversed(found))


def _days(period: Period) -> list[dt.date]:
    return [period.start + dt.timedelta(days=place) for place in range(period.days)]
