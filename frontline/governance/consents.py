"""Consent that a customer took back at the source: their words leave the released pool with the load that says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from frontline.core.actor import SYSTEM
from frontline.governance import audit
from frontline.governance.release_endings import lapse
from frontline.governance.release_rows import tell_readers
from frontline.store.models.corpus import Document
from frontline.store.work import Unit


def withdraw_consents(unit: Unit, refusing: Collection[str]) -> int:
    """End consent, and the releases that rest on it, of the documents of customers who refuse; return how many.

    ``refusing``: keyed hashes of customers. Consent comes back only with the document: a load that says yes again does
    not bring words back that somebody took away.
    """
    if not refusing:
        return 0
    query = select(Document).where(Document.consent.is_(True), Document.customer_key.is_not(None))
    changed = [row for row in unit.session.scalars(query) if row.customer_key in refusing]
    for row in changed:
        lapse(unit, row.doc_id)
        row.consent, row.changed_at = False, unit.now
    if changed:
        tell_readers(unit)
        audit.record(unit, SYSTEM, "corpus.consent", detail={"withdrawn": len(changed)})
    unit.session.flush()
    return len(changed)
