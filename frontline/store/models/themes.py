"""Rows of themes: the registry of keys that last, what each month held, and the pain points that people submit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class Theme(Base):
    """What many documents are about. Its key is never given to another theme, whatever becomes of it.

    ``series``: ``monthly``, or ``count:77`` for themes of a fixed number. A merged theme keeps its centroid: what would
    have been assigned to it counts for the theme that it was merged into.
    """

    __tablename__ = "theme"
    __table_args__ = (Index("ix_theme_kind_series", "kind", "series"),)

    theme_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    series: Mapped[str] = mapped_column(String(20))
    label: Mapped[AnonymizedText] = mapped_column(SealedText)
    # Who gave the theme its label; None while it is the one made from its documents.
    renamed_by: Mapped[str | None] = mapped_column(String(40))
    merged_into: Mapped[str | None] = mapped_column(String(40))
    split_from: Mapped[str | None] = mapped_column(String(40))
    created_period: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    model_id: Mapped[str] = mapped_column(String(80))
    centroid: Mapped[bytes] = mapped_column(LargeBinary)


class ThemeMember(Base):
    """A document of a theme in a period. ``score``: the cosine to the centroid."""

    __tablename__ = "theme_member"
    __table_args__ = (Index("ix_theme_member_theme_period", "theme_key", "period"),)

    kind_series: Mapped[str] = mapped_column(String(44), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    doc_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    theme_key: Mapped[str] = mapped_column(String(40))
    score: Mapped[float]


class ThemeMonth(Base):
    """A theme in a period: counts alone; growth is worked out from them whenever they are read.

    ``sizes``: [[period, size], ...] of the months looked at, this one last. ``categories``: category -> documents.
    """

    __tablename__ = "theme_month"

    theme_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    size: Mapped[int]
    sizes: Mapped[list[Any]] = mapped_column(Json, default=list)
    categories: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ThemeRun(Base):
    """That the themes of a kind were worked out for a period, and over which documents: the same again is read back.

    ``categories``: category -> documents of the period. ``documents_before``: those of the months before it.
    """

    __tablename__ = "theme_run"

    kind_series: Mapped[str] = mapped_column(String(44), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    documents_hash: Mapped[str] = mapped_column(String(64))
    documents: Mapped[int]
    documents_before: Mapped[int]
    categories: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class PainPoint(Base):
    """What a supervisor says hurts, for the digest of a month.

    ``state``: open | accepted | declined | needs_data. ``merged_into`` names the pain point that says the same.
    """

    __tablename__ = "pain_point"
    __table_args__ = (Index("ix_pain_point_month_state", "month", "state"),)

    pain_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[str] = mapped_column(String(10))
    title: Mapped[AnonymizedText] = mapped_column(SealedText)
    evidence: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    ask: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    frequency: Mapped[str] = mapped_column(String(40), default="")
    segment: Mapped[str] = mapped_column(String(80), default="")
    # How big the change is that it asks for: days | weeks | months, "" where nobody said.
    size: Mapped[str] = mapped_column(String(10), default="")
    theme_key: Mapped[str | None] = mapped_column(String(40), index=True)
    submitter_key: Mapped[str] = mapped_column(String(40), index=True)
    submitted_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(12), default="open")
    reason: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    merged_into: Mapped[str | None] = mapped_column(String(40))
