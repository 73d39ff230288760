"""Rows judged before they are kept: which of them a load would refuse, and why. Writes nothing to the facts."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frontline.catalog.records import Records
from frontline.core.clock import as_utc
from frontline.store.generations import Draft
from frontline.store.intake.declared import home_zone
from frontline.store.intake.ingest import Load, Options
from frontline.store.intake.safekeeping import reason_of, store_rejects
from frontline.store.intake.scratch import open_scratch
from frontline.store.vault import Vault
from frontline.store.work import Store


@dataclass(frozen=True)
class Fault:
    """One row that would not be loaded. ``row`` counts from 1."""

    row: int
    code: str
    reason: str


@dataclass(frozen=True)
class Judgement:
    """How many rows there are, and the bad ones."""

    read: int
    faults: Sequence[Fault] = ()


def judge(
    path: Path,
    *,
    home: Path,
    store: Store,
    vault: Vault,
    now: dt.datetime,
    options: Options,
    records: Records,
    load_id: str,
) -> Judgement:
    """Judge the rows of a JSONL file; where some are good, the bad ones go to the vault under ``load_id``.

    Raises:
        UsageError: the rows as a whole cannot be loaded (no key, no zone, no such column).
    """
    load = Load(home, store, vault, now=as_utc(now), options=options, records=records)
    load.calendar_zone = home_zone(home)
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        draft = Draft(Path(folder), None, 0)
        draft.scratch.mkdir()
        with open_scratch(draft, load.key, memory="256MB") as scratch:
            file, layout, plan, _ = load.read(scratch, path)
            con = scratch.con
            rows = con.execute(
                "SELECT _row, _fault FROM typed WHERE _fault IS NOT NULL "
                "UNION ALL SELECT _row, 'V11|' FROM damaged ORDER BY 1"
            ).fetchall()
            read = con.execute("SELECT (SELECT count(*) FROM typed) + (SELECT count(*) FROM damaged)").fetchone()[0]
            if rows and len(rows) < read:
                store_rejects(
                    con,
                    store,
                    vault,
                    plan=plan,
                    layout=layout,
                    source=file.name,
                    load_id=load_id,
                    now=load.now,
                    key=load.key,
                )
    return Judgement(int(read), tuple(Fault(int(row), mark[:3], reason_of(mark[:3], mark[4:])) for row, mark in rows))
