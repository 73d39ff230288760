"""Periods with names of their own: weeks, months, quarters, seasons, feast days, dates in figures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from frontline.core.periods import Grain, floor_date, units
from frontline.metrics.questions import moments
from frontline.metrics.questions.moments import DAY, Dates, Point
from frontline.metrics.questions.timereading import NOTHING, PointBase
from frontline.metrics.questions.timewords import TimeWord
from frontline.metrics.relative import counted


class CalendarPoints(PointBase):
    """The calendar's own names."""

    def _week_number(self, index: int) -> Point | None:
        word = self.at(index)
        if word.kind == "isoweek":
            year, number = (int(part) for part in re.split(r"-?w", word.text))
            start, end = self.frame.cap(*moments.week_dates(year, number))
            return Point(index + 1, start, end, Grain.WEEK)
        at = self.skip(index, "the", most=2)
        if self.at(at).text in ("calendar", "iso"):
            at += 1
        if not self.at(at).has("unit_week", "weeknumber") or self.at(at).has("adverb"):
            return None
        at += 1
        if self.at(at).text in ("number", "no", "nr", "#"):
            at += 1
        week = self.at(at)
        if week.kind != "number" or week.number is None or not 1 <= week.number <= 53 or self.at(at + 1).unit:
            return None
        if self.at(at + 1).month and not self.at(at + 1).has("to"):
            return None
        wanted = week.number
        return self._yearly(at + 1, lambda year: moments.week_dates(year, wanted), Grain.WEEK)

    def _month(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        anchor = self.at(at)
        if anchor.has("this", "last", "past", "next", "previous") and self.at(at + 1).month:
            return self._anchored_month(at, anchor)
        if self.at(at).has("unit_month") and self.at(self.skip(at + 1, "of")).month:
            at = self.skip(at + 1, "of")
        month = self.at(at).month
        if month is None:
            upto, year = self.year_after(at)
            if year is not None and (month := self.at(upto).month) and not self.at(upto + 1).number:
                return self._yearly(upto + 1, lambda _: moments.month_dates(year, month), Grain.MONTH, before=year)
            return None
        number = month
        return self._yearly(at + 1, lambda year: moments.month_dates(year, number), Grain.MONTH)

    def _anchored_month(self, at: int, anchor: TimeWord) -> Point:
        month = self.at(at + 1).month or 1
        today = self.frame.today
        dates = [moments.month_dates(today.year + shift, month) for shift in (1, 0, -1)]
        if anchor.has("next"):
            found = next(pair for pair in reversed(dates) if pair[0] > today)
        elif anchor.has("this"):
            found = dates[1]
        else:
            found = next(pair for pair in dates if pair[1] <= today)
        start, end = self.frame.cap(*found)
        return Point(at + 2, start, end, Grain.MONTH)

    def _day_of_month(self, index: int) -> Point | None:
        """ "11 May", "the 11th of May 2026", "May 11th", "Monday 11 May"."""
        at = self.skip(index, "the")
        if self.at(at).weekday is not None:
            at += 1
        at = self.skip(at, "the")
        day = self.at(at)
        if (day.number and 1 <= day.number <= 31 and day.kind in ("number", "ordinal")) or day.ordinal:
            number = day.number or day.ordinal or 1
            middle = self.skip(self.skip(at + 1, "of"), "the")
            month = self.at(middle).month
            is_apart = self.at(at + 1).text == "in" and day.kind == "number"  # "level 2 in May"
            if month is not None and not is_apart:
                named = month
                return self._yearly(middle + 1, lambda year: _one_day(year, named, number), Grain.DAY)
        if (month := self.at(at).month) is not None:
            after = self.skip(at + 1, "the")
            day = self.at(after)
            if day.ordinal and day.kind == "word" and self._stands_alone(after + 1):  # "June first"
                named, nth = month, day.ordinal
                return self._yearly(after + 1, lambda year: _one_day(year, named, nth), Grain.DAY)
            is_day = day.number is not None and day.kind in ("number", "ordinal") and 1 <= day.number <= 31
            if is_day and not (self.at(after + 1).unit and day.kind == "number"):
                wanted, first = day.number or 1, month
                return self._yearly(after + 1, lambda year: _one_day(year, first, wanted), Grain.DAY)
        return None

    def _quarter(self, index: int) -> Point | None:
        at, year = self.skip(index, "the"), None
        upto, year = self.year_after(at)
        at = upto if year is not None else at
        word, number, behind = self.at(at), None, at + 1
        if word.kind == "quarter":
            number = int(word.text[1])
        elif word.ordinal and word.ordinal <= 4 and self.at(at + 1).has("unit_quarter"):
            number, behind = word.ordinal, at + 2
        elif word.has("unit_quarter") and self.at(at + 1).number in (1, 2, 3, 4):
            number, behind = self.at(at + 1).number, at + 2
        elif year is None and word.has("last") and self.at(at + 1).has("unit_quarter") and self.at(at + 2).has("of"):
            after, of_year = self.year_after(at + 2)
            if of_year is None:
                return None
            number, behind, year = 4, after, of_year
        if number is None:
            return None
        wanted = number
        if self.at(behind).has("of") and self.at(self.skip(behind + 1, "the")).has("unit_year"):
            behind, year = self._of_the_year(self.skip(behind + 1, "the") + 1)
        return self._yearly(behind, lambda y: moments.quarter_dates(y, wanted), Grain.QUARTER, before=year)

    def _half(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        upto, year = self.year_after(at)
        at = upto if year is not None else at
        word, number, behind = self.at(at), None, at + 1
        if word.kind == "half":
            number = int(word.text[1])
        elif word.ordinal in (1, 2) and self.at(at + 1).has("unit_half"):
            number, behind = word.ordinal, at + 2
        if number is None:
            return None
        wanted = number
        inner = self.skip(behind, "of")
        if inner > behind and word.kind != "half":
            container = self._container(inner)
            if container is not None and container.unit is Grain.MONTH:
                return self._half_month(container, wanted)
            inner = self.skip(inner, "the")
            if self.at(inner).has("unit_year"):
                behind, year = self._of_the_year(inner + 1)
        return self._yearly(behind, lambda y: moments.half_dates(y, wanted), None, before=year)

    def _of_the_year(self, behind: int) -> tuple[int, int]:
        """ "of the year 2025", or of this one."""
        said = self.at(behind).year
        return (behind + 1, said) if said is not None else (behind, units().year_of(self.frame.today))

    def _half_month(self, month: Point, half: int) -> Point:
        whole = moments.unit_dates(month.start, Grain.MONTH)
        middle = whole[0] + 15 * DAY
        start, end = self.frame.cap(*((whole[0], middle) if half == 1 else (middle, whole[1])))
        return Point(month.upto, start, end)

    def _year(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        is_fiscal = self.at(at).has("fiscal") and self.at(at).text != "calendar"
        at = self.skip(at, "fiscal")
        at = self.skip(at, "unit_year")
        word = self.at(at)
        year = word.year
        if year is None and at > index and self.at(at - 1).text == "fy" and word.number and len(word.text) == 2:
            year = 2000 + word.number
        if year is None or (self.at(at + 1).unit and not self.at(at + 1).has("adverb")):
            return None  # "2025 days"; "2025 monthly" is a year by month
        if is_fiscal:
            return Point(at + 1, *self.frame.cap(*moments.year_dates(year)), Grain.YEAR)
        start, end = self.frame.cap(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
        return Point(at + 1, start, end, Grain.YEAR)

    def _weekday(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        anchor = self.at(at)
        if anchor.has("this", "last", "past", "next", "previous"):
            at += 1
            if anchor.has("this") and self.at(at).has("past"):
                anchor, at = self.at(at), at + 1
            if self.at(at).unit is Grain.WEEK and self.at(self.skip(at + 1, "of")).weekday is not None:
                day = self.skip(at + 1, "of")
                return self._day_of_week(day + 1, self.at(day).weekday or 0, anchor)
        else:
            anchor = NOTHING
        weekday = self.at(at).weekday
        if weekday is None or self.at(at).text.endswith("days"):
            return None
        inner = self.skip(at + 1, "of", "the", most=2)
        if self.at(inner).has("this", "last", "previous", "next", "past") and self.at(inner + 1).unit is Grain.WEEK:
            return self._day_of_week(inner + 2, weekday, self.at(inner))
        if (week := self._try(self._week_number, inner)) is not None:
            start = week.start + (weekday - week.start.weekday()) % 7 * DAY
            return Point(week.upto, start, start + DAY, Grain.DAY)
        today = self.frame.today
        back = (today.weekday() - weekday) % 7
        if anchor.has("next") or (self.frame.looks_ahead and not anchor.has("last", "past", "previous")):
            start = today + ((weekday - today.weekday()) % 7 or 7) * DAY
        elif anchor.has("this"):
            week_start = floor_date(today, Grain.WEEK)
            start = week_start + (weekday - week_start.weekday()) % 7 * DAY
        elif anchor.has("last", "past", "previous"):
            start = today - (back or 7) * DAY
        else:
            start = today - back * DAY
            begins = counted(Grain.WEEK, 0) if weekday == units().first_weekday else None
            return Point(at + 1, start, start + DAY, Grain.DAY, begins=begins)
        return Point(at + 1, start, start + DAY, Grain.DAY)

    def _day_of_week(self, upto: int, weekday: int, anchor: TimeWord) -> Point:
        shift = 0 if anchor.has("this") else 1 if anchor.has("next") else -1
        week_start = floor_date(self.frame.today, Grain.WEEK)
        start = week_start + (7 * shift + (weekday - week_start.weekday()) % 7) * DAY
        return Point(upto, start, start + DAY, Grain.DAY)

    def _season(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        anchor = self.at(at) if self.at(at).has("this", "last", "past", "previous", "next") else NOTHING
        at += anchor is not NOTHING
        season = self.at(at).suffix("season_")
        if season is None:
            return None
        upto, year = self.year_after(at + 1)
        if self.at(at).text == "fall" and anchor is NOTHING and year is None:
            return None  # the verb
        if season == "winter" and year is not None:
            ends = [moments.season_dates(year, season), moments.season_dates(year - 1, season)]
            begun = [dates for dates in ends if dates[0] <= self.frame.today] or ends[:1]
            return Point(upto, *self.frame.cap(*begun[0]), choices=tuple(self.frame.cap(*dates) for dates in begun))
        if anchor.has("last", "past", "previous"):
            dates = next(
                pair
                for y in (0, -1, -2)
                if (pair := moments.season_dates(self.frame.today.year + y, season))[1] <= self.frame.today
            )
            return Point(at + 1, *dates)
        if anchor.has("next"):
            dates = next(
                pair
                for y in (-1, 0, 1)
                if (pair := moments.season_dates(self.frame.today.year + y, season))[0] > self.frame.today
            )
            return Point(at + 1, *dates)
        name = season
        return self._yearly(at + 1, lambda y: moments.season_dates(y, name), None)

    def _named_day(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        anchor = self.at(at) if self.at(at).has("last", "this", "past", "previous") else NOTHING
        at += anchor is not NOTHING
        for size in range(min(self._lexicon.longest_day, len(self.words) - at), 0, -1):
            key = self._lexicon.days.get(tuple(self._stems[at : at + size]))
            if key is None or key not in moments.NAMED_DAYS:
                continue
            day = moments.NAMED_DAYS[key]
            if self.at(at + size).has("unit_weekend"):
                return self._long_weekend(at + size + 1, day)
            return self._yearly(at + size, _dates_of(day), Grain.DAY)
        return None

    def _long_weekend(self, upto: int, day: Callable[[int], dt.date]) -> Point:
        """ "Easter weekend": Saturday and Sunday, or with Friday or Monday; nobody can know which."""
        start, _ = self.frame.settle(_dates_of(day))
        saturday = start + (5 - start.weekday()) * DAY
        spans = ((saturday, saturday + 3 * DAY), (saturday - DAY, saturday + 3 * DAY), (saturday, saturday + 2 * DAY))
        choices = tuple(self.frame.cap(*dates) for dates in spans)
        return Point(upto, *choices[0], choices=choices)

    def _numeric(self, index: int) -> Point | None:
        word = self.at(self.skip(index, "the"))
        upto = self.skip(index, "the") + 1
        parts = [int(part) for part in re.findall(r"\d+", word.text)]
        if word.kind == "iso":
            start = dt.date(*parts)
            return Point(upto, start, start + DAY, Grain.DAY)
        if word.kind in ("yearmonth", "monthyear"):
            parts = parts if word.kind == "yearmonth" else parts[::-1]
            return Point(upto, *self.frame.cap(*moments.month_dates(parts[0], parts[1])), Grain.MONTH)
        if word.kind == "dmy":
            year = parts[2] if parts[2] > 99 else 2000 + parts[2]
            day, month = _day_and_month(parts, word.text)
            start = dt.date(year, month, day)
            return Point(upto, start, start + DAY, Grain.DAY)
        if word.kind == "dm":
            day, month = _day_and_month(parts, word.text)
            if day <= 31 and month <= 12:
                return self._yearly(upto, lambda year: _one_day(year, month, day), Grain.DAY)
        return None

    def _container(self, index: int) -> Point | None:
        """The period of "the first week of ...": whole, before it is cut after today."""
        at = self.skip(index, "the")
        unit = self.at(at).unit
        if unit in (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.WEEK) and not self.at(at).has("adverb"):
            return Point(at + 1, *moments.unit_dates(self.frame.today, unit), unit, moves=counted(unit, 0))
        point = self.read(index)
        if point is None or point.unit in (None, Grain.DAY) or point.is_range:
            return None
        if point.count > 1:
            return point
        start, end = moments.unit_dates(point.start, point.unit)
        moves = counted(point.unit, point.moves.back) if point.moves is not None else None
        return replace(point, start=start, end=end, moves=moves)


def _day_and_month(parts: list[int], text: str) -> tuple[int, int]:
    """Return day and month; "5/28" can only be the American order."""
    is_american = "/" in text and parts[0] <= 12 < parts[1]
    return (parts[1], parts[0]) if is_american else (parts[0], parts[1])


def _one_day(year: int, month: int, day: int) -> Dates:
    start = dt.date(year, month, day)
    return start, start + DAY


def _dates_of(day: Callable[[int], dt.date]) -> Callable[[int], Dates]:
    return lambda year: (day(year), day(year) + DAY)
