"""Rows of accountability: the audit chain, alerts, commitments, and one row per transition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column, relationship

from frontline.core.text import AnonymizedText
from frontline.store.base import Base, Json, SealedText, UtcInstant

_LIVE = text("state IN ('open', 'acknowledged')")


class AuditEntry(Base):
    """A link of the hash chain. ``detail`` is kept as the canonical text that was hashed; ``at`` as its ISO text."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    actor_key: Mapped[str] = mapped_column(String(40), index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    resource: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(Text, default="{}")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Alert(Base):
    """Something a person has to look at. At most one live alert per ``dedup_key``."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("uq_alert_live", "dedup_key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_alert_rule_state", "rule", "state"),
    )

    alert_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rule: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    dedup_key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12), default="open")
    headline: Mapped[AnonymizedText] = mapped_column(SealedText)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    occurrences: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    last_seen_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    snoozed_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    transitions: Mapped[list[AlertTransition]] = relationship(order_by="AlertTransition.id", lazy="selectin")


class AlertTransition(Base):
    """One change of one alert: who, when, from which state to which."""

    __tablename__ = "alert_transition"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.alert_id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    actor_key: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")


class Commitment(Base):
    """An owned, time-bound promise of any kind (theme, root_cause, dispute, lesson ...): kinds are data."""

    __tablename__ = "commitment"
    __table_args__ = (Index("ix_commitment_owner_state", "owner_key", "state"), Index("ix_commitment_due", "due"))

    commitment_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[AnonymizedText] = mapped_column(SealedText)
    state: Mapped[str] = mapped_column(String(12))
    owner_key: Mapped[str] = mapped_column(String(40))
    creator_key: Mapped[str] = mapped_column(String(40))
    due: Mapped[dt.date] = mapped_column(Date)
    evidence: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source_key: Mapped[str | None] = mapped_column(String(200), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    # Open, and waiting for somebody or something else: its owner still answers for it.
    blocked_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    # Where the work itself is tracked (Jira, Zendesk); checked when it is typed, shown as plain text.
    link: Mapped[str] = mapped_column(String(300), default="")
    events: Mapped[list[CommitmentEvent]] = relationship(order_by="CommitmentEvent.id", lazy="selectin")


class CommitmentEvent(Base):
    """One change of one commitment."""

    __tablename__ = "commitment_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    commitment_id: Mapped[str] = mapped_column(ForeignKey("commitment.commitment_id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    actor_key: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(12), default="")
    to_state: Mapped[str] = mapped_column(String(12))
    note: Mapped[AnonymizedText | None] = mapped_column(SealedText)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


def audit_guards(dialect: str) -> list[str]:
    """Return the DDL that makes ``audit_entry`` append-only; a migration that creates the table runs it too."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE OR REPLACE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    ]


@event.listens_for(AuditEntry.__table__, "after_create")
def _guard_audit(_table: Any, connection: Connection, **_context: Any) -> None:
    for statement in audit_guards(connection.dialect.name):
        connection.exec_driver_sql(statement)
