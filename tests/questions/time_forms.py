"""Every form in which people say a period, with the dates that it means, worked out apart from the reader.

``FORMS`` maps the name of a form to a function of a chooser and of today. It returns the words and the half-open dates
they mean (what is unfinished ends with today, a name in the future is last year's), or None for the dates where they
say no exact days. Nothing here uses the time grammar.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Sequence

from .spoken_dates import (
    DAY,
    EENHEDEN,
    MAANDEN,
    MONTHS,
    NUMBERS,
    SHORT,
    UNITS,
    WEEKDAGEN,
    WEEKDAYS,
    Form,
    Said,
    begin,
    latest,
    one,
    ordinal,
    step,
    whole,
)
from .time_names import (
    beside_holiday,
    half_year,
    holiday,
    last_named_month,
    month_in_figures,
    named_month,
    quarter,
    season,
    week_number,
    year_named,
)
from .time_parts import (
    part_of_period,
    range_in_month,
    range_of_days,
    range_of_units,
    since,
    to_date,
    vague,
    week_of_day,
    week_of_month,
    weekday_range,
    weekend,
)

# -- forms ------------------------------------------------------------------------------------------------------------


def _day(rng: random.Random, today: dt.date) -> tuple[dt.date, bool]:
    """Choose a day of the last two years, and whether its year has to be said."""
    day = today - rng.randint(1, 500) * DAY
    return day, latest(today, lambda year: one(_same_day(day, year))) != one(day)


def _same_day(day: dt.date, year: int) -> dt.date:
    return dt.date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def day_in_words(rng: random.Random, today: dt.date) -> Said:
    """ "15 May", "the 15th of May 2025", "May 15th", "Friday 15 May"."""
    day, needs_year = _day(rng, today)
    name = rng.choice((MONTHS, SHORT))[day.month - 1]
    number, nth = str(day.day), ordinal(day.day)
    words = rng.choice(
        (
            f"{number} {name}",
            f"{nth} {name}",
            f"the {nth} of {name}",
            f"{name} {number}",
            f"{nth} of {name}",
            f"{name} {nth}",
            f"{name} the {nth}",
            f"{WEEKDAYS[day.weekday()]} {number} {name}",
            f"{WEEKDAYS[day.weekday()]} the {nth} of {name}",
        )
    )
    if needs_year or rng.random() < 0.3:
        words += rng.choice((f" {day.year}", f" '{day.year % 100:02}", f", {day.year}", f" of {day.year}"))
    return f"on {words}", one(day)


def dag_in_woorden(rng: random.Random, today: dt.date) -> Said:
    """ "op 15 mei", "maandag 15 mei 2025"."""
    day, needs_year = _day(rng, today)
    name = MAANDEN[day.month - 1]
    words = rng.choice(
        (
            f"{day.day} {name}",
            f"{WEEKDAGEN[day.weekday()]} {day.day} {name}",
            f"de {day.day}e {name}",
            f"{day.day}e {name}",
        )
    )
    if needs_year or rng.random() < 0.3:
        words += f" {day.year}"
    return f"op {words}", one(day)


def day_in_figures(rng: random.Random, today: dt.date) -> Said:
    """ "15/5", "15-05-2026", "2026-05-15": the day first."""
    day, needs_year = _day(rng, today)
    sign = rng.choice("/-.")
    forms = [
        f"{day.day}{sign}{day.month}{sign}{day.year}",
        f"{day.day:02}{sign}{day.month:02}{sign}{day.year}",
        day.isoformat(),
        f"{day.day:02}{sign}{day.month:02}{sign}{day.year % 100:02}",
    ]
    if not needs_year:
        forms += [f"{day.day}/{day.month}", f"{day.day:02}/{day.month:02}"]
    if day.day > 12:
        forms.append(f"{day.month}/{day.day}/{day.year}")
    return f"on {rng.choice(forms)}", one(day)


def near_day(rng: random.Random, today: dt.date) -> Said:
    """ "yesterday", "eergisteren", "5 days ago"."""
    if rng.random() < 0.5:
        words, back = rng.choice(
            (
                ("today", 0),
                ("yesterday", 1),
                ("the day before yesterday", 2),
                ("vandaag", 0),
                ("gisteren", 1),
                ("eergisteren", 2),
                ("so far today", 0),
            )
        )
    else:
        back = rng.choice(tuple(NUMBERS))
        spoken = NUMBERS[back]
        words = rng.choice(
            (f"{rng.choice(spoken[:2])} days ago", f"{rng.choice((spoken[0], spoken[2]))} dagen geleden")
        )
    return words, one(today - back * DAY)


def weekday(rng: random.Random, today: dt.date) -> Said:
    """ "last Monday", "on Monday", "Monday last week", "vorige week maandag"."""
    at = rng.randrange(7)
    name, naam = WEEKDAYS[at], WEEKDAGEN[at]
    back = (today.weekday() - at) % 7
    last_week = begin(today, "week") - 7 * DAY + at * DAY
    return rng.choice(
        (
            (f"last {name}", one(today - (back or 7) * DAY)),
            (f"afgelopen {naam}", one(today - (back or 7) * DAY)),
            (f"on {name}", one(today - back * DAY)),
            (f"op {naam}", one(today - back * DAY)),
            (f"{name} last week", one(last_week)),
            (f"{name} of last week", one(last_week)),
            (f"last week {name}", one(last_week)),
            (f"last week on {name}", one(last_week)),
            (f"vorige week {naam}", one(last_week)),
            (f"{naam} vorige week", one(last_week)),
            (f"two {name}s ago", one(today - (back or 7) * DAY - 7 * DAY)),
            (f"three {name}s ago", one(today - (back or 7) * DAY - 14 * DAY)),
        )
    )


def day_of_near_month(rng: random.Random, today: dt.date) -> Said:
    """ "the 15th of last month", "de 3e van vorige maand"."""
    start = step(begin(today, "month"), "month", -1)
    day = rng.randint(1, 28)
    words = rng.choice(
        (
            f"the {ordinal(day)} of last month",
            f"the {ordinal(day)} last month",
            f"last month on the {ordinal(day)}",
            f"de {day}e van vorige maand",
        )
    )
    return f"on {words}" if words.startswith("the") else words, one(start + (day - 1) * DAY)


def running_unit(rng: random.Random, today: dt.date) -> Said:
    """ "this week", "year to date", "dit jaar tot nu toe"."""
    unit = rng.choice(UNITS[1:])
    dit = "dit" if unit in ("quarter", "year") else "deze"
    words = rng.choice(
        (
            f"this {unit}",
            f"this {unit} so far",
            f"so far this {unit}",
            f"{unit} to date",
            f"{dit} {EENHEDEN[unit][0]}",
            f"{dit} {EENHEDEN[unit][0]} tot nu toe",
            f"{unit[0]}td",
            f"tot nu toe {dit} {EENHEDEN[unit][0]}",
            f"this {unit} to date",
            f"the current {unit}",
            f"so far in this {unit}",
            f"since the start of the {unit}",
            f"this {unit} until today",
            f"since the beginning of this {unit}",
        )
    )
    return words, (begin(today, unit), today + DAY)


def past_unit(rng: random.Random, today: dt.date) -> Said:
    """ "last week", "vorig kwartaal", "the month before last"."""
    unit = rng.choice(UNITS[1:])
    start = begin(today, unit)
    vorig = "vorig" if unit in ("quarter", "year") else "vorige"
    if rng.random() < 0.25:
        return rng.choice((f"the {unit} before last", f"{unit} before last")), (
            step(start, unit, -2),
            step(start, unit, -1),
        )
    words = rng.choice(
        (
            f"last {unit}",
            f"the last {unit}",
            f"{vorig} {EENHEDEN[unit][0]}",
            f"in the last full {unit}",
            f"over the last complete {unit}",
            f"the past {unit}",
            f"afgelopen {EENHEDEN[unit][0]}",
        )
    )
    return words, (step(start, unit, -1), start)


def last_units(rng: random.Random, today: dt.date) -> Said:
    """ "the last 3 weeks", "trailing twelve months", "de afgelopen drie weken"."""
    unit = rng.choice(UNITS)
    count = rng.choice(tuple(NUMBERS))
    spoken = NUMBERS[count]
    if rng.random() < 0.35:
        of = EENHEDEN[unit][1]
        words = rng.choice(
            (
                f"de afgelopen {rng.choice((spoken[0], spoken[2]))} {of}",
                f"afgelopen {spoken[0]} {of}",
                f"in de laatste {spoken[2]} {of}",
            )
        )
    else:
        said = rng.choice(spoken[:2])
        words = rng.choice(
            (
                f"last {said} {unit}s",
                f"over the last {said} {unit}s",
                f"past {said} {unit}s",
                f"in the past {said} {unit}s",
                f"trailing {said} {unit}s",
                f"rolling {said} {unit}s",
                f"over the previous {said} {unit}s",
                f"during the last {said} full {unit}s",
                f"for the past {said} {unit}s",
                f"last {said} complete {unit}s",
            )
        )
    start = begin(today, unit)
    return words, (step(start, unit, -count), start)


def fortnight(rng: random.Random, today: dt.date) -> Said:
    """ "the last fortnight"."""
    words = rng.choice(("the last fortnight", "in the past fortnight", "over the past fortnight", "last fortnight"))
    return words, (today - 14 * DAY, today)


def units_ago(rng: random.Random, today: dt.date) -> Said:
    """ "three weeks ago", "een maand geleden"."""
    unit = rng.choice(UNITS[1:])
    start = begin(today, unit)
    if rng.random() < 0.3:
        words, count = rng.choice(
            ((f"a {unit} ago", 1), (f"one {unit} ago", 1), (f"een {EENHEDEN[unit][0]} geleden", 1))
        )
    else:
        count = rng.choice(tuple(NUMBERS))
        spoken = NUMBERS[count]
        words = rng.choice(
            (
                f"{rng.choice(spoken[:2])} {unit}s ago",
                f"{rng.choice((spoken[0], spoken[2]))} {EENHEDEN[unit][1]} geleden",
            )
        )
    return words, whole(step(start, unit, -count), unit)


FORMS: dict[str, Form] = {
    form.__name__: form
    for form in (
        day_in_words,
        dag_in_woorden,
        day_in_figures,
        near_day,
        weekday,
        day_of_near_month,
        running_unit,
        past_unit,
        last_units,
        fortnight,
        units_ago,
        named_month,
        last_named_month,
        month_in_figures,
        quarter,
        half_year,
        year_named,
        week_number,
        season,
        holiday,
        beside_holiday,
        week_of_day,
        weekend,
        part_of_period,
        week_of_month,
        range_of_days,
        range_in_month,
        range_of_units,
        since,
        weekday_range,
        to_date,
        vague,
    )
}
FRAMES: Sequence[str] = (
    "csat {}",
    "aht {}",
    "what was our csat {}?",
    "nps {} by team",
    "how many cases {}",
    "fcr {} please",
)
