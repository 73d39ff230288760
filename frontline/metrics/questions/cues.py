"""Cues of an intent: phrases of word classes with gaps, joined by "and" and "not"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from frontline.metrics.questions.words import normalise

_GAP = r"(?: \S+){0,6}?"


@dataclass(frozen=True)
class Said:
    """A message as cues see it: its words, with courtesies and without (``bare``), as corrected and as typed."""

    texts: tuple[str, ...]
    bare: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Said:
        """Return ``text`` as it is."""
        return cls((text,), (text,))


@dataclass(frozen=True)
class Phrase:
    """One pattern of words. ``is_anchored``: only at the beginning, courtesies aside; ``is_excluded``: never said."""

    pattern: re.Pattern[str]
    is_anchored: bool
    is_excluded: bool

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

    def holds(self, said: Said) -> bool:
        """Whether the message gives this cue."""
        return all(phrase.holds(said) for phrase in self._phrases)


def _phrase(text: str, classes: Mapping[str, Sequence[str]]) -> Phrase:
    rest = text.removeprefix("!").strip()
    words = rest.removeprefix("^").split()
    body = "".join(_GAP if word == "*" else f" (?:{'|'.join(_either(word, classes))})" for word in words)
    is_anchored = rest.startswith("^")
    start = "" if is_anchored else "(?:^|(?<= ))"
    return Phrase(_compiled(rf"{start}{body.removeprefix(' ')}(?= |$)"), is_anchored, text.startswith("!"))


def _either(word: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    said = [one for part in word.split("|") for one in (classes[part[1:]] if part.startswith("$") else (part,))]
    return [_escaped(one) for one in said]


# Another catalog mostly brings the same lexicon: its patterns are made once in a process.
@lru_cache(maxsize=8_192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=32_768)
def _escaped(word: str) -> str:
    return re.escape(normalise(word))
