"""Names spelled over the phone: "B for Bravo, R, A, D", "Tango, Hotel, Oscar, Romeo"."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import Anchored
from anonymization.findings import Finding
from anonymization.lexicon import word_set
from anonymization.reading import Reading

_ALPHABET = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)
_WORD = "|".join(_ALPHABET.split())
_NEXT = r"(?:[,;.]?\s|[,;\-])(?:(?:and|then|en)\s)?"
_BY_ALPHABET = Anchored(
    re.compile(rf"(?<!\w)(?:{_WORD})(?:{_NEXT}(?:{_WORD}|x-ray)){{3,30}}(?!\w)"),
    words=word_set(_ALPHABET),
    lowered=True,
)
_PIECE = r"[a-z],?\s(?:for|as\sin|like\sin)\s[a-z][\w\-]{1,20}"
_BY_EXAMPLE = Anchored(
    re.compile(rf"(?<!\w){_PIECE}(?:{_NEXT}(?:{_PIECE}|(?:double|triple)\s[a-z]|[a-z]|\d{{1,4}})(?!\w)){{2,30}}"),
    words=frozenset(string.ascii_lowercase),
    lowered=True,
)


@dataclass(frozen=True)
class SpelledNameDetector:
    """Four words of the spelling alphabet in a row, or letters of which each or the first is told by a word."""

    name: str = "spelled_name"
    labels: Sequence[str] = ("PERSON",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for pattern in (_BY_ALPHABET, _BY_EXAMPLE):
            for found in pattern.find(reading):
                yield Finding(*found.span(), "PERSON", 0.75, self.name)
