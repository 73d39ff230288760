"""Rows of what people agreed on: versions of definitions and their sign-offs, verified questions, learned words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant


class MetricVersion(Base):
    """One version of one metric.

    ``state``: known (it was in force from the files) | proposed | adopted | superseded (adopted before the one in
    force) | undone | withdrawn. ``bundle`` is the definition with all that it rests on; ``effect`` what people saw
    before they signed.
    """

    __tablename__ = "metric_version"
    __table_args__ = (
        UniqueConstraint("metric", "number", "hash"),
        Index("ix_metric_version_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    metric: Mapped[str] = mapped_column(String(80))
    number: Mapped[int] = mapped_column()
    hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    bundle: Mapped[dict[str, Any]] = mapped_column(Json)
    # The version that it was compared with, and would take the place of; "" for a new metric.
    base_hash: Mapped[str] = mapped_column(String(64), default="")
    changes: Mapped[list[Any]] = mapped_column(Json, default=list)
    effect: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    creator_key: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    signatures: Mapped[list[MetricSignature]] = relationship(order_by="MetricSignature.id", lazy="selectin")


class MetricSignature(Base):
    """One person's agreement to one version."""

    __tablename__ = "metric_signature"
    __table_args__ = (UniqueConstraint("version_id", "person_key"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("metric_version.id"), index=True)
    person_key: Mapped[str] = mapped_column(String(40))
    is_owner: Mapped[bool] = mapped_column()
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class VerifiedQuestion(Base):
    """A question whose answer somebody vouches for. ``hashes`` are those of the definitions at that time.

    ``shape`` finds it among others quickly: the query without its dates. ``words`` is the question as it was asked,
    None where only the query was marked; read again at ``verified_at`` it has to give ``query``.
    """

    __tablename__ = "verified_question"

    question_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    words: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    shape: Mapped[str] = mapped_column(String(64), index=True)
    hashes: Mapped[dict[str, str]] = mapped_column(Json)
    verified_by: Mapped[str] = mapped_column(String(40))
    verified_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    dropped_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    dropped_by: Mapped[str | None] = mapped_column(String(40))


class LearnedWord(Base):
    """A word and what it means, proposed by whoever clicked on the meaning. ``state``: proposed | approved | rejected
    | dropped."""

    __tablename__ = "learned_word"
    __table_args__ = (UniqueConstraint("word_key", "metric"),)

    word_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    # The hash of the word, so that it is found again without the words lying open in an index.
    word_key: Mapped[str] = mapped_column(String(64), index=True)
    word: Mapped[AnonymizedText] = mapped_column(SealedText)
    metric: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), index=True)
    times: Mapped[int] = mapped_column(default=1)
    proposed_by: Mapped[str] = mapped_column(String(40))
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class QuestionGap(Base):
    """A word that nobody could answer to. Listed once two people have used it; ``asked_by`` are their keys."""

    __tablename__ = "question_gap"

    word_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    word: Mapped[AnonymizedText] = mapped_column(SealedText)
    nearest: Mapped[list[str]] = mapped_column(Json, default=list)
    times: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[list[str]] = mapped_column(Json, default=list)
    first_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    last_at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)
