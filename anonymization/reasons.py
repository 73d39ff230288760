"""Why a text was quarantined or may not be released: a code and a sentence, never the text."""

from __future__ import annotations

import enum

from frontline.core.errors import PrivacyError


class Reason(enum.StrEnum):
    """The closed list of reasons; the value is what ``Verdict.reasons`` carries."""

    TOO_LONG = "too_long: The text is longer than the policy can check."
    EMPTY = "empty: There is no text."
    ONLY_PLACEHOLDERS = "only_placeholders: There is nothing but placeholders, and nobody can tell whose they are."
    NOT_TEXT = "not_text: This is no text, but bytes that were taken for one."
    FOREIGN_SCRIPT = "foreign_script: Too many letters are outside the Latin script for the name rules to be trusted."
    LANGUAGE_UNKNOWN = "language_unknown: The language is not one that the gate knows."
    LANGUAGE_UNMEASURED = (
        "language_unmeasured: Recall was never measured in this language: searchable inside, never released."
    )
    GATE_FAILED = "gate_failed: The gate could not finish its check, so nothing passes."
    TIMED_OUT = "timed_out: The check took longer than the policy allows."
    CONTACT_LEFT = "contact_left: The second look still found an address, handle or link."
    NUMBER_LEFT = "number_left: The second look still found an identity number."
    KNOWN_LEFT = "known_left: A known identity of the case is still in the text."
    NAME_LEFT = "name_left: The second look still found a name."

    @property
    def code(self) -> str:
        """The part before the colon, stable for scripts."""
        return self.value.partition(":")[0]


UNCHECKED: frozenset[str] = frozenset(
    each.code
    for each in (
        Reason.TOO_LONG,
        Reason.NOT_TEXT,
        Reason.GATE_FAILED,
        Reason.TIMED_OUT,
        Reason.CONTACT_LEFT,
        Reason.NUMBER_LEFT,
        Reason.KNOWN_LEFT,
        Reason.NAME_LEFT,
    )
)
"""Codes of the reasons after which nobody knows that a text names no one, though no span says that it does."""


class OutOfTime(PrivacyError):
    """A check took longer than its policy allows."""
