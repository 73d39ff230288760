"""Tokens seen as words of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontline.catalog.lexicon import Lexicon
from frontline.core.periods import Grain
from frontline.metrics.questions.stems import stem
from frontline.metrics.questions.words import Token

UNITS = {
    "unit_hour": Grain.HOUR,
    "unit_day": Grain.DAY,
    "unit_week": Grain.WEEK,
    "unit_month": Grain.MONTH,
    "unit_quarter": Grain.QUARTER,
    "unit_year": Grain.YEAR,
}
_OPENERS = frozenset(
    {"so", "thus", "as", "right", "at", "just", "op", "up", "an", "een", "couple", "dozen", "iso", "calendar"}
)
ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class TimeWord:
    """A token with its tags of time and its number, if any."""

    text: str
    tags: frozenset[str]
    number: int | None
    kind: str
    dash: bool
    glued: bool

    def has(self, *tags: str) -> bool:
        """Whether the word carries one of ``tags``."""
        return not self.tags.isdisjoint(tags)

    @property
    def unit(self) -> Grain | None:
        """The calendar unit that the word names."""
        return next((grain for tag, grain in UNITS.items() if tag in self.tags), None)

    def suffix(self, prefix: str) -> str | None:
        """The rest of the tag that starts with ``prefix`` ("month_" -> "5")."""
        return next((tag[len(prefix) :] for tag in sorted(self.tags) if tag.startswith(prefix)), None)

    @property
    def month(self) -> int | None:
        """The month that the word names."""
        found = self.suffix("month_")
        return int(found) if found else None

    @property
    def weekday(self) -> int | None:
        """The weekday that the word names, Monday 0."""
        found = self.suffix("day_")
        return int(found) if found else None

    @property
    def ordinal(self) -> int | None:
        """1 for "first" or "1st"."""
        for rank, name in enumerate(ORDINALS, start=1):
            if name in self.tags:
                return rank
        return self.number if self.kind == "ordinal" else None

    @property
    def year(self) -> int | None:
        """The year that a four-digit number is."""
        is_year = (
            self.kind == "number" and len(self.text) == 4 and self.number is not None and 1990 <= self.number < 2100
        )
        return self.number if is_year else None


class TimeWords:
    """The lexicon's words of time, looked up by token."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._numbers = dict(lexicon.numbers)
        self._tags: dict[str, set[str]] = {}
        for tag, words in lexicon.time.items():
            for word in words:
                self._tags.setdefault(word, set()).add(tag)
        self.days = {
            tuple(stem(part) for part in name.replace("'", "").split()): key
            for key, names in lexicon.days.items()
            for name in names
        }
        # Words without a tag of their own that may begin a period.
        self.openers = _OPENERS | {
            name.replace("'", "").split()[0] for names in lexicon.days.values() for name in names
        }
        self.longest_day = max((len(name) for name in self.days), default=0)

    def words(self) -> set[str]:
        """Return every word of time, for the speller."""
        return {*self._tags, *self._numbers, *(part for name in self.days for part in name)}

    def knows(self, word: str) -> bool:
        """Whether ``word`` is a word of time or a number word."""
        return word in self._tags or word in self._numbers

    def anchors(self, word: str) -> bool:
        """Whether ``word`` may stand before a unit: "last", "this", "next"."""
        return not self._tags.get(word, set()).isdisjoint({"this", "last", "past", "previous", "next"})

    def is_unit(self, word: str) -> bool:
        """Whether ``word`` names a unit of the calendar."""
        return not self._tags.get(word, set()).isdisjoint(UNITS)

    def view(self, tokens: Sequence[Token]) -> list[TimeWord]:
        """Return the tokens with their tags."""
        return [self._word(token) for token in tokens]

    def _word(self, token: Token) -> TimeWord:
        number: int | None = self._numbers.get(token.text)
        digits = "".join(sign for sign in token.text if sign.isdigit())
        if (
            token.kind in ("number", "ordinal")
            and digits
            and len(digits) <= 6
            and "." not in token.text
            and "," not in token.text
        ):
            number = int(digits)
        tags = self._tags.get(token.text, set())
        return TimeWord(token.text, frozenset(tags), number, token.kind, token.dash, token.glued)
