"""Whether a few words ask for the same as a label: compared word by word, with synonyms and slips of the keyboard.

Whole-string measures misbehave here: "billing date change" is 82 % of "billing email change" letter by letter and
asks for something else. So every word of the label must be met by a word of the text; a word that turns the meaning
("stop", "not", "late") must stand on both sides or on neither.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

# Shorter words differ by one letter too easily for it to be a slip.
SHORTEST_SLIP = 5
_WORD = re.compile(r"[^\W_]+")
_MASK = re.compile(r"\[[A-Z_0-9]+\]")
_ENDINGS = ("ing", "ed", "es", "s", "e")


@dataclass(frozen=True)
class Words:
    """The telling words of a text in their canonical form, and those of them that turn the meaning."""

    telling: tuple[str, ...]
    joined: frozenset[str] = frozenset()
    turning: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """``same`` maps a stem to the first stem of its group of synonyms; ``empty`` and ``turning`` are stems too.

    ``spelled`` are the words of the groups as they are written, against which slips are put right.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    empty: Set[str] = frozenset()
    turning: Set[str] = frozenset()
    spelled: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, *, same: Iterable[Sequence[str]] = (), empty: Iterable[str] = (), turning: Iterable[str] = ()
    ) -> Vocabulary:
        """Return the vocabulary of plain words, as the catalog lists them."""
        groups = {stem(word): stem(group[0]) for group in same for word in group}
        return cls(
            groups,
            frozenset(stem(word) for word in empty),
            frozenset(groups.get(stem(word), stem(word)) for word in turning),
            tuple(word for group in same for word in group),
        )

    def read(self, text: str) -> Words:
        """Return the words of a text or of a label (its dashes are blanks)."""
        plain = _MASK.sub(" ", text).replace("'", "").replace("’", "").lower()
        plain = re.sub(r"\be[-\s]mail", "email", plain.replace("_", " "))
        stems = [self._stem(word) for word in _WORD.findall(plain)]
        told = [self.same.get(one, one) for one in stems if one not in self.empty and len(one) > 1]
        pairs = {self.same.get(a + b, a + b) for a, b in itertools.pairwise(stems)}
        telling = tuple(dict.fromkeys(told))
        return Words(telling, frozenset(pairs), frozenset(telling) & self.turning)

    def _stem(self, word: str) -> str:
        found = stem(word)
        if found in self.same or found in self.empty or len(word) < SHORTEST_SLIP:
            return found
        return next((stem(known) for known in self.spelled if is_slip(word, known)), found)


def stem(word: str) -> str:
    """Return a word without its commonest endings: billing, bills and billed are "bill"."""
    lowered = word.lower().replace("'", "").replace("’", "")
    for ending in _ENDINGS:
        if lowered.endswith(ending) and len(lowered) - len(ending) >= 4:
            return lowered.removesuffix(ending)
    return lowered


def likeness(label: Words, text: Words) -> float:
    """Return from 0 to 1 how surely ``text`` asks for what ``label`` names; 0 when a word of the label is missing.

    One third of it is how much of the text the label covers: a label of one word in a long text is a guess.
    """
    if not label.telling or not text.telling or label.turning != text.turning:
        return 0.0
    theirs = {*text.telling, *text.joined}
    if not all(any(_is_same(mine, other) for other in theirs) for mine in label.telling):
        return 0.0
    ours = {*label.telling, *label.joined}
    covered = sum(any(_is_same(word, other) for other in ours) for word in text.telling)
    return (2 + covered / len(text.telling)) / 3


def is_slip(one: str, other: str) -> bool:
    """Whether one is the other with a letter left out, doubled or swapped with its neighbour.

    Another letter in its place is another word: "charge" is not "change".
    """
    if min(len(one), len(other)) < SHORTEST_SLIP or one[0] != other[0] or any(map(str.isdigit, one + other)):
        return False
    return OSA.distance(one, other) == 1 and (len(one) != len(other) or sorted(one) == sorted(other))


def _is_same(one: str, other: str) -> bool:
    return one == other or is_slip(one, other)
