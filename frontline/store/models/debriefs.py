"""Rows of debriefs. Who contributed is in none of them.

A contribution has no author, no instant and no order: the tables keep no row numbers, so that neither the sequence of
the rows nor their time leads to a person.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class Debrief(Base):
    """An incident that is looked back on. ``state``: open | published | withdrawn.

    ``about``: the incident or the case, "" for a title alone. ``timeline``: [[instant, words of the product], ...].
    ``participation``: role -> people, written when it is published and the tokens are gone.
    """

    __tablename__ = "debrief"

    debrief_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    about: Mapped[str] = mapped_column(String(80), default="", index=True)
    title: Mapped[AnonymizedText] = mapped_column(SealedText)
    category: Mapped[str | None] = mapped_column(String(120))
    region: Mapped[str | None] = mapped_column(String(80))
    happened_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    timeline: Mapped[list[Any]] = mapped_column(Json, default=list)
    opener_key: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    published_by: Mapped[str | None] = mapped_column(String(40))
    doc_id: Mapped[str | None] = mapped_column(String(120))
    participation: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class DebriefEntry(Base):
    """What somebody said under one section. No author, no instant; the id is random and so is the order."""

    __tablename__ = "debrief_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)

    entry_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    debrief_id: Mapped[str] = mapped_column(String(40), index=True)
    section: Mapped[str] = mapped_column(String(20))
    text: Mapped[AnonymizedText] = mapped_column(SealedText)
    factor: Mapped[str] = mapped_column(String(20), default="")
    # What happened when, as the contributor says it ("06:40"); "" = not said.
    clock: Mapped[str] = mapped_column(String(20), default="")
    # Left out by who published: kept here, not in the document.
    is_left_out: Mapped[bool] = mapped_column(default=False)


class DebriefVoice(Base):
    """That somebody contributed, once per person: a one-way token under a key that is destroyed at publication.

    It names no entry. ``role``: the role in which they spoke, for the participation by role.
    """

    __tablename__ = "debrief_voice"
    __table_args__ = ({"sqlite_with_rowid": False},)

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    debrief_id: Mapped[str] = mapped_column(String(40), index=True)
    role: Mapped[str] = mapped_column(String(20))
