"""What the calendar gives for spoken periods, worked out in plain ``datetime`` and apart from the reader."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

Dates = tuple[dt.date, dt.date]
Said = tuple[str, Dates | None]
Form = Callable[[random.Random, dt.date], Said]
DAY = dt.timedelta(days=1)

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MAANDEN = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december")  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAGEN = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
NUMBERS = {2: ("2", "two", "twee"), 3: ("3", "three", "drie"), 4: ("4", "four", "vier"), 5: ("5", "five", "vijf"),
           6: ("6", "six", "zes"), 8: ("8", "eight", "acht"), 10: ("10", "ten", "tien"),
           12: ("12", "twelve", "twaalf")}  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth")
RANGTELWOORDEN = ("eerste", "tweede", "derde", "vierde")
UNITS = ("day", "week", "month", "quarter", "year")
EENHEDEN = {"day": ("dag", "dagen"), "week": ("week", "weken"), "month": ("maand", "maanden"),
            "quarter": ("kwartaal", "kwartalen"), "year": ("jaar", "jaar")}  # fmt: skip
SEASONS = {"spring": 3, "summer": 6, "autumn": 9}
SEIZOENEN = {"spring": "lente", "summer": "zomer", "autumn": "herfst"}


HOLIDAYS: dict[str, Callable[[int], dt.date]] = {
    "easter": easter,
    "pasen": easter,
    "easter monday": lambda year: easter(year) + DAY,
    "tweede paasdag": lambda year: easter(year) + DAY,
    "good friday": lambda year: easter(year) - 2 * DAY,
    "goede vrijdag": lambda year: easter(year) - 2 * DAY,
    "king's day": lambda year: dt.date(year, 4, 26 if dt.date(year, 4, 27).weekday() == 6 else 27),
    "koningsdag": lambda year: dt.date(year, 4, 26 if dt.date(year, 4, 27).weekday() == 6 else 27),
    "ascension day": lambda year: easter(year) + 39 * DAY,
    "hemelvaart": lambda year: easter(year) + 39 * DAY,
    "hemelvaartsdag": lambda year: easter(year) + 39 * DAY,
    "pentecost": lambda year: easter(year) + 49 * DAY,
    "whit sunday": lambda year: easter(year) + 49 * DAY,
    "pinksteren": lambda year: easter(year) + 49 * DAY,
    "whit monday": lambda year: easter(year) + 50 * DAY,
    "tweede pinksterdag": lambda year: easter(year) + 50 * DAY,
    "liberation day": lambda year: dt.date(year, 5, 5),
    "bevrijdingsdag": lambda year: dt.date(year, 5, 5),
    "new year's day": lambda year: dt.date(year, 1, 1),
    "nieuwjaarsdag": lambda year: dt.date(year, 1, 1),
    "new year's eve": lambda year: dt.date(year, 12, 31),
    "oudejaarsdag": lambda year: dt.date(year, 12, 31),
    "christmas day": lambda year: dt.date(year, 12, 25),
    "eerste kerstdag": lambda year: dt.date(year, 12, 25),
    "boxing day": lambda year: dt.date(year, 12, 26),
    "tweede kerstdag": lambda year: dt.date(year, 12, 26),
    "sinterklaas": lambda year: dt.date(year, 12, 5),
    "valentine's day": lambda year: dt.date(year, 2, 14),
    "labour day": lambda year: dt.date(year, 5, 1),
    "halloween": lambda year: dt.date(year, 10, 31),
}


# -- computing dates, plainly -----------------------------------------------------------------------------------------


def cap(dates: Dates, today: dt.date) -> Dates:
    """Return the dates, an unfinished span up to and including today."""
    start, end = dates
    return (start, today + DAY) if start <= today < end else (start, end)


def begin(day: dt.date, unit: str) -> dt.date:
    """Return the first day of the calendar unit that holds ``day``."""
    match unit:
        case "day":
            return day
        case "week":
            return day - day.weekday() * DAY
        case "month":
            return dt.date(day.year, day.month, 1)
        case "quarter":
            return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case _:
            return dt.date(day.year, 1, 1)


def step(day: dt.date, unit: str, count: int) -> dt.date:
    """Return ``day`` moved by whole units."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        return day + count * (7 if unit == "week" else 1) * DAY
    return day + relativedelta(months=months * count)


def whole(day: dt.date, unit: str) -> Dates:
    """Return the calendar unit that holds ``day``."""
    start = begin(day, unit)
    return start, step(start, unit, 1)


def month(year: int, number: int) -> Dates:
    """Return a month."""
    return whole(dt.date(year, number, 1), "month")


def latest(today: dt.date, make: Callable[[int], Dates]) -> Dates:
    """Return the latest that has begun of what comes every year."""
    return max(make(year) for year in range(today.year - 2, today.year + 1) if make(year)[0] <= today)


def one(day: dt.date) -> Dates:
    """Return a day."""
    return day, day + DAY


def ordinal(number: int) -> str:
    """Return "3rd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
