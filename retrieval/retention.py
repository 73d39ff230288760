"""Documents whose time is over: the words go, a row without them stays, so that the same file brings nothing back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from frontline.catalog.retention import RetentionRules, kept_for
from frontline.governance.quarantine import forget_original
from frontline.governance.release_endings import lapse
from frontline.store.models.corpus import Document
from frontline.store.models.themes import ThemeMember
from frontline.store.vault import Vault
from frontline.store.work import Unit
from retrieval.collection import read_received

EXPIRED = "expired"


@dataclass(frozen=True)
class ExpiredDocuments:
    """What was or would be expired: documents by kind, held-back texts, and whether the index has to be made anew."""

    by_kind: Mapping[str, int]
    held_texts: int
    were_indexed: bool

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values()) + self.held_texts


def expire_documents(unit: Unit, rules: RetentionRules, vault: Vault) -> ExpiredDocuments:
    """Take the words of documents that are past their time, by the rules of their kind.

    A document counts from the day it came in (``received_at``) or was added, whichever is later: whoever loads the
    complaints of five years finds them there in the morning. Sizes of past themes stay: they are counts. The caller
    makes the index anew where ``were_indexed``.
    """
    by_kind: dict[str, int] = {}
    held = 0
    were_indexed = False
    for row in unit.session.scalars(select(Document).where(Document.state != EXPIRED)):
        is_held = row.state == "quarantined"
        limit = kept_for(rules.held_texts) if is_held else rules.of_kind(row.kind)
        since = row.changed_at if is_held else _since(row)
        if limit is None or since.astimezone(dt.UTC) + limit > unit.now:
            continue
        lapse(unit, row.doc_id)
        if is_held:
            held += 1
            forget_original(unit, vault, row.doc_id)
        else:
            by_kind[row.kind] = by_kind.get(row.kind, 0) + 1
        were_indexed |= row.indexed_in is not None
        # ``indexed_in`` stays: what has no text any more is taken out of that index.
        row.state, row.text, row.vault_id = EXPIRED, None, None
        unit.session.execute(delete(ThemeMember).where(ThemeMember.doc_id == row.doc_id))
    unit.session.flush()
    return ExpiredDocuments(by_kind, held, were_indexed)


def _since(row: Document) -> dt.datetime:
    received = read_received(row.received_at)
    return row.added_at if received is None else max(received, row.added_at)
