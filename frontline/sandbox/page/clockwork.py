"""The clock of the sandbox as the page shows and moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from frontline.core.errors import Conflict, UsageError

MORNING = dt.time(9, 0)
DIGEST_DAY = 5


def _quiet() -> str:
    return ""


@dataclass(frozen=True)
class Clockwork:
    """How to move the clock. ``move`` takes the new instant (aware, UTC) and catches up with what fell due;
    ``playing`` says in words what it is doing, "" while nothing moves."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
    move: Callable[[dt.datetime], None] | None = None
    playing: Callable[[], str] = _quiet

    def next_morning(self, now: dt.datetime) -> dt.datetime:
        """Return tomorrow 09:00 local time, in UTC."""
        day = now.astimezone(self.zone).date() + dt.timedelta(days=1)
        return dt.datetime.combine(day, MORNING, tzinfo=self.zone).astimezone(dt.UTC)

    def jumps(self, now: dt.datetime) -> list[tuple[str, dt.datetime]]:
        """Return the jumps that the page offers beside tomorrow morning: label and instant (UTC), the nearest first."""
        local = now.astimezone(self.zone)
        monday = local.date() + dt.timedelta(days=7 - local.weekday())
        month = (local.date().replace(day=1) + dt.timedelta(days=32)).replace(day=DIGEST_DAY)
        found = [("+1 hour", now + dt.timedelta(hours=1))]
        for label, day in (("Next Monday 09:00", monday), (f"{month:%-d %B} 09:00", month)):
            found.append((label, dt.datetime.combine(day, MORNING, tzinfo=self.zone).astimezone(dt.UTC)))
        return sorted(found, key=lambda pair: pair[1])

    def jump(self, now: dt.datetime, to: str | None = None) -> dt.datetime:
        """Move the clock to ``to`` (ISO, naive = local) or to tomorrow 09:00; return the new instant.

        Raises:
            Conflict: this clock cannot be moved, or the instant lies in the past.
            UsageError: not an instant.
        """
        if self.move is None:
            raise Conflict("This clock cannot be moved.", next_step="Start the demo for a clock that can.")
        target = self.next_morning(now) if not to else self._parse(to)
        if target <= now:
            raise Conflict("The clock only moves forward.", next_step="Pick a later moment.")
        self.move(target)
        return target

    def _parse(self, to: str) -> dt.datetime:
        try:
            instant = dt.datetime.fromisoformat(to)
        except ValueError:
            raise UsageError(f"{to!r} is no date and time.", next_step="Write 2026-06-18T09:00.") from None
        return instant.replace(tzinfo=instant.tzinfo or self.zone).astimezone(dt.UTC)
