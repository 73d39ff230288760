"""Dates that words stand for: whole units, named days, and how an unfinished or future one settles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from dateutil.easter import easter

from frontline.core.periods import Grain, floor_date, step_date, units
from frontline.metrics.relative import Relative, counted, until_today

Dates = tuple[dt.date, dt.date]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class When:
    """A period as it was said.

    ``relation`` tells words that lean on another period: ``previous`` (previous month), ``last_year`` (last year),
    ``beside`` (the week before [that], ``count`` units of ``unit`` away). ``choices`` are the readings of a vague
    expression, best first; ``edge`` is ``end`` for "the end of May". ``is_part_of_day`` words name hours;
    ``never`` is the sentence that no such date exists. ``moves`` tells how it is counted back from today, where it is.
    """

    start: dt.date
    end: dt.date
    unit: Grain | None = None
    count: int = 1
    relation: str = ""
    choices: tuple[Dates, ...] = ()
    edge: str = ""
    is_future: bool = False
    is_now: bool = False
    is_part_of_day: bool = False
    is_range: bool = False
    never: str = ""
    moves: Relative | None = None

    @property
    def dates(self) -> Dates:
        """Start and exclusive end."""
        return self.start, self.end


@dataclass(frozen=True)
class Frame:
    """Where the reader stands in time. With ``looks_ahead`` (a forecast) names mean their next occurrence."""

    today: dt.date
    looks_ahead: bool = False
    splits_ranges: bool = False  # "compare April to May": two periods, no range

    @property
    def tomorrow(self) -> dt.date:
        """The day after today: the exclusive end of everything unfinished."""
        return self.today + DAY

    def settle(self, make: Callable[[int], Dates], *, year: int | None = None) -> Dates:
        """Return the dates of what recurs yearly: of ``year``, else the latest begun (or the next to come)."""
        if year is not None:
            return make(year)
        for candidate in self.years():
            start, end = make(candidate)
            if (end > self.today) if self.looks_ahead else (start <= self.today):
                return start, end
        return make(self.today.year)

    def years(self) -> tuple[int, ...]:
        """Return the years to try, best first."""
        year = self.today.year
        return (year - 1, year, year + 1) if self.looks_ahead else (year + 1, year, year - 1)

    def cap(self, start: dt.date, end: dt.date) -> Dates:
        """Return the dates with an unfinished period cut after today, unless looking ahead."""
        if not self.looks_ahead and start <= self.today < end:
            return start, self.tomorrow
        return start, end

    def moving(self, unit: Grain, back: int, count: int = 1) -> Relative | None:
        """Return how such units are counted back from today, cut after today as their dates are."""
        whole = counted(unit, back, count)
        is_running = not self.looks_ahead and 0 <= back < count
        return until_today(whole) if is_running else whole


def unit_dates(day: dt.date, unit: Grain) -> Dates:
    """Return the whole unit that holds ``day``."""
    start = floor_date(day, unit)
    return start, step_date(start, unit, 1)


def beside(dates: Dates, unit: Grain, count: int) -> Dates:
    """Return the ``count`` units before (negative) or after a period: "the four weeks before"."""
    if count < 0:
        end = floor_date(dates[0], unit)
        return step_date(end, unit, count), end
    return dates[1], step_date(dates[1], unit, count)


def month_dates(year: int, month: int) -> Dates:
    """Return a calendar month."""
    return unit_dates(dt.date(year, month, 1), Grain.MONTH)


def year_dates(year: int) -> Dates:
    """Return a fiscal year, called after the calendar year in which it ends."""
    return unit_dates(units().month_of(year, 1), Grain.YEAR)


def quarter_dates(year: int, quarter: int) -> Dates:
    """Return a quarter of the fiscal year (which begins in January unless the calendar says otherwise)."""
    return unit_dates(units().month_of(year, 3 * quarter - 2), Grain.QUARTER)


def half_dates(year: int, half: int) -> Dates:
    """Return a half of the fiscal year."""
    start = units().month_of(year, 1 if half == 1 else 7)
    return start, step_date(start, Grain.MONTH, 6)


def week_dates(year: int, week: int) -> Dates:
    """Return the week that holds the Thursday of an ISO week.

    Raises:
        ValueError: the year has no such week.
    """
    start = floor_date(dt.date.fromisocalendar(year, week, 4), Grain.WEEK)
    return start, start + 7 * DAY


# First month of the meteorological seasons.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}


def season_dates(year: int, season: str) -> Dates:
    """Return the meteorological season that begins in ``year``."""
    start = dt.date(year, SEASONS[season], 1)
    return start, step_date(start, Grain.MONTH, 3)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """Return the ``nth`` (1..) ``weekday`` (Monday 0) of a month."""
    first = dt.date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * DAY


def _kings_day(year: int) -> dt.date:
    day = dt.date(year, 4, 27)
    return day - DAY if day.weekday() == 6 else day  # never on a Sunday


def _after_easter(days: int) -> Callable[[int], dt.date]:
    return lambda year: easter(year) + days * DAY


def _fixed(month: int, day: int) -> Callable[[int], dt.date]:
    return lambda year: dt.date(year, month, day)


NAMED_DAYS: dict[str, Callable[[int], dt.date]] = {
    "new_year": _fixed(1, 1),
    "new_years_eve": _fixed(12, 31),
    "valentine": _fixed(2, 14),
    "good_friday": _after_easter(-2),
    "easter": _after_easter(0),
    "easter_monday": _after_easter(1),
    "kings_day": _kings_day,
    "remembrance": _fixed(5, 4),
    "liberation": _fixed(5, 5),
    "labour_day": _fixed(5, 1),
    "ascension": _after_easter(39),
    "pentecost": _after_easter(49),
    "whit_monday": _after_easter(50),
    "sinterklaas": _fixed(12, 5),
    "christmas_eve": _fixed(12, 24),
    "christmas": _fixed(12, 25),
    "boxing_day": _fixed(12, 26),
    "black_friday": lambda year: nth_weekday(year, 11, 3, 4) + DAY,
    "cyber_monday": lambda year: nth_weekday(year, 11, 3, 4) + 4 * DAY,
    "halloween": _fixed(10, 31),
    "mothers_day": lambda year: nth_weekday(year, 5, 6, 2),
    "fathers_day": lambda year: nth_weekday(year, 6, 6, 3),
    "womens_day": _fixed(3, 8),
}


@dataclass(frozen=True)
class Point:
    """A period read from words up to token ``upto``; ``make`` gives it in another year, where none was said."""

    upto: int
    start: dt.date
    end: dt.date
    unit: Grain | None = None
    make: Callable[[int], Dates] | None = field(default=None, compare=False)
    count: int = 1
    relation: str = ""
    choices: tuple[Dates, ...] = ()
    edge: str = ""
    is_now: bool = False
    is_part_of_day: bool = False
    is_range: bool = False
    never: str = ""
    moves: Relative | None = None
    begins: Relative | None = None  # how a span that begins with it moves: "since Monday" is this week so far
