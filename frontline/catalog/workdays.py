"""Working days: weekends and public holidays of the calendar's country. Due dates and reminders count in these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from frontline.catalog.schema import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

_DAY = dt.timedelta(days=1)
_WEEKEND = frozenset((5, 6))


class Workdays:
    """Which days are worked: none of ``weekend`` (Monday = 0), and no holiday. See ``workdays_of``."""

    def __init__(
        self, *, is_holiday: Callable[[dt.date], bool] = lambda _day: False, weekend: frozenset[int] = _WEEKEND
    ) -> None:
        if len(weekend) >= 7:
            raise ValueError("a week without a working day never ends")
        self._is_holiday = is_holiday
        self._weekend = weekend

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work on ``day``."""
        return day.weekday() not in self._weekend and not self._is_holiday(day)

    def distance(self, due: dt.date, today: dt.date) -> int:
        """Return how many working days ``today`` lies after ``due`` (0: the last one up to it; below 0: before).

        From one working day to the next it grows by exactly one, whatever day ``due`` falls on: no step of a ladder
        is skipped or taken twice. A due date on a weekend is 0 on the working day before it.
        """
        low, high = sorted((due, today))
        days = (low + _DAY * n for n in range(1, (high - low).days + 1))
        count = sum(self.is_workday(day) for day in days)
        return count if today > due else -count

    def add(self, day: dt.date, count: int) -> dt.date:
        """Return the working day ``count`` working days after ``day`` (0: the first one from ``day`` on)."""
        while not self.is_workday(day):
            day += _DAY
        for _ in range(count):
            day += _DAY
            while not self.is_workday(day):
                day += _DAY
        return day


def knows_country(country: str) -> bool:
    """Whether the public holidays of a country (ISO 3166 alpha-2) are known; "" asks for none."""
    if not country:
        return True
    import holidays

    return country in holidays.list_supported_countries()


def next_opening(calendar: Calendar, now: dt.datetime) -> dt.datetime:
    """Return ``now`` when people are at work, else the next opening; aware, in the calendar's zone."""
    days, hours = workdays_of(calendar), calendar.business_hours
    local = now.astimezone(calendar.zone_info)
    if days.is_workday(local.date()) and hours.opens <= local.time() < hours.closes:
        return local
    later = local.date() + _DAY * (not local.time() < hours.opens)
    return dt.datetime.combine(days.add(later, 0), hours.opens, calendar.zone_info)


def public_holidays(calendar: Calendar) -> Callable[[dt.date], bool]:
    """Return whether a day is a public holiday of the calendar's country; without a known country none is."""
    closed = _closed(calendar)
    return lambda day: closed is not None and day in closed


def workdays_of(calendar: Calendar) -> Workdays:
    """Return the working days of the calendar's country; without one, or for one nobody lists, only weekends rest."""
    closed = _closed(calendar)
    if closed is None:
        return Workdays()
    weekend = frozenset(int(day) for day in closed.weekend)
    return Workdays(is_holiday=public_holidays(calendar), weekend=weekend or _WEEKEND)


def _closed(calendar: Calendar) -> HolidayBase | None:
    """Return the country's holidays; None for no country, or for one that ``frontline check`` names as unknown."""
    if not knows_country(calendar.country) or not calendar.country:
        return None
    import holidays

    return holidays.country_holidays(calendar.country)
