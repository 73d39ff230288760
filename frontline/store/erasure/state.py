"""The state database without a person: what the vault holds, what waits to be loaded, and words in any text column.

The audit chain is not touched: it holds no values of persons, and a changed row would break it.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

import sqlalchemy as sa

from frontline.core.actor import Actor
from frontline.store.base import Base, Json, SealedText
from frontline.store.erasure.traces import Traces
from frontline.store.intake.safekeeping import REJECTED
from frontline.store.models.feeds import PushedBatch
from frontline.store.models.people import VaultItem
from frontline.store.vault import Vault
from frontline.store.work import Unit

PURPOSE = "erasure of a person"
# No words of people, or not to be changed: keys, hashes, encrypted bytes, the chain.
_LEFT = frozenset(
    {"audit_entry", "vault_key", "vault_item", "vault_access", "suppressed", "erasure", "document_subject"}
)


def erase_rejected_rows(unit: Unit, vault: Vault, actor: Actor, traces: Traces) -> int:
    """Take the person's rows out of the kept rejected rows; return how many went."""
    gone = 0

    def change(_subject: str, content: bytes) -> bytes:
        nonlocal gone
        head, *lines = zlib.decompress(content).decode().split("\n")
        kept = []
        for line in lines:
            row = json.loads(line)
            given = row["content"].values()
            if any(traces.is_theirs(cell) or traces.is_in(str(cell)) for cell in given):
                gone += 1
            else:
                kept.append(line)
        return content if len(kept) == len(lines) else zlib.compress("\n".join([head, *kept]).encode())

    vault.rewrite(unit, actor, REJECTED, change, purpose=PURPOSE)
    return gone


def erase_held_texts(unit: Unit, vault: Vault, actor: Actor, traces: Traces, *, text_kind: str, known_kind: str) -> int:
    """Replace the person's words in raw texts of others that the gate held back; return how many texts changed.

    From what is known beside such a text (field -> values), the person's values go.
    """

    def change(_subject: str, content: bytes) -> bytes:
        text = content.decode("utf-8", "surrogateescape")
        cleaned = traces.without(text)
        return content if cleaned == text else cleaned.encode("utf-8", "surrogateescape")

    def forget(_subject: str, content: bytes) -> bytes:
        known = json.loads(content)
        kept = {field: [value for value in values if not _names(value, traces)] for field, values in known.items()}
        return content if kept == known else json.dumps(kept).encode()

    vault.rewrite(unit, actor, known_kind, forget, purpose=PURPOSE)
    return vault.rewrite(unit, actor, text_kind, change, purpose=PURPOSE)


def _names(value: str, traces: Traces) -> bool:
    return traces.is_theirs(value) or traces.is_in(value)


def erase_pushed(unit: Unit, vault: Vault, traces: Traces) -> int:
    """Empty the person's cells in pushed rows that wait to be loaded or were refused; return how many rows changed."""
    changed = 0
    for batch in unit.session.scalars(sa.select(PushedBatch).where(PushedBatch.payload.is_not(None))):
        assert batch.payload is not None
        rows = json.loads(vault.open_payload(batch.payload))
        cleaned = traces.cleaned(rows)
        if cleaned != rows:
            changed += sum(before != after for before, after in zip(rows, cleaned, strict=True))
            batch.payload = vault.seal_payload(json.dumps(cleaned, ensure_ascii=False).encode())
    unit.session.flush()
    return changed


def erase_documents_of_the_vault(unit: Unit, vault: Vault, documents: tuple[str, ...]) -> int:
    """Destroy what is held of documents in the vault, each with its key; return how many items went."""
    subjects = {f"document:{doc_id}" for doc_id in documents}
    held = unit.session.scalars(sa.select(VaultItem.subject).where(VaultItem.subject.startswith("document:"))).all()
    return sum(vault.erase(unit, subject) for subject in sorted(subjects.intersection(held)))


def sweep_texts(unit: Unit, traces: Traces) -> dict[str, int]:
    """Replace the person's words, and the keyed hash, in every text column; return table -> rows that changed."""
    unit.session.flush()
    found: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in _LEFT:
            continue
        columns = [column.name for column in table.columns if _is_text(column)]
        keys = [column.name for column in table.primary_key]
        if columns and (count := _sweep(unit, table.name, keys, columns, traces)):
            found[table.name] = count
    unit.session.expire_all()
    return found


def _sweep(unit: Unit, table: str, keys: list[str], columns: list[str], traces: Traces) -> int:
    # Columns without their types: what is stored is changed, whatever kind of text it is.
    plain = sa.table(table, *(sa.column(column) for column in dict.fromkeys((*keys, *columns))))
    if traces.pattern is None and not traces.keys:
        return 0
    needles = [_plain_run(word) for word in (*traces.words, *traces.short_names)] + [key.lower() for key in traces.keys]
    tests = [
        sa.func.lower(plain.c[column]).contains(needle, autoescape=True) for column in columns for needle in needles
    ]
    changed = 0
    for row in unit.session.execute(sa.select(plain).where(sa.or_(*tests))).mappings().all():
        fresh = {column: traces.without(row[column]) for column in columns if isinstance(row[column], str)}
        fresh = {column: value for column, value in fresh.items() if value != row[column]}
        if fresh:
            where = [plain.c[key] == row[key] for key in keys]
            unit.session.execute(sa.update(plain).where(*where).values(**fresh))
            changed += 1
    return changed


def _plain_run(word: str) -> str:
    """The longest run of ASCII letters and digits: what SQL compares in any case, and no JSON escape changes."""
    runs: list[str] = re.findall(r"[a-z0-9]*", word.lower())
    return max(runs, key=len)


def _is_text(column: sa.Column[Any]) -> bool:
    is_key = column.primary_key or bool(column.foreign_keys)
    return not is_key and isinstance(column.type, sa.String | sa.Text | SealedText | Json)
