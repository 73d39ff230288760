"""Rows of App Home: the figures that a person pinned there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class PinnedFigure(Base):
    """A question that one person keeps on their App Home; never an answer. ``same_as`` is equal for equal questions."""

    __tablename__ = "pinned_figure"
    __table_args__ = (Index("uq_pinned_figure_person_key_same_as", "person_key", "same_as", unique=True),)

    pin_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_key: Mapped[str] = mapped_column(ForeignKey("person.key", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    same_as: Mapped[str] = mapped_column(String(80))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
