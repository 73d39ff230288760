"""Documents of a subject that is erased: their rows go, releases of their words lapse, the index is made anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from frontline.core.text import AnonymizedText
from frontline.governance.release_endings import lapse
from frontline.store.case_books import forget_books
from frontline.store.models.corpus import Document
from frontline.store.models.erasure import DocumentSubject
from frontline.store.models.people import VaultItem
from frontline.store.models.themes import ThemeMember
from frontline.store.work import Unit

PREFIX = "document:"
_PART = 400  # SQLite takes a limited number of parameters


def find_documents(unit: Unit, subject: str, listed: Sequence[str]) -> list[str]:
    """Return the ids of a subject's documents that are there.

    ``listed`` are those known to be the subject's; added are the one that the subject names, and those whose
    held-back text is the subject's vault entry.
    """
    held = select(VaultItem.vault_id).where(VaultItem.subject == subject)
    named = subject.removeprefix(PREFIX) if subject.startswith(PREFIX) else ""
    query = select(Document.doc_id)
    found = set(unit.session.scalars(query.where(or_(Document.doc_id == named, Document.vault_id.in_(held)))))
    for start in range(0, len(listed), _PART):
        found.update(unit.session.scalars(query.where(Document.doc_id.in_(listed[start : start + _PART]))))
    return sorted(found)


def forget_documents(unit: Unit, doc_ids: Sequence[str]) -> list[AnonymizedText]:
    """Delete documents and their places in themes; return the texts that went, so that quotes of them can be found.

    The caller has authorized ``vault.erase``, and rebuilds the index: a deleted vector's bytes stay on disk until
    then. Sizes of past themes stay: they are counts.
    """
    texts: list[AnonymizedText] = []
    for start in range(0, len(doc_ids), _PART):
        part = doc_ids[start : start + _PART]
        for row in unit.session.scalars(select(Document).where(Document.doc_id.in_(part))):
            lapse(unit, row.doc_id)
            if row.text is not None:
                texts.append(row.text)
            unit.session.delete(row)
        unit.session.flush()
        forget_books(unit, part)
        unit.session.execute(delete(ThemeMember).where(ThemeMember.doc_id.in_(part)))
        unit.session.execute(delete(DocumentSubject).where(DocumentSubject.doc_id.in_(part)))
    return texts
