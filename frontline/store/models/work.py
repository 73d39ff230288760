"""Rows of moving work: inbox, handled ids, outbox, channel pace, job runs, heartbeats."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, Json, UtcInstant


class InboxRow(Base):
    """Something that came in. ``payload`` is encrypted and wiped as soon as its effect is committed.

    States: pending -> working (lease) -> done (effect committed) -> answered | lost (reply never handed over);
    failed = gave up after too many crashes.
    """

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_state_seq", "state", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    inbound_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class HandledId(Base):
    """An inbound id whose effect is committed. It outlives its inbox row."""

    __tablename__ = "handled_id"

    inbound_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant, index=True)


class OutboxRow(Base):
    """A message that has to reach a channel exactly once; see ``frontline.governance.outbox`` for its states."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "priority", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(120), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    audience: Mapped[dict[str, Any]] = mapped_column(Json)
    action: Mapped[str] = mapped_column(String(80), default="")
    priority: Mapped[int] = mapped_column(default=5)
    thread_of: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="pending")
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    not_before: Mapped[dt.datetime] = mapped_column(UtcInstant)
    owner: Mapped[str | None] = mapped_column(String(120))
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    first_call_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    calls: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    posted_channel: Mapped[str | None] = mapped_column(String(120))
    posted_ts: Mapped[str | None] = mapped_column(String(40))
    # Set when a second copy is conceivable; the sweeper looks for it then.
    sweep_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant, index=True)
    sweeps: Mapped[int] = mapped_column(default=0)
    # Why a direct message waits for its ``not_before``: quiet | muted | cap; "" = nothing holds it back.
    held: Mapped[str] = mapped_column(String(12), default="")
    # Asked for by who gets it: such a message minds neither quiet hours nor the weekly limit.
    is_prompted: Mapped[bool] = mapped_column(default=False)


class ChannelPace(Base):
    """When the next message to a channel may go: Slack takes about one a second, and names longer pauses."""

    __tablename__ = "channel_pace"

    channel: Mapped[str] = mapped_column(String(120), primary_key=True)
    next_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class JobRun(Base):
    """One slot of one routine: running -> done | failed, or skipped with a note. Unique, so it runs once."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("routine", "slot"), Index("ix_job_run_routine_due", "routine", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    routine: Mapped[str] = mapped_column(String(80))
    slot_key: Mapped[str] = mapped_column("slot", String(40))
    due_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=1)
    owner: Mapped[str | None] = mapped_column(String(120))
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    retry_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    note: Mapped[str] = mapped_column(String(500), default="")
    posts: Mapped[list[str]] = mapped_column(Json, default=list)


class Heartbeat(Base):
    """The last sign of life of a loop; a dead-man's switch reads it without the scheduler."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
