"""Rows of the corpus: anonymized documents with their provenance, and which index is live.

State is the truth, the index a projection: a document whose ``indexed_in`` is not the live index is still to be
indexed, whatever crashed in between.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class Document(Base):
    """One complaint, debrief, tag, pain point, verbatim or article, after the gate.

    ``state``: inside (the gate let it through: private views only) | released (a person released it) | withdrawn |
    quarantined (no text here; the raw text is in the vault under ``vault_id``) | dropped (a steward gave it up).
    ``fidelity``: how much of the meaning the gate left, measured while the original was known: {cosine, negations,
    amounts}; pairs are [kept, of]. ``customer_key`` is the keyed hash of the customer where the row names one.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_kind_state", "kind", "state"),)

    doc_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    category: Mapped[str | None] = mapped_column(String(120))
    region: Mapped[str | None] = mapped_column(String(80))
    segment: Mapped[str | None] = mapped_column(String(80))
    language: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[str | None] = mapped_column(String(40))
    product: Mapped[str | None] = mapped_column(String(80))
    customer_key: Mapped[str | None] = mapped_column(String(64))
    agent_id: Mapped[str | None] = mapped_column(String(80))
    fidelity: Mapped[dict[str, Any] | None] = mapped_column(Json)
    consent: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[Any]] = mapped_column(Json, default=list)
    # A keyed hash of the raw row: the same row again is skipped, another one replaces.
    content_key: Mapped[str] = mapped_column(String(64))
    # A keyed hash of what the gate went by (known identities, rules, lists): the same row is judged again under others.
    judged_by: Mapped[str] = mapped_column(String(64), default="")
    policy: Mapped[str] = mapped_column(String(40), default="")
    vault_id: Mapped[str | None] = mapped_column(String(40))
    indexed_in: Mapped[str | None] = mapped_column(String(80), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)


class CaseBookRow(Base):
    """Who stands behind which placeholder over the documents of one case: hashes, encrypted (``store.case_books``)."""

    __tablename__ = "case_book"
    __table_args__ = (Index("ix_case_book_changed_at", "changed_at"),)

    # The keyed hash of the case's id, as in ``document_subject``.
    lookup: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class CorpusIndex(Base):
    """The live index, and how often the corpus changed: readers refresh their cache when ``version`` moves."""

    __tablename__ = "corpus_index"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    folder: Mapped[str] = mapped_column(String(80))
    model_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=0)
    built_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class TextIntakeRow(Base):
    """A load of texts that is under way (``store.text_intakes``); ``total`` 0: nobody knows how many there will be."""

    __tablename__ = "text_intake"

    intake_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(120))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
