"""The forecast of a volume by the hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import MetricKind
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, Period
from frontline.metrics.insights.outlook import Forecast, IsHoliday, Piece, forecast, too_short
from frontline.metrics.insights.series import Run
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog

MOST_HOURS = 7 * 24
HISTORY = dt.timedelta(days=112)


def forecast_hours(
    run: Run, catalog: Catalog, query: MetricQuery, *, today: dt.date, hour: int, is_holiday: IsHoliday
) -> Forecast:
    """Forecast a volume hour by hour, from the ``hour`` that it is now on; raises as ``forecast``."""
    import numpy as np

    from frontline.analysis.hourly import project_hours

    metric, period = catalog.metrics[query.metrics[0]], query.period.period
    if metric.unit != "count" or metric.kind is MetricKind.SNAPSHOT or query.by:
        raise UsageError("By the hour I forecast volumes as a whole.", next_step="Ask for contact volume by the hour.")
    start = today - HISTORY
    hours = PeriodSpec(start=start, end=today, grain=Grain.HOUR)
    result = run(query.model_copy(update={"kind": Kind.TREND, "period": hours}))
    at, value = result.columns.index("period"), result.columns.index(query.metrics[0])
    series: dict[int, float] = {}
    for row in result.rows:
        shown = float("nan") if row[value] is None else float(row[value])
        series[_hour_number(dt.datetime.fromisoformat(str(row[at])))] = shown
    first = max(period.start, today)
    begin = first.toordinal() * 24 + (hour if first == today else 0)
    wanted = list(range(begin, period.end.toordinal() * 24))
    if not wanted or len(wanted) > MOST_HOURS:
        raise UsageError("By the hour I forecast up to a week.", next_step="Ask for tomorrow by the hour.")
    labels = sorted(series)
    found = project_hours(labels, np.array([series[item] for item in labels]), wanted)
    if found is None:
        raise too_short(metric)
    projections, backtest = found
    units = tuple(
        Piece(
            Period(_day_of(number), _day_of(number) + dt.timedelta(days=1)),
            item,
            label=f"{_day_of(number).isoformat()}T{number % 24:02d}:00",
        )
        for number, item in zip(wanted, projections, strict=True)
        if not np.isnan(item.value)
    )
    # The figure of the whole is that of its days: the hours with too few to show are missing in their sum.
    days = query.model_copy(update={"period": query.period.model_copy(update={"grain": None})})
    whole = forecast(run, catalog, days, today=today, is_holiday=is_holiday)
    return replace(
        whole,
        units=units,
        grain=Grain.HOUR,
        backtest=backtest,
        first=start,
        recent=(),
        missing=len(wanted) - len(units),
    )


def _hour_number(at: dt.datetime) -> int:
    return at.date().toordinal() * 24 + at.hour


def _day_of(number: int) -> dt.date:
    return dt.date.fromordinal(number // 24)
