"""One slip of the fingers: a letter too many, too few, wrong or swapped (Damerau-Levenshtein distance 1)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

# Shorter words have too many neighbours: "cost" is one letter from "post", "most" and "coast".
LEAST_LETTERS = 5
# "abandnd", "abandonmt": from so many letters on one more vowel may be left.
_LONG = (7, 9)
_BEGINNING = 4
_MOST_LEFT_OUT = 3
_HEAP = re.compile(r"[^aeiouy]{3}")
_VOWELS = frozenset("aeiou")


class Speller:
    """Finds the one known word that a misspelt word stands for.

    Every known word is filed under itself and under each form with one letter deleted; two words at distance 1 share
    such a form (the SymSpell observation), so a look-up touches a handful of candidates.
    """

    def __init__(
        self, words: Iterable[str], *, plain: Iterable[str], telling: Iterable[str], root: Callable[[str], str]
    ) -> None:
        self._root = root
        self._plain = frozenset(plain)
        self._telling = frozenset(telling)
        self._filed: dict[str, list[str]] = defaultdict(list)
        self._skeletons: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._telling):
            if len(word) >= LEAST_LETTERS - 1 and word.isalpha():
                for skeleton in _thinned(_skeleton(word)):
                    self._skeletons[skeleton].append(word)
        self._begins: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._telling):
            if len(word) > _LONG[0] and word.isalpha():
                self._begins[word[:_BEGINNING]].append(word)
        self._short = {word for word in self._telling if len(word) == LEAST_LETTERS - 1 and word.isalpha()}
        for word in sorted(set(words)):
            if len(word) >= LEAST_LETTERS and word.isalpha():
                for form in _deletions(word):
                    self._filed[form].append(word)

    def candidates(self, word: str) -> set[str]:
        """Return every known word within one slip of ``word``."""
        if len(word) < LEAST_LETTERS or not word.isalpha() or word in self._plain:
            return set()
        return {
            known for form in _deletions(word) for known in self._filed.get(form, ()) if OSA.distance(word, known) <= 1
        }

    def correct(self, word: str) -> str | None:
        """Return the only known word within one slip of ``word``, or None when there is none or a choice.

        Of several the one that can be content (``telling``) wins over mere framing. Real words of the language
        (``plain``) are never corrected.
        """
        if not word.isalpha() or word in self._plain:
            return None
        return self._slipped(word) or self._squeezed(word) or self._clipped(word)

    def _squeezed(self, word: str) -> str | None:
        """ "srvc", "ystrday", "trgt": vowels left out to save time."""
        vowels = sum(letter in _VOWELS for letter in word)
        if len(word) < LEAST_LETTERS - 2 or vowels > 1 + sum(len(word) >= long for long in _LONG):
            return None
        near = [known for known in self._skeletons.get(_skeleton(word), ()) if _is_within(word, known)]
        return (
            min(near, key=lambda known: (len(known), known))
            if len({self._root(known) for known in near}) == 1
            else None
        )

    def _clipped(self, word: str) -> str | None:
        """ "abandonmt", "satisfctn": a long word short of up to three letters, which leaves consonants in a heap."""
        if len(word) < _LONG[0] or _HEAP.search(word) is None:
            return None
        near = [
            known
            for known in self._begins.get(word[:_BEGINNING], ())
            if len(known) - len(word) <= _MOST_LEFT_OUT and _is_within(word, known)
        ]
        return (
            min(near, key=lambda known: (len(known), known))
            if len({self._root(known) for known in near}) == 1
            else None
        )

    def _slipped(self, word: str) -> str | None:
        if len(word) < LEAST_LETTERS - 1:
            return None
        if len(word) == LEAST_LETTERS - 1 and (swapped := self._unswapped(word)):
            return swapped
        near = {
            known for form in _deletions(word) for known in self._filed.get(form, ()) if OSA.distance(word, known) <= 1
        }
        if len({self._root(known) for known in near}) != 1:
            near = {known for known in near if known in self._telling}
            if len({self._root(known) for known in near}) != 1:
                return None
        return min(near, key=lambda known: (abs(len(known) - len(word)), known))

    def _unswapped(self, word: str) -> str | None:
        """Four-letter words only when two neighbours changed places: "tema", "csta"."""
        found = _swaps(word) & self._short
        return found.pop() if len(found) == 1 else None


def _skeleton(word: str) -> str:
    """The first letter and the consonants, doubled ones once."""
    bare = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    return "".join(letter for at, letter in enumerate(bare) if not at or letter != bare[at - 1])


def _thinned(skeleton: str) -> set[str]:
    """A skeleton, and where it is long every one with a consonant less: "abndnmt" for "abndnmnt"."""
    inner = range(1, len(skeleton) - 1) if len(skeleton) >= _LONG[0] else ()
    return {skeleton, *(skeleton[:at] + skeleton[at + 1 :] for at in inner)}


def _is_within(word: str, known: str) -> bool:
    """Whether ``known`` is ``word`` with letters added."""
    letters = iter(known)
    return len(word) < len(known) and all(letter in letters for letter in word)


def _swaps(word: str) -> set[str]:
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
