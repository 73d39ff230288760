"""Half-open spans of local dates, and their UTC instants.

A period is ``[start, end)`` in local dates of one zone. The instants come from zoneinfo, so that a day at a
change of clocks has 23 or 25 hours.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
from collections.abc import Iterator
from contextvars import ContextVar
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


@dataclass(frozen=True)
class Units:
    """How an organisation cuts time: the first day of its weeks (Monday 0), the first month of its fiscal year.

    A fiscal year that does not begin in January is called after the calendar year in which it ends; its quarters and
    halves are counted from its first month.
    """

    first_weekday: int = 0
    first_month: int = 1

    def year_of(self, day: dt.date) -> int:
        """Return the number of the fiscal year that holds ``day``."""
        return day.year + (self.first_month > 1 and day.month >= self.first_month)

    def month_of(self, year: int, number: int) -> dt.date:
        """Return the first day of the month ``number`` (1..12, counted from the first) of the fiscal year ``year``."""
        first = dt.date(year - (self.first_month > 1), self.first_month, 1)
        return first + relativedelta(months=number - 1)


# Whole questions are read, counted and worded under one calendar. It stands here and not in every signature, for
# dozens of rules of the time grammar cut units; whoever begins a piece of work names it (``cutting``).
_JANUARY_AND_MONDAY = Units()
_UNITS: ContextVar[Units] = ContextVar("units", default=_JANUARY_AND_MONDAY)


def units() -> Units:
    """Return how time is cut in the work at hand."""
    return _UNITS.get()


@contextlib.contextmanager
def cutting(chosen: Units) -> Iterator[None]:
    """Cut weeks, quarters and years as ``chosen`` says, in this thread, until the end of the block."""
    token = _UNITS.set(chosen)
    try:
        yield
    finally:
        _UNITS.reset(token)


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
        """Return the same dates a year earlier; whole weeks move by 52 weeks instead."""
        if self.start.weekday() == units().first_weekday and self.days % 7 == 0 and not self.whole_months:
            return self.shifted_days(-364)
        year = relativedelta(years=1)
        start, end = self.start - year, self.end - year
        return Period(start, max(end, start + dt.timedelta(days=1)))


def floor_date(day: dt.date, grain: Grain) -> dt.date:
    """Return the first day of the unit of ``grain`` that holds ``day``, as ``units`` cut it."""
    match grain:
        case Grain.HOUR | Grain.DAY:
            return day
        case Grain.WEEK:
            return day - dt.timedelta(days=(day.weekday() - units().first_weekday) % 7)
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(day=1) - relativedelta(months=(day.month - units().first_month) % 3)
        case Grain.YEAR:
            return day.replace(day=1) - relativedelta(months=(day.month - units().first_month) % 12)


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
