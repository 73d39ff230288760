"""How a figure is written, by the format of its column: a share as 82.3 %, seconds as 4 min 12 s."""

from __future__ import annotations

import math

from frontline.core.reply import Cell, Words
from frontline.core.text import AnonymizedText

EMPTY = "–"


def show_words(words: Words) -> str:
    """Return the characters of the product's or of a person's (anonymized) words."""
    return words.show() if isinstance(words, AnonymizedText) else words


def number_of(cell: Cell) -> int | float | None:
    """Return the finite number in a cell, or None where it holds none."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    # JSON knows no NaN, and Slack no integer that a double cannot hold.
    return cell if abs(cell) < 2**53 and math.isfinite(cell) else None


def write_cell(cell: Cell, style: str) -> str:
    """Return the text of a cell; an empty or suppressed one is a dash.

    ``style`` is ``Column.format``: shares are 0-1, durations seconds; an unknown style shows the plain value.
    """
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return EMPTY
    if isinstance(cell, AnonymizedText | str):
        return show_words(cell).strip() or EMPTY
    number = number_of(cell)
    if number is None:
        return str(cell)
    return write_number(number, style)


def write_number(number: int | float, style: str) -> str:
    """Return ``number`` in the manner of ``style``."""
    match style:
        case "share":
            return f"{number * 100:.1f} %"
        case "count":
            return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
        case "duration":
            return write_duration(number)
        case "money":
            return f"{number:,.2f}"
        case "score":
            return f"{number:,.1f}" if abs(number) >= 10 else f"{number:.2f}"
        case _:
            return str(number)


def write_duration(seconds: float) -> str:
    """Return seconds as people say them: 38 s, 4 min 12 s, 1 h 05 min, 2 d 3 h."""
    sign = "-" if seconds < 0 else ""
    whole = round(abs(seconds))
    if whole < 60:
        return f"{sign}{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{sign}{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes:02d} min"
    days, hours = divmod(hours, 24)
    return f"{sign}{days} d {hours} h"
