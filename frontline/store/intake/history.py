"""What was loaded before, for people: no row of anybody, counts and codes only."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from frontline.store.facts import Facts
from frontline.store.intake.report import REJECTS, Finding


@dataclass(frozen=True)
class PastLoad:
    """One loaded file. ``loaded_at`` is aware (UTC)."""

    file: str
    table: str
    loaded_at: dt.datetime
    read: int
    quarantined: int
    findings: Sequence[Finding]

    @property
    def rejects(self) -> list[Finding]:
        """The findings that kept rows out."""
        return [found for found in self.findings if found.code in REJECTS]


def list_loads(facts: Facts, *, limit: int = 10, only_quarantined: bool = False) -> list[PastLoad]:
    """Return the loads of the live generation, newest first; none before the first load."""
    if not facts.generation:
        return []
    condition = "WHERE rows_quarantined > 0 " if only_quarantined else ""
    query = text(
        "SELECT source, table_name, loaded_at, rows_read, rows_quarantined, CAST(findings AS VARCHAR) FROM loads "
        f"{condition}ORDER BY loaded_at DESC, load_id DESC LIMIT :limit"
    )
    with facts.connect() as connection:
        rows = connection.execute(query, {"limit": limit}).all()
    return [
        PastLoad(source, table, at.replace(tzinfo=dt.UTC), int(read), int(quarantined), _findings(findings))
        for source, table, at, read, quarantined, findings in rows
    ]


def _findings(stored: str | None) -> list[Finding]:
    return [Finding(code, column, count, tuple(rows)) for code, column, count, rows in json.loads(stored or "[]")]
