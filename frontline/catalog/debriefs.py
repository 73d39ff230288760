"""How a debrief is led, as data: sections, contributing factors, and the words by which a sentence blames a person."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from frontline.catalog.yamlfile import Definition, load_model, load_overlay

DEFAULT_FILE = Path(__file__).parent / "defaults" / "debriefs.yaml"
LESSONS, CONDITIONS = "lessons", "conditions"


class BlameWords(Definition):
    """Who is spoken of, and what they are said to have done badly. All in lower case."""

    roles: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


class DebriefRules(Definition):
    """``contributors``: from how many people on contributions are shown. ``alike``: a cosine between 0 and 1.

    ``sections`` and ``factors``: key -> title, in the order in which they are offered.
    """

    contributors: int = Field(default=3, ge=2, le=20)
    alike: float = Field(default=0.42, gt=0, lt=1)
    lesson_days: int = Field(default=20, ge=1, le=260)
    sections: Mapping[str, str] = {}
    factors: Mapping[str, str] = {}
    blame: BlameWords = BlameWords()


def load_debriefs(overlay: Path | None = None) -> DebriefRules:
    """Read the shipped rules; ``debriefs.yaml`` of the overlay adds factors and words and changes single keys.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    shipped, _ = load_model(DEFAULT_FILE, DebriefRules)
    theirs = load_overlay(overlay, DEFAULT_FILE.name, DebriefRules)
    if theirs is None:
        return shipped
    said = theirs.model_dump(exclude_unset=True)
    words = {name: (*getattr(shipped.blame, name), *getattr(theirs.blame, name)) for name in BlameWords.model_fields}
    merged = {
        **shipped.model_dump(),
        **said,
        "sections": {**shipped.sections, **theirs.sections},
        "factors": {**shipped.factors, **theirs.factors},
        "blame": words,
    }
    return DebriefRules.model_validate(merged)


@cache
def shipped_debriefs() -> DebriefRules:
    """Return the shipped rules, without an organisation's overlay."""
    return load_debriefs()
