"""Single days told in short: a bare "11th", "a week ago today", a part of a day, and days that no calendar has."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import replace

from frontline.core.periods import Grain, floor_date, step_date
from frontline.metrics.questions.moments import DAY, Point
from frontline.metrics.questions.timebeside import BesidePoints
from frontline.metrics.relative import counted

_BARE_BEFORE = frozenset({"on", "op", "since", "sinds", "from", "vanaf", "until", "till", "and", "to", "versus", "vs"})
_COMPARES = frozenset({
    "vs", "versus", "to", "than", "with", "against", "over", "on", "from", "as", "at", "compared", "and", "since",
})  # fmt: skip
_ANCHORS = ("this", "last", "past", "previous", "next")
_DAY_PARTS = frozenset({
    "morning", "afternoon", "evening", "night", "ochtend", "middag", "avond", "nacht", "overnight", "lunchtime",
})  # fmt: skip
_OF_TODAY = frozenset({"tonight", "vanochtend", "vanmiddag", "vanavond"})
_LAST_WEEK_OF_A_YEAR = 53


class DayPoints(BesidePoints):
    """Days without a month, days so many weeks away, parts of a day and impossible dates."""

    def _bare_day(self, index: int) -> Point | None:
        """ "the 11th", "on the 11th", "the 15th of last month", "Thursday the 11th"."""
        weekday = self.at(index).weekday
        at = self.skip(index + (weekday is not None), "the")
        word = self.at(at)
        is_led = weekday is not None or at > index or self.at(index - 1).text in _BARE_BEFORE
        number = word.number if word.kind == "ordinal" else word.ordinal
        if number is None or not 1 <= number <= 31 or not is_led or self.at(at + 1).month is not None:
            return None
        behind = at + 1 + (self.at(at + 1).text in ("of", "van", "in"))
        if (month := self._month_at(behind)) is not None and weekday is None:
            day = month.start + (number - 1) * DAY
            return Point(month.upto, day, day + DAY, Grain.DAY) if day < month.end else None
        if word.kind != "ordinal" or not self._stands_alone(at + 1):
            return None
        found = self._latest(number, weekday)
        return Point(at + 1, found, found + DAY, Grain.DAY) if found is not None else None

    def _day_behind_month(self, index: int) -> Point | None:
        """ "last month on the 16th", "vorige maand de 3e"."""
        month = self._month_at(index) if self.at(index).has(*_ANCHORS) else None
        if month is None:
            return None
        at = month.upto + (self.at(month.upto).text in ("on", "op"))
        word = self.at(at + 1)
        is_day = self.at(at).text in ("the", "de") and word.kind == "ordinal" and 1 <= (word.number or 0) <= 31
        if not is_day or self.at(at + 2).month is not None or not self._stands_alone(at + 2):
            return None
        day = month.start + ((word.number or 1) - 1) * DAY
        return Point(at + 2, day, day + DAY, Grain.DAY) if day < month.end else None

    def _weekdays_ago(self, index: int) -> Point | None:
        """ "two Mondays ago": the last Monday, and a week before it."""
        number, at = self._count(index)
        weekday = self.at(at).weekday
        if number is None or weekday is None or self.at(at + 1).text not in ("ago", "geleden"):
            return None
        back = (self.frame.today.weekday() - weekday) % 7 or 7
        day = self.frame.today - (back + 7 * (number - 1)) * DAY
        return Point(at + 2, day, day + DAY, Grain.DAY)

    def _month_at(self, index: int) -> Point | None:
        """ "last month", "this month", "the month", and no other period."""
        at = self.skip(index, "the")
        anchor = self.at(at)
        is_anchored = anchor.has(*_ANCHORS)
        at += is_anchored
        if self.at(at).unit is not Grain.MONTH or self.at(at).has("adverb") or at == index:
            return None
        shift = 0 if not is_anchored or anchor.has("this") else 1 if anchor.has("next") else -1
        start = step_date(floor_date(self.frame.today, Grain.MONTH), Grain.MONTH, shift)
        return Point(at + 1, start, step_date(start, Grain.MONTH, 1), Grain.MONTH)

    def _latest(self, number: int, weekday: int | None) -> dt.date | None:
        """Return the latest such day begun (the next to come when looking ahead), on ``weekday`` where it is said."""
        step = 1 if self.frame.looks_ahead else -1
        first = self.frame.today.replace(day=1)
        for shift in range(13):
            month = step_date(first, Grain.MONTH, step * shift)
            if number > calendar.monthrange(month.year, month.month)[1]:
                continue
            day = month.replace(day=number)
            is_open = day > self.frame.today if self.frame.looks_ahead else day <= self.frame.today
            if is_open and weekday in (None, day.weekday()):
                return day
        return None

    def _day_ago(self, index: int) -> Point | None:
        """ "a week ago today", "yesterday two weeks ago", "a month ago on Monday": that one day."""
        if (last := self._this_day_last(index)) is not None:
            return last
        back = self._so_long_ago(index)
        if back is not None:
            upto, unit, number = back
            at = self.skip(upto, "of") if self.at(upto).text in ("on", "op") else upto
            day = self._day_at(at)
        else:
            day = self._day_at(index)
            back = self._so_long_ago(day.upto) if day is not None else None
            if day is None or back is None:
                return None
            upto, unit, number = back
            day = Point(upto, day.start, day.end, Grain.DAY, moves=day.moves)
        if day is None:
            return None
        weeks_back = unit is Grain.WEEK and self.at(day.upto - 1).weekday is not None and day.upto > upto
        base = day.start
        if weeks_back or (unit is Grain.WEEK and self.at(index).weekday is not None):
            base = floor_date(self.frame.today, Grain.WEEK) + day.start.weekday() * DAY
        start = step_date(base, unit, -number)
        moves = counted(Grain.DAY, day.moves.back + 7 * number) if day.moves and unit is Grain.WEEK else None
        return Point(day.upto, start, start + DAY, Grain.DAY, moves=moves)

    def _this_day_last(self, index: int) -> Point | None:
        """ "this day last year"; "this time last year" may be the day or the month around it."""
        is_time = self.at(index + 1).text == "time"
        if self.at(index).text not in ("this", "deze") or not (is_time or self.at(index + 1).unit is Grain.DAY):
            return None
        unit = self.at(index + 3).unit
        if not self.at(index + 2).has("last", "previous") or unit not in (Grain.WEEK, Grain.MONTH, Grain.YEAR):
            return None
        if is_time and self.at(index - 1).text in _COMPARES:
            return None
        start = step_date(self.frame.today, unit, -1)
        day = (start, start + DAY)
        wide = Grain.MONTH if unit is Grain.YEAR else unit
        whole = floor_date(start, wide)
        choices = (day, (whole, step_date(whole, wide, 1))) if is_time else ()
        return Point(index + 4, *day, Grain.DAY, choices=choices)

    def _so_long_ago(self, index: int) -> tuple[int, Grain, int] | None:
        number, at = self._count(index)
        if number is None:
            number, at = 1, index + (self.at(index).text in ("a", "an", "one", "een"))
        unit = self.at(at).unit
        if self.at(at).has("unit_fortnight"):
            unit, number = Grain.WEEK, 2 * number
        if unit in (None, Grain.HOUR, Grain.DAY) or self.at(at).has("adverb") or not self.at(at + 1).has("ago"):
            return None
        if self.at(at + 1).text == "earlier":
            return None
        return at + 2, unit, number

    def _day_at(self, index: int) -> Point | None:
        """Return today, yesterday or a weekday that stands alone."""
        word = self.at(index)
        if word.has("today"):
            return self._day(index + 1, 0)
        if word.has("yesterday"):
            return self._day(index + 1, 1)
        if word.weekday is None or word.text.endswith("days"):
            return None
        day = self.frame.today - ((self.frame.today.weekday() - word.weekday) % 7) * DAY
        return Point(index + 1, day, day + DAY, Grain.DAY)

    def _part_of_one_day(self, index: int) -> Point | None:
        """ "this morning", "yesterday afternoon", "Monday evening", "last night": the day that it is a part of."""
        at = self.skip(index, "the")
        word = self.at(at)
        if word.text in _OF_TODAY:
            return self._part(self._day(at + 1, 0))
        if word.has("this", "last", "past") and self.at(at + 1).text in _DAY_PARTS:
            is_before = word.has("last", "past") or self.at(at + 1).text == "overnight"
            return self._part(self._day(at + 2, int(is_before)))
        if word.text in _DAY_PARTS:
            inner = self.skip(at + 1, "of")
            day = self._day_at(inner) or self._try(self._day_of_month, inner) if inner > at + 1 else None
            return self._part(day) if day is not None and day.unit is Grain.DAY else None
        anchored = self._try(self._weekday, index) or self._day_at(at)
        if anchored is not None and self.at(anchored.upto).text in _DAY_PARTS:
            return self._part(replace(anchored, upto=anchored.upto + 1))
        return None

    def _part(self, day: Point) -> Point | None:
        if day.start > self.frame.today:
            return None
        return Point(day.upto, day.start, day.start + DAY, Grain.DAY, is_part_of_day=True, moves=day.moves)

    def _impossible(self, index: int) -> Point | None:
        """ "31 February", "February 30th", "31/02/2026", "week 54": nothing that any calendar has."""
        at = self.skip(index, "the")
        word = self.at(at)
        if word.kind in ("iso", "dmy", "dm"):
            is_date = self._try(self._numeric, index) is not None
            parts = [int(part) for part in re.findall(r"\d+", word.text)]
            is_meant = word.kind != "dm" or (parts[1] <= 12 and parts[0] <= 31)
            return None if is_date or not is_meant else self._never(at + 1, f"There is no {word.text}.")
        if word.has("unit_week", "weeknumber") and not word.has("adverb"):
            week = self.at(at + 1)
            is_week = week.kind == "number" and week.number is not None and len(week.text) == 2
            if is_week and (week.number or 0) > _LAST_WEEK_OF_A_YEAR and not self.at(at + 2).unit:
                return self._never(at + 2, f"There is no week {week.number}.")
            return None
        if word.kind in ("number", "ordinal"):
            middle = self.skip(self.skip(at + 1, "of"), "the")
            day, month, upto = word, self.at(middle).month, middle + 1
            if self.at(at + 1).text == "in" and word.kind == "number":
                return None
        else:
            after = self.skip(at + 1, "the")
            day, month, upto = self.at(after), word.month, after + 1
        if month is None or day.number is None or day.kind not in ("number", "ordinal") or not 29 <= day.number <= 31:
            return None
        if self.at(upto).unit and day.kind == "number":
            return None
        upto, year = self.year_after(upto)
        longest = calendar.monthrange(year or self.frame.today.year, month)[1]
        if day.number <= longest:
            return None
        is_leap_day = (day.number, month) == (29, 2)
        named = f"{day.number} {calendar.month_name[month]}"
        in_year = f" in {year or self.frame.today.year}" if is_leap_day else ""
        return self._never(upto, f"There is no {named}{in_year}.")

    def _never(self, upto: int, sentence: str) -> Point:
        return Point(upto, self.frame.today, self.frame.tomorrow, never=sentence)
