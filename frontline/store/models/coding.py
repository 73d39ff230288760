"""Rows of double coding: the cases of a week's sample, what each coder said, and what was made of the taxonomy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class SampledCase(Base):
    """One case of the sample of ``week`` (the routine's slot). ``original``: its code before; no coder sees it."""

    __tablename__ = "sampled_case"
    __table_args__ = (UniqueConstraint("week", "doc_id"),)

    sample_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    week: Mapped[str] = mapped_column(String(20), index=True)
    doc_id: Mapped[str] = mapped_column(String(120))
    original: Mapped[str] = mapped_column(String(40))
    site: Mapped[str] = mapped_column(String(80), default="")
    drawn_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class Coding(Base):
    """What one coder says of one case; ``code`` None until they have answered."""

    __tablename__ = "coding"
    __table_args__ = (Index("ix_coding_coder_key_answered_at", "coder_key", "answered_at"),)

    sample_id: Mapped[str] = mapped_column(ForeignKey("sampled_case.sample_id"), primary_key=True)
    coder_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40))
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class TaxonomyChange(Base):
    """A proposed merge or split, and what a steward decided. ``state``: open | accepted | declined | undone.

    ``first`` stays; a merge retires ``second`` into it, a split adds ``parts`` (code -> title) beside or below it.
    ``version``: of the taxonomy from the acceptance on; ``undone_version``: from the undoing on.
    """

    __tablename__ = "taxonomy_change"
    __table_args__ = (Index("ix_taxonomy_change_state", "state"),)

    change_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(40))
    second: Mapped[str] = mapped_column(String(40), default="")
    times: Mapped[int]
    n: Mapped[int]
    parts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(12))
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    version: Mapped[int | None]
    undone_version: Mapped[int | None]
