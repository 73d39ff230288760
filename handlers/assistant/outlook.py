"""A forecast in words, rows and a picture: the figure, its range, and how such forecasts did on the past."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from frontline.catalog.workdays import public_holidays
from frontline.core.periods import Grain, Period
from frontline.core.reply import Button, Chart, Column, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.insights.hours import forecast_hours
from frontline.metrics.insights.outlook import Forecast, Piece, forecast
from frontline.metrics.insights.series import plain
from frontline.metrics.query import Kind, MetricQuery, MetricResult, PeriodSpec
from frontline.metrics.questions.restate import say_filters
from handlers.assistant.numbers import show_bucket, show_day, show_number, show_period
from handlers.evidence import as_state

if TYPE_CHECKING:
    from frontline.analysis.forecast import Projection
    from frontline.catalog.schema_metrics import Metric
    from handlers.assistant.turn import Turn
    from handlers.desk import Work

MOST_POINTS = 20
# A range that held so few of the earlier starts is said to be too narrow.
TOO_NARROW = 0.65
METHOD = "median of four methods: the last {unit} repeated, a mean, smoothing, Theta"
BY_HOUR = "median of the same hour over six weeks"


def look_ahead(turn: Turn, query: MetricQuery) -> None:
    """Fill the turn with a forecast: rows of period, value, low and high, and a card.

    Raises:
        UsageError: there is no forecast of it, or its history is too short.
    """
    work = turn.work
    found = forecast_of(work, query)
    metric = work.desk.catalog.metrics[query.metrics[0]]
    result = _rows(work, query, found, metric)
    turn.results = (result,)
    turn.reply = _Card(work, query, found, metric).reply(result)


def forecast_of(work: Work, query: MetricQuery) -> Forecast:
    """Return the forecast as the asking person sees it. Raises as ``forecast``."""
    catalog = work.desk.catalog
    closed, today = public_holidays(catalog.calendar), work.today
    if query.period.grain is Grain.HOUR:
        hour = work.now.astimezone(catalog.calendar.zone_info).hour
        return forecast_hours(work.run, catalog, query, today=today, hour=hour, is_holiday=closed)
    return forecast(work.run, catalog, query, today=today, is_holiday=closed)


def _rows(work: Work, query: MetricQuery, found: Forecast, metric: Metric) -> MetricResult:
    """Return the forecast in the form of a result: the stamp is that of the last four weeks it rests on."""
    end = found.last + dt.timedelta(days=1)
    span = PeriodSpec(start=max(found.first, end - dt.timedelta(days=28)), end=end)
    seen = work.run(plain(query, Kind.LOOKUP, span))
    key = query.metrics[0]
    pieces = found.units if query.period.grain is not None else (found.whole,)
    if query.by:
        pieces = found.groups
    rows = tuple(
        (*([piece.group] if query.by else []), piece.label or piece.period.start.isoformat(), *_figures(piece, metric))
        for piece in pieces
    )
    return replace(
        seen,
        query=query,
        columns=(*query.by, "period", key, f"{key}_low", f"{key}_high"),
        rows=rows,
        suppressed=(),
        parts=(),
        is_unfinished=False,
        warnings=tuple(f"{name} left out: too little of it is shown" for name in found.left_out),
    )


def _figures(piece: Piece, metric: Metric) -> list[float | int | None]:
    shown = piece.projection
    return [_rounded(value, metric) for value in (shown.value, shown.low, shown.high)]


def _rounded(value: float, metric: Metric) -> float | int | None:
    """Return counts whole and money in cents; None where there is no range."""
    if math.isnan(value):
        return None
    return round(value) if metric.unit == "count" else round(value, 2 if metric.unit == "money" else 6)


class _Card:
    """Words and picture of one forecast."""

    def __init__(self, work: Work, query: MetricQuery, found: Forecast, metric: Metric) -> None:
        self._catalog = work.desk.catalog
        self._query = query
        self._found = found
        self._metric = metric

    def reply(self, result: MetricResult) -> Reply:
        """Return the card."""
        parts: list[Part] = [Paragraph("\n".join(line for line in self._lines() if line))]
        if chart := self._chart():
            parts.append(chart)
        if table := self._table():
            parts.append(table)
        value = as_state(self._query)
        return Reply(
            self._headline(),
            context=self._context(result),
            parts=parts,
            buttons=[Button("Details", "metric.details", value)],
            outcome=Outcome.ANSWERED,
            warnings=result.warnings,
        )

    def _headline(self) -> str:
        found, where = self._found, self._where()
        title, when = self._metric.title, show_period(found.whole.period)
        if self._query.by:
            by = self._catalog.dimensions[self._query.by[0]].title.lower()
            return f"Forecast of {title} by {by} for {when}{where}."
        kind = " at the end of the period" if self._is_level else ""
        return f"{title} about {self._ranged(found.whole.projection)} for {when}{kind}{where}: a forecast."

    def _context(self, result: MetricResult) -> str:
        stamp = result.stamps[0]
        how = BY_HOUR if self._found.grain is Grain.HOUR else METHOD.format(unit=self._unit_name)
        rests = f"rests on {show_day(self._found.first)} to {show_day(self._found.last)}"
        return f"{stamp.metric}@{stamp.version} · {rests} · {how}"

    def _lines(self) -> list[str]:
        found = self._found
        test = found.backtest
        what = "hours" if found.grain is Grain.HOUR else "earlier starts"
        lines = [
            f"*Tried on the past*: at {test.starts} {what} with the same lead it was {test.error * 100:.1f} % off, "
            f"the last {self._unit_name} repeated {test.naive_error * 100:.1f} %."
        ]
        if test.judged >= 8:
            lines[0] += f" The 80 % range held {test.coverage * 100:.0f} % of {test.judged}"
            lines[0] += ": for this it is too narrow." if test.coverage < TOO_NARROW else "."
        if test.ratio > 1:
            lines.append(
                f"The last {self._unit_name} repeated did better on the past: trust the range, not the figure."
            )
        if found.known[1]:
            so_far = found.known[0] / (found.known[1] if self._is_ratio else 1)
            until = show_day(found.since - dt.timedelta(days=1))
            lines.append(f"Measured to {until}: {self._shown(so_far)}; from then on {self._ranged(found.rest)}.")
        if found.holidays:
            lines.append(f"Public holidays in it: {', '.join(show_day(day) for day in found.holidays)}.")
        if found.missing:
            lines.append(f"{found.missing} hours have too few contacts to be shown by themselves.")
        return lines

    @property
    def _unit_name(self) -> str:
        return "month" if self._found.step == 30 else "week"

    def _table(self) -> Table | None:
        pieces = self._found.groups if self._query.by else self._found.units
        if len(pieces) < 2:
            return None
        first = Column("group", self._catalog.dimensions[self._query.by[0]].title) if self._query.by else None
        columns = [first or Column("period", "Period"), Column("value", self._metric.title), Column("low", "Low"),
                   Column("high", "High")]  # fmt: skip
        rows = [[self._named(piece), *(self._shown(value) for value in _three(piece.projection))] for piece in pieces]
        return Table(f"Forecast of {self._metric.title}, 80 % range", columns, rows)

    def _chart(self) -> Chart | None:
        found = self._found
        if self._query.by or len(found.units) < 2 or len(found.units) > MOST_POINTS or found.grain is None:
            return None
        recent = found.recent[-(MOST_POINTS - len(found.units)) :] if len(found.units) < MOST_POINTS else ()
        labels = [show_bucket(day, found.grain) for day, _ in recent] + [self._unit(piece) for piece in found.units]
        if len(set(labels)) != len(labels):
            return None
        past: list[float | None] = [value for _, value in recent]
        empty: list[float | None] = [None] * len(recent)
        ahead = [piece.projection for piece in found.units]
        series: list[tuple[str, Sequence[float | None]]] = [
            ("measured", [*past, *([None] * len(ahead))]),
            ("forecast", [*empty, *(_known(item.value) for item in ahead)]),
            ("low", [*empty, *(_known(item.low) for item in ahead)]),
            ("high", [*empty, *(_known(item.high) for item in ahead)]),
        ]
        series = [item for item in series if any(value is not None for value in item[1])]
        said = f"forecast from {self._shown(ahead[0].value)} ({self._unit(found.units[0])}) to "
        said += f"{self._shown(ahead[-1].value)} ({self._unit(found.units[-1])})"
        return Chart(self._metric.title, "line", labels, series, alt=said, format=self._metric.format)

    def _named(self, piece: Piece) -> str:
        if not self._query.by:
            return self._unit(piece)
        return self._catalog.dimensions[self._query.by[0]].label_of(piece.group)

    def _unit(self, piece: Piece) -> str:
        if piece.label:
            return f"{piece.label[5:10]} {piece.label[11:16]}"
        return _unit_label(piece.period, self._found.grain)

    def _where(self) -> str:
        return "".join(f", {said}" for said in say_filters(self._query.filters, self._catalog))

    @property
    def _is_ratio(self) -> bool:
        return self._metric.unit in ("share", "seconds", "score") or self._metric.kind == "derived"

    @property
    def _is_level(self) -> bool:
        return self._metric.kind == "snapshot"

    def _ranged(self, shown: Projection) -> str:
        if math.isnan(shown.low):
            return self._shown(shown.value)
        return f"{self._shown(shown.value)} (80 % range {self._shown(shown.low)} to {self._shown(shown.high)})"

    def _shown(self, value: float) -> str:
        return show_number(
            _rounded(value, self._metric), self._metric.format, decimals=self._metric.decimals,
            currency=self._catalog.calendar.currency,
        )  # fmt: skip


def _three(shown: Projection) -> tuple[float, float, float]:
    return shown.value, shown.low, shown.high


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _unit_label(period: Period, grain: Grain | None) -> str:
    """Return the label of a unit; one that the period cuts says from when."""
    return show_bucket(period.start, Grain.DAY if grain is Grain.MONTH and period.start.day != 1 else grain)
