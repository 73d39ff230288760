"""What other programs pushed: kept, encrypted, until it is in the facts; its answer is kept for a repeat."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class PushedBatch(Base):
    """One accepted request. ``payload`` is encrypted and wiped once its rows are in the facts.

    States: waiting -> loaded; done = its effect was committed with it (tags, live state); refused = the rows no longer
    pass (a rule came into force in between), kept for the steward.
    """

    __tablename__ = "pushed_batch"
    __table_args__ = (Index("ix_pushed_batch_state_seq", "state", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    replay_key: Mapped[str] = mapped_column(String(64), unique=True)
    table_name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    received_at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column()
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
