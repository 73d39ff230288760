"""Rows of conversation: what a thread is about, and the tags agents leave on recurring requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class ThreadMemory(Base):
    """The query a follow-up in this thread patches."""

    __tablename__ = "thread_memory"

    thread_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    asker_key: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)


class Tag(Base):
    """A recurring request as an agent saw it. The same case with the same label counts once."""

    __tablename__ = "tag"
    __table_args__ = (
        Index(
            "uq_tag_case_label",
            "case_key",
            "label",
            unique=True,
            sqlite_where=text("case_key IS NOT NULL"),
            postgresql_where=text("case_key IS NOT NULL"),
        ),
    )

    tag_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)
    author_key: Mapped[str] = mapped_column(String(40), index=True)
    author_agent_id: Mapped[str | None] = mapped_column(String(80))
    author_team: Mapped[str | None] = mapped_column(String(80))
    # "" = no label yet: a NULL would never be equal to another NULL, and the case could be tagged twice.
    label: Mapped[str] = mapped_column(String(80), default="", index=True)
    case_key: Mapped[str | None] = mapped_column(String(80))
    text: Mapped[AnonymizedText] = mapped_column(SealedText)


class TagLabel(Base):
    """What is known of a label beside its uses: what it was merged into, which process answers it, how its gap stands.

    Tags keep the label that their author gave; a merge is ``alias_of`` here, so that taking it back loses nothing.
    """

    __tablename__ = "tag_label"

    label: Mapped[str] = mapped_column(String(80), primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    creator_key: Mapped[str] = mapped_column(String(40))
    alias_of: Mapped[str | None] = mapped_column(String(80), index=True)
    merged_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    merged_by: Mapped[str | None] = mapped_column(String(40))
    # What people took instead of this label when it was proposed to them, and how often: a merge waiting for a word.
    proposed_into: Mapped[str | None] = mapped_column(String(80), index=True)
    proposed_count: Mapped[int] = mapped_column(default=0)
    process: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    process_url: Mapped[str | None] = mapped_column(String(500))
    linked_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    linked_by: Mapped[str | None] = mapped_column(String(40))
    # An episode of a gap: since when, and when a tag last showed it.
    gap_opened_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    gap_seen_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    muted_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
