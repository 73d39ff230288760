"""Scripts as data: blocks, overrides for customers, regions and languages, and the rules that they are held against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from frontline.catalog.yamlfile import Definition, load_model, load_overlay

DEFAULT_FILE = Path(__file__).parent / "defaults" / "scripts.yaml"
# What an override may hang on, in the order in which it is said.
SCOPES = ("segment", "region", "channel", "locale")
OTHER = "other"


class Block(Definition):
    """One paragraph of a script. ``text``: locale -> words. ``compliance``: it stands verbatim in every variant."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    text: Mapping[str, str]
    compliance: bool = False


class Override(Definition):
    """Other words for one block where ``when`` fits; ``text`` None leaves the block out."""

    block: str
    when: Mapping[str, str]
    text: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """How the override is called: its block and where it holds."""
        return f"{self.block} for {', '.join(f'{key} {self.when[key]}' for key in SCOPES if key in self.when)}"


class Script(Definition):
    """The script of a topic. ``approved_until``: the first day on which somebody has to look at it again."""

    topic: str = Field(max_length=80)
    title: str = Field(max_length=150)
    locale: str = "en"
    training_minutes: int = Field(default=0, ge=0, le=480)
    approved_until: dt.date | None = None
    blocks: tuple[Block, ...] = Field(min_length=1)
    overrides: tuple[Override, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is said somewhere, in every language."""
        said = [text for block in self.blocks for text in block.text.values()]
        return (*said, *(text for each in self.overrides for text in (each.text or {}).values()))

    @field_validator("topic")
    @classmethod
    def _as_it_is_typed(cls, said: str) -> str:
        # What is typed in a command is looked up in lower case.
        return " ".join(said.lower().split())

    @field_validator("approved_until", mode="before")
    @classmethod
    def _nothing_is_no_day(cls, said: object) -> object:
        return said or None

    @model_validator(mode="after")
    def _known(self) -> Script:
        ids = [block.id for block in self.blocks]
        if len(set(ids)) != len(ids):
            raise ValueError("two blocks have the same id")
        for block in self.blocks:
            if self.locale not in block.text:
                raise ValueError(f"block {block.id} has no text in {self.locale}")
        for override in self.overrides:
            if override.block not in ids:
                raise ValueError(f"an override names a block {override.block} that there is not")
            if not override.when or set(override.when) - set(SCOPES):
                raise ValueError(f"an override of {override.block} hangs on {', '.join(SCOPES)}")
        return self


class ScriptRules(Definition):
    """What scripts are held against. ``budgets``: process -> variants that it may have."""

    reading_ease: float = 50
    training_minutes: int = Field(default=15, ge=0)
    alike: float = Field(default=90, gt=0, le=100)
    locales: tuple[str, ...] = ("en",)
    banned: tuple[str, ...] = ()
    budgets: Mapping[str, int] = {OTHER: 7}

    def budget(self, process: str) -> int:
        """Return how many variants a process may have."""
        return self.budgets.get(process, self.budgets.get(OTHER, 7))


def load_scripts(overlay: Path | None = None) -> ScriptRules:
    """Read the shipped rules; ``scripts.yaml`` of the overlay adds banned phrases and budgets and changes single keys.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    shipped, _ = load_model(DEFAULT_FILE, ScriptRules)
    theirs = load_overlay(overlay, DEFAULT_FILE.name, ScriptRules)
    if theirs is None:
        return shipped
    merged = {
        **shipped.model_dump(),
        **theirs.model_dump(exclude_unset=True),
        "banned": (*shipped.banned, *theirs.banned),
        "budgets": {**shipped.budgets, **(theirs.budgets if "budgets" in theirs.model_fields_set else {})},
    }
    return ScriptRules.model_validate(merged)
