"""Rows of attention: what people and admins decided about messages that nobody asked for."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from frontline.store.base import Base, UtcInstant


class Milestone(Base):
    """Something that happened once in the life of a home: ``first_use``."""

    __tablename__ = "milestone"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class RoutineSetting(Base):
    """What an admin decided about a routine; NULL leaves it to the catalog.

    ``live_at`` ends the shadow of its first days; ``shadow_until`` puts it (back) into one.
    """

    __tablename__ = "routine_setting"

    routine: Mapped[str] = mapped_column(String(80), primary_key=True)
    is_on: Mapped[bool | None] = mapped_column()
    live_at: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    shadow_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    changed_by: Mapped[str] = mapped_column(String(40))
    changed_at: Mapped[dt.datetime] = mapped_column(UtcInstant)


class PersonSetting(Base):
    """When a person wants no direct message that they did not ask for. Times are local to the organisation."""

    __tablename__ = "person_setting"

    person_key: Mapped[str] = mapped_column(ForeignKey("person.key", ondelete="CASCADE"), primary_key=True)
    mute_until: Mapped[dt.datetime | None] = mapped_column(UtcInstant)
    # Both NULL: the organisation's quiet hours. Equal: no quiet hours.
    quiet_from: Mapped[dt.time | None] = mapped_column(Time)
    quiet_to: Mapped[dt.time | None] = mapped_column(Time)
    weekly_cap: Mapped[int | None] = mapped_column()
