"""The time grammar: ranges over single periods, and the door to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.core.periods import Grain
from frontline.metrics.questions.moments import DAY, Frame, Point, When, week_dates
from frontline.metrics.questions.timepoints import PointReader
from frontline.metrics.questions.timewords import TimeWords
from frontline.metrics.questions.words import Token
from frontline.metrics.relative import behind, spanning, until_today

# "from 1 June" may be that day; these go on from it.
_GOES_ON = frozenset({"vanaf", "starting", "beginning"})
# Two days without a year that lie further apart were said the wrong way round.
_LONGEST_OF_DAYS = 300


class Timeline:
    """Reads periods out of the tokens of one question."""

    def __init__(self, tokens: Sequence[Token], *, frame: Frame, lexicon: TimeWords) -> None:
        self.words = lexicon.view(tokens)
        self._frame = frame
        self._openers = lexicon.openers
        self._reader = PointReader(self.words, [token.stem for token in tokens], frame=frame, lexicon=lexicon)

    def read(self, index: int) -> tuple[int, When] | None:
        """Return the longest period that starts at token ``index``: the index behind it, and what it means."""
        if not self._may_open(index):
            return None
        points = [
            self._days_of_month(index),
            self._weekdays(index),
            self._since(index),
            self._after(index),
            self._between(index),
            self._bare_range(index),
            self._weeks(index),
            self._reader.read(index),
        ]
        found = max((point for point in points if point is not None), key=lambda point: point.upto, default=None)
        if found is None or not found.start < found.end:
            return None
        return found.upto, When(
            found.start,
            found.end,
            unit=found.unit,
            count=found.count,
            relation=found.relation,
            choices=found.choices,
            edge=found.edge,
            is_future=found.start > self._frame.today,
            is_now=found.is_now,
            is_part_of_day=found.is_part_of_day,
            is_range=found.is_range,
            never=found.never,
            moves=found.moves,
        )

    def _may_open(self, index: int) -> bool:
        word = self.words[index]
        return bool(word.tags) or word.number is not None or word.kind != "word" or word.text in self._openers

    def _since(self, index: int) -> Point | None:
        """ "since April", "from 1 June onwards", "vanaf maart", "starting 1 June"."""
        word = self._reader.at(index)
        if not word.has("since", "from"):
            return None
        at = index + 1
        if word.has("from") and self._reader.at(at).has("from"):
            at += 1
        begin = self._reader.read(at)
        if begin is None or begin.is_part_of_day or begin.is_now or begin.never:
            return None
        upto = begin.upto
        if self._reader.at(upto).has("onwards"):
            upto += 1
        elif word.has("from") and word.text not in _GOES_ON:
            return None
        start = begin.start if begin.edge != "end" else begin.end
        if begin.edge == "vague" or start > self._frame.today or (begin.choices and not begin.edge):
            return None
        unit = begin.unit if begin.unit is Grain.YEAR else None
        moves = until_today(behind(begin.moves) if begin.edge == "end" else self._reader.begins(begin))
        return Point(upto, start, self._frame.tomorrow, unit, is_range=True, moves=moves)

    def _after(self, index: int) -> Point | None:
        """ "after Easter", "after 1 June": from the day behind it until now."""
        if self._reader.at(index).text not in ("after", "na") or self._reader.at(index - 1).unit is not None:
            return None
        inner = self._reader.read(index + 1)
        if inner is None or inner.is_part_of_day or inner.is_now or inner.choices or inner.relation:
            return None
        if inner.end > self._frame.today or self._frame.looks_ahead:
            return None
        moves = until_today(behind(inner.moves))
        return Point(inner.upto, inner.end, self._frame.tomorrow, None, is_range=True, moves=moves)

    def _between(self, index: int) -> Point | None:
        word = self._reader.at(index)
        if not word.has("between", "from"):
            return None
        connector = "and" if word.has("between") else "to"
        return self._range(index + 1, (connector, "to"))

    def _bare_range(self, index: int) -> Point | None:
        return self._range(index, ("to",))

    def _range(self, index: int, connectors: tuple[str, ...]) -> Point | None:
        if (shared := self._shared_month(index, connectors)) is not None:
            return shared
        first = self._reader.read(index)
        if first is None or first.is_part_of_day:
            return None
        at = self._connector(first.upto, connectors)
        if at is None:
            return None
        second = self._reader.read(at)
        if second is None or second.is_part_of_day or second.relation == "beside":
            return None
        second = self._in_the_same_month(first, second, at)
        if self._frame.splits_ranges and first.unit == second.unit and first.unit is not Grain.DAY:
            return None
        return self._joined(first, second)

    def _in_the_same_month(self, first: Point, second: Point, at: int) -> Point:
        """ "from 2 April to the 28th": the first such day behind the one whose month is said."""
        word = self._reader.at(self._reader.skip(at, "the"))
        is_bare = (
            second.unit is Grain.DAY and word.kind == "ordinal" and self._reader.skip(at, "the") + 1 == second.upto
        )
        if first.unit is not Grain.DAY or not is_bare or word.number is None or first.start.day >= word.number:
            return second
        try:
            day = first.start.replace(day=word.number)
        except ValueError:
            return second
        return Point(second.upto, day, day + DAY, Grain.DAY)

    def _connector(self, index: int, connectors: tuple[str, ...]) -> int | None:
        word = self._reader.at(index)
        if word.text in ("up", "right", "all", "through") and (behind := self._stretched(index)) is not None:
            return self._behind_inclusive(behind)
        if word.has(*connectors):
            return self._behind_inclusive(index + 1) if word.has("to") else index + 1
        if word.dash:
            return index
        return index + 1 if word.text == "-" else None

    def _stretched(self, index: int) -> int | None:
        """ "up to", "right up until", "all the way through to": return the index behind it."""
        at = index
        while at < index + 4 and self._reader.at(at).text in ("right", "all", "the", "way", "up", "through"):
            at += 1
        if self._reader.at(at).has("to"):
            return at + 1
        return at if self._reader.at(at - 1).text == "through" else None

    def _behind_inclusive(self, index: int) -> int:
        texts = (self._reader.at(index).text, self._reader.at(index + 1).text)
        return index + 2 if texts in (("and", "including"), ("en", "met"), ("and", "incl"), ("and", "with")) else index

    def _joined(self, first: Point, second: Point) -> Point | None:
        if never := first.never or second.never:
            return replace(second, never=never)
        if any((point.choices and not point.edge) or point.edge == "vague" for point in (first, second)):
            return None
        aligned = self._aligned(first, second)
        if _is_reversed(first, second, aligned):
            return None
        first, second = aligned
        start = first.end - DAY if first.edge == "end" else first.start
        end = second.start + DAY if second.edge == "start" else second.end
        if not start < end:
            return None
        is_edged = first.edge == "end" or second.edge == "start"
        moves = None if is_edged else spanning(self._reader.begins(first), second.moves)
        if moves is not None and moves.count is not None:
            moves = self._frame.moving(moves.unit, moves.back, moves.count)
        start, end = self._frame.cap(start, end)
        return Point(second.upto, start, end, None, is_range=True, moves=moves) if start < end else None

    def _aligned(self, first: Point, second: Point) -> tuple[Point, Point]:
        """Put both ends into the years in which the first comes before the second."""
        if first.make is not None and (second.make is None or not self._frame.looks_ahead):
            for year in (second.start.year, second.start.year - 1):
                start, end = first.make(year)
                if start < second.end:
                    return replace(first, start=start, end=end), second
        elif second.make is not None:
            for year in (first.start.year, first.start.year + 1):
                start, end = second.make(year)
                if end > first.start and start >= first.start:
                    return first, replace(second, start=start, end=end)
        return first, second

    def _shared_month(self, index: int, connectors: tuple[str, ...]) -> Point | None:
        """ "11 to 22 May": the month stands once."""
        at = self._reader.skip(index, "the")
        day = self._reader.at(at)
        number = day.number if day.kind in ("number", "ordinal") else day.ordinal
        if number is None or not 1 <= number <= 31:
            return None
        behind = self._connector(at + 1, connectors)
        if behind is None:
            return None
        last = self._reader.read(behind)
        if last is None or last.unit is not Grain.DAY or last.start.day <= number or not self._names_day(behind):
            return None
        start = last.start.replace(day=number)
        return Point(last.upto, *self._frame.cap(start, last.end), is_range=True)

    def _days_of_month(self, index: int) -> Point | None:
        """ "May 11-15", "from June 1st to 10th": the month stands first, and once."""
        at = self._reader.skip(self._reader.skip(index, "from", "between"), "the")
        if self._reader.at(at).month is None or not self._names_day(at + 1):
            return None
        behind = self._connector(self._reader.skip(at + 1, "the") + 1, ("to", "and"))
        first = self._reader.read(at)
        if behind is None or first is None or first.unit is not Grain.DAY or first.never:
            return None
        last = self._reader.at(self._reader.skip(behind, "the"))
        upto = self._reader.skip(behind, "the") + 1
        is_last = self._names_day(behind) and first.start.day < (last.number or 0) <= 31 and "." not in last.text
        if not is_last or (self._reader.at(upto).unit and last.kind == "number") or self._counts_on(upto):
            return None
        upto, year = self._reader.year_after(upto)
        start = first.start.replace(year=year or first.start.year)
        try:
            end = start.replace(day=last.number or 1) + DAY
        except ValueError:
            return replace(first, upto=upto, never=f"There is no {last.number} {start:%B}.")
        return Point(upto, *self._frame.cap(start, end), is_range=True)

    def _counts_on(self, index: int) -> bool:
        return self._reader.at(index).month is not None or self._reader.at(index).text in ("%", "percent", "pct")

    def _weekdays(self, index: int) -> Point | None:
        """ "Monday to Friday last week", "last week from Monday to Friday"."""
        before = self._reader.unit_at(index)
        at = self._reader.skip(before.upto if before is not None else index, "from", "between")
        first = self._reader.at(at)
        behind = self._connector(at + 1, ("to", "and"))
        if first.weekday is None or behind is None:
            return None
        last = self._reader.at(behind)
        if last.weekday is None or last.weekday <= first.weekday:
            return None
        week = before or self._reader.read(self._reader.skip(behind + 1, "of"))
        if week is None or week.unit is not Grain.WEEK or week.count != 1:
            return None
        start = week.start + first.weekday * DAY
        upto = behind + 1 if before is not None else week.upto
        return Point(upto, *self._frame.cap(start, week.start + (last.weekday + 1) * DAY), is_range=True)

    def _names_day(self, index: int) -> bool:
        word = self._reader.at(self._reader.skip(index, "the"))
        return word.number is not None and word.kind in ("number", "ordinal")

    def _weeks(self, index: int) -> Point | None:
        """ "weeks 18 to 22", "week 18-22", "w18 - w22"."""
        at = self._reader.skip(self._reader.skip(index, "from", "between"), "the")
        if not self._reader.at(at).has("unit_week", "weeknumber"):
            return None
        begin = self._reader.at(at + 1)
        behind = self._connector(at + 2, ("to", "and"))
        if begin.kind != "number" or begin.number is None or behind is None:
            return None
        behind = self._reader.skip(behind, "the")
        behind += self._reader.at(behind).has("unit_week", "weeknumber")
        finish = self._reader.at(behind)
        if finish.kind != "number" or finish.number is None or not begin.number < finish.number <= 53:
            return None
        if self._frame.splits_ranges and self._reader.at(at + 2).has("and"):
            return None
        first_number, last_number = begin.number, finish.number
        upto, year = self._reader.year_after(behind + 1)
        try:
            start, end = self._frame.settle(
                lambda y: (week_dates(y, first_number)[0], week_dates(y, last_number)[1]), year=year
            )
        except ValueError:
            return None
        return Point(upto, *self._frame.cap(start, end), is_range=True)


def _is_reversed(first: Point, second: Point, aligned: tuple[Point, Point]) -> bool:
    """ "between 5 June and 1 June": a slip, not almost a year."""
    are_days = first.unit is second.unit is Grain.DAY and first.make is not None and second.make is not None
    return are_days and (aligned[1].start - aligned[0].start).days > _LONGEST_OF_DAYS
