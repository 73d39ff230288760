"""Instants: which way round day and month stand in a file, and the SQL that turns a text into UTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from frontline.core.errors import UsageError
from frontline.store.intake.sql import literal

DateOrder = Literal["dmy", "mdy"]
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy")

_SLASHED = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(\D.*)?$"
_HAS_OFFSET = r"\d{1,2}:\d{2}.*(Z|z|UTC|[+\-]\d{2}(:?\d{2})?)$"
_NO_SECONDS = r"^([^:]*\d{1,2}:\d{2})(\s*(?:Z|z|UTC|[+\-]\d{2}(?::?\d{2})?))$"
_HOURS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")


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
    union = " UNION ALL ".join(f"SELECT {column} AS cell FROM raw" for column in columns)
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


def has_offset(text: str) -> str:
    """Return the SQL test that a time names its own offset from UTC."""
    return f"regexp_matches({text}, {literal(_HAS_OFFSET)})"


def count_without_offset(con: Any, columns: Sequence[str], *, order: DateOrder | None) -> int:
    """Return how many times in the raw ``columns`` name no offset: they need a declared zone (V09)."""
    if not columns:
        return 0
    union = " UNION ALL ".join(f"SELECT {column} AS cell FROM raw" for column in columns)
    is_local = f"{local_instant('trim(cell)', order=order)} IS NOT NULL"
    query = f"SELECT count(*) FROM ({union}) WHERE NOT {has_offset('trim(cell)')} AND {is_local}"
    return int(con.execute(query).fetchone()[0])


def local_instant(text: str, *, order: DateOrder | None, format: str = "") -> str:
    """Return the SQL that reads a wall-clock time, NULL when it is none."""
    if format:
        return f"try_strptime({text}, {literal(format)})"
    iso = f"try_cast({text} AS TIMESTAMP)"
    if order is None:
        return f"CASE WHEN regexp_matches({text}, {literal(_SLASHED)}) THEN NULL ELSE {iso} END"
    day_month = ("%d", "%m") if order == "dmy" else ("%m", "%d")
    same = f"regexp_replace(regexp_replace({text}, '[.\\-]', '/'), '[.\\-]', '/')"
    formats = {
        year: ", ".join(literal("/".join((*day_month, year)) + hours) for hours in _HOURS) for year in ("%Y", "%y")
    }
    return (
        f"CASE WHEN NOT regexp_matches({text}, {literal(_SLASHED)}) THEN {iso} "
        f"WHEN length(regexp_extract({text}, {literal(_SLASHED)}, 3)) = 4 "
        f"THEN try_strptime({same}, [{formats['%Y']}]) ELSE try_strptime({same}, [{formats['%y']}]) END"
    )


def utc_instant(text: str, *, zone: str, order: DateOrder | None, format: str = "") -> str:
    """Return the SQL that reads an instant as naive UTC. A time without an offset is wall-clock time of ``zone``.

    The session's TimeZone must be UTC. Hours that a change of clocks skips move forward; doubled ones are the first.
    """
    local = local_instant(text, order=order, format=format)
    moved = f"CAST(timezone({literal(zone or 'UTC')}, {local}) AS TIMESTAMP)"
    if format:
        return moved
    # DuckDB wants seconds before an offset: 10:00Z becomes 10:00:00Z.
    full = f"regexp_replace({text}, {literal(_NO_SECONDS)}, '\\1:00\\2')"
    return f"CASE WHEN {has_offset(text)} THEN CAST(try_cast({full} AS TIMESTAMPTZ) AS TIMESTAMP) ELSE {moved} END"


def calendar_day(text: str, *, order: DateOrder | None) -> str:
    """Return the SQL that reads a date; ``2026-05`` is the first of May."""
    local = local_instant(text, order=order)
    month = rf"CASE WHEN regexp_full_match({text}, '\d{{4}}-\d{{2}}') THEN try_cast({text} || '-01' AS DATE) END"
    return f"coalesce({month}, CAST({local} AS DATE))"
