"""The books of cases: who stands behind which placeholder, as hashes under a key of the case, encrypted at rest.

A case is named by the keyed hash of its id (``document_subject``); its own key is random. A book goes with the erasure
of anybody in the case, and some time after the last document (``retention.yaml``).
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from frontline.core.ports import CaseBook
from frontline.store.models.corpus import CaseBookRow
from frontline.store.models.erasure import DocumentSubject
from frontline.store.subjects import lookup_of
from frontline.store.work import Unit

if TYPE_CHECKING:
    from frontline.store.vault import Vault

_PART = 400  # SQLite takes a limited number of parameters


def case_of(key: bytes, row: Mapping[str, Any]) -> str:
    """Return how the case that a row names is looked up, "" where it names none."""
    named = str(row.get("case_id") or "").strip()
    return lookup_of(key, "case", named) if named else ""


def new_book(opened: dt.date | None) -> CaseBook:
    """Return the empty book of a case, under a key that nothing else has."""
    return CaseBook(secrets.token_hex(16), opened.isoformat() if opened is not None else "")


def read_books(session: Session, vault: Vault, lookups: Iterable[str]) -> dict[str, CaseBook]:
    """Return the books that are there, by case."""
    wanted = sorted(set(lookups))
    found: dict[str, CaseBook] = {}
    for start in range(0, len(wanted), _PART):
        query = select(CaseBookRow).where(CaseBookRow.lookup.in_(wanted[start : start + _PART]))
        found |= {row.lookup: _opened(vault.open_payload(row.sealed)) for row in session.scalars(query)}
    return found


def book_of_document(session: Session, vault: Vault, doc_id: str) -> tuple[str, CaseBook] | None:
    """Return (case, book) of the case that a document came with, None where it has none."""
    query = select(DocumentSubject.lookup).where(DocumentSubject.doc_id == doc_id, DocumentSubject.kind == "case")
    return next(iter(read_books(session, vault, session.scalars(query)).items()), None)


def keep_books(unit: Unit, vault: Vault, books: Mapping[str, CaseBook]) -> None:
    """Keep books in place of what stood there."""
    for lookup, book in books.items():
        sealed = vault.seal_payload(json.dumps(asdict(book)).encode())
        unit.session.merge(CaseBookRow(lookup=lookup, sealed=sealed, changed_at=unit.now))
    unit.session.flush()


def forget_books(unit: Unit, doc_ids: Iterable[str]) -> int:
    """Delete the books of the cases that documents came with; return how many."""
    wanted, gone = sorted(set(doc_ids)), 0
    for start in range(0, len(wanted), _PART):
        cases = select(DocumentSubject.lookup).where(
            DocumentSubject.doc_id.in_(wanted[start : start + _PART]), DocumentSubject.kind == "case"
        )
        gone += _deleted(unit, delete(CaseBookRow).where(CaseBookRow.lookup.in_(cases)))
    return gone


def forget_books_before(unit: Unit, at: dt.datetime) -> int:
    """Delete the books of cases without a document since an instant; return how many."""
    return _deleted(unit, delete(CaseBookRow).where(CaseBookRow.changed_at < at))


def _deleted(unit: Unit, statement: Any) -> int:
    return int(getattr(unit.session.execute(statement), "rowcount", 0))


def _opened(content: bytes) -> CaseBook:
    stored = json.loads(content)
    pairs = {name: tuple((head, tuple(rest)) for head, rest in stored[name]) for name in ("people", "values")}
    return CaseBook(stored["key"], stored["opened"], **pairs)
