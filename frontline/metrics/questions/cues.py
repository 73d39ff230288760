"""Cues of an intent: phrases of word classes with gaps, joined by "and" and "not"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from frontline.metrics.questions.words import normalise

_GAP = r"(?: \S+){0,6}?"


@dataclass(frozen=True)
class Said:
    """A message as cues see it: its words, with courtesies and without (``bare``), as corrected and as typed."""

    texts: tuple[str, ...]
    bare: tuple[str, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """All of its words."""
        return frozenset(word for text in (*self.texts, *self.bare) for word in text.split(" "))

    @classmethod
    def of(cls, text: str) -> Said:
        """Return ``text`` as it is."""
        return cls((text,), (text,))


@dataclass(frozen=True)
class Phrase:
    """One pattern of words. ``is_anchored``: only at the beginning, courtesies aside; ``is_excluded``: never said.

    ``begins``: words of which one is said wherever the pattern is found; None where nothing can be told that quickly.
    """

    pattern: re.Pattern[str]
    is_anchored: bool
    is_excluded: bool
    begins: frozenset[str] | None = None

    def holds(self, said: Said) -> bool:
        """Whether the message keeps to this phrase."""
        if self.is_anchored:
            found = any(self.pattern.match(text) for text in (*said.bare, *said.texts))
        else:
            found = any(self.pattern.search(text) for text in said.texts)
        return found is not self.is_excluded


class Cue:
    """One line of the lexicon's ``intents``: every phrase between its ``&`` holds, and none that begins with ``!``."""

    def __init__(self, line: str, classes: Mapping[str, Sequence[str]]) -> None:
        self._phrases = tuple(_phrase(part.strip(), classes) for part in line.split("&"))
        needed = [phrase.begins for phrase in self._phrases if phrase.begins is not None and not phrase.is_excluded]
        self._begins = tuple(sorted(needed, key=len))

    @property
    def tells(self) -> frozenset[str] | None:
        """Words of which one is said wherever this cue is given; None where nothing can be told that quickly."""
        return self._begins[0] if self._begins else None

    def holds(self, said: Said) -> bool:
        """Whether the message gives this cue."""
        # A message has few of the words that hundreds of cues look for.
        if any(begins.isdisjoint(said.words) for begins in self._begins):
            return False
        return all(phrase.holds(said) for phrase in self._phrases)


class Cues:
    """The cues of one intent. Only those are tried that one of the message's words may give."""

    def __init__(self, lines: Sequence[str], classes: Mapping[str, Sequence[str]]) -> None:
        self._always: list[Cue] = []
        self._by_word: dict[str, list[Cue]] = {}
        for cue in (Cue(line, classes) for line in lines):
            if cue.tells is None:
                self._always.append(cue)
                continue
            for word in cue.tells:
                self._by_word.setdefault(word, []).append(cue)

    def hold(self, said: Said) -> bool:
        """Whether the message gives one of them."""
        return any(cue.holds(said) for cue in self._likely(said))

    def count(self, said: Said) -> int:
        """Return how many of them the message gives."""
        return sum(cue.holds(said) for cue in dict.fromkeys(self._likely(said)))

    def _likely(self, said: Said) -> Iterator[Cue]:
        yield from self._always
        for word in said.words & self._by_word.keys():
            yield from self._by_word[word]


def _phrase(text: str, classes: Mapping[str, Sequence[str]]) -> Phrase:
    rest = text.removeprefix("!").strip()
    words = rest.removeprefix("^").split()
    body = "".join(_GAP if word == "*" else f" (?:{'|'.join(_either(word, classes))})" for word in words)
    is_anchored = rest.startswith("^")
    start = "" if is_anchored else "(?:^|(?<= ))"
    pattern = _compiled(rf"{start}{body.removeprefix(' ')}(?= |$)")
    return Phrase(pattern, is_anchored, text.startswith("!"), _begins(words, classes))


def _begins(words: Sequence[str], classes: Mapping[str, Sequence[str]]) -> frozenset[str] | None:
    """Return the first words of what may stand in the place of a phrase that the fewest words fit."""
    places = [frozenset(one.split(" ")[0] for one in _said_for(word, classes)) for word in words if word != "*"]
    telling = [place for place in places if "" not in place]
    return min(telling, key=len, default=None)


def _either(word: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    return [_escaped(one) for one in _alternatives(word, classes)]


def _said_for(word: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    return [_normal(one) for one in _alternatives(word, classes)]


def _alternatives(word: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    return [one for part in word.split("|") for one in (classes[part[1:]] if part.startswith("$") else (part,))]


# Another catalog mostly brings the same lexicon: its patterns are made once in a process.
@lru_cache(maxsize=8_192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=32_768)
def _escaped(word: str) -> str:
    return re.escape(_normal(word))


@lru_cache(maxsize=32_768)
def _normal(word: str) -> str:
    return normalise(word)
