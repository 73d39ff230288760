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
