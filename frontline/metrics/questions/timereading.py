"""The machinery under the time grammar: words, counts, years, and trying one rule after another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace

from frontline.core.periods import Grain, floor_date
from frontline.metrics.questions.moments import DAY, Dates, Frame, Point
from frontline.metrics.questions.timewords import TimeWord, TimeWords
from frontline.metrics.relative import Relative, counted, until_today

NOTHING = TimeWord("", frozenset(), None, "", False, False)
# "the month of may last year": more nesting than this is no human's question.
_DEPTH = 3
# Behind "the 2nd" any other word may be what is counted: a line, a floor, a contact.
BARE_AFTER = frozenset({
    "", "to", "until", "till", "through", "and", "or", "for", "by", "per", "on", "vs", "versus", "against", "compared",
    "with", "at", "please", "pls", "only", "from", "across", "than", "split", "en", "tot", "voor", "was", "were",
})  # fmt: skip
# "Q1 26" is a year only so far from this one.
_NEAR_YEARS = 4


class PointBase:
    """Reads one period that starts at a given token; the rules are in the classes below it."""

    def __init__(self, words: Sequence[TimeWord], stems: Sequence[str], *, frame: Frame, lexicon: TimeWords) -> None:
        self.words = words
        self.frame = frame
        self._stems = stems
        self._lexicon = lexicon
        self._depth = 0
        self._seen: dict[int, Point | None] = {}

    def at(self, index: int) -> TimeWord:
        """Return the word at ``index``, an empty one beyond the end."""
        return self.words[index] if 0 <= index < len(self.words) else NOTHING

    def skip(self, index: int, *tags: str, most: int = 1) -> int:
        """Return the index behind up to ``most`` words with one of ``tags``."""
        while most and self.at(index).has(*tags):
            index, most = index + 1, most - 1
        return index

    def skip_back(self, index: int, *tags: str) -> int:
        """Return the index before the words with one of ``tags`` that end at ``index``."""
        while index > 0 and self.at(index).has(*tags):
            index -= 1
        return index

    def read(self, index: int) -> Point | None:
        """Return the longest period that starts at ``index``."""
        if self._depth:
            return self._read(index)
        if index not in self._seen:  # ranges read the same period again
            self._seen[index] = self._read(index)
        return self._seen[index]

    def _read(self, index: int) -> Point | None:
        if self._depth >= _DEPTH or index >= len(self.words):
            return None
        self._depth += 1
        try:
            found = [point for rule in self._rules() if (point := self._try(rule, index)) is not None]
        finally:
            self._depth -= 1
        if not found:
            return None
        return self._with_trailer(max(found, key=lambda point: point.upto))

    def _try(self, rule: Callable[[int], Point | None], index: int) -> Point | None:
        try:
            return rule(index)
        except (ValueError, OverflowError):  # 31 February, week 54: no such date
            return None

    @abstractmethod
    def _rules(self) -> tuple[Callable[[int], Point | None], ...]:
        """Return the rules to try."""

    @abstractmethod
    def _inner(self, frame: Frame) -> PointBase:
        """Return a reader of the same words in another frame."""

    def year_after(self, index: int) -> tuple[int, int | None]:
        """Read "2025", "of 2025", "last year", "this year"; return the index behind it and the year."""
        if self.at(index).text == "," and self.at(index + 1).year and self._ends_date(index - 1):
            return index + 2, self.at(index + 1).year
        at = self.skip(index, "of")
        at = self.skip(at, "the")
        word = self.at(at)
        if word.year:
            return at + 1, word.year
        if word.has("this", "last", "previous", "next", "past") and self.at(at + 1).has("unit_year"):
            shift = 0 if word.has("this") else 1 if word.has("next") else -1
            if shift == 0 and self.at(at + 2).has("to"):
                return index, None
            return at + 2, self.frame.today.year + shift
        number, behind = self._count(at)
        if number is not None and self.at(behind).has("unit_year") and self.at(behind + 1).text in ("ago", "geleden"):
            return behind + 2, self.frame.today.year - number
        if word.text == "fy" and self.at(at + 1).number is not None and self.at(at + 1).kind == "number":
            digits = self.at(at + 1)
            if digits.year or len(digits.text) == 2:
                return at + 2, digits.year or 2000 + (digits.number or 0)
        two = self.at(index)
        is_dated = self.at(index - 1).month is not None and self.at(index - 2).kind in ("number", "ordinal")
        is_quarter = self.at(index - 1).kind in ("quarter", "half")
        is_near = two.number is not None and abs(2000 + two.number - self.frame.today.year) <= _NEAR_YEARS
        is_bare = is_near and self.at(index + 1).unit is None and self.at(index + 1).text not in ("percent", "%")
        is_short = (
            (is_quarter or (is_dated and is_bare)) and two.kind == "number" and bool(two.number) and len(two.text) == 2
        )
        if is_short and two.number is not None and (two.dash or two.glued or is_bare):  # q1-26, "Q1 26"
            return index + 1, 2000 + two.number
        return index, None

    def _stands_alone(self, index: int) -> bool:
        """Whether what comes at ``index`` cannot be counted by the ordinal before it."""
        return self.at(index).kind == "punct" or self.at(index).text in BARE_AFTER

    def _ends_date(self, index: int) -> bool:
        """ "May 15, 2025", "the 15th of May, 2025"."""
        word, before = self.at(index), self.at(self.skip_back(index - 1, "the", "of"))
        if word.month is not None:
            return before.kind in ("number", "ordinal")
        return word.kind in ("number", "ordinal") and before.month is not None

    def _yearly(
        self, index: int, make: Callable[[int], Dates], unit: Grain | None, *, before: int | None = None
    ) -> Point:
        upto, year = self.year_after(index)
        year = before if before is not None else year
        start, end = self.frame.cap(*self.frame.settle(make, year=year))
        return Point(upto, start, end, unit, None if year is not None else make)

    def begins(self, point: Point) -> Relative | None:
        """Return how a period moves as the beginning of a span: "since January" is since this year began."""
        is_new_year = point.start == floor_date(self.frame.today, Grain.YEAR) and point.make is not None
        return counted(Grain.YEAR, 0) if is_new_year else point.begins or point.moves

    def _with_trailer(self, point: Point) -> Point:
        """Take "so far", "to date", "until now" after a period that is not over."""
        at = point.upto
        texts = tuple(self.at(at + step).text for step in range(5))
        today = self.frame.today
        if not point.start <= today:
            return point
        for size, phrases in _TRAILERS.items():
            if texts[:size] in phrases:
                is_of_its_own = texts[:size] == ("so", "far")  # "April so far" is April
                if is_of_its_own and point.end <= today:
                    return replace(point, upto=at + size)
                moves = until_today(point.moves if is_of_its_own else self.begins(point))
                return replace(point, upto=at + size, end=self.frame.tomorrow, moves=moves)
        return point

    def _so_far(self, index: int) -> Point | None:
        """ "until now this month", "tot nu toe deze week": the courtesy of saying it first."""
        for size, phrases in _TRAILERS.items():
            if tuple(self.at(index + step).text for step in range(size)) in phrases:
                inner = self.read(self.skip(index + size, "of", "the", most=2))
                if inner is not None and inner.start <= self.frame.today < inner.end and inner.unit is not None:
                    return replace(inner, end=self.frame.tomorrow, moves=until_today(inner.moves))
        return None

    def _day(self, upto: int, back: int) -> Point:
        """Return the one day that lies so many days back."""
        day = self.frame.today - back * DAY
        return Point(upto, day, day + DAY, Grain.DAY, moves=counted(Grain.DAY, back))

    def _count(self, index: int) -> tuple[int | None, int]:
        texts = (self.at(index).text, self.at(index + 1).text, self.at(index + 2).text)
        if texts[:2] == ("couple", "of") or texts[:2] == ("dozen", "of"):
            return self.at(index).number, index + 2
        if texts == ("a", "couple", "of"):
            return 2, index + 3
        word = self.at(index)
        if word.number is not None and word.kind in ("number", "word") and 0 < word.number < 1000:
            return word.number, index + 1
        return None, index


_TRAILERS: dict[int, frozenset[tuple[str, ...]]] = {
    5: frozenset({("up", "to", "and", "including", "today"), ("up", "until", "and", "including", "today")}),
    3: frozenset(
        {("up", "to", "now"), ("up", "until", "now"), ("up", "till", "now"), ("tot", "nu", "toe"),
         ("up", "to", "today"), ("up", "until", "today"), ("as", "of", "today"), ("as", "of", "now"),
         ("to", "this", "day")}
    ),
    2: frozenset(
        {("so", "far"), ("to", "date"), ("until", "now"), ("till", "now"), ("until", "today"), ("till", "today"),
         ("tot", "nu"), ("to", "now"), ("to", "today"), ("thus", "far"), ("till", "date"), ("until", "date")}
    ),
}  # fmt: skip
