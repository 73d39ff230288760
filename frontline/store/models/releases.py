"""Rows of releases: a person's decision that somebody's words may be shown to others, and where they were shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant

_LIVE = text("state IN ('requested', 'released')")


class Release(Base):
    """A document asked for, and released or not. At most one live release per document.

    ``state``: requested | released | refused | withdrawn | expired. ``text`` is what the reviewer saw and what others
    see: the document's text or one with more masked. ``shown`` holds the details that may stand beside it, generalised
    until enough documents share them. ``content_key`` is the document's when it was asked for: another content is
    another document, and the release lapses.
    """

    __tablename__ = "release"
    __table_args__ = (
        Index("uq_release_live", "doc_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_release_state", "state"),
    )

    release_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    doc_id: Mapped[str] = mapped_column(String(120), index=True)
    state: Mapped[str] = mapped_column(String(12))
    text: Mapped[AnonymizedText] = mapped_column(SealedText)
    shown: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    flags: Mapped[list[str]] = mapped_column(Json, default=list)
    purpose: Mapped[AnonymizedText] = mapped_column(SealedText)
    legal_basis: Mapped[str] = mapped_column(String(40))
    policy: Mapped[str] = mapped_column(String(40))
    content_key: Mapped[str] = mapped_column(String(64))
    requested_by: Mapped[str] = mapped_column(String(40))
    requested_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    reviewed_by: Mapped[str | None] = mapped_column(String(40))
    reviewed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    reason: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    # ordinary | personal (it says who the writer is) | special (health, minors, special categories: a steward said yes)
    sensitivity: Mapped[str] = mapped_column(String(20), default="ordinary", server_default="ordinary")
    fidelity: Mapped[dict[str, Any] | None] = mapped_column(Json)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    events: Mapped[list[ReleaseEvent]] = relationship(order_by="ReleaseEvent.id", lazy="selectin")

    @property
    def audience(self) -> str:
        """The policy that it was asked for under, which says who is shown it: trainer, leadership."""
        return self.policy.partition("@")[0]


class ReleaseEvent(Base):
    """One change of one release."""

    __tablename__ = "release_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("release.release_id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    actor_key: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12))
    note: Mapped[AnonymizedText | None] = mapped_column(SealedText)


class ReleaseUse(Base):
    """A message (by its outbox key) that quotes a release: checked when it is sent, listed when it is withdrawn."""

    __tablename__ = "release_use"
    __table_args__ = (UniqueConstraint("release_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("release.release_id"))
    key: Mapped[str] = mapped_column(String(200), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    # Set when the quote was taken out of the message before it went.
    struck_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
