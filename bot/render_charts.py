"""Native tables and charts: dict builders for ``data_table`` and ``data_visualization``; slack_sdk has none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bot import limits
from bot.cells import EMPTY, number_of, write_cell
from frontline.core.reply import Cell, Chart, Column, Table

Block = dict[str, Any]


def table_block(table: Table, *, budget: int = limits.TABLE_CHARACTERS) -> tuple[Block | None, int]:
    """Return the ``data_table`` of the first rows and columns, and how many rows it shows.

    At most 100 rows and 20 columns, and as many rows as fit into ``budget`` characters. None when there is nothing
    to draw: no columns, no rows, or not one row that fits.
    """
    columns = table.columns[: limits.TABLE_COLUMNS]
    header = [_text_cell(column.label) for column in columns]
    rows = [header]
    left = budget - _size(header)
    for row in table.rows[: limits.TABLE_ROWS]:
        cells = [_cell(row[i] if i < len(row) else None, column) for i, column in enumerate(columns)]
        left -= _size(cells)
        if left < 0:
            break
        rows.append(cells)
    if not columns or len(rows) < 2:
        return None, 0
    block = {
        "type": "data_table",
        "caption": limits.fit(table.caption, limits.TABLE_CAPTION).strip() or "Table",
        "rows": rows,
        "page_size": min(limits.TABLE_PAGE, len(rows) - 1),
        "row_header_column_index": 0,
    }
    return block, len(rows) - 1


def table_size(block: Block) -> int:
    """Return the characters of all cells of a ``data_table``."""
    return sum(_size(row) for row in block["rows"])


def chart_block(chart: Chart) -> tuple[Block | None, str]:
    """Return the ``data_visualization`` of a chart, and what of it is not drawn ("" = nothing).

    None when Slack could not draw it: no series, no category, or not one category with a value in every series.
    """
    series = [(name, list(values)) for name, values in chart.series if len(values) == len(chart.categories)]
    series = series[: 1 if chart.kind == "pie" else limits.CHART_SERIES]
    # Slack wants one value per category in every series: a category with a gap is left out, and said.
    whole = [i for i in range(len(chart.categories)) if all(number_of(values[i]) is not None for _, values in series)]
    kept = _keep(chart.kind, whole)
    if not series or not kept:
        return None, ""
    labels = _unique([chart.categories[i] for i in kept])
    factor, unit = _scale(chart.format, [float(values[i] or 0) for _, values in series for i in kept])
    points = [(name, [_value(values[i], factor) for i in kept]) for name, values in series]
    title = limits.fit(chart.title, limits.CHART_TITLE).strip() or "Chart"
    drawing = _draw(chart.kind, labels, points, unit)
    if drawing is None:
        return None, ""
    return {"type": "data_visualization", "title": title, "chart": drawing}, _left_out(chart, len(series), len(kept))


def _draw(kind: str, labels: list[str], series: list[tuple[str, list[float]]], unit: str) -> dict[str, Any] | None:
    if kind == "pie":
        segments = [{"label": label, "value": value} for label, value in zip(labels, series[0][1], strict=True)]
        # A slice of nothing or of less than nothing cannot be drawn.
        segments = [segment for segment in segments if segment["value"] > 0]  # type: ignore[operator]  # values are floats
        return {"type": "pie", "segments": segments} if segments else None
    axis: dict[str, Any] = {"categories": labels}
    if unit:
        axis["y_label"] = unit
    names = _unique([name for name, _ in series])
    return {
        "type": kind if kind in ("line", "bar", "area") else "bar",
        "series": [
            {
                "name": name,
                "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)],
            }
            for name, (_, values) in zip(names, series, strict=True)
        ],
        "axis_config": axis,
    }


def _keep(kind: str, whole: list[int]) -> list[int]:
    if kind == "pie":
        return whole[: limits.CHART_SERIES]
    # Of a course over time the latest points matter, of a ranking the first.
    return whole[-limits.CHART_POINTS :] if kind in ("line", "area") else whole[: limits.CHART_POINTS]


def _left_out(chart: Chart, series: int, points: int) -> str:
    notes = []
    if points < len(chart.categories):
        notes.append(f"{points} of {len(chart.categories)} points drawn")
    if series < len(chart.series):
        notes.append(f"{series} of {len(chart.series)} series drawn")
    return ", ".join(notes)


def _scale(style: str, values: Sequence[float]) -> tuple[float, str]:
    largest = max((abs(value) for value in values), default=0.0)
    if style == "share":
        return 100.0, "%"
    if style == "duration":
        if largest >= 2 * 3600:
            return 1 / 3600, "hours"
        return (1 / 60, "minutes") if largest >= 120 else (1.0, "seconds")
    return 1.0, ""


def _value(number: float | None, factor: float) -> float:
    scaled = (number or 0.0) * factor
    rounded = round(scaled, 3) if abs(scaled) < 1e12 else scaled
    return rounded if math.isfinite(rounded) else 0.0


def _unique(names: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    result = []
    for name in names:
        base = label = limits.fit(" ".join(name.split()), limits.CHART_LABEL).strip() or EMPTY
        count = 1
        while label in seen:
            count += 1
            suffix = f" {count}"
            label = limits.fit(base, limits.CHART_LABEL - len(suffix)) + suffix
        seen.add(label)
        result.append(label)
    return result


def _cell(cell: Cell, column: Column) -> dict[str, Any]:
    number = number_of(cell)
    if number is None or column.format == "text":
        return _text_cell(write_cell(cell, column.format))
    return {
        "type": "raw_number",
        "value": number,
        "text": limits.fit(write_cell(cell, column.format), limits.CELL_TEXT),
    }


def _text_cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": limits.fit(" ".join(text.split()), limits.CELL_TEXT).strip() or EMPTY}


def _size(cells: Sequence[dict[str, Any]]) -> int:
    return sum(limits.measure(cell["text"]) for cell in cells)
