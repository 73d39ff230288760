"""Numbers as people write them: decimal commas, thousands, currency signs, and durations such as ``00:05:12``.

How a column is meant is decided for the whole column by impossibility, as with dates: ``1,5`` can only be a decimal
comma, ``1,234,567`` only thousands. What stays open follows the file: where semicolons part the columns, commas part
the decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.store.intake import sql

_SIGNS = r"(?i)(^[\s€$£]+|[\s€$£%]+$|^(eur|usd|gbp)\s*|\s*(eur|usd|gbp)$)"
_COMMA = r"[+-]?(\d+,\d{1,2}|\d+,\d{4,}|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|0,\d+)"
_POINT = r"[+-]?(\d{1,3}(,\d{3}){2,}|\d{1,3}(,\d{3})+\.\d+)"
_CLOCK = r"-?\d{1,4}:\d{2}(:\d{2}([.,]\d+)?)?"
_DAYS = r"(\d+) days?,? (\d{1,2}:\d{2}:\d{2}(\.\d+)?)"
_SPELLED = r"(?i)(P(T)?)?\s*(\d+\s*h(ours?|rs?)?)?\s*(\d+\s*m(in(ute)?s?)?)?\s*(\d+(\.\d+)?\s*s(ec(ond)?s?)?)?"


@dataclass(frozen=True)
class Style:
    """How one column writes numbers. ``has_odd`` is false when every cell is a plain number already."""

    has_odd: bool = False
    is_comma: bool = False
    has_durations: bool = False


def decide_styles(
    con: Any, texts: Mapping[str, tuple[str, str]], *, delimiter: str, durations: Sequence[str]
) -> dict[str, Style]:
    """Return the style of every column.

    Args:
        texts: field -> SQL of its cell, trimmed, NULL for nothing, and of what holds it (``n`` rows each).
        durations: the fields that count seconds.
    """
    found: dict[str, tuple[int, int, int]] = {}
    for field, (text, source) in texts.items():
        odd = f"({text}) IS NOT NULL AND try_cast({text} AS DOUBLE) IS NULL"
        if not con.execute(f"SELECT EXISTS (SELECT 1 FROM {source} WHERE {odd})").fetchone()[0]:
            continue
        cell = _bare(text)
        tests = [sql.full_match(cell, pattern) for pattern in (_COMMA, _POINT)]
        tests.append(f"{sql.full_match(cell, _CLOCK)} OR {sql.full_match(cell, _DAYS)}")
        shares = ", ".join(f"coalesce(sum(n) FILTER ({test}), 0)" for test in tests)
        found[field] = con.execute(f"SELECT {shares} FROM {source}").fetchone()
    file_is_comma = sum(comma for comma, _, _ in found.values()) > sum(point for _, point, _ in found.values())
    styles = {}
    for field in texts:
        comma, point, _ = found.get(field, (0, 0, 0))
        is_comma = comma > point if comma != point else (file_is_comma or delimiter == ";")
        # A column of whole numbers (12.345 of 12345) has no comma of its own and follows the file.
        has_odd = field in found or file_is_comma
        styles[field] = Style(has_odd, is_comma and has_odd, field in durations and field in found)
    return styles


def amount(text: str, style: Style, *, unit: float = 1.0) -> str:
    """Return the SQL of a finite double in the field's unit, NULL when the text is no number of this style.

    ``unit`` is what one of the column is (60 for minutes); a clock such as ``00:05:12`` names its own.
    """
    scaled = f" * {unit!r}" if unit != 1.0 else ""
    if not style.has_odd:
        return f"({sql.number(text)}){scaled}"
    bare = _bare(text)
    if style.is_comma:
        grouped = sql.full_match(bare, r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
        plain = f"replace(CASE WHEN {grouped} THEN replace({bare}, '.', '') ELSE {bare} END, ',', '.')"
    else:
        grouped = sql.full_match(bare, r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
        plain = f"CASE WHEN {grouped} THEN replace({bare}, ',', '') ELSE {bare} END"
    value = f"({sql.number(f'({plain})')}){scaled}"
    return f"coalesce({value}, {_seconds(bare)})" if style.has_durations else value


def _bare(text: str) -> str:
    return f"regexp_replace({text}, {sql.literal(_SIGNS)}, '', 'g')"


def _seconds(text: str) -> str:
    """Seconds of ``1:02:03``, ``5:12`` (minutes), ``0 days 00:05:12``, ``PT5M12S`` and ``5m 12s``."""
    clock = f"regexp_extract({text}, {sql.literal(_CLOCK)})"
    parts = f"string_split(replace(ltrim({clock}, '-'), ',', '.'), ':')"
    signed = f"(CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END)"
    three = f"CAST({parts}[1] AS DOUBLE) * 3600 + CAST({parts}[2] AS DOUBLE) * 60 + CAST({parts}[3] AS DOUBLE)"
    two = f"CAST({parts}[1] AS DOUBLE) * 60 + CAST({parts}[2] AS DOUBLE)"
    days = f"try_cast(regexp_extract({text}, {sql.literal(_DAYS)}, 1) AS DOUBLE) * 86400"
    spelled = " + ".join(
        f"coalesce(try_cast(regexp_extract({text}, {sql.literal(pattern)}, 1) AS DOUBLE), 0) * {factor}"
        for pattern, factor in (
            (r"(?i)(\d+)\s*h", 3600), (r"(?i)(\d+)\s*m(?:in|$|\s|\d|[a-z]*\s)", 60), (r"(?i)(\d+(?:\.\d+)?)\s*s", 1),
        )
    )  # fmt: skip
    return (
        f"CASE WHEN {sql.full_match(text, _CLOCK)} "
        f"THEN {signed} * (CASE WHEN len({parts}) = 3 THEN {three} ELSE {two} END) "
        f"WHEN {sql.full_match(text, _DAYS)} THEN {days} + {three} "
        f"WHEN {sql.full_match(text, _SPELLED)} AND regexp_matches({text}, '[0-9]') THEN {spelled} END"
    )
