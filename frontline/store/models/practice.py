"""Rows of practice with data cues: one answer of one person each; read by that person and by trainers alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, UtcInstant


class PracticeAnswer(Base):
    """An answer to a practice case. ``box`` is the Leitner box it leads to, ``due_on`` when the case comes again."""

    __tablename__ = "practice_answer"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_key: Mapped[str] = mapped_column(ForeignKey("person.key", ondelete="CASCADE"), index=True)
    case_key: Mapped[str] = mapped_column(String(60))
    cue: Mapped[str] = mapped_column(String(60))
    cue_class: Mapped[str] = mapped_column(String(8))
    is_right: Mapped[bool] = mapped_column()
    box: Mapped[int] = mapped_column()
    due_on: Mapped[dt.date] = mapped_column()
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
