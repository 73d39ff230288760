"""The grammar of single periods: unit x anchor x modifier. Ranges are built from these in ``timeline``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from frontline.core.periods import Grain, floor_date, step_date, units
from frontline.metrics.questions import moments
from frontline.metrics.questions.moments import DAY, Frame, Point
from frontline.metrics.questions.timedays import DayPoints
from frontline.metrics.questions.timereading import PointBase
from frontline.metrics.questions.timewords import TimeWord
from frontline.metrics.relative import TODAY, counted, until_today

_MEERVOUD = frozenset({"weken", "maanden", "kwartalen", "dagen"})
_MANY = frozenset({"weeks", "months", "quarters", "years", "days"}) | _MEERVOUD
_OVER = frozenset({"over", "during", "across", "in", "throughout", "within"})


class PointReader(DayPoints):
    """All rules of single periods."""

    def _rules(self) -> tuple[Callable[[int], Point | None], ...]:
        return (
            self._near_day, self._anchored_unit, self._ago, self._to_date, self._week_number, self._unit_beside,
            self._month, self._day_of_month, self._quarter, self._half, self._year, self._weekday, self._season,
            self._named_day, self._numeric, self._nth_of, self._rest_of, self._edge, self._weekend,
            self._part_of_one_day, self._part_of_day, self._close_of_day, self._so_far, self._bare_day, self._day_ago,
            self._day_behind_month, self._weekdays_ago, self._impossible,
        )  # fmt: skip

    def _inner(self, frame: Frame) -> PointBase:
        return PointReader(self.words, self._stems, frame=frame, lexicon=self._lexicon)

    def unit_at(self, index: int) -> Point | None:
        """Return "last week", "this month" at ``index``, and nothing that goes on from it."""
        return self._try(self._anchored_unit, index)

    def _near_day(self, index: int) -> Point | None:
        today, start = self.frame.today, index
        if self.at(index).text == "so" and self.at(index + 1).text == "far" and self.at(index + 2).has("today"):
            return self._day(index + 3, 0)
        if self.at(index).text == "as" and self.at(index + 1).text == "of":
            index += 2
        index = self.skip(index, "the")
        word = self.at(index)
        texts = tuple(self.at(index + step).text for step in range(4))
        if texts[:3] in (("day", "before", "yesterday"), ("dag", "voor", "gisteren")) or word.has("eergisteren"):
            return self._day(index + (1 if word.has("eergisteren") else 3), 2)
        if texts[:3] == ("day", "after", "tomorrow") or word.has("overmorgen"):
            return self._day(index + (1 if word.has("overmorgen") else 3), -2)
        if word.has("today"):
            return self._day(index + 1, 0)
        if word.has("yesterday"):
            return self._day(index + 1, 1)
        if word.has("tomorrow"):
            return self._day(index + 1, -1)
        for phrase in _NOW:
            if tuple(self.at(start + step).text for step in range(len(phrase))) == phrase:
                return Point(start + len(phrase), today, today + DAY, None, is_now=True, moves=TODAY)
        if start == index and word.has("now"):
            return Point(index + 1, today, today + DAY, None, is_now=True, moves=TODAY)
        return None

    def _anchored_unit(self, index: int) -> Point | None:
        at = self.skip(index, "the", most=2)
        anchor = self.at(at)
        if not anchor.has("this", "last", "previous", "past", "rolling", "next", "first"):
            return None
        is_rolling = anchor.has("rolling")
        relation = "previous" if anchor.has("previous") else ""
        at += 1
        if anchor.has("this") and self.at(at).has("past", "last"):  # "this past week"
            anchor, at = self.at(at), at + 1
        if anchor.has("last", "past", "next") and self.at(at).has("rolling"):
            is_rolling, at = True, at + 1
        at = self.skip(at, "the", "fiscal")
        number, at = self._count(at)
        at = self.skip(at, "the", "fiscal")
        if self.at(at).dash or number is None or anchor.has("first"):
            pass
        word = self.at(at)
        if word.has("unit_fortnight") or (word.text == "fortnight"):
            return self._days_back(at + 1, 14 * (number or 1), ahead=anchor.has("next"))
        if word.has("unit_half") and not word.has("second"):
            at = at + 2 if self.at(at + 1).has("unit_year") else at + 1
            return self._half_year(at, anchor)
        unit = word.unit
        if unit is None and self.at(at - 1).text == "fy":
            unit, at = Grain.YEAR, at - 1
        if unit is None or unit is Grain.HOUR or word.has("adverb") or anchor.has("first"):
            return None
        at += 1
        if anchor.has("this"):
            if number not in (None, 1):
                return None
            start, end = self.frame.cap(*moments.unit_dates(self.frame.today, unit))
            return Point(at, start, end, unit, is_now=False, moves=self.frame.moving(unit, 0))
        if anchor.has("next"):
            ahead = self._ahead(at, unit, number)
            is_loose = number is None and word.text in _MANY  # "over the coming days"
            return replace(ahead, choices=((ahead.start, ahead.end),)) if is_loose else ahead
        if anchor.has("last", "previous") and self.at(at).has("before") and self.at(at + 1).has("last"):
            return None
        if unit is Grain.DAY and number is None and anchor.has("last") and self.at(at).has("of"):
            return None
        if unit is Grain.DAY and word.text in _MANY and number is None:
            return None
        if unit is Grain.DAY and (number or is_rolling or anchor.has("past")):
            return self._days_back(at, number or 1)
        if number is not None and self.at(at).has("of") and self._container(at + 1) is not None:
            return None  # "the last two weeks of May"
        floor = floor_date(self.frame.today, unit)
        start = step_date(floor, unit, -(number or 1))
        if anchor.has("last", "past") and unit is Grain.YEAR and number is None:
            relation = "last_year"
        if unit is Grain.YEAR and relation == "previous":
            relation = "last_year"
        count = number or 1
        moves = counted(unit, count, count)
        # "over the last weeks" is of how many nobody says; "last weeks csat" lacks an apostrophe
        is_loose = (
            number is None and word.text in _MANY and (word.text in _MEERVOUD or self.at(index - 1).text in _OVER)
        )
        choices = ((start, floor),) if is_loose else ()
        return Point(at, start, floor, unit, count=count, relation=relation, moves=moves, choices=choices)

    def _days_back(self, upto: int, days: int, *, ahead: bool = False) -> Point:
        moves = counted(Grain.DAY, -1 if ahead else days, days)
        start = self.frame.tomorrow if ahead else self.frame.today - days * DAY
        return Point(upto, start, start + days * DAY, Grain.DAY, count=days, moves=moves)

    def _ahead(self, upto: int, unit: Grain, number: int | None) -> Point:
        count = number or 1
        if unit is Grain.DAY:
            return self._days_back(upto, count, ahead=True)
        start = step_date(floor_date(self.frame.today, unit), unit, 1)
        moves = counted(unit, -1, count)
        return Point(upto, start, step_date(start, unit, count), unit, count=count, moves=moves)

    def _half_year(self, upto: int, anchor: TimeWord) -> Point:
        cut = units()
        half = 1 if (self.frame.today.month - cut.first_month) % 12 < 6 else 2
        shift = 0 if anchor.has("this") else 1 if anchor.has("next") else -1
        index = cut.year_of(self.frame.today) * 2 + half - 1 + shift
        start, end = self.frame.cap(*moments.half_dates(index // 2, index % 2 + 1))
        return Point(upto, start, end, None, relation="previous" if anchor.has("previous") else "")

    def _ago(self, index: int) -> Point | None:
        """ "3 weeks ago": that calendar week; "the week before last"."""
        at = self.skip(index, "the")
        unit = self.at(at).unit
        if unit and self.at(at + 1).has("before") and self.at(at + 2).has("last"):
            return self._unit_back(at + 3, unit, 2)
        number, at = self._count(index)
        if number is None:
            number, at = (1, index + 1) if self.at(index).text in ("a", "an", "een") else (None, index)
        unit = self.at(at).unit
        if number is not None and self.at(at).has("unit_fortnight"):
            unit, number = Grain.WEEK, 2 * number
        if number is None or unit in (None, Grain.HOUR) or not self.at(at + 1).has("ago"):
            return None
        if self.at(at + 1).text in ("back", "earlier"):
            return None if self.at(at + 1).text == "earlier" else self._unit_back(at + 2, unit, number)
        return self._unit_back(at + 2, unit, number)

    def _unit_back(self, upto: int, unit: Grain | None, number: int) -> Point:
        assert unit is not None
        floor = floor_date(self.frame.today, unit)
        start = step_date(floor, unit, -number)
        relation = "last_year" if unit is Grain.YEAR and number == 1 else ""
        return Point(upto, start, step_date(start, unit, 1), unit, relation=relation, moves=counted(unit, number))

    def _to_date(self, index: int) -> Point | None:
        word = self.at(index)
        for tag, unit in (("ytd", Grain.YEAR), ("qtd", Grain.QUARTER), ("mtd", Grain.MONTH), ("wtd", Grain.WEEK)):
            if word.has(tag):
                return self._unit_to_date(index + 1, unit)
        at = self.skip(index, "the", "fiscal", most=2)
        if at > index and any(self.at(at).has(tag) for tag in ("ytd", "qtd", "mtd")):
            return self._to_date(at)
        found = self.at(at).unit
        if (
            found
            and not self.at(at).has("adverb")
            and (self.at(at + 1).text, self.at(at + 2).text) in (("to", "date"), ("so", "far"))
        ):
            return self._unit_to_date(at + 3, found)
        return None

    def _unit_to_date(self, upto: int, unit: Grain) -> Point:
        moves = until_today(counted(unit, 0))
        return Point(upto, floor_date(self.frame.today, unit), self.frame.tomorrow, unit, moves=moves)

    def _rest_of(self, index: int) -> Point | None:
        at = self.skip(index, "the")
        if not self.at(at).has("rest"):
            return None
        at = self.skip(self.skip(at + 1, "of"), "the")
        if self.at(at).has("this"):
            at += 1
        unit = self.at(at).unit
        if unit in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
            end, upto = moments.unit_dates(self.frame.today, unit)[1], at + 1
        else:
            inner = Frame(self.frame.today, looks_ahead=True)
            point = self._inner(inner).read(at)
            if point is None or not point.start <= self.frame.today < point.end:
                return None
            end, upto = point.end, point.upto
        return Point(upto, self.frame.tomorrow, end) if self.frame.tomorrow < end else None

    # -- calendar names -------------------------------------------------------------------------------------------


_NOW: tuple[tuple[str, ...], ...] = (
    ("right", "now"), ("at", "the", "moment"), ("at", "this", "moment"), ("at", "present"), ("op", "dit", "moment"),
    ("as", "of", "now"), ("as", "we", "speak"), ("just", "now"), ("at", "this", "point"), ("on", "dit", "moment"),
    ("on", "this", "moment"), ("in", "this", "moment"), ("this", "moment"), ("this", "very", "moment"),
    ("this", "second"), ("this", "very", "second"), ("this", "minute"), ("this", "very", "minute"), ("this", "instant"),
    ("on", "the", "moment"),
    ("at", "this", "very", "moment"), ("at", "this", "time"), ("for", "the", "moment"), ("at", "this", "second"),
)  # fmt: skip
