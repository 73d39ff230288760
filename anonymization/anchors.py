"""Where an expression can begin: most of a text is never tried.

Trying some two hundred expressions at every character took most of the gate's time, and few can match anywhere in a
given text. So each says what its match begins with (a word, the first digit of a number, a sign) or what the text must
hold at all. What is there is read once per text (``Reading.runs``, ``Reading.numbers``). An anchor is exact: it skips
only what cannot match, so that ``find`` gives what ``finditer`` gives, match by match
(tests/anonymization/test_anchors.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anonymization.reading import Reading


@dataclass(frozen=True, eq=False)
class Anchored:
    """``pattern`` with the places where a match can begin, in the text (or its copy in lower case, if ``lowered``).

    Places are those of the runs of letters in ``words`` (lower case, as written, with accents), of the first digit of
    each number (``digits``), of each word with a number right behind its letters (``chunks``: "NL91ABNA") and of each
    of ``signs``, each of ``back`` characters before these; without any of them, everywhere. Nothing matches in a text
    that has none of the words ``needs`` and none of the stretches ``holds`` (lower case), where either is given, nor in
    one with fewer than ``least`` digits.
    """

    pattern: re.Pattern[str]
    words: frozenset[str] = frozenset()
    digits: bool = False
    chunks: bool = False
    signs: str = ""
    back: Sequence[int] = (0,)
    needs: frozenset[str] = frozenset()
    holds: Sequence[str] = ()
    least: int = 0
    lowered: bool = False

    def __post_init__(self) -> None:
        for word in self.words:
            _BEGINNING.setdefault(word, []).append(self)
        for word in self.needs:
            _NEEDING.setdefault(word, []).append(self)

    def find(self, reading: Reading) -> Iterable[re.Match[str]]:
        """Return the matches in order, without overlap, as ``pattern.finditer`` does."""
        if self.least and reading.digit_count < self.least:
            return ()
        if reading.has_odd_letters:
            # Letters that an expression blind to case takes for others, and a set of words does not.
            return self.pattern.finditer(reading.lowered if self.lowered else reading.text)
        if (self.needs or self.holds) and not self._may_match(reading):
            return ()
        if not (self.words or self.digits or self.chunks or self.signs):
            return self.pattern.finditer(reading.lowered if self.lowered else reading.text)
        places = self._places(reading)
        return match_at(self.pattern, reading.lowered if self.lowered else reading.text, places) if places else ()

    def _may_match(self, reading: Reading) -> bool:
        return self in reading.found.needed or any(stretch in reading.lowered for stretch in self.holds)

    def _places(self, reading: Reading) -> Sequence[int]:
        places = reading.found.begins.get(self, ())
        if self.digits or self.chunks or self.signs:
            places = [*places, *(reading.numbers if self.digits else ()), *(reading.chunks if self.chunks else ())]
            for sign in self.signs:
                places += places_of(reading.text, sign)
        if self.back != (0,):
            return sorted({at - step for at in places for step in self.back if at >= step})
        return sorted(places)


@dataclass(frozen=True)
class Found:
    """What the words of a text say: where each expression may begin, and which have one of the words they need."""

    begins: Mapping[Anchored, Sequence[int]]
    needed: Set[Anchored]


# Which expressions begin with a word, and which need it: filled as the detectors are defined, read for every text.
_BEGINNING: dict[str, list[Anchored]] = {}
_NEEDING: dict[str, list[Anchored]] = {}


def look_up(runs: Mapping[str, Sequence[int]]) -> Found:
    """Return what anchors the words ``runs`` (with where they stand) are."""
    begins: dict[Anchored, list[int]] = {}
    needed: set[Anchored] = set()
    for word in _BEGINNING.keys() & runs.keys():
        for anchored in _BEGINNING[word]:
            if anchored in begins:
                begins[anchored].extend(runs[word])
            else:
                begins[anchored] = list(runs[word])
    for word in _NEEDING.keys() & runs.keys():
        needed.update(_NEEDING[word])
    return Found(begins, needed)


def match_at(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> list[re.Match[str]]:
    """Return the matches that begin at one of ``places`` (in order), without overlap."""
    result = []
    end = 0
    for place in places:
        if place >= end:
            found = pattern.match(text, place)
            if found is not None:
                result.append(found)
                end = found.end()
    return result


def places_of(text: str, sign: str) -> list[int]:
    """Return where ``sign`` stands in ``text``."""
    result = []
    at = text.find(sign)
    while at >= 0:
        result.append(at)
        at = text.find(sign, at + 1)
    return result


def glued(words: Iterable[str], *endings: str) -> frozenset[str]:
    """Return ``words``, alone and with each of the ``endings`` that may stand right behind ("zip", "zipcode")."""
    return frozenset(word + ending for word in words for ending in ("", *endings))
