"""Identifiers as keyed hashes: how a person is found, and how one who was erased is kept out.

A lookup is HMAC-SHA256 under ``keys/org.key`` of the kind and the identifier in one spelling, so that
"J.Vos@Mail.example" and "j.vos@mail.example" are the same. Names are no identifiers here: two people share them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from frontline.core.ids import keyed_hash
from frontline.store.models.erasure import DocumentSubject, Suppressed
from frontline.store.work import Unit

# Field of a row -> kind of identifier. The subject of a customer is the keyed hash of its number itself.
KINDS: Mapping[str, str] = {
    "customer_id": "customer",
    "customer_number": "customer",
    "customer_key": "customer",
    "account_id": "account",
    "account_number": "account",
    "email": "email",
    "phone": "phone",
}
_PART = 400  # SQLite takes a limited number of parameters
_PHONE_DIGITS = 9  # the end of a number: with and without the country's prefix it is the same


def lookup_of(key: bytes, kind: str, value: str) -> str:
    """Return the keyed hash of one identifier, "" where it is none (too short, empty)."""
    plain = _one_spelling(kind, value)
    if not plain:
        return ""
    return keyed_hash(key, "customer", plain) if kind == "customer" else keyed_hash(key, f"lookup:{kind}", plain)


def lookups_of(key: bytes, row: Mapping[str, Any]) -> dict[str, str]:
    """Return lookup -> kind of the identifiers of a row (a customer record, or the ``known`` of a document)."""
    found: dict[str, str] = {}
    for field, kind in KINDS.items():
        value = row.get(field)
        for item in value if isinstance(value, list | tuple) else [value]:
            if item not in (None, "") and (lookup := lookup_of(key, kind, str(item))):
                found[lookup] = kind
    return found


def lookups_of_word(key: bytes, word: str) -> list[str]:
    """Return what a typed word may be the lookup of, the likeliest first."""
    kinds = ("email",) if "@" in word else ("customer", "account", "phone")
    return [found for kind in kinds if (found := lookup_of(key, kind, word))]


def document_lookups(key: bytes, row: Mapping[str, Any]) -> dict[str, str]:
    """Return lookup -> kind of everything by which a document belongs to a person: what it came with, case, own id."""
    known = row.get("known")
    found = lookups_of(key, known if isinstance(known, Mapping) else {}) | lookups_of(key, row)
    doc_id = str(row.get("id") or "")
    head, _, rest = doc_id.partition("-")
    # Ids such as complaint-C0000003 name the case.
    cases = [str(row.get("case_id") or ""), rest if head.isalpha() else "", doc_id]
    found |= {lookup: "case" for case in cases if (lookup := lookup_of(key, "case", case))}
    return found


def note_documents(session: Session, found: Mapping[str, Mapping[str, str]]) -> None:
    """Write down with which identifiers documents came, in place of what stood there: doc id -> lookup -> kind."""
    ids = sorted(found)
    for start in range(0, len(ids), _PART):
        session.execute(delete(DocumentSubject).where(DocumentSubject.doc_id.in_(ids[start : start + _PART])))
    rows = [
        {"doc_id": doc_id, "lookup": lookup, "kind": kind} for doc_id in ids for lookup, kind in found[doc_id].items()
    ]
    if rows:
        session.execute(insert(DocumentSubject), rows)


def documents_of(session: Session, subject: str, lookups: Iterable[str]) -> list[str]:
    """Return the ids of a person's documents: of the customer itself, or of another lookup where none is named."""
    named = select(DocumentSubject.doc_id).where(DocumentSubject.kind == "customer")
    found: dict[str, None] = {}
    wanted = sorted({subject, *lookups})
    for start in range(0, len(wanted), _PART):
        query = select(DocumentSubject.doc_id).where(DocumentSubject.lookup.in_(wanted[start : start + _PART]))
        found |= dict.fromkeys(session.scalars(query.where(DocumentSubject.doc_id.not_in(named))))
    own = select(DocumentSubject.doc_id).where(DocumentSubject.lookup == subject, DocumentSubject.kind == "customer")
    found |= dict.fromkeys(session.scalars(own))
    return sorted(found)


def customer_of(session: Session, lookups: Sequence[str]) -> str | None:
    """Return the customer that documents with one of ``lookups`` name, None where they name none or several."""
    theirs = select(DocumentSubject.doc_id).where(DocumentSubject.lookup.in_(list(lookups)))
    query = select(DocumentSubject.lookup).where(DocumentSubject.doc_id.in_(theirs), DocumentSubject.kind == "customer")
    found = session.scalars(query.distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None


def has_documents(session: Session, lookup: str) -> bool:
    """Whether a document came with this identifier."""
    query = select(DocumentSubject.doc_id).where(DocumentSubject.lookup == lookup).limit(1)
    return session.scalar(query) is not None


def is_suppressed(lookups: Mapping[str, str], suppressed: Collection[str]) -> bool:
    """Whether a row with these identifiers (lookup -> kind) is of somebody who was erased.

    A row that names its customer is judged by that and by its case: a shared telephone is not enough.
    """
    has_customer = "customer" in lookups.values()
    own = ("customer", "case") if has_customer else ("customer", "case", "account", "email", "phone")
    return any(lookup in suppressed for lookup, kind in lookups.items() if kind in own)


def erased_subject(session: Session, lookups: Sequence[str]) -> str | None:
    """Return the subject that was erased under one of ``lookups``."""
    query = select(Suppressed.subject).where(Suppressed.lookup.in_(list(lookups))).limit(1)
    return session.scalar(query)


def suppress(unit: Unit, subject: str, lookups: Iterable[str]) -> int:
    """Keep identifiers out from now on; return how many are new on the list."""
    wanted = sorted({lookup for lookup in lookups if lookup})
    known = suppressed_among(unit.session, wanted)
    fresh = [lookup for lookup in wanted if lookup not in known]
    unit.session.add_all(Suppressed(lookup=lookup, subject=subject, at=unit.now) for lookup in fresh)
    unit.session.flush()
    return len(fresh)


def suppressed_among(session: Session, lookups: Iterable[str]) -> set[str]:
    """Return those of ``lookups`` whose person was erased."""
    wanted = sorted(set(lookups))
    if not wanted or session.scalar(select(Suppressed.lookup).limit(1)) is None:
        return set()
    found: set[str] = set()
    for start in range(0, len(wanted), _PART):
        query = select(Suppressed.lookup).where(Suppressed.lookup.in_(wanted[start : start + _PART]))
        found.update(session.scalars(query))
    return found


def suppressed_customers(session: Session) -> list[str]:
    """Return the customer keys that the facts must not hold (any more)."""
    return list(session.scalars(select(Suppressed.subject).distinct().order_by(Suppressed.subject)))


def _one_spelling(kind: str, value: str) -> str:
    word = value.strip()
    match kind:
        case "email":
            return word.casefold()
        case "phone":
            digits = re.sub(r"\D", "", word)
            return digits[-_PHONE_DIGITS:] if len(digits) >= 7 else ""
        case "account":
            return re.sub(r"[\W_]", "", word).casefold()
        case _:
            return word
