"""Protocols by which a lower room uses what a higher room (or the outside) provides; ``frontline.app`` injects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from frontline.core.text import AnonymizedText, RawText


@dataclass(frozen=True)
class CaseBook:
    """What stands behind the placeholders of one case, in the order of their numbers: hashes under its ``key``.

    ``opened``: the day of the case's opening (ISO), "" when unknown. ``people``: (role, hashes of the name's words);
    ``values``: (label, hashes of the values).
    """

    key: str
    opened: str = ""
    people: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Known:
    """Identities that a text is known to be about: the linked customer record and the agents of the case.

    ``case``: what earlier documents of the same case were about; placeholders go on from there.
    """

    names: Sequence[str] = ()
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    addresses: Sequence[str] = ()
    ids: Sequence[str] = ()  # account and customer numbers
    agents: Sequence[str] = ()
    case: CaseBook | None = None


@dataclass(frozen=True)
class Span:
    """A stretch of the ORIGINAL text in code points, half-open. ``action``: mask | generalise."""

    start: int
    end: int
    label: str
    action: str = "mask"
    detector: str = ""
    score: float = 1.0


@dataclass(frozen=True)
class Choice:
    """What a steward chose for a stretch of the ORIGINAL text. ``action``: mask | keep | drop."""

    start: int
    end: int
    label: str
    action: str


@dataclass(frozen=True)
class Verdict:
    """What the gate decided about one text.

    ``text`` is None exactly when quarantined; ``reasons`` are codes with a sentence, never the text. ``case``: the
    case's book with what this text adds, where ``Known`` came with one and the text passed.
    """

    text: AnonymizedText | None
    spans: Sequence[Span] = ()
    reasons: Sequence[str] = ()
    case: CaseBook | None = None

    @property
    def is_released(self) -> bool:
        """Whether the text passed."""
        return self.text is not None


class Gate(Protocol):
    """The anonymization gate. It fails closed: an error inside is a quarantine, never a pass."""

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index", language: str = "") -> Verdict:
        """Judge one text under ``policy`` (``index`` or ``trainer``)."""
        ...

    def check_many(self, items: Iterable[tuple[RawText, Known | None]], *, policy: str = "index") -> Iterable[Verdict]:
        """Judge many texts in order; bulk work may use a process pool."""
        ...

    def recheck(
        self, text: AnonymizedText, *, known: Known | None = None, policy: str = "trainer", language: str = ""
    ) -> Verdict:
        """Judge a text that passed before, under a policy as it is today; its placeholders stay."""
        ...


class ReviewGate(Gate, Protocol):
    """A gate that looks again at a text in which a steward chose what is masked, kept and dropped."""

    def review(
        self,
        text: RawText,
        choices: Sequence[Choice],
        *,
        known: Known | None = None,
        policy: str = "index",
        language: str = "",
    ) -> Verdict:
        """Judge one text with its choices applied; the second look is as strict as ever."""
        ...


class FetchFile(Protocol):
    """Fetches a file that somebody sent; ``bot`` has Slack behind it."""

    def __call__(self, file_id: str, target: Path) -> str:
        """Write the file to ``target``; return its name. Raises UsageError, EngineError."""
        ...


class TextEncoder(Protocol):
    """Text -> unit vectors of shape (n, dim), float32."""

    @property
    def model_id(self) -> str:
        """Weights, tokenizer, length and quantisation in one id; vectors of two ids never meet in a search."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Any:
        """Return a float32 array of shape (len(texts), dim) with unit rows."""
        ...


class WordReader(Protocol):
    """Words in their sentence -> what a model makes of each."""

    def read_words(self, lines: Sequence[Sequence[str]]) -> Sequence[Any]:
        """Return per line a float32 array of shape (words, width); a word that was cut off is all zeros."""
        ...


class Reader(TextEncoder, WordReader, Protocol):
    """Reads whole texts and single words."""


@dataclass(frozen=True)
class Profile:
    """What Slack says of an account. ``kind``: member | guest | bot | stranger | closed; ``handle``: its work name."""

    kind: str
    handle: str = ""


@dataclass(frozen=True)
class Posted:
    """Where a message stands after Slack took it."""

    channel: str
    ts: str


class Transport(Protocol):
    """The way out, implemented by ``bot`` over Slack and by the terminal for dry runs.

    ``post`` raises ``EngineError``: ``permanent=True`` when the message can never be posted (unknown channel),
    ``permanent=False`` with ``retry_after`` when Slack surely did not take it (429), and ``UncertainDelivery`` when
    nobody can know (time-out, reset, 5xx).
    """

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        """Post a rendered payload; ``key`` travels in the message metadata and as client_msg_id."""
        ...

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        """Replace an earlier message."""
        ...

    def find(self, *, channel: str, key: str, since: float) -> Sequence[Posted]:
        """Read back our messages that carry ``key``, oldest first, posted after ``since`` (epoch seconds)."""
        ...

    def delete(self, *, posted: Posted) -> None:
        """Remove a second copy."""
        ...


@dataclass(frozen=True)
class Progress:
    """A step of long work, for progress bars. ``total`` 0 means unknown."""

    done: int
    total: int
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


class Report(Protocol):
    """Takes progress."""

    def __call__(self, progress: Progress) -> None: ...
