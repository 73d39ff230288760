"""Kinds of commitments as data: days until due, who may own one, what closes it, when its owner hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from frontline.catalog.yamlfile import Definition, line_of, load_model
from frontline.core.actor import Actor, Role
from frontline.core.errors import CatalogError, Fault, UsageError

DEFAULT_FILE = Path(__file__).parent / "defaults" / "commitment_kinds.yaml"
PROMISE = "promise"


class Ladder(Definition):
    """Steps of the reminders that differ from those of ``rules.yaml``, in working days before and after the date."""

    soon: int | None = Field(default=None, ge=1, le=20)
    owner: int | None = Field(default=None, ge=1, le=60)
    channel: int | None = Field(default=None, ge=1, le=60)
    manager: int | None = Field(default=None, ge=1, le=120)


class CommitmentKind(Definition):
    """One kind. ``sources`` are prefixes of ids (``alr`` of ``alr_4k7q0z2m9x``) that a commitment can be about."""

    title: str
    days: int = Field(default=5, ge=0, le=260)
    owners: tuple[Role | Literal["anyone"], ...] = ("anyone",)
    evidence: Literal["none", "note", "metric"] = "none"
    sources: tuple[str, ...] = ()
    one_per_source: bool = True
    reminders: Ladder = Ladder()

    def may_own(self, actor: Actor) -> bool:
        """Whether the kind lets ``actor`` be accountable."""
        return "anyone" in self.owners or any(role in self.owners for role in actor.roles)


class CommitmentKinds(Definition):
    """All kinds by key. A prefix belongs to one kind."""

    kinds: Mapping[str, CommitmentKind] = {}

    @model_validator(mode="after")
    def _unambiguous(self) -> CommitmentKinds:
        claimed: dict[str, str] = {}
        for key, kind in self.kinds.items():
            for prefix in kind.sources:
                if (other := claimed.setdefault(prefix, key)) != key:
                    raise ValueError(f"ids of {prefix}_ are claimed by {other} and {key}")
        return self

    def kind(self, key: str) -> CommitmentKind:
        """Return one kind.

        Raises:
            UsageError: there is none with this key; names those that there are.
        """
        if key not in self.kinds:
            known = ", ".join(sorted(self.kinds))
            raise UsageError(f"{key!r} is no kind of commitment.", next_step=f"Kinds: {known}.")
        return self.kinds[key]

    def of_source(self, source: str) -> str:
        """Return the kind of a commitment about ``source``: by the prefix of its id, else a promise."""
        prefix, separator, _ = source.partition("_")
        if separator:
            for key, kind in self.kinds.items():
                if prefix in kind.sources:
                    return key
        return PROMISE


def load_commitment_kinds(overlay: Path | None = None) -> CommitmentKinds:
    """Read the shipped kinds; ``commitment_kinds.yaml`` of the overlay adds kinds and changes single keys.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    shipped, _ = load_model(DEFAULT_FILE, CommitmentKinds)
    own = overlay / DEFAULT_FILE.name if overlay else None
    if own is None or not own.is_file():
        return shipped
    label = f"catalog/{DEFAULT_FILE.name}"
    try:
        theirs, node = load_model(own, _Overlay)
    except CatalogError as error:
        raise CatalogError([Fault(label, fault.line, fault.message) for fault in error.faults]) from error
    merged = {key: kind.model_dump(exclude_unset=True) for key, kind in shipped.kinds.items()}
    for key, changes in theirs.kinds.items():
        merged[key] = {**merged.get(key, {}), **changes.model_dump(exclude_unset=True)}
    try:
        return CommitmentKinds.model_validate({"kinds": merged})
    except ValidationError as error:
        faults = [
            Fault(label, line_of(node, problem["loc"]), f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}")
            for problem in error.errors()
        ]
        raise CatalogError(faults) from error


@cache
def shipped_kinds() -> CommitmentKinds:
    """Return the shipped kinds, without an organisation's overlay."""
    return load_commitment_kinds()


class _Changes(CommitmentKind):
    """A kind of the overlay: what it does not say stays as shipped."""

    title: str = ""


class _Overlay(Definition):
    kinds: Mapping[str, _Changes] = {}
