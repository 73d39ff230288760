"""Forms of naming periods: months, quarters, weeks, seasons, feast days; with their dates, as ``time_forms`` says."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from dateutil.relativedelta import relativedelta

from .spoken_dates import (
    DAY,
    HOLIDAYS,
    MAANDEN,
    MONTHS,
    ORDINALS,
    RANGTELWOORDEN,
    SEASONS,
    SEIZOENEN,
    SHORT,
    Dates,
    Said,
    begin,
    cap,
    latest,
    month,
    one,
    ordinal,
    step,
    whole,
)


def _with_year(rng: random.Random, today: dt.date, make: Callable[[int], Dates]) -> tuple[str, Dates]:
    """Choose a year, or none: the words to add, and the dates."""
    if rng.random() < 0.4:
        return "", cap(latest(today, make), today)
    year = rng.choice((today.year, today.year - 1))
    if make(year)[0] > today:
        year -= 1
    words = rng.choice(
        (
            f" {year}",
            f" of {year}",
            f" '{year % 100:02}",
            f" {year}",
            " last year" if year == today.year - 1 else f" {year}",
            " this year" if year == today.year else f" {year}",
        )
    )
    return words, cap(make(year), today)


def named_month(rng: random.Random, today: dt.date) -> Said:
    """ "in May", "May '25", "mei 2025", "maart vorig jaar"."""
    number = rng.randint(1, 12)
    if rng.random() < 0.35:
        year = rng.choice((None, today.year - 1))
        dates = month(year, number) if year else latest(today, lambda y: month(y, number))
        added = rng.choice((f" {year}", " vorig jaar", f" van {year}")) if year else ""
        return f"in {MAANDEN[number - 1]}{added}", cap(dates, today)
    words, dates = _with_year(rng, today, lambda y: month(y, number))
    name = rng.choice((MONTHS, SHORT))[number - 1]
    return rng.choice(("in", "for", "during", "in the month of", "over")) + f" {name}{words}", dates


def last_named_month(rng: random.Random, today: dt.date) -> Said:
    """ "last May": the latest that is over."""
    number = rng.randint(1, 12)
    dates = max(
        month(year, number) for year in (today.year - 2, today.year - 1, today.year) if month(year, number)[1] <= today
    )
    return rng.choice((f"last {MONTHS[number - 1]}", f"in {MAANDEN[number - 1]} {dates[0].year}")), dates


def month_in_figures(rng: random.Random, today: dt.date) -> Said:
    """ "2025-05", "05/2025"."""
    start = step(begin(today, "month"), "month", -rng.randint(1, 16))
    words = rng.choice((f"{start:%Y-%m}", f"{start:%m/%Y}", f"{start.month}-{start.year}", f"{start:%Y/%m}"))
    return f"in {words}", whole(start, "month")


def quarter(rng: random.Random, today: dt.date) -> Said:
    """ "Q2 2025", "the second quarter", "het eerste kwartaal van 2025", "2025 Q2"."""
    number = rng.randint(1, 4)
    first = 3 * number - 2

    def make(year: int) -> Dates:
        return whole(dt.date(year, first, 1), "quarter")

    words, dates = _with_year(rng, today, make)
    name = rng.choice(
        (
            f"q{number}",
            f"the {ORDINALS[number - 1]} quarter",
            f"the {ordinal(number)} quarter",
            f"quarter {number}",
            f"q{number}",
        )
    )
    if words and words.strip().isdigit() and name.startswith("q") and rng.random() < 0.3:
        return f"in {words.strip()} q{number}", dates
    if rng.random() < 0.25:
        year = rng.choice((None, today.year - 1))
        naam = f"het {RANGTELWOORDEN[number - 1]} kwartaal" + (f" van {year}" if year else "")
        return f"in {naam}", cap(make(year) if year else latest(today, make), today)
    return rng.choice(("in", "for", "over")) + f" {name}{words}", dates


def half_year(rng: random.Random, today: dt.date) -> Said:
    """ "H1", "the first half of 2025", "de eerste helft van 2025"."""
    number = rng.randint(1, 2)

    def make(year: int) -> Dates:
        start = dt.date(year, 1 if number == 1 else 7, 1)
        return start, start + relativedelta(months=6)

    if rng.random() < 0.5:
        words, dates = _with_year(rng, today, make)
        return f"in h{number}{words}", dates
    year = today.year - 1
    nth = ORDINALS[number - 1]
    eerste = RANGTELWOORDEN[number - 1]
    words = rng.choice(
        (
            f"in the {nth} half of {year}",
            f"in the {nth} half of last year",
            f"in de {eerste} helft van {year}",
            f"in the {nth} half year of {year}",
            f"in het {eerste} halfjaar van {year}",
        )
    )
    return words, make(year)


def year_named(rng: random.Random, today: dt.date) -> Said:
    """ "in 2025", "FY2025", "calendar year 2025", "fiscal 2025"."""
    year = rng.choice((today.year, today.year - 1))
    words = rng.choice(
        (
            f"in {year}",
            f"for {year}",
            f"fy{year}",
            f"fy {year}",
            f"fy{year % 100}",
            f"in the year {year}",
            f"calendar year {year}",
            f"fiscal year {year}",
            f"fiscal {year}",
            f"in het jaar {year}",
            f"over {year}",
        )
    )
    return words, cap(whole(dt.date(year, 1, 1), "year"), today)


def week_number(rng: random.Random, today: dt.date) -> Said:
    """ "week 23", "wk23", "2026-W23", "week 23 of 2025"."""
    number = rng.randint(1, 52)

    def make(year: int) -> Dates:
        return whole(dt.date.fromisocalendar(year, number, 1), "week")

    words, dates = _with_year(rng, today, make)
    if words.endswith("this year") or words.endswith("last year"):
        words, dates = "", cap(latest(today, make), today)
    year = dates[0].isocalendar().year
    if rng.random() < 0.3:
        return f"in {year}-w{number:02}", dates
    name = rng.choice(
        (
            f"week {number}",
            f"wk {number}",
            f"w{number}",
            f"iso week {number}",
            f"week number {number}",
            f"wk{number}",
            f"weeknummer {number}",
            f"calendar week {number}",
        )
    )
    return f"in {name}{words}", dates


def season(rng: random.Random, today: dt.date) -> Said:
    """ "last summer", "in the spring", "zomer 2025"."""
    name = rng.choice(tuple(SEASONS))

    def make(year: int) -> Dates:
        start = dt.date(year, SEASONS[name], 1)
        return start, start + relativedelta(months=3)

    over = max(make(year) for year in (today.year - 2, today.year - 1, today.year) if make(year)[1] <= today)
    year = today.year - 1
    return rng.choice(
        (
            (f"last {name}", over),
            (f"afgelopen {SEIZOENEN[name]}", over),
            (f"in the {name}", cap(latest(today, make), today)),
            (f"in {name} {year}", cap(make(year), today)),
            (f"in the {name} of {year}", cap(make(year), today)),
            (f"in de {SEIZOENEN[name]} van {year}", cap(make(year), today)),
            (
                f"this {name}" if make(today.year)[0] <= today else f"last {name}",
                cap(make(today.year), today) if make(today.year)[0] <= today else over,
            ),
        )
    )


def holiday(rng: random.Random, today: dt.date) -> Said:
    """ "on koningsdag", "at Easter", "Pinksteren 2025"."""
    name = rng.choice(tuple(HOLIDAYS))
    make = HOLIDAYS[name]
    words, year = rng.choice((("", None), (f" {today.year - 1}", today.year - 1), (" last year", today.year - 1)))
    return f"on {name}{words}", one(make(year)) if year else latest(today, lambda y: one(make(y)))


def beside_holiday(rng: random.Random, today: dt.date) -> Said:
    """ "the day before koningsdag", "the week after Easter", "the week of 11 May"."""
    name = rng.choice(("easter", "koningsdag", "pinksteren", "christmas day", "king's day", "hemelvaart"))
    day = latest(today - 30 * DAY, lambda y: one(HOLIDAYS[name](y)))[0]
    if latest(today, lambda y: one(HOLIDAYS[name](y)))[0] != day:
        day = latest(today, lambda y: one(HOLIDAYS[name](y)))[0]
    monday = begin(day, "week")
    return rng.choice(
        (
            (f"the day before {name}", one(day - DAY)),
            (f"the day after {name}", cap(one(day + DAY), today)),
            (f"the week before {name}", (monday - 7 * DAY, monday)),
            (f"in the week of {name}", cap((monday, monday + 7 * DAY), today)),
            (f"two days before {name}", one(day - 2 * DAY)),
            (f"de dag voor {name}", one(day - DAY)),
            (f"de dag na {name}", one(day + DAY)),
        )
    )
