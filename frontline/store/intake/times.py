"""Instants: which way round day and month stand in a file, and the SQL that turns a text into UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from frontline.core.errors import UsageError
from frontline.store.intake.sql import literal

DateOrder = Literal["dmy", "mdy"]
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy")

_SLASHED = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(\D.*)?$"
_HAS_OFFSET = r"\d{1,2}:\d{2}.*(Z|z|UTC|GMT|[+\-]\d{2}(:?\d{2})?)$"
_OFFSET = r"\s*(Z|z|UTC|GMT|[+\-]\d{2}(:?\d{2})?)$"
_EPOCH = r"\d{10}(\.\d+)?|\d{13}"
_MIDNIGHT = r"[ T](00:00(:00(\.0+)?)?|12:00(:00)? ?AM)$"
_NO_SECONDS = r"^([^:]*\d{1,2}:\d{2})(\s*(?:Z|z|UTC|[+\-]\d{2}(?::?\d{2})?))$"
_HOURS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p", " %I %p")
# Dates with a month in words, and the few that are neither ISO nor slashed.
_WORDED = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%d-%B-%Y", "%Y %b %d", "%Y-%m-%d",
  "%Y/%m/%d", "%Y%m%d", "%d/%b/%Y")  # fmt: skip
_JOINED = ("%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d%H%M", "%Y%m%d %H%M%S")


@dataclass(frozen=True)
class TimeStyle:
    """How one file writes times. ``has_odd``: some are neither ISO nor slashed (words, epochs, Excel days)."""

    order: DateOrder | None = None
    has_odd: bool = False


def decide_date_order(con: Any, columns: Sequence[str], *, file: str, wanted: DateOrder | None) -> DateOrder | None:
    """Return how the slashed dates of ``raw`` are meant, None when the file has none.

    Decided for the file as a whole by impossibility: a first number above 12 can only be a day.

    Args:
        columns: raw columns (SQL expressions) that hold instants or days.
        wanted: what the person said; it wins.

    Raises:
        UsageError: every date of the file can be read both ways (V03).
    """
    if not columns:
        return wanted
    union = _cells(columns)
    part = f"try_cast(regexp_extract(cell, {literal(_SLASHED)}, %d) AS INTEGER)"
    count, day_first, month_first = con.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {part % 1} > 12), count(*) FILTER (WHERE {part % 2} > 12) "
        f"FROM ({union}) WHERE regexp_matches(cell, {literal(_SLASHED)})"
    ).fetchone()
    if not count or wanted is not None:
        return wanted
    if day_first == month_first == 0:
        raise UsageError(
            f"{file}: the dates can be read as day/month or as month/day (V03).",
            next_step="Say which, for example `--map opened_at=COLUMN@dmy` (or @mdy).",
        )
    # Where both kinds stand in one file, the reading that loses fewer rows wins; those lost are reported as V03.
    return "dmy" if day_first >= month_first else "mdy"


def has_odd_times(con: Any, columns: Sequence[str]) -> bool:
    """Whether some cell is neither an ISO time nor a slashed date: only then the slow readings are tried."""
    if not columns:
        return False
    full = f"regexp_replace(cell, {literal(_NO_SECONDS)}, '\\1:00\\2')"
    # A slashed date that names an offset is read by parts as well.
    slashed = f"(regexp_matches(cell, {literal(_SLASHED)}) AND NOT {has_offset('cell')})"
    odd = f"cell <> '' AND try_cast({full} AS TIMESTAMPTZ) IS NULL AND NOT {slashed}"
    # Most cells are plain ISO times; reading one with a zone costs ten times as much.
    is_plain = f"try_cast(cell AS TIMESTAMP) IS NOT NULL AND NOT {has_offset('cell')}"
    test = f"CASE WHEN {is_plain} THEN false ELSE {odd} END"
    return bool(con.execute(f"SELECT EXISTS (SELECT 1 FROM ({_cells(columns)}) WHERE {test})").fetchone()[0])


def has_offset(text: str) -> str:
    """Return the SQL test that a time names its own offset from UTC."""
    return f"regexp_matches({text}, {literal(_HAS_OFFSET)})"


def joined(parts: Sequence[str]) -> str:
    """Return the SQL of one time made of several cells: the midnight of a date column gives way to the time column.

    ``2130`` behind a date is half past nine in the evening.
    """
    first = f"regexp_replace({parts[0]}, {literal(_MIDNIGHT)}, '')"
    rest = []
    for part in parts[1:]:
        padded = f"lpad({part}, 4, '0')"
        clock = f"{padded}[1:2] || ':' || {padded}[3:4]"
        rest.append(f"CASE WHEN regexp_full_match({part}, '\\d{{1,4}}') THEN {clock} ELSE {part} END")
    return " || ' ' || ".join(f"({part})" for part in (first, *rest))


def count_without_offset(con: Any, columns: Sequence[str], *, style: TimeStyle) -> tuple[int, list[int]]:
    """Return how many times in the raw ``columns`` name no offset, with the first rows: they need a zone (V09)."""
    if not columns:
        return 0, []
    union = " UNION ALL ".join(f"SELECT _row, trim({column}) AS cell FROM raw" for column in columns)
    is_local = f"{local_instant('cell', style=style)} IS NOT NULL AND NOT regexp_full_match(cell, {literal(_EPOCH)})"
    query = f"SELECT count(*), min(_row, 3) FROM ({union}) WHERE NOT {has_offset('cell')} AND {is_local}"
    count, rows = con.execute(query).fetchone()
    return int(count), sorted(set(rows or []))


def local_instant(text: str, *, style: TimeStyle, format: str = "") -> str:
    """Return the SQL that reads a wall-clock time, NULL when it is none."""
    if format:
        return f"try_strptime({text}, {literal(format)})"
    iso = f"try_cast({text} AS TIMESTAMP)"
    if style.has_odd:
        iso = f"coalesce({iso}, {_odd_instant(text)})"
    is_slashed = f"regexp_matches({text}, {literal(_SLASHED)})"
    if style.order is None:
        return f"CASE WHEN {is_slashed} THEN NULL ELSE {iso} END"
    day_month = ("%d", "%m") if style.order == "dmy" else ("%m", "%d")
    same = f"regexp_replace(regexp_replace(regexp_replace({text}, ',\\s*', ' '), '[.\\-]', '/'), '[.\\-]', '/')"
    formats = {
        year: ", ".join(literal("/".join((*day_month, year)) + hours) for hours in _HOURS) for year in ("%Y", "%y")
    }
    return (
        f"CASE WHEN NOT {is_slashed} THEN {iso} "
        f"WHEN length(regexp_extract({text}, {literal(_SLASHED)}, 3)) = 4 "
        f"THEN try_strptime({same}, [{formats['%Y']}]) ELSE try_strptime({same}, [{formats['%y']}]) END"
    )


def utc_instant(text: str, *, zone: str, style: TimeStyle, format: str = "") -> str:
    """Return the SQL that reads an instant as naive UTC. A time without an offset is wall-clock time of ``zone``.

    The session's TimeZone must be UTC. Hours that a change of clocks skips move forward; doubled ones are the first.
    """
    local = local_instant(text, style=style, format=format)
    moved = f"CAST(timezone({literal(zone)}, {local}) AS TIMESTAMP)" if zone not in ("", "UTC") else f"({local})"
    if format:
        return moved
    # DuckDB wants seconds before an offset: 10:00Z becomes 10:00:00Z.
    full = f"regexp_replace({text}, {literal(_NO_SECONDS)}, '\\1:00\\2')"
    own = f"CAST(try_cast({full} AS TIMESTAMPTZ) AS TIMESTAMP)"
    if not style.has_odd:
        return f"CASE WHEN {has_offset(text)} THEN {own} ELSE {moved} END"
    without = local_instant(f"regexp_replace({text}, {literal(_OFFSET)}, '')", style=style)
    micros = f"CAST({text} AS DOUBLE) * CASE WHEN length({text}) = 13 THEN 1e3 ELSE 1e6 END"
    epoch = f"make_timestamp(CAST({micros} AS BIGINT))"
    return (
        f"CASE WHEN regexp_full_match({text}, {literal(_EPOCH)}) THEN {epoch} "
        f"WHEN {has_offset(text)} THEN coalesce({own}, {without} - {_offset(text)}) ELSE {moved} END"
    )


def calendar_day(text: str, *, style: TimeStyle) -> str:
    """Return the SQL that reads a date; ``2026-05`` is the first of May."""
    local = local_instant(text, style=style)
    month = rf"CASE WHEN regexp_full_match({text}, '\d{{4}}-\d{{2}}') THEN try_cast({text} || '-01' AS DATE) END"
    return f"coalesce({month}, CAST({local} AS DATE))"


def _cells(columns: Sequence[str]) -> str:
    return " UNION ALL ".join(f"SELECT trim({column}) AS cell FROM raw" for column in columns)


def _odd_instant(text: str) -> str:
    """``Jan 5, 2026 3:04 PM``, ``05-Jan-26``, ``20260105``, and the day numbers of Excel (46027.5)."""
    plain = f"trim(regexp_replace(regexp_replace({text}, '^[A-Za-z]{{3,9}}, ', ''), ',\\s*', ' ', 'g'))"
    formats = [day + hours for day in _WORDED for hours in _HOURS] + list(_JOINED)
    worded = f"try_strptime({plain}, [{', '.join(map(literal, formats))}])"
    serial = f"TIMESTAMP '1899-12-30' + to_seconds(CAST(try_cast({text} AS DOUBLE) * 86400 AS BIGINT))"
    return f"CASE WHEN regexp_full_match({text}, '[2-5]\\d{{4}}(\\.\\d+)?') THEN {serial} ELSE {worded} END"


def _offset(text: str) -> str:
    found = f"regexp_extract({text}, '([+\\-])(\\d{{2}}):?(\\d{{2}})?$', %d)"
    hours, minutes = (f"coalesce(try_cast({found % group} AS INTEGER), 0)" for group in (2, 3))
    sign = f"(CASE WHEN {found % 1} = '-' THEN -1 ELSE 1 END)"
    return f"to_seconds({sign} * ({hours} * 3600 + {minutes} * 60))"
