"""Rows of knowledge: what an article is for, every list that was recommended, and what people said of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class Article(Base):
    """What is known of an article beside its words, which are the document of the same id.

    Empty lists mean "all". ``audience``: roles that may read it; ``segments``: customers it may be told to.
    ``valid_until``: the first day on which it does not hold any more. ``state``: live | retired.
    """

    __tablename__ = "article"

    doc_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    products: Mapped[list[Any]] = mapped_column(Json, default=list)
    audience: Mapped[list[Any]] = mapped_column(Json, default=list)
    segments: Mapped[list[Any]] = mapped_column(Json, default=list)
    valid_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(12), default="live")
    changed_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class Recommendation(Base):
    """A list as it was shown, with all that made it: ranking its features again gives the same list.

    ``candidates``: [{id, version, features, score}, ...] in their order; the words asked with are not kept.
    ``best``: the highest score, 0 when there was no article. ``weights``: those of ``policy_id``.
    """

    __tablename__ = "recommendation"
    __table_args__ = (Index("ix_recommendation_case_key_at", "case_key", "at"),)

    rec_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_key: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)
    actor_key: Mapped[str] = mapped_column(String(40))
    policy_id: Mapped[str] = mapped_column(String(40))
    weights: Mapped[dict[str, Any]] = mapped_column(Json)
    candidates: Mapped[list[Any]] = mapped_column(Json, default=list)
    shown: Mapped[int]
    best: Mapped[float]


class ArticleVerdict(Base):
    """What a person said of an article in a case: solved | tried | flagged. ``note``: what is wrong with it."""

    __tablename__ = "article_verdict"
    __table_args__ = (
        Index("uq_article_verdict_case_doc_verdict_actor", "case_key", "doc_id", "verdict", "actor_key", unique=True),
    )

    verdict_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_key: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(String(120), default="")
    doc_id: Mapped[str] = mapped_column(String(120), index=True)
    version: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str] = mapped_column(String(12))
    note: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    actor_key: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
