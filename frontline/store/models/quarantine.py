"""Rows of the steward's review: who looks at what the gate held back, what was chosen, and the words on the lists.

No row holds words of a person: choices are offsets and labels, listed words are keyed hashes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class QuarantineReview(Base):
    """The review of one document: who opened it last, and what was decided. ``decision``: inside | kept | dropped."""

    __tablename__ = "quarantine_review"

    doc_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    content_key: Mapped[str] = mapped_column(String(64))
    opened_by: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    decision: Mapped[str] = mapped_column(String(12), default="")
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    # [start, end, label, action] of the ORIGINAL text.
    choices: Mapped[list[Any]] = mapped_column(Json, default=list)
    # The document's reasons, language and vault id before the decision, for the undo.
    before: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    # Entries of the lists that this decision made.
    words: Mapped[list[str]] = mapped_column(Json, default=list)


class GateWord(Base):
    """An entry of the allow or the deny list, until it expires or is removed."""

    __tablename__ = "gate_word"
    __table_args__ = (Index("ix_gate_word_digest", "digest"),)

    word_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    list_name: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64))
    count: Mapped[int] = mapped_column()
    label: Mapped[str] = mapped_column(String(20))
    reason: Mapped[AnonymizedText] = mapped_column(SealedText)
    added_by: Mapped[str] = mapped_column(String(40))
    added_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
