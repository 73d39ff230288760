"""Counts what the checks found, measures coverage, and refuses a file that is mostly bad."""

from __future__ import annotations

import json
from typing import Any

from frontline.core.errors import UsageError
from frontline.store.intake.columns import Plan
from frontline.store.intake.reading import DELIMITERS, Layout
from frontline.store.intake.report import REJECTS, SHOWN_ROWS, Finding
from frontline.store.intake.sources import SourceFile
from frontline.store.intake.sql import name

MAX_BAD = 0.20


def collect_findings(con: Any, plan: Plan) -> list[Finding]:
    """Return the findings of ``typed`` and ``damaged`` for one file."""
    rows = con.execute(
        f"""
        WITH marks AS (
          SELECT _row, _fault AS mark FROM typed WHERE _fault IS NOT NULL
          UNION ALL SELECT _row, unnest(_notes) FROM typed WHERE _fault IS NULL
          UNION ALL SELECT _row, 'V11|' FROM damaged
        )
        SELECT left(mark, 3), substr(mark, 5), count(*), list(_row ORDER BY _row)[1:{SHOWN_ROWS}]
        FROM marks GROUP BY ALL ORDER BY 1, 2
        """
    ).fetchall()
    return [Finding(code, column, count, tuple(first)) for code, column, count, first in rows]


def refuse_bad_file(con: Any, file: str, findings: list[Finding]) -> tuple[int, int, int]:
    """Return (read, quarantined, fixed) rows.

    Raises:
        UsageError: more than 20 % of the rows cannot be loaded.
    """
    rows, faults, fixed = con.execute(
        "SELECT count(*), count(_fault), "
        "count(*) FILTER (WHERE _fault IS NULL AND len(list_filter(_notes, mark -> starts_with(mark, 'V05'))) > 0) "
        "FROM typed"
    ).fetchone()
    damaged = con.execute("SELECT count(*) FROM damaged").fetchone()[0]
    read, bad = rows + damaged, faults + damaged
    if read and bad / read > MAX_BAD:
        worst = "; ".join(found.sentence() for found in findings if found.code in REJECTS)
        raise UsageError(
            f"{file}: {bad:,} of {read:,} rows cannot be loaded, more than {MAX_BAD:.0%}: {worst}.",
            next_step="Nothing was loaded; correct the export and load it again.",
        )
    return int(read), int(bad), int(fixed)


def measure_coverage(con: Any, plan: Plan) -> dict[str, float]:
    """Return the filled share of every fed optional column among the good rows."""
    optional = [column for column in plan.feeds if not plan.spec.columns[column].required]
    if not optional:
        return {}
    counts = ", ".join(f"count({name(column)})" for column in optional)
    total, *filled = con.execute(f"SELECT count(*), {counts} FROM kept").fetchone()
    return {column: count / total if total else 0.0 for column, count in zip(optional, filled, strict=True)}


def collect_notes(con: Any, file: SourceFile, plan: Plan, layout: Layout) -> list[str]:
    """Return what a person should know about how the file was read (V10, V15)."""
    notes = []
    if file.encoding != "utf-8":
        notes.append(f"{file.name} was read as {file.encoding} (V10).")
    if layout.delimiter and layout.delimiter != ",":
        notes.append(f"{file.name} is separated by {DELIMITERS.get(layout.delimiter, 'another sign')}.")
    if plan.unused:
        notes.append(f"Columns of {file.name} that were not loaded: {', '.join(plan.unused[:12])}.")
    earlier = con.execute(
        "SELECT columns FROM cur.loads WHERE table_name = ? ORDER BY loaded_at DESC LIMIT 1", [plan.table]
    ).fetchone()
    if earlier is not None and earlier[0]:
        before, after = set(json.loads(earlier[0])), set(layout.headers)
        for words, columns in (("no longer has", before - after), ("newly has", after - before)):
            if columns:
                notes.append(f"{file.name} {words} the columns {', '.join(sorted(columns))} (V15).")
    return notes
