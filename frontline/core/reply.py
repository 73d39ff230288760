"""What a handler answers: a Slack-free description that ``bot`` renders to Block Kit and to plain text.

Words of the product are ``str``. Words of people are ``AnonymizedText``; a renderer shows them only inside plain
text, so that they cannot ping, link or unfurl.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from frontline.core.forms import Form
from frontline.core.text import AnonymizedText

Words = str | AnonymizedText
Cell = str | int | float | None | AnonymizedText


class Outcome(enum.StrEnum):
    """How a request ended, as the JSON of an answer names it."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    ABSTAINED = "abstained"
    DENIED = "denied"
    DONE = "done"
    FAILED = "failed"


class Tone(enum.StrEnum):
    """The weight of a button or a line; always said in words too, never by colour alone."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Button:
    """A button. ``action`` names a registered action (``theme.assign``); ``value`` travels back (<= 2,000 characters).

    A click becomes a ``Request`` of kind ACTION with ``name=action`` and ``value``.
    """

    label: str
    action: str
    value: str = ""
    tone: Tone = Tone.PLAIN
    confirm: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the product's own words (light markup: *bold*, _italic_, `code`)."""

    text: str


@dataclass(frozen=True)
class Quote:
    """Words of a person, already anonymized, with a caption of the product's."""

    text: AnonymizedText
    caption: str = ""
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Item:
    """One line of a list with its own buttons (a commitment, an alert, a tag)."""

    title: Words
    detail: str = ""
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table. ``format``: text | count | share | duration | money | score | date."""

    key: str
    label: str
    format: str = "text"


@dataclass(frozen=True)
class Table:
    """A table: 2-101 rows and up to 20 columns are drawn, the rest travels as CSV."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Chart:
    """A chart with one value per category in every series. ``kind``: line | bar | area | pie.

    ``alt`` states in words what the picture shows; null values are gaps.
    """

    title: str
    kind: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    alt: str
    format: str = "count"


Part = Paragraph | Quote | Item | Table | Chart


@dataclass(frozen=True)
class Reply:
    """An answer.

    ``headline`` states the answer in one line, ``context`` is the one line under it, ``parts`` follow, ``buttons``
    close the card. ``form`` opens a form instead. ``answer`` is the machine-readable answer (``--json``).
    ``in_channel`` asks for visibility beyond the asker; the doorway has already authorized it.
    """

    headline: str
    context: str = ""
    parts: Sequence[Part] = ()
    buttons: Sequence[Button] = ()
    outcome: Outcome = Outcome.DONE
    in_channel: bool = False
    # For the eyes of the person who asked: never posted where others read, also not in a thread that goes on.
    for_one: bool = False
    form: Form | None = None
    answer: Mapping[str, Any] | None = None
    # Replace the message whose button was pressed instead of adding one below it.
    replaces: bool = False
    csv: str | None = None
    csv_name: str = "frontline.csv"
    exit_code: int = 0
    warnings: Sequence[str] = field(default_factory=tuple)

    def with_(self, **changes: Any) -> Reply:
        """Return a copy with ``changes``."""
        return replace(self, **changes)
