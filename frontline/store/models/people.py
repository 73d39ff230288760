"""Rows of people, their roles and bindings, and of the vault. Real names live in the vault alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from frontline.store.base import Base, UtcInstant


class Person(Base):
    """Somebody known to the organisation. ``kind`` is an ``ActorKind``; ``handle`` is a work name, not an identity."""

    __tablename__ = "person"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    handle: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(12), default="human")
    team: Mapped[str | None] = mapped_column(String(80))
    agent_id: Mapped[str | None] = mapped_column(String(80))
    manager: Mapped[str | None] = mapped_column(String(80))  # the handle of whom they answer to
    added_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    deactivated_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    roles: Mapped[list[PersonRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    bindings: Mapped[list[Binding]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class PersonRole(Base):
    """A role that a person holds."""

    __tablename__ = "person_role"

    person_key: Mapped[str] = mapped_column(ForeignKey("person.key", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Binding(Base):
    """A Slack account of a person: (team id, user id), never an e-mail address (owners edit those)."""

    __tablename__ = "binding"

    team_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_key: Mapped[str] = mapped_column(ForeignKey("person.key", ondelete="CASCADE"), index=True)
    bound_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class VaultKey(Base):
    """The key of one subject, wrapped by the master key. Erasure sets ``wrapped`` to NULL and keeps the tombstone."""

    __tablename__ = "vault_key"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    erased_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)


class VaultItem(Base):
    """An encrypted identity, raw text or rejected row of a subject."""

    __tablename__ = "vault_item"

    vault_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str] = mapped_column(ForeignKey("vault_key.subject"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant, index=True)


class VaultAccess(Base):
    """Who opened what, and what for."""

    __tablename__ = "vault_access"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    vault_id: Mapped[str] = mapped_column(String(40), index=True)
    actor_key: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(200))
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)
