"""One metric result as a card: what the headline says, what stands under it, which picture fits."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontline.core.reply import Chart, Column, Part, Table
from frontline.metrics.query import Kind, MetricResult
from frontline.metrics.questions.restate import say_filters
from handlers.assistant.numbers import HIDDEN, show_bucket, show_instant, show_number, show_period

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog
    from frontline.catalog.schema_metrics import Metric

# A name and one value per category; shares are 0-1, the renderer draws them in per cent.
Series = tuple[str, Sequence[float | None]]
# Slack draws at most 20 points and 6 series; more is a table and a CSV.
MOST_POINTS = 20
MOST_SERIES = 6
# Cells that begin like this are formulas to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Card:
    """Words and pictures of one result."""

    def __init__(self, catalog: Catalog, result: MetricResult) -> None:
        self._catalog = catalog
        self._result = result
        self._query = result.query
        self._keys = {catalog.metrics[key].title: key for key in result.query.metrics}
        self._metrics: Sequence[Metric] = [catalog.metrics[key] for key in result.query.metrics]
        self._hidden = set(result.suppressed)

    def headline(self) -> str:
        """Return the answer in one line."""
        result, query = self._result, self._query
        if not result.rows and self._left_out():
            return f"Every group is too small for {self._title()} to be shown for {show_period(query.period.period)}."
        if not result.rows:
            return f"There is no data on {self._title()} for {show_period(query.period.period)}."
        if query.kind is Kind.COMPARISON and "window" in result.columns and not query.by:
            return self._compared()
        if query.kind is Kind.RANKING and query.by:
            return self._ranked()
        if len(result.rows) == 1 and not query.by and query.period.grain is None:
            said = [f"{metric.title} {self._shown(0, metric)}" for metric in self._metrics]
            return f"{' · '.join(said)} for {self._when()}{self._where()}."
        split = self._split()
        return f"{self._title()} {split} for {self._when()}{self._where()}."

    def context(self, *, kept: str = "") -> str:
        """Return the one line under the headline: n, definition, how far the data reach, what was left out."""
        stamp = self._result.stamps[0]
        count = "n hidden" if stamp.n is None or (self._hidden and not stamp.n) else f"n {stamp.n:,}"
        bits = [count, f"{stamp.metric}@{stamp.version}"]
        if stamp.as_of is not None:
            bits.append(f"data to {show_instant(stamp.as_of, ZoneInfo(stamp.zone))} ({stamp.zone})")
        bits += [f"{name} {share * 100:.0f} %" for name, share in stamp.coverage.items()]
        bits += list(stamp.notes)
        if self._result.suppressed:
            bits.append("small groups are hidden")
        if kept:
            bits.append(kept)
        return " · ".join(bits)

    def pictures(self) -> list[Part]:
        """Return a chart for a series and a table for a breakdown; one figure needs neither."""
        rows = self._result.rows
        if len(rows) < 2:
            return []
        parts: list[Part] = []
        if chart := self._chart():
            parts.append(chart)
        parts.append(self._table())
        return parts

    def csv(self) -> str:
        """Return every row as CSV with neutralised formulas; hidden cells are empty."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self._result.columns)
        for row in self._result.rows:
            writer.writerow([_neutral(cell) for cell in row])
        return out.getvalue()

    def _title(self) -> str:
        return " and ".join(metric.title for metric in self._metrics)

    def _when(self) -> str:
        period = self._query.period.period
        return f"{show_period(period)}{' so far' if self._result.is_unfinished else ''}"

    def _where(self) -> str:
        return "".join(f", {said}" for said in say_filters(self._query.filters, self._catalog))

    def _split(self) -> str:
        names = [self._catalog.dimensions[dim].title.lower() for dim in self._query.by]
        grain = self._query.period.grain
        if grain is not None:
            names.append(grain.value)
        return "by " + " and ".join(names) if names else ""

    def _value_column(self, metric: Metric) -> int:
        return self._result.columns.index(self._keys[metric.title])

    def _shown(self, row: int, metric: Metric) -> str:
        column = self._value_column(metric)
        if (row, column) in self._hidden:
            return f"is {HIDDEN} (too few behind it)"
        return self._figure(self._result.rows[row][column], metric)

    def _figure(self, value: Any, metric: Metric) -> str:
        return show_number(value, metric.format, decimals=metric.decimals, currency=self._catalog.calendar.currency)

    def _compared(self) -> str:
        metric = self._metrics[0]
        column, window = self._value_column(metric), self._result.columns.index("window")
        by_window = {row[window]: row[column] for row in self._result.rows}
        now, then = by_window.get("current"), by_window.get("compare")
        earlier = self._result.compare_period
        if self._hidden:
            return f"{metric.title} cannot be compared for {self._when()}{self._where()}: too few stand behind it."
        said = f"{metric.title} {self._figure(now, metric)} for {self._when()}{self._where()}"
        if earlier is None or now is None or then is None:
            return f"{said}; nothing to compare it with."
        change = float(now) - float(then)
        amount = f"{abs(change) * 100:.1f} points" if metric.format == "share" else self._figure(abs(change), metric)
        direction = "up" if change > 0 else "down" if change < 0 else "unchanged"
        moved = f"{direction} {amount} from" if change else "the same as"
        before = self._window("compare")
        return f"{said}, {moved} {self._figure(then, metric)} in {before}."

    def _ranked(self) -> str:
        metric = self._metrics[0]
        row = self._result.rows[0]
        name = " / ".join(
            self._catalog.dimensions[dim].label_of(row[index]) for index, dim in enumerate(self._query.by)
        )
        which = "highest" if self._query.order == "desc" else "lowest"
        # A group that is hidden may be higher or lower still.
        among = "Of the groups large enough to show, " if self._left_out() or self._hidden else ""
        figure = self._shown(0, metric)
        return f"{among}{name} has the {which} {metric.title}: {figure} for {self._when()}{self._where()}."

    def _left_out(self) -> bool:
        return any("left out" in warning or "hidden" in warning for warning in self._result.warnings)

    def _cell(self, row: int, column: int) -> str | int | float | None:
        name = self._result.columns[column]
        value = self._result.rows[row][column]
        if (row, column) in self._hidden:
            return HIDDEN
        for metric in self._metrics:
            if name == self._keys[metric.title]:
                return self._figure(value, metric)
        if name in self._query.by:
            return self._catalog.dimensions[name].label_of(value)
        if name == "window":
            return self._window(str(value))
        if name == "period":
            return show_bucket(value, self._query.period.grain)
        return value if isinstance(value, int | float) else str(value) if value is not None else None

    def _window(self, which: str) -> str:
        if which == "current":
            return self._when()
        period = self._result.compare_period
        if period is None:
            return which
        # An unfinished period is compared with as much of the earlier one as has elapsed.
        return f"the same part of {show_period(period)}" if self._result.is_unfinished else show_period(period)

    def _table(self) -> Table:
        columns = [Column(name, self._column_label(name)) for name in self._result.columns]
        rows = [[self._cell(row, column) for column in range(len(columns))] for row in range(len(self._result.rows))]
        return Table(f"{self._title()} {self._split()}".strip(), columns, rows)

    def _column_label(self, name: str) -> str:
        if name in self._catalog.metrics:
            return self._catalog.metrics[name].title
        if name.endswith("_n"):
            return "n"
        if name in ("window", "period"):
            return "Period"
        dimension = self._catalog.dimensions.get(name)
        return dimension.title if dimension else name.replace("_", " ")

    def _chart(self) -> Chart | None:
        if self._hidden:
            # A picture without the hidden groups would look complete.
            return None
        grain, metric = self._query.period.grain, self._metrics[0]
        if grain is None or len(self._query.by) > 1 or len(self._metrics) > 1:
            return self._bars(metric) if grain is None and len(self._query.by) == 1 else None
        position = self._result.columns.index("period")
        value = self._value_column(metric)
        points = sorted({row[position] for row in self._result.rows})
        names = sorted({str(row[0]) for row in self._result.rows}) if self._query.by else [metric.title]
        if len(points) > MOST_POINTS or len(names) > MOST_SERIES:
            return None
        found: dict[tuple[str, Any], float | None] = {}
        for index, row in enumerate(self._result.rows):
            name = str(row[0]) if self._query.by else metric.title
            found[name, row[position]] = self._plotted(index, value)
        series = [(name, [found.get((name, point)) for point in points]) for name in names]
        labels = [show_bucket(point, grain) for point in points]
        return self._drawn("line", labels, series, metric)

    def _bars(self, metric: Metric) -> Chart | None:
        rows, value = self._result.rows, self._value_column(metric)
        if "window" in self._result.columns or not 2 <= len(rows) <= MOST_POINTS:
            return None
        labels = [self._catalog.dimensions[self._query.by[0]].label_of(row[0])[:20] for row in rows]
        if len(set(labels)) != len(labels):
            return None
        series = [(metric.title, [self._plotted(index, value) for index in range(len(rows))])]
        return self._drawn("bar", labels, series, metric)

    def _drawn(self, kind: str, labels: Sequence[str], series: Sequence[Series], metric: Metric) -> Chart:
        short = [(name[:20], values) for name, values in series]
        return Chart(
            self._title(), kind, labels, short, alt=self._described(labels, series, metric), format=metric.format
        )

    def _plotted(self, row: int, column: int) -> float | None:
        value = self._result.rows[row][column]
        if value is None:
            return None
        return float(value)

    def _described(self, labels: Sequence[str], series: Sequence[Series], metric: Metric) -> str:
        said = []
        for name, values in series[:3]:
            known = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
            if known:
                low, high = min(known), max(known)
                lowest, highest = self._figure(low[0], metric), self._figure(high[0], metric)
                who = f"{name} " if len(series) > 1 else ""
                said.append(f"{who}from {lowest} ({low[1]}) to {highest} ({high[1]})")
        return "; ".join(said) or "no values"


def _neutral(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return "'" + cell
    return "" if cell is None else cell
