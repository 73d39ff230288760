"""Slack-free forms: ``bot`` renders them as modals, a terminal asks line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["line", "text", "choice", "choices", "person", "channel", "date", "checkbox"]


@dataclass(frozen=True)
class Field:
    """One input. ``key`` names it in ``Submission.values``; ``limit`` is the longest text accepted."""

    key: str
    label: str
    kind: FieldKind = "line"
    hint: str = ""
    initial: str = ""
    options: Sequence[tuple[str, str]] = ()  # (value, label)
    optional: bool = False
    limit: int = 3000


@dataclass(frozen=True)
class Form:
    """A form. Submitting it becomes a ``Request`` of kind FORM with ``name=action`` and ``values``.

    ``state`` travels along unseen (<= 3,000 characters, never personal data).
    """

    action: str
    title: str
    fields: Sequence[Field]
    submit: str = "Save"
    intro: str = ""
    state: str = ""


# field key -> sentence shown under that field
FormErrors = Mapping[str, str]
