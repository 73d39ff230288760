"""Limits of the native table and chart blocks (May and June 2026), which Slack's published schema lacks in part."""

from __future__ import annotations

import math
from typing import Any

from frontline.sandbox.slack.elements import Fault, check_count, check_string, is_object
from frontline.sandbox.slack.records import Json

CHARTS_A_MESSAGE = 2
TABLE_CHARACTERS = 10_000
CELL_KINDS = ("raw_text", "raw_number", "rich_text")


def check_chart(block: Json, pointer: str, fault: Fault) -> None:
    """Check a ``data_visualization`` block."""
    check_string(block.get("title"), f"{pointer}/title", fault, limit=50)
    chart = block.get("chart")
    if not is_object(chart):
        return fault("must be an object", f"{pointer}/chart")
    assert isinstance(chart, dict)
    if chart.get("type") == "pie":
        return _check_pie(chart, f"{pointer}/chart", fault)
    if chart.get("type") in ("line", "bar", "area"):
        return _check_series(chart, f"{pointer}/chart", fault)
    return fault("must be one of pie, bar, area, line", f"{pointer}/chart/type")


def check_data_table(block: Json, pointer: str, fault: Fault) -> None:
    """Check a ``data_table`` block: caption, 2-101 equally long rows of up to 20 cells, a plain header row."""
    check_string(block.get("caption"), f"{pointer}/caption", fault, limit=2000)
    rows = check_count(block.get("rows"), f"{pointer}/rows", fault, most=101, least=2)
    if (size := block.get("page_size", 5)) not in range(1, 101):
        fault(f"must be between 1 and 100, got {size}", f"{pointer}/page_size")
    check_rows(rows, pointer, fault)
    head = rows[0] if rows and isinstance(rows[0], list) else []
    if any(is_object(cell) and cell.get("type") == "rich_text" for cell in head):
        fault("rich_text is not allowed in the header row", f"{pointer}/rows/0")
    if head and block.get("row_header_column_index", 0) not in range(len(head)):
        fault("must be the index of a column", f"{pointer}/row_header_column_index")


def check_rows(rows: list[Any], pointer: str, fault: Fault) -> None:
    """Check the cells of a ``table`` or ``data_table``."""
    widths, characters = set(), 0
    for r, row in enumerate(rows):
        cells = check_count(row, f"{pointer}/rows/{r}", fault, most=20)
        widths.add(len(cells))
        for c, cell in enumerate(cells):
            characters += _check_cell(cell, f"{pointer}/rows/{r}/{c}", fault)
    if len(widths) > 1:
        fault("all rows must have the same number of cells", f"{pointer}/rows")
    if characters > TABLE_CHARACTERS:
        fault(f"no more than {TABLE_CHARACTERS} characters across all cells", f"{pointer}/rows")


def _check_cell(cell: Any, pointer: str, fault: Fault) -> int:
    if not is_object(cell) or cell.get("type") not in CELL_KINDS:
        fault("must be a raw_text, raw_number or rich_text cell", pointer)
        return 0
    if cell["type"] == "rich_text":
        return len("".join(_texts(cell.get("elements"))))
    check_string(cell.get("text"), f"{pointer}/text", fault, limit=TABLE_CHARACTERS)
    if cell["type"] == "raw_number" and not _is_finite(cell.get("value")):
        fault("must be a number", f"{pointer}/value")
    return len(str(cell.get("text", "")))


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for each in node for text in _texts(each)]
    if isinstance(node, dict):
        return [str(node.get("text", "")), *_texts(node.get("elements"))]
    return []


def _check_pie(chart: Json, pointer: str, fault: Fault) -> None:
    for index, segment in enumerate(check_count(chart.get("segments"), f"{pointer}/segments", fault, most=6)):
        here = f"{pointer}/segments/{index}"
        if not is_object(segment):
            fault("must be an object", here)
            continue
        check_string(segment.get("label"), f"{here}/label", fault, limit=20)
        if not _is_finite(segment.get("value")) or segment["value"] <= 0:
            fault("must be a number above 0", f"{here}/value")


def _check_series(chart: Json, pointer: str, fault: Fault) -> None:
    axis = chart.get("axis_config")
    if not isinstance(axis, dict):
        return fault("must be an object", f"{pointer}/axis_config")
    categories = check_count(axis.get("categories"), f"{pointer}/axis_config/categories", fault, most=20)
    for index, category in enumerate(categories):
        check_string(category, f"{pointer}/axis_config/categories/{index}", fault, limit=20)
    if len(set(map(str, categories))) != len(categories):
        fault("categories must be unique", f"{pointer}/axis_config/categories")
    for name in ("x_label", "y_label"):
        if name in axis:
            check_string(axis[name], f"{pointer}/axis_config/{name}", fault, limit=50)
    series = check_count(chart.get("series"), f"{pointer}/series", fault, most=6)
    names = [one.get("name") for one in series if is_object(one)]
    if len(set(names)) != len(names):
        fault("series names must be unique", f"{pointer}/series")
    for index, one in enumerate(series):
        _check_one_series(one, f"{pointer}/series/{index}", fault, categories=categories)
    return None


def _check_one_series(one: Any, pointer: str, fault: Fault, *, categories: list[Any]) -> None:
    if not is_object(one):
        return fault("must be an object", pointer)
    check_string(one.get("name"), f"{pointer}/name", fault, limit=20)
    points = check_count(one.get("data"), f"{pointer}/data", fault, most=20)
    if [p.get("label") if is_object(p) else None for p in points] != categories:
        fault("every series needs one value per category, in the same order", f"{pointer}/data")
    if any(not is_object(p) or not _is_finite(p.get("value")) for p in points):
        fault("every value must be a number", f"{pointer}/data")
    return None


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
