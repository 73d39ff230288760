"""Half-open spans of local dates, and their UTC instants.

A period is ``[start, end)`` in local dates of one zone. The instants come from zoneinfo, so that a day at a
change of clocks has 23 or 25 hours.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from frontline.core.clock import local_midnight


class Grain(enum.StrEnum):
    """The unit of a time series."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, order=True)
class Period:
    """Local dates from ``start`` up to but not including ``end``."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError(f"a period needs its start before its end: {self.start} .. {self.end}")

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> dt.date:
        """The last day inside the period."""
        return self.end - dt.timedelta(days=1)

    def instants(self, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """Return the UTC instants of both ends, half-open."""
        return local_midnight(self.start, zone), local_midnight(self.end, zone)

    def contains(self, day: dt.date) -> bool:
        """Whether ``day`` lies inside."""
        return self.start <= day < self.end

    def shifted_days(self, days: int) -> Period:
        """Return the period moved by ``days``."""
        step = dt.timedelta(days=days)
        return Period(self.start + step, self.end + step)

    @property
    def whole_months(self) -> int:
        """How many whole calendar months the period is, or 0 when it is not a whole number of them."""
        if self.start.day != 1 or self.end.day != 1:
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def previous(self) -> Period:
        """Return the span before: the same number of whole months when it is whole months, else of days."""
        if months := self.whole_months:
            return Period(self.start - relativedelta(months=months), self.start)
        return self.shifted_days(-self.days)

    def last_year(self) -> Period:
        """Return the same dates a year earlier; whole Monday weeks move by 52 weeks instead."""
        if self.start.weekday() == 0 and self.days % 7 == 0 and not self.whole_months:
            return self.shifted_days(-364)
        year = relativedelta(years=1)
        start, end = self.start - year, self.end - year
        return Period(start, max(end, start + dt.timedelta(days=1)))


def floor_date(day: dt.date, grain: Grain) -> dt.date:
    """Return the first day of the unit of ``grain`` that holds ``day`` (weeks start on Monday)."""
    match grain:
        case Grain.HOUR | Grain.DAY:
            return day
        case Grain.WEEK:
            return day - dt.timedelta(days=day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case Grain.YEAR:
            return dt.date(day.year, 1, 1)


def step_date(day: dt.date, grain: Grain, count: int) -> dt.date:
    """Return ``day`` moved by ``count`` units of ``grain``."""
    match grain:
        case Grain.HOUR | Grain.DAY:
            return day + dt.timedelta(days=count)
        case Grain.WEEK:
            return day + dt.timedelta(weeks=count)
        case Grain.MONTH:
            return day + relativedelta(months=count)
        case Grain.QUARTER:
            return day + relativedelta(months=3 * count)
        case Grain.YEAR:
            return day + relativedelta(years=count)


def unit_period(day: dt.date, grain: Grain) -> Period:
    """Return the whole unit of ``grain`` that holds ``day``."""
    start = floor_date(day, grain)
    return Period(start, step_date(start, grain, 1))


def local_date(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the calendar date of ``instant`` in ``zone``."""
    return instant.astimezone(zone).date()
