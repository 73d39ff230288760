"""Rows of the moment: open cases and queues, fed every minute. They are replaced, never kept as history.

Names nobody: words of dimensions, instants, counts, and the customer as a keyed hash.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, UtcInstant


class LiveCase(Base):
    """A case that is open now. ``left_at`` marks one that has closed: it is not listed, and guards for a day against
    an older report of it that arrives late."""

    __tablename__ = "live_case"
    __table_args__ = (Index("ix_live_case_left_at_tier", "left_at", "tier"),)

    case_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    opened_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    first_response_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    last_contact_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    sla_due_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    status: Mapped[str | None] = mapped_column(String(60))
    priority: Mapped[str | None] = mapped_column(String(60))
    tier: Mapped[str | None] = mapped_column(String(60))
    segment: Mapped[str | None] = mapped_column(String(60))
    region: Mapped[str | None] = mapped_column(String(60))
    topic: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[str | None] = mapped_column(String(60))
    queue: Mapped[str | None] = mapped_column(String(60))
    team: Mapped[str | None] = mapped_column(String(60))
    customer_key: Mapped[str | None] = mapped_column(String(40), index=True)
    as_of: Mapped[dt.datetime] = mapped_column(UtcInstant)
    left_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class LiveQueue(Base):
    """One queue (and channel) as it stands. ``longest_since``: since when the first in line has been waiting."""

    __tablename__ = "live_queue"

    queue: Mapped[str] = mapped_column(String(60), primary_key=True)
    channel: Mapped[str] = mapped_column(String(60), primary_key=True, default="")
    waiting: Mapped[int] = mapped_column(default=0)
    longest_since: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    longest_wait_s: Mapped[float | None] = mapped_column(Float)
    available: Mapped[int | None] = mapped_column()
    busy: Mapped[int | None] = mapped_column()
    as_of: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)
