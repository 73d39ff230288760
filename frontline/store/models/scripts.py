"""Rows of scripts and variants: words of the house, in versions; how often each variant is used, without persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class ScriptVersion(Base):
    """A version of the script of a topic. ``body``: see catalog/scripts.py.

    ``state``: draft | published | past | dropped. ``author_key``: who changed it last; ``edited_by``: all who did.
    """

    __tablename__ = "script_version"
    __table_args__ = (Index("uq_script_version_topic_number", "topic", "number", unique=True),)

    version_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    author_key: Mapped[str] = mapped_column(String(40))
    edited_by: Mapped[list[Any]] = mapped_column(Json, default=list)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    approver_key: Mapped[str | None] = mapped_column(String(40))
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class Variant(Base):
    """A registered variant that is no script here: a flow, a tier, a mail. ``state``: live | retired."""

    __tablename__ = "variant"

    variant_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    process: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(150))
    segment: Mapped[str] = mapped_column(String(40), default="")
    region: Mapped[str] = mapped_column(String(40), default="")
    # The law wants it: it counts, and is never proposed to be retired.
    is_legal: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="live")
    added_by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class VariantUse(Base):
    """How often a variant was used on a day: a count, nobody's name. ``key``: its id, or the place of a script."""

    __tablename__ = "variant_use"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int]
