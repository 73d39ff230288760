"""Forms of saying parts and spans of periods, with their dates; the other half of ``time_forms``."""

from __future__ import annotations

import datetime as dt
import random

from .spoken_dates import (
    DAY,
    MAANDEN,
    MONTHS,
    NUMBERS,
    ORDINALS,
    SHORT,
    WEEKDAGEN,
    WEEKDAYS,
    Said,
    begin,
    month,
    one,
    ordinal,
    step,
    whole,
)


def week_of_day(rng: random.Random, today: dt.date) -> Said:
    """ "the week of 11 May", "week commencing 11 May", "w/c 11 May"."""
    day = today - rng.randint(8, 200) * DAY
    monday = begin(day, "week")
    name = f"{day.day} {MONTHS[day.month - 1]}"
    if rng.random() < 0.4:
        first = f"{monday.day} {MONTHS[monday.month - 1]}"
        words = rng.choice(
            (
                f"week commencing {first}",
                f"week starting {first}",
                f"w/c {first}",
                f"the week beginning {first}",
                f"week starting on {first}",
                f"the week that started on {first}",
            )
        )
    else:
        words = rng.choice(
            (
                f"the week of {name}",
                f"in the week of {name}",
                f"in de week van {day.day} {MAANDEN[day.month - 1]}",
                f"the week with {name}",
                f"the week of {MONTHS[day.month - 1]} {day.day}",
                f"the week containing {name}",
            )
        )
    return words, (monday, monday + 7 * DAY)


def weekend(rng: random.Random, today: dt.date) -> Said:
    """ "last weekend", "vorig weekend", "the weekend of 13 June"."""
    saturday = begin(today, "week") - 2 * DAY
    if rng.random() < 0.4:
        far = saturday - 7 * rng.randint(1, 20) * DAY
        words = rng.choice(
            (
                f"the weekend of {far.day} {MONTHS[far.month - 1]}",
                f"in het weekend van {far.day} {MAANDEN[far.month - 1]}",
            )
        )
        return words, (far, far + 2 * DAY)
    if today.weekday() >= 5:
        saturday = begin(today, "week") - 2 * DAY
        return "vorig weekend", (saturday, saturday + 2 * DAY)
    words = rng.choice(("last weekend", "this past weekend", "the past weekend", "vorig weekend", "afgelopen weekend"))
    return words, (saturday, saturday + 2 * DAY)


def part_of_period(rng: random.Random, today: dt.date) -> Said:
    """ "the first Monday of May", "the last day of April", "the first 10 days of May", "the first 3 months of 2025"."""
    start, end = month(today.year - 1, rng.randint(1, 12))
    name, naam = MONTHS[start.month - 1], MAANDEN[start.month - 1]
    at = rng.randrange(7)
    first = start + (at - start.weekday()) % 7 * DAY
    last = end - DAY - ((end - DAY).weekday() - at) % 7 * DAY
    nth = rng.randint(1, 4)
    year = start.year
    count = rng.choice((2, 3, 4, 5))
    spoken = rng.choice(NUMBERS[count][:2])
    return rng.choice(
        (
            (f"on the {ORDINALS[nth - 1]} {WEEKDAYS[at]} of {name} {year}", one(first + 7 * (nth - 1) * DAY)),
            (f"on the last {WEEKDAYS[at]} of {name} {year}", one(last)),
            (f"on the last {WEEKDAYS[at]} in {name} {year}", one(last)),
            (f"op de eerste {WEEKDAGEN[at]} van {naam} {year}", one(first)),
            (f"op de laatste {WEEKDAGEN[at]} van {naam} {year}", one(last)),
            (f"on the last day of {name} {year}", one(end - DAY)),
            (f"op de laatste dag van {naam} {year}", one(end - DAY)),
            (f"on the first day of {name} {year}", one(start)),
            (f"in the first {spoken} days of {name} {year}", (start, start + count * DAY)),
            (f"in the last {spoken} days of {name} {year}", (end - count * DAY, end)),
            (f"in the first half of {name} {year}", (start, start + 15 * DAY)),
            (f"in the second half of {name} {year}", (start + 15 * DAY, end)),
            (f"in de eerste helft van {naam} {year}", (start, start + 15 * DAY)),
            (f"in the first {spoken} months of {year}", (dt.date(year, 1, 1), dt.date(year, 1 + count, 1))),
            (f"in the last {spoken} months of {year}", (dt.date(year, 13 - count, 1), dt.date(year + 1, 1, 1))),
            (
                f"in de eerste {NUMBERS[count][2]} maanden van {year}",
                (dt.date(year, 1, 1), dt.date(year, 1 + count, 1)),
            ),
            (f"in the {ORDINALS[count - 2]} month of {year}", month(year, count - 1)),
        )
    )


def week_of_month(rng: random.Random, today: dt.date) -> Said:
    """ "the first week of May": asked about where the ISO week and the first full one differ."""
    start, end = month(today.year - 1, rng.randint(1, 12))
    name = rng.choice((f"{MONTHS[start.month - 1]} {start.year}", f"{MONTHS[start.month - 1]} last year"))
    if rng.random() < 0.5:
        iso = begin(start + (3 - start.weekday()) % 7 * DAY, "week")
        full = start + (-start.weekday()) % 7 * DAY
        words = rng.choice(
            (f"in the first week of {name}", f"in de eerste week van {MAANDEN[start.month - 1]} {start.year}")
        )
        return words, (iso, iso + 7 * DAY) if iso == full else None
    final = end - DAY
    iso = begin(final - (final.weekday() - 3) % 7 * DAY, "week")
    full = begin(end, "week") - 7 * DAY
    return f"in the last week of {name}", (iso, iso + 7 * DAY) if iso == full else None


def _end(rng: random.Random, today: dt.date, *, before: dt.date | None = None) -> tuple[dt.date, str, str, str]:
    """Choose a day of this year's past as (day, English, Dutch, in figures)."""
    day = (before or today) - rng.randint(2, 60) * DAY
    return (
        day,
        rng.choice(
            (
                f"{day.day} {MONTHS[day.month - 1]}",
                f"{MONTHS[day.month - 1]} {day.day}",
                f"{ordinal(day.day)} of {MONTHS[day.month - 1]}",
                f"{day.day} {SHORT[day.month - 1]}",
            )
        ),
        f"{day.day} {MAANDEN[day.month - 1]}",
        f"{day.day}/{day.month}",
    )


def range_of_days(rng: random.Random, today: dt.date) -> Said:
    """ "from 3 May to 12 June", "between ... and ...", "van ... tot en met ...", "3/5 - 12/6"."""
    last = _end(rng, today)
    first = _end(rng, today, before=last[0])
    pairs = [
        (f"from {first[1]} to {last[1]}"),
        (f"between {first[1]} and {last[1]}"),
        f"from {first[1]} until {last[1]}",
        f"{first[1]} to {last[1]}",
        f"{first[1]} - {last[1]}",
        f"from {first[1]} through {last[1]}",
        f"from {first[1]} till {last[1]}",
        f"from {first[1]} up to and including {last[1]}",
        f"van {first[2]} tot en met {last[2]}",
        f"van {first[2]} t/m {last[2]}",
        f"tussen {first[2]} en {last[2]}",
        f"from {first[3]} to {last[3]}",
        f"{first[3]} - {last[3]}",
        f"from {first[1]} up to {last[1]}",
        f"from {first[0].isoformat()} to {last[0].isoformat()}",
        f"{first[1]} – {last[1]}",
    ]
    return rng.choice(pairs), (first[0], last[0] + DAY)


def range_in_month(rng: random.Random, today: dt.date) -> Said:
    """ "3 to 12 May", "May 3-12", "from the 3rd to the 12th of May"."""
    start, end = whole(step(begin(today, "month"), "month", -rng.randint(1, 10)), "month")
    first = rng.randint(1, 14)
    last = rng.randint(first + 1, 28)
    name, naam = MONTHS[start.month - 1], MAANDEN[start.month - 1]
    words = rng.choice(
        (
            f"{first} to {last} {name}",
            f"{first}-{last} {name}",
            f"from {first} to {last} {name}",
            f"{name} {first}-{last}",
            f"from the {ordinal(first)} to the {ordinal(last)} of {name}",
            f"{name} {first} to {last}",
            f"between {first} and {last} {name}",
            f"van {first} tot {last} {naam}",
            f"{first} t/m {last} {naam}",
            f"between the {ordinal(first)} and the {ordinal(last)} of {name}",
            f"from {name} {ordinal(first)} to {ordinal(last)}",
            f"{first} – {last} {name}",
        )
    )
    return words, (start + (first - 1) * DAY, start + last * DAY)


def range_of_units(rng: random.Random, today: dt.date) -> Said:
    """ "from March to May", "Q1 to Q2", "weeks 18 to 22", "januari t/m maart", "Nov 2025 to Feb 2026"."""
    last = step(begin(today, "month"), "month", -rng.randint(1, 5))
    first = step(last, "month", -rng.randint(1, 5))
    a, b = MONTHS[first.month - 1], MONTHS[last.month - 1]
    x, y = MAANDEN[first.month - 1], MAANDEN[last.month - 1]
    week = rng.randint(2, 20)
    behind = week + rng.randint(1, 4)
    weeks = (dt.date.fromisocalendar(today.year, week, 1), dt.date.fromisocalendar(today.year, behind, 7) + DAY)
    dates = (first, step(last, "month", 1))
    choices: list[Said] = [
        (f"from {a} to {b}", dates),
        (f"{a} to {b}", dates),
        (f"{a}-{b}", dates),
        (f"between {a} and {b}", dates),
        (f"{x} tot en met {y}", dates),
        (f"van {x} tot {y}", dates),
        (f"{x} t/m {y}", dates),
        (f"from {a} {first.year} to {b} {last.year}", dates),
        (f"{a} through {b}", dates),
        (f"from {a} until {b}", dates),
    ]
    if weeks[1] <= today:
        choices += [
            (f"weeks {week} to {behind}", weeks),
            (f"week {week}-{behind}", weeks),
            (f"weken {week} t/m {behind}", weeks),
            (f"from week {week} to week {behind}", weeks),
            (f"between week {week} and week {behind}", weeks),
            (f"w{week} - w{behind}", weeks),
        ]
    choices.append((f"from 2024 to {today.year - 1}", (dt.date(2024, 1, 1), dt.date(today.year, 1, 1))))
    choices.append((f"from q1 to q3 {today.year - 1}", (dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 10, 1))))
    return rng.choice(choices)


def since(rng: random.Random, today: dt.date) -> Said:
    """ "since 3 May", "from 3 May onwards", "sinds maart", "since Monday", "since last week"."""
    first = _end(rng, today)
    start = step(begin(today, "month"), "month", -rng.randint(0, 9))
    a, x = MONTHS[start.month - 1], MAANDEN[start.month - 1]
    at = rng.randrange(7)
    tomorrow = today + DAY
    weekday_start = today - (today.weekday() - at) % 7 * DAY
    return rng.choice(
        (
            (f"since {first[1]}", (first[0], tomorrow)),
            (f"sinds {first[2]}", (first[0], tomorrow)),
            (f"from {first[1]} onwards", (first[0], tomorrow)),
            (f"vanaf {first[2]}", (first[0], tomorrow)),
            (f"from {first[1]} on", (first[0], tomorrow)),
            (f"since {first[3]}", (first[0], tomorrow)),
            (f"since {a}", (start, tomorrow)),
            (f"sinds {x}", (start, tomorrow)),
            (f"from {a} onwards", (start, tomorrow)),
            (f"from {a} until now", (start, tomorrow)),
            (f"from {a} to today", (start, tomorrow)),
            (f"since {WEEKDAYS[at]}", (weekday_start, tomorrow)),
            (f"sinds {WEEKDAGEN[at]}", (weekday_start, tomorrow)),
            ("since last week", (begin(today, "week") - 7 * DAY, tomorrow)),
            ("since yesterday", (today - DAY, tomorrow)),
            ("since the beginning of the year", (dt.date(today.year, 1, 1), tomorrow)),
            ("sinds begin dit jaar", (dt.date(today.year, 1, 1), tomorrow)),
            (f"from {first[1]} until yesterday", (first[0], today)),
            (f"since the start of {a}", (start, tomorrow)),
        )
    )


def weekday_range(rng: random.Random, today: dt.date) -> Said:
    """ "Monday to Friday last week"."""
    monday = begin(today, "week") - 7 * DAY
    first = rng.randint(0, 3)
    last = rng.randint(first + 1, 6)
    words = rng.choice(
        (
            f"{WEEKDAYS[first]} to {WEEKDAYS[last]} last week",
            f"{WEEKDAYS[first]} till {WEEKDAYS[last]} of last week",
            f"last week {WEEKDAYS[first]} to {WEEKDAYS[last]}",
            f"{WEEKDAGEN[first]} tot {WEEKDAGEN[last]} vorige week",
            f"last week from {WEEKDAYS[first]} to {WEEKDAYS[last]}",
        )
    )
    return words, (monday + first * DAY, monday + (last + 1) * DAY)


def to_date(rng: random.Random, today: dt.date) -> Said:
    """ "2026 to date", "Q2 to date", "June so far"."""
    start = begin(today, "quarter")
    number = (today.month - 1) // 3 + 1
    name, naam = MONTHS[today.month - 1], MAANDEN[today.month - 1]
    tomorrow = today + DAY
    return rng.choice(
        (
            (f"q{number} to date", (start, tomorrow)),
            (f"q{number} so far", (start, tomorrow)),
            (f"{name} to date", (begin(today, "month"), tomorrow)),
            (f"{name} so far", (begin(today, "month"), tomorrow)),
            (f"{today.year} to date", (dt.date(today.year, 1, 1), tomorrow)),
            (f"{today.year} so far", (dt.date(today.year, 1, 1), tomorrow)),
            (f"so far in {name}", (begin(today, "month"), tomorrow)),
            (f"{naam} tot nu toe", (begin(today, "month"), tomorrow)),
            (f"so far in {today.year}", (dt.date(today.year, 1, 1), tomorrow)),
        )
    )


def vague(rng: random.Random, today: dt.date) -> Said:
    """What says no exact days."""
    name = MONTHS[rng.randrange(12)]
    words = rng.choice(
        (
            "early this year",
            "recently",
            "a few weeks ago",
            "the other day",
            "lately",
            "in recent weeks",
            "a while ago",
            "over the past few days",
            f"in early {name}",
            f"in late {name}",
            f"around mid {name}",
            f"in mid {name}",
            "several months ago",
            "in the last couple of days or so",
            "earlier this month",
            "later in the quarter",
            "at the start of the year",
            f"towards the end of {name}",
            "in the past few months",
            "begin dit jaar",
            f"eind {MAANDEN[rng.randrange(12)]}",
            "de afgelopen paar weken",
            "een paar weken geleden",
            "onlangs",
            "some time last month",
            "late last year",
            f"around {name}",
            f"halverwege {MAANDEN[rng.randrange(12)]}",
            "in the last few weeks",
            "the last several days",
            "between 9 and 11",
            "yesterday between 9 and 11",
            "yesterday morning",
            "vanmiddag",
            "at 3pm",
            "before noon",
            "after 5pm yesterday",
            "during the night",
            "gisterochtend",
            "in the evening",
            "during lunch hours",
            "last night",
        )
    )
    return words, None
