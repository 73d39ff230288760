"""Documents of a subject that is erased: their rows go, releases of their words lapse, the index is made anew."""

from __future__ import annotations

from sqlalchemy import or_, select

from frontline.governance.release_endings import lapse
from frontline.store.models.corpus import Document
from frontline.store.models.people import VaultItem
from frontline.store.work import Unit

PREFIX = "document:"


def forget_documents(unit: Unit, subject: str) -> int:
    """Delete the documents of a subject: the one it names, and those whose held-back text is its vault entry.

    Returns how many went. The caller has authorized ``vault.erase``, and rebuilds the index: a deleted vector's bytes
    stay on disk until then.
    """
    held = select(VaultItem.vault_id).where(VaultItem.subject == subject)
    named = subject.removeprefix(PREFIX) if subject.startswith(PREFIX) else ""
    rows = list(
        unit.session.scalars(select(Document).where(or_(Document.doc_id == named, Document.vault_id.in_(held))))
    )
    for row in rows:
        lapse(unit, row.doc_id)
        unit.session.delete(row)
    unit.session.flush()
    return len(rows)
