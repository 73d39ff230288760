"""Policies: what is done with each label, for whom, on which grounds. Versioned YAML, checked when loaded."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from anonymization.findings import LABELS
from anonymization.measured import load_measured
from frontline.core.actor import Role
from frontline.core.errors import CatalogError, Fault


class Treatment(enum.StrEnum):
    """What happens to a label. ``keep`` is the deliberate decision to let it through."""

    MASK = "mask"
    GENERALISE = "generalise"
    KEEP = "keep"


class LanguageRule(BaseModel):
    """Which languages pass.

    ``measured``: a recall of names stands in ``data/measured_languages.yaml``, of at least ``least_recall`` on each set
    that was measured; nothing else is ever released. ``must_be_recognised``: a text too short or too odd to tell its
    language does not pass either.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    measured: tuple[str, ...]
    searchable: tuple[str, ...] = ()
    max_non_latin: Annotated[float, Field(ge=0, le=1)] = 0.3
    least_recall: Annotated[float, Field(ge=0, le=1)] = 0.75
    must_be_recognised: bool = False

    @field_validator("measured")
    @classmethod
    def _stands_in_the_table(cls, measured: tuple[str, ...]) -> tuple[str, ...]:
        table = load_measured()
        if unmeasured := [code for code in measured if not table.rows(code)]:
            raise ValueError(f"no measured recall in measured_languages.yaml for {', '.join(unmeasured)}")
        return measured

    @model_validator(mode="after")
    def _reaches_the_floor(self) -> LanguageRule:
        table = load_measured()
        if low := [code for code in self.measured if table.worst(code) < self.least_recall]:
            raise ValueError(f"the measured recall is below least_recall for {', '.join(low)}")
        return self


class Grounds(BaseModel):
    """What has to be on record before a text is shown to the audience. ``legal_basis``: any one of them suffices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consent: bool = False
    legal_basis: tuple[str, ...] = ()


class Limits(BaseModel):
    """Bounds of one check; beyond them the text is quarantined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_characters: Annotated[int, Field(gt=0)] = 60_000
    seconds: Annotated[float, Field(gt=0)] = 20.0


class Policy(BaseModel):
    """One audience's rules.

    ``audience``: the roles that are shown texts under it. ``shows``: ``texts`` what passed, ``released`` only what a
    person released, ``aggregates`` numbers, and words only from the released pool. ``purposes``: what for, each a word
    or two; nothing is asked for under another one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: Annotated[int, Field(ge=1)]
    purpose: str
    audience: tuple[Role, ...]
    shows: Literal["texts", "released", "aggregates"]
    purposes: Annotated[tuple[str, ...], Field(min_length=1)]
    grounds: Grounds
    labels: Mapping[str, Treatment]
    languages: LanguageRule
    limits: Limits = Limits()

    @property
    def tag(self) -> str:
        """Name and version, as provenance records it."""
        return f"{self.name}@{self.version}"

    @field_validator("labels")
    @classmethod
    def _covers_every_label(cls, labels: Mapping[str, Treatment]) -> Mapping[str, Treatment]:
        # A label that a policy forgets would be detected and then passed.
        if missing := sorted(set(LABELS) - set(labels)):
            raise ValueError(f"no treatment for {', '.join(missing)}")
        if unknown := sorted(set(labels) - set(LABELS)):
            raise ValueError(f"unknown label {', '.join(unknown)}")
        return labels

    @model_validator(mode="after")
    def _shows_others_with_grounds_only(self) -> Policy:
        if self.shows != "texts" and not (self.grounds.consent and self.grounds.legal_basis):
            raise ValueError("what is shown beyond private views needs consent and a legal basis")
        if self.shows != "texts" and self.languages.searchable:
            raise ValueError("a language that is only searchable is shown to nobody beyond private views")
        return self


def load_policies(folder: Path | None = None) -> dict[str, Policy]:
    """Load the shipped policies, or those of ``folder``, by name.

    Raises:
        CatalogError: all faults of all files together, each with its line.
    """
    where: Traversable = resources.files("anonymization").joinpath("policies") if folder is None else folder
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for file in sorted(where.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".yaml"):
            continue
        try:
            policy = _read(file)
        except CatalogError as error:
            faults += error.faults
            continue
        if policy.name in policies:
            faults.append(Fault(file.name, 1, f"there is another policy called {policy.name}"))
        policies[policy.name] = policy
    if faults:
        raise CatalogError(faults)
    return policies


def own_policies(overlay: Path | None) -> dict[str, Policy]:
    """Return the shipped policies with those of ``overlay``/anonymization in their place, whole file by whole file.

    Raises:
        CatalogError: the faults of the organisation's files, each with its line.
    """
    shipped = load_policies()
    folder = overlay / "anonymization" if overlay is not None else None
    if folder is None or not folder.is_dir():
        return shipped
    try:
        return shipped | load_policies(folder)
    except CatalogError as error:
        raise CatalogError(
            [Fault(f"catalog/anonymization/{fault.file}", fault.line, fault.message) for fault in error.faults]
        ) from error


def _read(file: Traversable) -> Policy:
    from frontline.catalog.yamlfile import line_of

    try:
        loader = yaml.SafeLoader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        raw: Any = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise CatalogError([Fault(file.name, mark.line + 1 if mark else 1, "not readable as YAML")]) from error
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        faults = []
        for problem in error.errors(include_input=False):
            place = ".".join(str(step) for step in problem["loc"])
            said = f"{place}: {problem['msg']}" if place else problem["msg"]
            faults.append(Fault(file.name, max(1, line_of(node, problem["loc"])), said))
        raise CatalogError(faults) from error
