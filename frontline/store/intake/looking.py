"""A file looked at before it is loaded: which table it is, which column feeds what, how many rows would be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from frontline.catalog.records import Records
from frontline.core.clock import as_utc
from frontline.core.errors import UsageError
from frontline.store.generations import Draft
from frontline.store.intake.columns import lay_out
from frontline.store.intake.declared import home_zone
from frontline.store.intake.findings import collect_findings
from frontline.store.intake.ingest import Load, Options
from frontline.store.intake.report import REJECTS
from frontline.store.intake.scratch import open_scratch
from frontline.store.intake.sources import FileKind, inspect_file
from frontline.store.intake.suggestion import propose, read_sample
from frontline.store.vault import Vault
from frontline.store.work import Store


@dataclass(frozen=True)
class Seen:
    """What a file seems to be. ``mapping`` is ``{field: column}`` as after ``--map``; ``refusal``: why it cannot be
    loaded like this, "" when it can."""

    table: str = ""
    rows: int = 0
    faults: int = 0
    zone: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    refusal: str = ""


def look(
    path: Path,
    *,
    home: Path,
    store: Store,
    vault: Vault,
    now: dt.datetime,
    options: Options,
    records: Records,
    default_zone: str,
    folder: Path,
) -> Seen:
    """Look at a file under ``options``; where they leave the table open, under what its header suggests.

    Args:
        default_zone: of times without an offset, where nothing else is known.
        folder: an empty folder for scratch files.

    Raises:
        UsageError: the file is of another kind, empty, damaged or unpacks without end; nothing can be chosen.
    """
    file = inspect_file(path)
    chosen = options
    try:
        seen = _try(path, chosen, home=home, store=store, vault=vault, now=now, records=records, folder=folder / "a")
    except UsageError as refusal:
        if file.kind is not FileKind.DELIMITED:
            raise
        layout = lay_out(file, records, preset=None, mapped=())
        sample = read_sample(file, layout)
        told = dict(options.mapping or {})
        proposed = propose(file, layout.headers, sample, records, table=options.table or "")
        chosen = replace(
            options,
            table=proposed.table,
            mapping=told or proposed.pairs or None,
            zone=options.zone or home_zone(home) or default_zone,
        )
        if told:
            return Seen(table=proposed.table, zone=chosen.zone or "", mapping=told, refusal=str(refusal).split("\n")[0])
        try:
            seen = _try(
                path, chosen, home=home, store=store, vault=vault, now=now, records=records, folder=folder / "b"
            )
        except UsageError as again:
            words = str(again).split("\n")[0]
            return Seen(table=proposed.table, zone=chosen.zone or "", mapping=proposed.pairs, refusal=words)
    return replace(seen, mapping=dict(chosen.mapping or {}))


def _try(
    path: Path,
    options: Options,
    *,
    home: Path,
    store: Store,
    vault: Vault,
    now: dt.datetime,
    records: Records,
    folder: Path,
) -> Seen:
    load = Load(home, store, vault, now=as_utc(now), options=options, records=records)
    load.calendar_zone = home_zone(home)
    draft = Draft(folder, None, 0)
    draft.scratch.mkdir(parents=True)
    with open_scratch(draft, load.key) as scratch:
        _, _, plan, said = load.read(scratch, path)
        con = scratch.con
        rows = con.execute("SELECT (SELECT count(*) FROM typed) + (SELECT count(*) FROM damaged)").fetchone()[0]
        faults = con.execute("SELECT (SELECT count(_fault) FROM typed) + (SELECT count(*) FROM damaged)").fetchone()[0]
        findings = [found for found in collect_findings(con, plan) if found.code in REJECTS or found.code == "V07"]
    notes = [found.sentence() for found in findings]
    if plan.unused:
        notes.append(f"Not loaded: {', '.join(plan.unused[:8])}{' …' if len(plan.unused) > 8 else ''}")
    return Seen(plan.table, int(rows), int(faults), said.zone, {}, plan.read_as, tuple(notes))
