"""What must not stand in the facts: rejected rows and identities go to the vault, in chunks, encrypted."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from frontline.core.actor import Actor
from frontline.core.errors import NotFound
from frontline.store.intake.columns import Plan
from frontline.store.intake.merge import DIGEST
from frontline.store.intake.reading import Layout
from frontline.store.intake.report import MEANINGS
from frontline.store.intake.sql import literal, name
from frontline.store.intake.suppression import has_erased, names_erased
from frontline.store.models.people import VaultItem
from frontline.store.vault import Vault, VaultEntry
from frontline.store.work import Store, Unit

REJECTED = "rejected_rows"
IDENTITY = "identity"
KEPT_DAYS = 90
_ROWS_A_CHUNK = 2_000
_SUBJECTS_A_UNIT = 1_000


@dataclass(frozen=True)
class RejectedRow:
    """One rejected row with its reason. ``content`` is the raw row and never leaves the steward's hands."""

    load_id: str
    source: str
    table: str
    row: int
    code: str
    reason: str
    content: dict[str, Any]


def agent_subject(agent_id: str) -> str:
    """Return the vault subject of an agent. The subject of a customer is the keyed hash itself."""
    return f"agent:{agent_id}"


def store_rejects(
    con: Any,
    store: Store,
    vault: Vault,
    *,
    plan: Plan,
    layout: Layout,
    source: str,
    load_id: str,
    now: dt.datetime,
    key: bytes,
) -> int:
    """Put every rejected row of ``typed`` and ``damaged`` into the vault; return how many.

    Rows that hold an identifier of somebody who was erased are counted, and kept nowhere.
    """
    is_watched = has_erased(store)
    cells = ", ".join(f"{literal(header or f'column {i + 1}')}, c{i}" for i, header in enumerate(layout.headers))
    content = f"CAST(json_object({cells}) AS VARCHAR)" if cells else "'{}'"
    cursor = con.cursor()
    cursor.execute(
        f"SELECT _row, _fault, {content} FROM typed JOIN raw USING (_row) WHERE _fault IS NOT NULL "
        f"UNION ALL SELECT _row, 'V11|' || found || ' of {len(layout.headers)} columns', "
        "CAST(json_object('line', content) AS VARCHAR) FROM damaged ORDER BY 1"
    )
    count = 0
    while rows := cursor.fetchmany(_ROWS_A_CHUNK):
        lines = [
            json.dumps({"row": row, "code": fault[:3], "column": fault[4:], "content": json.loads(text)})
            for row, fault, text in rows
            if not (is_watched and names_erased(json.loads(text).values(), key=key, store=store))
        ]
        head = json.dumps({"load_id": load_id, "source": source, "table": plan.table})
        entry = VaultEntry(
            subject=f"load:{load_id}",
            kind=REJECTED,
            content=zlib.compress("\n".join([head, *lines]).encode()),
            expires_at=now + dt.timedelta(days=KEPT_DAYS),
        )
        with store.unit() as unit:
            vault.put(unit, entry)
            unit.commit()
        count += len(rows)
    return count


def forget_rejects(store: Store, vault: Vault, load_id: str) -> None:
    """Remove the rejected rows of a load that did not come about."""
    with store.unit() as unit:
        vault.erase(unit, f"load:{load_id}")
        unit.commit()


def read_rejects(store: Store, vault: Vault, actor: Actor, *, load_id: str = "") -> Iterator[RejectedRow]:
    """Yield the rejected rows that are still kept, oldest load first. Each opening is audited.

    The caller has authorized ``data.errors``.
    """
    with store.read() as session:
        query = select(VaultItem.vault_id).where(VaultItem.kind == REJECTED).order_by(VaultItem.created_at)
        if load_id:
            query = query.where(VaultItem.subject == f"load:{load_id}")
        ids = list(session.scalars(query.where(VaultItem.expires_at > store.clock.now())))
    for vault_id in ids:
        with store.unit() as unit:
            content = vault.get(unit, actor, vault_id, purpose="data errors")
            unit.commit()
        head, *lines = zlib.decompress(content).decode().split("\n")
        origin = json.loads(head)
        for line in lines:
            row = json.loads(line)
            yield RejectedRow(
                origin["load_id"], origin["source"], origin["table"], row["row"], row["code"],
                reason_of(row["code"], row["column"]), row["content"],
            )  # fmt: skip


def reason_of(code: str, column: str) -> str:
    """Return the reason in words, without any value of the row."""
    return f"{MEANINGS.get(code, 'rejected')}: {column}" if column else MEANINGS.get(code, "rejected")


def queue_identities(con: Any, plan: Plan) -> None:
    """Set the identities of ``delta`` aside in the scratch database until every file of the load has passed."""
    con.execute("CREATE TABLE IF NOT EXISTS identities (subject VARCHAR, content VARCHAR)")
    if not plan.identities:
        return
    key = name(plan.spec.key[0])
    subject = key if plan.table == "customers" else f"{literal(agent_subject(''))} || {key}"
    fields = ", ".join(f"{name(column)} := {name(column)}" for column in plan.identities)
    con.execute(f"DELETE FROM identities WHERE subject IN (SELECT {subject} FROM delta)")
    con.execute(
        f"INSERT INTO identities SELECT {subject}, CASE WHEN {DIGEST} IS NOT NULL "
        f"THEN CAST(to_json(struct_pack({fields})) AS VARCHAR) END FROM delta WHERE {DIGEST} IS NOT NULL OR _exists"
    )


def read_identity(unit: Unit, vault: Vault, actor: Actor, subject: str, *, purpose: str) -> dict[str, str]:
    """Return what the vault holds of a customer (by keyed hash) or an agent; the opening is audited in ``unit``.

    The caller has authorized it.

    Raises:
        NotFound: nothing is held, or the subject was erased.
    """
    query = select(VaultItem.vault_id).where(VaultItem.subject == subject, VaultItem.kind == IDENTITY)
    vault_id = unit.session.scalar(query.order_by(VaultItem.created_at.desc()).limit(1))
    if vault_id is None:
        raise NotFound("The vault holds nothing about them.", next_step="It was never loaded, or it was erased.")
    found: dict[str, str] = json.loads(vault.get(unit, actor, vault_id, purpose=purpose))
    return found


def store_identities(con: Any, store: Store, vault: Vault) -> int:
    """Put the queued identities into the vault, one entry per subject, replacing the earlier one; return how many.

    Every subject has its own key, so that erasing one leaves the others readable. Erased subjects stay erased.
    """
    cursor = con.cursor()
    cursor.execute("SELECT subject, content FROM identities")
    count = 0
    while rows := cursor.fetchmany(_SUBJECTS_A_UNIT):
        entries = []
        for subject, content in rows:
            known = {column: value for column, value in json.loads(content or "{}").items() if value is not None}
            if known:
                entries.append(VaultEntry(subject, IDENTITY, json.dumps(known).encode()))
        with store.unit() as unit:
            for start in range(0, len(rows), 500):  # SQLite takes a limited number of parameters
                part = [subject for subject, _ in rows[start : start + 500]]
                old = delete(VaultItem).where(VaultItem.kind == IDENTITY).where(VaultItem.subject.in_(part))
                unit.session.execute(old)
            vault.put_many(unit, entries)
            unit.commit()
        count += len(entries)
    return count
