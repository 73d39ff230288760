"""Policies: what is done with each label, for whom. Shipped as YAML, versioned, checked as a whole when loaded."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from anonymization.findings import LABELS
from frontline.core.errors import CatalogError, Fault


class Treatment(enum.StrEnum):
    """What happens to a label. ``keep`` is the deliberate decision to let it through."""

    MASK = "mask"
    GENERALISE = "generalise"
    KEEP = "keep"


class LanguageRule(BaseModel):
    """Which languages pass. ``measured`` are those whose recall was measured on unseen text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measured: tuple[str, ...]
    searchable: tuple[str, ...] = ()
    max_non_latin: Annotated[float, Field(ge=0, le=1)] = 0.3


class Limits(BaseModel):
    """Bounds of one check; beyond them the text is quarantined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_characters: Annotated[int, Field(gt=0)] = 60_000
    seconds: Annotated[float, Field(gt=0)] = 20.0


class Policy(BaseModel):
    """One audience's rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: Annotated[int, Field(ge=1)]
    purpose: str
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


def load_policies(folder: Path | None = None) -> dict[str, Policy]:
    """Load the shipped policies, or those of ``folder``, by name.

    Raises:
        CatalogError: all faults of all files together.
    """
    where = resources.files("anonymization").joinpath("policies") if folder is None else folder
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for file in sorted(where.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".yaml"):
            continue
        try:
            raw: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
            policy = Policy.model_validate(raw)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            faults.append(Fault(file.name, mark.line + 1 if mark else 0, "not readable as YAML"))
        except ValidationError as error:
            for problem in error.errors(include_input=False):
                place = ".".join(str(step) for step in problem["loc"])
                faults.append(Fault(file.name, 0, f"{place}: {problem['msg']}" if place else problem["msg"]))
        else:
            policies[policy.name] = policy
    if faults:
        raise CatalogError(faults)
    return policies
