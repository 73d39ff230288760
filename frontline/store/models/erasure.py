"""Rows of erasure: who is found by which identifier, who must not come back, and erasures under way.

Nothing here holds an identifier itself: every ``lookup`` is a keyed hash of one (see ``frontline.store.subjects``).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class DocumentSubject(Base):
    """An identifier that a document came with, so that a person's documents are found without reading them."""

    __tablename__ = "document_subject"
    __table_args__ = (Index("ix_document_subject_lookup", "lookup"),)

    doc_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    lookup: Mapped[str] = mapped_column(String(64), primary_key=True)
    # customer | account | email | phone | case: a document that names its customer is nobody else's.
    kind: Mapped[str] = mapped_column(String(12))


class Suppressed(Base):
    """An identifier that is never taken in again, because its person was erased."""

    __tablename__ = "suppressed"
    __table_args__ = (Index("ix_suppressed_subject", "subject"),)

    lookup: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class Erasure(Base):
    """An erasure: ``plan`` (encrypted; what it needs to go on after a crash) and ``tombstone`` are wiped at its end."""

    __tablename__ = "erasure"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    tombstone: Mapped[str | None] = mapped_column(String(40))
    plan: Mapped[bytes | None] = mapped_column(LargeBinary)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    started_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
