"""The only source of "now". Every instant inside Frontline is an aware UTC datetime from a ``Clock``."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

UTC = dt.UTC


class Clock(Protocol):
    """Tells the time. Implementations: the machine's clock, a frozen one, the sandbox's movable one."""

    def now(self) -> dt.datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until somebody moves it (tests, ``--now``, the sandbox)."""

    def __init__(self, instant: dt.datetime) -> None:
        self._instant = as_utc(instant)

    def now(self) -> dt.datetime:
        return self._instant

    def move_to(self, instant: dt.datetime) -> None:
        """Set the clock to ``instant`` (aware)."""
        self._instant = as_utc(instant)

    def advance(self, step: dt.timedelta) -> None:
        """Move the clock by ``step``."""
        self._instant += step


class ShiftedClock:
    """A clock that ticks with the machine's, but started at another instant (the running sandbox)."""

    def __init__(self, start: dt.datetime, *, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._shift = as_utc(start) - self._base.now()

    def now(self) -> dt.datetime:
        return self._base.now() + self._shift

    def move_to(self, instant: dt.datetime) -> None:
        """Make it ``instant`` (aware) now; the clock ticks on from there."""
        self._shift = as_utc(instant) - self._base.now()


def as_utc(instant: dt.datetime) -> dt.datetime:
    """Return ``instant`` in UTC.

    Raises:
        ValueError: the instant is naive; a naive time means nothing without its zone.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no place here: give it a zone first")
    return instant.astimezone(UTC)


def local_midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the UTC instant at which ``day`` begins in ``zone`` (DST days have 23 or 25 hours)."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(UTC)
