"""Sealed text types: what a customer or a colleague wrote cannot become a plain ``str`` by accident.

``RawText``        as it was written; lives between intake and the gate, and in the vault.
``QuestionText``   a question typed to the assistant; parsed in memory, never stored or logged.
``AnonymizedText`` what passed the gate; the only kind that may be stored, indexed, posted or sent to a model.

None of them is a ``str``: assignment, concatenation and string methods are type errors, formatting raises. An
architecture test lists the few modules that may call ``seal`` or ``reveal``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, final


class _Sealed:
    """Holds a value that must not leak through repr, str, format or logging."""

    __slots__ = ("_value",)
    _kind = "sealed text"

    def __init__(self, value: str) -> None:
        self._value = value

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value.strip())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash((self._kind, self._value))

    def __repr__(self) -> str:
        return f"<{self._kind}, {len(self._value)} characters>"

    __str__ = __repr__

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError(f"{self._kind} cannot be formatted into a string")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self._kind} cannot be pickled")


@final
class RawText(_Sealed):
    """Text as it was written. ``reveal`` is for the gate, the vault and the question parser alone."""

    __slots__ = ()
    _kind = "raw text"

    def reveal(self) -> str:
        """Return the raw characters."""
        return self._value


@final
class QuestionText(_Sealed):
    """A question to the assistant, parsed raw in memory (team and agent names are catalog words)."""

    __slots__ = ()
    _kind = "question text"

    def reveal(self) -> str:
        """Return the raw characters."""
        return self._value


@dataclass(frozen=True)
class Provenance:
    """How a text passed the gate: policy name@version, and counts of what was masked per label (no values)."""

    policy: str
    counts: tuple[tuple[str, int], ...] = ()


_SEAL = object()


@final
class AnonymizedText(_Sealed):
    """Text that passed the gate. Made only by ``seal`` in the gate and by the column type that reads it back."""

    __slots__ = ("provenance",)
    _kind = "anonymized text"

    def __init__(self, value: str, provenance: Provenance, *, _seal: object = None) -> None:
        if _seal is not _SEAL:
            raise TypeError("AnonymizedText comes out of the gate; it is not made from a string")
        super().__init__(value)
        self.provenance = provenance

    def show(self) -> str:
        """Return the characters for a renderer, the index or a column; they are safe but still customer text."""
        return self._value


def seal(value: str, provenance: Provenance) -> AnonymizedText:
    """Vouch that ``value`` passed the gate. Callers: ``anonymization`` and ``frontline.store`` alone (tested)."""
    return AnonymizedText(value, provenance, _seal=_SEAL)
