"""What a person is recognised by in text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from frontline.analysis.churn import code_of

ERASED = "[ERASED]"
_SHORTEST = 6  # characters; "Jan" or customer "991" stands in texts of everybody
_SHORT_NAME = re.compile(r"[^\W\d_]{2,}(?:(?:,? |['’-])[^\W\d_]{2,})+")
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Traces:
    """Everything one erasure looks for. It is kept, encrypted, only while the erasure is under way.

    ``values``: names, addresses, numbers as they were loaded; ``cells``: those of them that identify by themselves;
    ``references``: ids of the person's cases, contacts and surveys; ``documents``: ids of the person's documents.
    """

    subject: str
    tombstone: str
    values: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the form that is sealed."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Traces:
        """Return the traces of their stored form."""
        many = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
        return cls(str(stored["subject"]), str(stored["tombstone"]), **many)

    def joined(self, other: Traces) -> Traces:
        """Return these and those of a later look; the tombstone stays."""

        def both(name: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))

        names = ("values", "cells", "lookups", "references", "documents")
        return Traces(self.subject, self.tombstone, **{name: both(name) for name in names})

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The values that are long enough to be looked for inside texts, longest first."""
        long = {word for word in self._plain if len(word) >= _SHORTEST and not _is_short_name(word)}
        return tuple(sorted(long, key=lambda word: (-len(word), word)))

    @cached_property
    def short_names(self) -> tuple[str, ...]:
        """Whole names of fewer letters ("Li Wu"): looked for as whole words in a row, written as names are.

        One word alone ("Mark", "Vos") is no trace: it stands in texts about others, and nobody can tell whom it means.
        """
        return tuple(sorted(word for word in self._plain if _is_short_name(word)))

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(" ".join(value.split()) for value in self.values)

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Matches any of ``words`` in any case, and ``short_names`` as written or in capitals, with any white space."""
        bodies = [rf"(?i:{_spaced(word)})" for word in self.words]
        bodies += [_spaced(form) for name in self.short_names for form in (name, name.upper())]
        return re.compile("|".join(rf"(?<!\w){body}(?!\w)" for body in bodies)) if bodies else None

    @property
    def is_customer(self) -> bool:
        """Whether the subject is the keyed hash of a customer (or of an identifier), and no colleague or document."""
        return _HASH.fullmatch(self.subject) is not None

    @property
    def keys(self) -> dict[str, str]:
        """Keys of the product that stand for the person -> what stands there instead."""
        return {self.subject: self.tombstone, code_of(self.subject): "C-erased"} if self.is_customer else {}

    def is_in(self, text: str) -> bool:
        """Whether a text names the person."""
        return self.pattern is not None and self.pattern.search(text) is not None

    def without(self, text: str) -> str:
        """Return a text with the person's words as ``[ERASED]`` and the keyed hash as the tombstone."""
        plain = self.pattern.sub(ERASED, text) if self.pattern is not None else text
        for key, instead in self.keys.items():
            plain = plain.replace(key, instead)
        return plain

    def is_theirs(self, cell: object) -> bool:
        """Whether a cell is an identifier of the person and nothing else."""
        return (
            isinstance(cell, str | int) and not isinstance(cell, bool) and str(cell).strip().casefold() in self._cells
        )

    def cleaned(self, value: Any) -> Any:
        """Return JSON with the person's identifiers emptied and their words replaced; the rest is the same object."""
        if isinstance(value, dict):
            return {key: self.cleaned(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.cleaned(item) for item in value]
        if self.is_theirs(value):
            return None
        return self.without(value) if isinstance(value, str) else value

    @cached_property
    def _cells(self) -> frozenset[str]:
        return frozenset(cell.strip().casefold() for cell in self.cells)


def _is_short_name(word: str) -> bool:
    return sum(map(str.isalpha, word)) < _SHORTEST and _SHORT_NAME.fullmatch(word) is not None


def _spaced(words: str) -> str:
    return r"\s+".join(map(re.escape, words.split()))
