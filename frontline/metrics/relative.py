"""Periods that move with the calendar: "last week" is another week next week, "8 to 14 June" never is.

How a question meant its period is not guessed from its dates: the time grammar says it beside each period that it
reads, and says nothing of what names dates.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field

from frontline.core.periods import Grain, Period, floor_date, step_date

# Farther than this nobody counts.
_FAR = 1000
_WHOLE = 1


class Relative(BaseModel):
    """``count`` units from ``back`` units before the running one; no count: up to and including today.

    Last week is (week, 1, 1), this month so far (month, 0, None), the last 30 days (day, 30, 30), today (day, 0, 1).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Grain
    back: int = Field(ge=-_FAR, le=_FAR)
    count: int | None = Field(default=None, ge=1, le=_FAR)

    def period(self, today: dt.date) -> Period:
        """Return its dates as of ``today``.

        Raises:
            ValueError: it would begin after today.
        """
        start = step_date(floor_date(today, self.unit), self.unit, -self.back)
        end = today + dt.timedelta(days=1) if self.count is None else step_date(start, self.unit, self.count)
        return Period(start, end)

    def say(self) -> str:
        """Return "last week", "this month so far", "the last 30 days", "2 weeks from 5 weeks ago"."""
        unit, back, count = self.unit.value, self.back, self.count
        if self.unit is Grain.DAY and count is not None and back in (0, 1) and count == _WHOLE:
            return "yesterday" if back else "today"
        if count is None:
            many = f"the last {back} {unit}s and this one so far" if back > 1 else f"last {unit} and this one so far"
            return f"this {unit} so far" if not back else many
        if back == count:
            return f"last {unit}" if count == _WHOLE else f"the last {count} {unit}s"
        if self.unit is Grain.DAY and back == count - 1:
            return f"the last {count} days with today"
        if count == _WHOLE and back in (0, -1):
            return f"{'this' if not back else 'next'} {unit}"
        span = unit if count == _WHOLE else f"{count} {unit}s"
        when = f"{back} {unit}s ago" if back > 0 else f"{-back} {unit}s ahead"
        return f"the {span} from {when}" if count != _WHOLE else f"the {unit} {when}"


# Today, and up to its end.
TODAY = Relative(unit=Grain.DAY, back=0, count=1)


def counted(unit: Grain, back: int, count: int = 1) -> Relative | None:
    """Return the whole ``count`` units from ``back`` before the running one; None where nobody counts that far."""
    if max(abs(back), count) > _FAR or count < 1:
        return None
    return Relative(unit=unit, back=back, count=count)


def until_today(moves: Relative | None) -> Relative | None:
    """Return what begins as ``moves`` does and ends with today; None where it begins later."""
    if moves is None or moves.back < 0:
        return None
    is_day = moves.unit is Grain.DAY
    return Relative(unit=moves.unit, back=moves.back, count=moves.back + 1 if is_day else None)


def behind(moves: Relative | None, count: int = 1) -> Relative | None:
    """Return the ``count`` units right behind ``moves``; behind what ends with today they begin with the next unit."""
    if moves is None:
        return None
    return counted(moves.unit, -1 if moves.count is None else moves.back - moves.count, count)


def spanning(first: Relative | None, last: Relative | None) -> Relative | None:
    """Return the span from the beginning of ``first`` to the end of ``last``; None where no counting back gives it."""
    if first is None or last is None:
        return None
    if last.count is None or last == TODAY:
        return until_today(first)
    if first.unit is not last.unit:
        return None
    return counted(first.unit, first.back, first.back - last.back + last.count)
