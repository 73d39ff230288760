"""How a metric is doing, for the card of its definition: only what passes a test against chance is said."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontline.catalog.schema_metrics import MetricKind
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import Grain, Period, floor_date, step_date, unit_period
from frontline.core.reply import Button, Item, Part
from frontline.metrics.insights.why import Why, explain
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec
from handlers import evidence
from handlers.assistant.card import Card
from handlers.assistant.numbers import show_day, show_number, show_period
from handlers.assistant.pace import pace_of, verdict_line
from handlers.desk import Work

if TYPE_CHECKING:
    from frontline.catalog.schema_metrics import Metric

LATELY = dt.timedelta(days=28)


def insight(work: Work, metric: str) -> Sequence[Part]:
    """Return the parts that say how ``metric`` is doing: whether it moved, since when, who makes it, the pace.

    None for a reading of now, and where the person may not ask for it or nothing is loaded.
    """
    definition = work.desk.catalog.metrics.get(metric)
    if definition is None or definition.kind is MetricKind.LATEST:
        return ()
    try:
        return _summary(work, metric, definition)
    except (NotPermitted, NotFound, UsageError):
        return ()


def _summary(work: Work, key: str, metric: Metric) -> list[Part]:
    catalog = work.desk.catalog
    lately, trend = _periods(metric, work.today)
    compared = MetricQuery(kind=Kind.COMPARISON, metrics=(key,), period=lately, compare="previous")
    result = work.run(compared)
    found = explain(work.run, catalog, result, today=work.today, together=work.run_together)
    lines = _metric_lines(work, metric, found)
    if pace := pace_line(work, metric, compared):
        lines.append(pace)
    line = MetricQuery(kind=Kind.TREND, metrics=(key,), period=trend)
    said = f"{show_period(lately.period)}: {_headline(metric, found, catalog.calendar.currency)}"
    buttons = [
        Button("Why?", "metric.show", evidence.as_state(compared.model_copy(update={"kind": Kind.WHY}))),
        Button("Forecast", "metric.show", evidence.as_state(_next_weeks(work, compared))),
    ]
    parts: list[Part] = [Item(said, detail="\n".join(lines), buttons=buttons)]
    return parts + Card(catalog, work.run(line)).pictures()[:1]


def _periods(metric: Metric, today: dt.date) -> tuple[PeriodSpec, PeriodSpec]:
    """Return what is looked at (the last four weeks that can be judged; for costs the last month) and the trend."""
    if metric.kind in (MetricKind.COST, MetricKind.DERIVED, MetricKind.COHORT):
        end = floor_date(today, Grain.MONTH)  # ledgers come month by month
        return (
            PeriodSpec(start=step_date(end, Grain.MONTH, -1), end=end),
            PeriodSpec(start=step_date(end, Grain.MONTH, -12), end=end, grain=Grain.MONTH),
        )
    end = today - dt.timedelta(days=math.ceil(metric.maturity_days))
    weeks = floor_date(end, Grain.WEEK)
    return (
        PeriodSpec(start=end - LATELY, end=end),
        PeriodSpec(start=weeks - dt.timedelta(weeks=12), end=weeks, grain=Grain.WEEK),
    )


def _headline(metric: Metric, found: Why | None, currency: str) -> str:
    if found is None:
        return "too little is shown to say how it stands."
    value = show_number(found.after, metric.format, decimals=metric.decimals, currency=currency)
    if found.move is None:
        return f"{value}."
    if found.is_noise:
        return f"{value}, steady."
    return f"{value}, {'up' if found.change > 0 else 'down'} beyond noise{judged(metric, found.change)}."


def judged(metric: Metric, change: float) -> str:
    """Say whether a change is for the better; "" where neither is better."""
    if metric.direction not in ("higher", "lower"):
        return ""
    return ", for the better" if (change > 0) == (metric.direction == "higher") else ", for the worse"


def _metric_lines(work: Work, metric: Metric, found: Why | None) -> list[str]:
    """Return the statements about one metric that pass their test."""
    if found is None:
        return ["Too few stand behind it to be shown."]
    size = Size(work, metric)
    lines = []
    if found.move is None:
        lines.append("Too little of its history is shown to tell a change from chance.")
    elif found.is_noise:
        lines.append(f"No change beyond noise ({size(found.change)} against the period before).")
    else:
        lines.append(f"{size(found.change)} against the period before, beyond noise{_since(work, found)}.")
        if (split := found.split) is not None and split.drivers and split.drivers[0].is_noise is False:
            first = split.drivers[0]
            dimension = work.desk.catalog.dimensions[split.dim]
            title, group = dimension.title.lower(), dimension.label_of(first.group)
            lines.append(f"Most of it in {group} ({title}): {size(first.total)}.")
    week = work.today - dt.timedelta(days=7 + math.ceil(metric.maturity_days))
    odd = [(day, z) for day, z in found.unusual if day >= week]
    if odd and found.unusual_step == 1:
        said = ", ".join(f"{show_day(day)} ({'high' if z > 0 else 'low'})" for day, z in odd[-3:])
        lines.append(f"Unexpected lately: {said}.")
    return lines


def _since(work: Work, found: Why) -> str:
    start = found.start
    if start is None or not start.is_clear or (start.after - start.before) * found.change <= 0:
        return ""
    where = ""
    if found.start_group:
        dim, group = found.start_group
        where = f" in {work.desk.catalog.dimensions[dim].label_of(group)}"
    return f", since about {show_day(dt.date.fromordinal(start.day))}{where}"


def pace_line(work: Work, metric: Metric, query: MetricQuery) -> str:
    """Return the pace to the target in the running month; "" without a target."""
    if metric.target is None:
        return ""
    first = work.today.replace(day=1)
    period = Period(first, work.today + dt.timedelta(days=1))
    if (work.today - first).days <= math.ceil(metric.maturity_days):
        period = unit_period(first - dt.timedelta(days=1), Grain.MONTH)
    asked = query.model_copy(
        update={
            "kind": Kind.LOOKUP,
            "by": (),
            "compare": None,
            "period": PeriodSpec(start=period.start, end=period.end),
        }
    )
    try:
        pace = pace_of(work, work.run(asked))
    except (NotFound, UsageError):
        return ""
    return verdict_line(work.desk.catalog, metric, pace) if pace else ""


class Size:
    """Says figures and differences of one metric."""

    def __init__(self, work: Work, metric: Metric) -> None:
        self._metric = metric
        self._currency = work.desk.catalog.calendar.currency

    def __call__(self, value: float) -> str:
        shown = f"{abs(value) * 100:.1f} points" if self._metric.format == "share" else self.plain(abs(value))
        return f"{'+' if value >= 0 else '-'}{shown}"

    def plain(self, value: float) -> str:
        """Return a figure of the metric."""
        whole = round(value) if self._metric.format == "count" else value
        return show_number(whole, self._metric.format, decimals=self._metric.decimals, currency=self._currency)


def _next_weeks(work: Work, query: MetricQuery) -> MetricQuery:
    start = floor_date(work.today, Grain.WEEK) + dt.timedelta(weeks=1)
    period = PeriodSpec(start=start, end=start + LATELY)
    return query.model_copy(update={"kind": Kind.FORECAST, "by": (), "compare": None, "period": period})
