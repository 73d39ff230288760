"""A feed that is not what it was: its columns changed (V15), or a day brings far more or far fewer rows (V14)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from typing import Any

from frontline.catalog.records import ColumnType
from frontline.store.intake.columns import Plan
from frontline.store.intake.report import SHOWN_ROWS, Finding
from frontline.store.intake.sql import listing, literal, name

WEEKS = 6
_NEEDED = 4  # of the six same weekdays
_SMALLEST = 20  # rows a day: below, a halving is chance
_FACTOR = 2.0
_SHOWN_DAYS = 3


def find_column_drift(con: Any, plan: Plan, *, file: str, headers: Sequence[str]) -> tuple[list[Finding], list[str]]:
    """Return what the header lost and gained since the last load of the same feed (V15)."""
    feed = feed_of(file)
    rows = con.execute(
        "SELECT source, columns FROM cur.loads WHERE table_name = ? ORDER BY loaded_at DESC, load_id DESC LIMIT 50",
        [plan.table],
    ).fetchall()
    earlier = next((columns for source, columns in rows if columns and feed_of(source) == feed), None)
    if earlier is None:
        return [], []
    before, after = set(json.loads(earlier)), set(headers)
    findings, notes = [], []
    for words, columns in (("no longer has", before - after), ("newly has", after - before)):
        if columns:
            named = ", ".join(sorted(columns))
            notes.append(f"{file} {words} the columns {named} (V15).")
            findings.append(Finding("V15", named, len(columns)))
    return findings, notes


def feed_of(file: str) -> str:
    """Return what the names of one feed share: ``calls_2026-05.csv`` and ``calls_june.csv.gz`` are ``calls``."""
    stem = re.sub(r"(\.(csv|tsv|txt|tab|jsonl?|ndjson|parquet|pq|gz))+$", "", file.lower())
    months = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
    words = [word for word in re.split(r"[^a-z]+", stem) if len(word) > 1 and not re.fullmatch(months, word)]
    return " ".join(words)


def find_volume_drift(
    con: Any, plan: Plan, *, file: str, zone: str, load_ids: Sequence[str], now: dt.datetime
) -> tuple[list[Finding], list[str]]:
    """Return the days of this load with less than half or more than double the rows of six same weekdays before (V14).

    The days before count only as earlier loads brought them: a first load has nothing to differ from. The newest day
    may be unfinished and is judged only for being too many.

    Args:
        load_ids: the loads of this run; the last one is the load judged, already in ``cur``.
    """
    time = plan.spec.time
    if time is None or plan.spec.grain != "day" or plan.spec.columns[time].type is not ColumnType.INSTANT:
        return [], []
    before = f"SELECT EXISTS (SELECT 1 FROM cur.{name(plan.table)} WHERE load_id NOT IN {listing(load_ids)})"
    if not con.execute(before).fetchone()[0]:
        return [], []
    day = f"CAST(timezone({literal(zone)}, timezone('UTC', {name(time)})) AS DATE)"
    rows = con.execute(
        f"""
        WITH counted AS (
          SELECT {day} AS day, count(*) AS n, count(*) FILTER (load_id = {literal(load_ids[-1])}) AS fresh,
            count(*) FILTER (load_id NOT IN {listing(load_ids)}) AS old,
            min(source_row, {SHOWN_ROWS}) FILTER (load_id = {literal(load_ids[-1])}) AS first
          FROM cur.{name(plan.table)} WHERE {name(time)} IS NOT NULL GROUP BY 1
        ), judged AS (
          SELECT c.day, c.n, c.first, median(b.old) AS usual, count(b.old) AS known
          FROM counted c JOIN counted b ON b.day BETWEEN c.day - {7 * WEEKS} AND c.day - 7
            AND (c.day - b.day) % 7 = 0 AND b.old > 0
          WHERE c.fresh > c.n / 2 GROUP BY ALL
        )
        SELECT day, n, usual, first FROM judged
        WHERE known >= {_NEEDED} AND usual >= {_SMALLEST} AND (n > usual * {_FACTOR}
          OR (n < usual / {_FACTOR} AND day < (SELECT max(day) FROM counted) AND day < ?)) ORDER BY day
        """,
        [now.date()],
    ).fetchall()
    if not rows:
        return [], []
    notes = [
        f"{file}: {found:%A} {found:%Y-%m-%d} has {n:,} rows, the same weekdays before had {usual:,.0f} (V14)."
        for found, n, usual, _ in rows[:_SHOWN_DAYS]
    ]
    first = sorted({row for *_, numbers in rows for row in numbers or ()})[:SHOWN_ROWS]
    return [Finding("V14", time, len(rows), tuple(first))], notes
