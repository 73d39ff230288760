"""The people of a case over its documents: who was masked in one mail is found and called the same in the next.

A case keeps hashes of words under a key of its own, never words: two cases have nothing in common by which they could
be linked, and a hash tells nothing without the case's key, which lies encrypted beside it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.findings import Finding
from anonymization.name_cues import PARTICLES, STOP, TITLES
from anonymization.reading import Reading, Token
from frontline.core.ports import CaseBook

_SHORTEST = 3  # letters; shorter words stand in every text


def digest_of(key: str, kind: str, value: str) -> str:
    """Return the hash of a folded word (kind ``name``) or a value (its label) under the key of a case."""
    return hmac.digest(key.encode(), f"{kind}|{value}".encode(), "sha256").hex()[:24]


@dataclass(frozen=True)
class CaseDetector:
    """Finds names that earlier documents of the case held; made anew for each text."""

    book: CaseBook
    name: str = "case"
    labels: Sequence[str] = ("PERSON",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        owners = {word: place for place, (_, words) in enumerate(self.book.people) for word in words}
        if not owners:
            return
        last: tuple[Token, int] | None = None
        start = 0
        for token in reading.tokens:
            place = owners.get(digest_of(self.book.key, "name", token.folded)) if _may_name(reading, token) else None
            if last is not None and (place != last[1] or not reading.are_adjacent(last[0], token)):
                yield self._finding(start, last)
                last = None
            if place is not None:
                start = token.start if last is None else start
                last = (token, place)
        if last is not None:
            yield self._finding(start, last)

    def _finding(self, start: int, last: tuple[Token, int]) -> Finding:
        role = self.book.people[last[1]][0]
        return Finding(start, last[0].end, "PERSON", 0.6, self.name, "" if role == "person" else role)


def _may_name(reading: Reading, token: Token) -> bool:
    """Whether a word can be a name where it stands, by the rule that holds within one text."""
    if len(token.folded) < _SHORTEST or token.folded in PARTICLES or token.folded in TITLES or token.folded in STOP:
        return False
    if token.text in reading.lexicon.places and not reading.lexicon.is_first_name(token.text):
        return False
    is_name = token.is_capitalised and not reading.starts_sentence(token.start) and not reading.is_shouting
    return is_name or not reading.lexicon.is_common(token.text)
