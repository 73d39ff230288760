"""Cue cards: what a customer's data may be used for in a talk, what may be said of it and what never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from frontline.catalog.yamlfile import Definition

CueClass = Literal["ok", "ask", "never"]
Special = Literal[
    "health", "religion", "ethnicity", "politics", "sexual_orientation", "union", "minors", "criminal", "money_trouble"
]


class Cue(Definition):
    """One cue.

    ``class``: ok (may be mentioned) | ask (it may shape an open question, and is not mentioned) | never (it is not used
    at all). ``infers``: the special category that it would let one guess; such a cue is always ``never``. ``says``:
    sentences that may be said; ``never_says``: ones that may not. ``also``: other names of it.
    """

    title: str
    cue_class: CueClass = Field(alias="class")
    infers: Special | None = None
    also: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = Field(min_length=1)
    why: str

    @model_validator(mode="after")
    def _special_is_never(self) -> Cue:
        if self.infers is not None and self.cue_class != "never":
            raise ValueError(f"it lets one infer {self.infers}: its class must be never")
        if self.cue_class != "never" and not self.says:
            raise ValueError("what may be said is missing")
        return self


class Option(Definition):
    """Something one could say in a practice case, and why it is right or not."""

    text: str
    is_right: bool = Field(alias="right")
    because: str


class PracticeCase(Definition):
    """A made-up case: a situation, a cue in it, and two to four things one could say; exactly one is right."""

    cue: str
    situation: str
    options: tuple[Option, ...] = Field(min_length=2, max_length=4)

    @model_validator(mode="after")
    def _has_one_right(self) -> PracticeCase:
        if sum(option.is_right for option in self.options) != 1:
            raise ValueError("exactly one option must be right")
        return self


class Cues(Definition):
    """Cards and cases. ``stale_days``: a cue older than this is not used; ``boxes``: days until a case comes again."""

    stale_days: int = Field(default=90, ge=1, le=730)
    boxes: tuple[int, ...] = (1, 3, 7, 21, 60)
    cues: Mapping[str, Cue] = {}
    cases: Mapping[str, PracticeCase] = {}

    @model_validator(mode="after")
    def _cases_know_their_cue(self) -> Cues:
        for key, case in self.cases.items():
            if case.cue not in self.cues:
                raise ValueError(f"cases.{key}: there is no cue {case.cue}")
        return self
