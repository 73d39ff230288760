"""In which languages the recall of names was measured: a table in the package, each row with what printed it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CODES: Mapping[str, str] = {
    "english": "en",
    "dutch": "nl",
    "portuguese": "pt",
    "polish": "pl",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
}
"""What organisations call a language -> ISO 639-1."""


class Measurement(BaseModel):
    """One printed figure: share (0-1) of the ``mentions`` of PERSON of ``set`` that were masked in every letter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    set: str
    ner: str
    rules: int
    # What customers write, or something else that tells a limit and decides nothing.
    like: Literal["customer_text", "other"]
    mentions: int = Field(gt=0)
    recall: float = Field(ge=0, le=1)


class MeasuredTable(BaseModel):
    """ISO 639-1 code -> measurements. A language that is not here was not measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    languages: Mapping[str, tuple[Measurement, ...]]

    def rows(self, language: str) -> Sequence[Measurement]:
        """Return the measurements of a language, none for one that was not measured."""
        return self.languages.get(language_code(language), ())

    def worst(self, language: str) -> float:
        """Return the lowest recall on texts like those of customers, 0 for a language that was not measured on any."""
        return min((row.recall for row in self.rows(language) if row.like == "customer_text"), default=0.0)

    def is_measured(self, language: str | None) -> bool:
        """Whether a declared language was measured; one that nobody declared was not."""
        return bool(language) and bool(self.rows(language or ""))


@functools.cache
def load_measured() -> MeasuredTable:
    """Return the shipped table."""
    text = resources.files("anonymization").joinpath("data", "measured_languages.yaml").read_text(encoding="utf-8")
    return MeasuredTable.model_validate(yaml.safe_load(text))


def language_code(language: str) -> str:
    """Return the ISO 639-1 code of what somebody declared: "English", "en", "en-GB"; "" for nothing."""
    said = language.strip().lower()
    return CODES.get(said, said[:2])
