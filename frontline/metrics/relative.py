"""Periods that move with the calendar: "last week" is another week next week, "8 to 14 June" never is.

How a question meant its period is not guessed from its dates: the question is read again as of other days, and the
period is relative only where one way of counting back from today gives the dates of every reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from pydantic import BaseModel, ConfigDict, Field

from frontline.core.periods import Grain, Period, floor_date, step_date

# 496 days on, the weekday, the day of the month, the month, its place in the quarter and the year are all others: what
# names a Monday, a May, a Q1 or a year no longer falls where counting back from today does. The second day is a check.
_OTHER_DAYS = (496, 9)
_UNITS = (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK, Grain.DAY)
_WHOLE = 1


class Relative(BaseModel):
    """``count`` units from ``back`` units before the running one; no count: up to and including today.

    Last week is (week, 1, 1), this month so far (month, 0, None), the last 30 days (day, 30, 30), today (day, 0, 1).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Grain
    back: int = Field(ge=-1000, le=1000)
    count: int | None = Field(default=None, ge=1, le=1000)

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


def meant(period: Period, *, today: dt.date, again: Callable[[dt.date], Period | None]) -> Relative | None:
    """Return how the period of a question moves; None for fixed dates and for what cannot be told.

    ``again`` reads the same question as of another day, and returns its period then.
    """
    ways = list(_ways(period, today))
    for days in _OTHER_DAYS:
        if not ways:
            return None
        other = today + dt.timedelta(days=days)
        read = again(other)
        ways = [way for way in ways if read is not None and way.period(other) == read]
    return ways[0] if ways else None


def _ways(period: Period, today: dt.date) -> Iterator[Relative]:
    """Yield the ways of counting back from ``today`` that give these dates, the largest units first."""
    for unit in _UNITS:
        floor = floor_date(today, unit)
        back = _steps(period.start, floor, unit)
        if back is None or abs(back) > 1000:
            continue
        count = _steps(period.start, period.end, unit)
        if count is not None and 0 < count <= 1000:
            yield Relative(unit=unit, back=back, count=count)
        if unit is not Grain.DAY and back >= 0 and period.end == today + dt.timedelta(days=1):
            yield Relative(unit=unit, back=back)


def _steps(start: dt.date, end: dt.date, unit: Grain) -> int | None:
    """Return how many whole units lie between two dates; None where that is no whole number."""
    days = (end - start).days
    match unit:
        case Grain.DAY:
            return days
        case Grain.WEEK:
            return days // 7 if days % 7 == 0 else None
        case _:
            months = (end.year - start.year) * 12 + end.month - start.month
            size = {Grain.MONTH: 1, Grain.QUARTER: 3}.get(unit, 12)
            return months // size if end.day == start.day and months % size == 0 else None
