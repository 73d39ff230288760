"""Words that stewards decided about: let through (allow) or masked wherever they stand (deny).

They are known by keyed hashes alone: nobody who reads the database learns them. A text is compared by hashing its own
runs of words.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from anonymization.findings import Finding, resolve
from anonymization.lexicon import fold

LONGEST = 6
"""Words that an entry may have."""
# What may be let through: names and the like. A number that passes its checksum is masked whatever a list says.
SPARED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "USERNAME", "AGE", "DATE_TIME", "ID"})
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class ListedWord:
    """One entry: the keyed hash of its folded words, how many they are, and what a denied one is masked as."""

    digest: str
    count: int
    label: str
    is_denied: bool


class WordLists:
    """The entries that stand today. ``version`` differs when they do, so that a kept verdict is not used again."""

    def __init__(self, key: bytes = b"", entries: Iterable[ListedWord] = ()) -> None:
        self._key = key
        self._entries = {(entry.digest, entry.is_denied): entry for entry in entries}
        self._counts = sorted({entry.count for entry in self._entries.values()})
        self.version = _version(self._entries.values()) if self._entries else ""

    def apply(self, text: str, findings: Sequence[Finding], *, labels: Sequence[str]) -> list[Finding]:
        """Return the findings of a text without those that are allowed and with what is denied, without overlap."""
        if not self._entries:
            return list(findings)
        denied, allowed = self._stretches(text)
        kept = [found for found in findings if not _is_spared(text, found, allowed)]
        more = [
            Finding(start, end, label if label in labels else "PERSON", 1.0, "deny list")
            for start, end, label in denied
        ]
        return resolve([*kept, *more]) if more else kept

    def without_allowed(self, text: str) -> str:
        """Return ``text`` with what is allowed blanked, for a second look at names."""
        if not self._entries:
            return text
        for start, end in self._stretches(text)[1]:
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _stretches(self, text: str) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
        denied: list[tuple[int, int, str]] = []
        allowed: list[tuple[int, int]] = []
        for start, end, digest in self._runs(text):
            if (entry := self._entries.get((digest, True))) is not None:
                denied.append((start, end, entry.label))
            elif (digest, False) in self._entries:
                allowed.append((start, end))
        return denied, allowed

    def _runs(self, text: str) -> Iterator[tuple[int, int, str]]:
        tokens = [(found.start(), found.end(), _folded(found[0])) for found in _TOKEN.finditer(text)]
        for count in self._counts:
            for at in range(len(tokens) - count + 1):
                run = tokens[at : at + count]
                yield run[0][0], run[-1][1], _digest(self._key, " ".join(word for _, _, word in run))


def _version(entries: Iterable[ListedWord]) -> str:
    """Return the same for the same entries in every process: documents remember it."""
    return hashlib.blake2b(repr(sorted(map(astuple, entries))).encode(), digest_size=12).hexdigest()


def read_entry(key: bytes, words: str) -> tuple[str, int]:
    """Return (keyed hash, number of words) of what a steward typed; ("", 0) when there is no word in it."""
    folded = [_folded(word) for word in _TOKEN.findall(words)]
    return (_digest(key, " ".join(folded)), len(folded)) if folded else ("", 0)


def _folded(word: str) -> str:
    plain = fold(word)
    return plain[:-1] if plain.endswith("s") and word[-2:].lower() in ("'s", "’s") else plain


def _digest(key: bytes, folded: str) -> str:
    return hmac.digest(key, f"gate word|{folded}".encode(), "sha256").hex()


def _is_spared(text: str, found: Finding, allowed: Sequence[tuple[int, int]]) -> bool:
    """Whether every word of a finding is allowed. What the case's own record knows is never let through."""
    if found.label not in SPARED or found.is_known:
        return False
    words = [
        (found.start + word.start(), found.start + word.end())
        for word in _TOKEN.finditer(text[found.start : found.end])
    ]
    return bool(words) and all(any(start >= a and end <= b for a, b in allowed) for start, end in words)
