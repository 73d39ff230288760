"""Tables as CSV files that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
import re

from bot import limits
from bot.cells import number_of, show_words
from frontline.core.reply import Cell, Reply, Table

# A spreadsheet takes a cell that begins with = + - @ tab or CR for a formula, some of them also behind blanks.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)


def reply_csv(reply: Reply) -> str | None:
    """Return the CSV that travels with a reply, or None.

    It is the handler's own where it draws no table, or the first table that is too long or too wide to be drawn.
    """
    drawn = [part for part in reply.parts if isinstance(part, Table)]
    tables = [part for part in drawn if is_too_big(part)]
    if not tables:
        # What is drawn whole needs no file beside it; a reply that is nothing but its file is the CSV button's.
        return neutralise(reply.csv) if reply.csv is not None and not drawn else None
    return neutralise(reply.csv) if reply.csv is not None else table_csv(tables[0])


def is_too_big(table: Table) -> bool:
    """Whether Slack cannot draw the whole table."""
    return len(table.rows) > limits.TABLE_ROWS or len(table.columns) > limits.TABLE_COLUMNS


def table_csv(table: Table) -> str:
    """Return all rows as CSV: raw values (shares 0-1, durations in seconds), empty cells for suppressed ones."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_safe(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([_write(cell) for cell in row])
    return out.getvalue()


def neutralise(text: str) -> str:
    """Return CSV ``text`` with an apostrophe before every cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in csv.reader(io.StringIO(limits.clean(text))):
        writer.writerow([cell if _NUMBER.fullmatch(cell) else _safe(cell) for cell in row])
    return out.getvalue()


def csv_name(reply: Reply) -> str:
    """Return a harmless file name that ends in .csv."""
    stem = re.sub(r"[^\w.-]+", "-", reply.csv_name.removesuffix(".csv")).strip(".-") or "frontline"
    return stem[: limits.CSV_NAME] + ".csv"


def _write(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    number = number_of(cell)
    if number is not None:
        return number
    return _safe(show_words(cell) if not isinstance(cell, int | float) else str(cell))


def _safe(text: str) -> str:
    text = limits.clean(text)
    return f"'{text}" if _FORMULA.match(text) else text
