"""The taxonomy of incidents: two levels of codes, and the words that regions and languages use for them.

A code keeps its meaning for ever. One that is renamed keeps its code; one that is retired says ``into`` which others it
counts from then on, so that a trend over the years stays one line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, model_validator

from frontline.catalog.yamlfile import Definition, load_with_overlay, over

DEFAULT_FILE = Path(__file__).parent / "defaults" / "taxonomy.yaml"


class Code(Definition):
    """One category. ``parent`` is a code of the first level, "" for one of the first level itself.

    ``labels``: language -> the words of help desks for it; matched without regard to case.
    """

    title: str
    parent: str = ""
    means: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = {}
    retired: dt.date | None = None
    into: str = ""
    formerly: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _goes_on(self) -> Code:
        if self.retired is not None and not self.into:
            raise ValueError("is retired and says not into which code it counts")
        if self.into and self.retired is None:
            raise ValueError("says into which code it counts, and is not retired")
        return self


@dataclass(frozen=True)
class Revision:
    """A change that a steward accepted: ``second`` counts for ``first``, or ``parts`` (code -> title) are added.

    It holds from ``version`` on, and no more from ``undone`` on.
    """

    first: str
    version: int
    on: dt.date
    second: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    undone: int | None = None

    def holds(self, version: int) -> bool:
        """Whether it is part of a version."""
        return self.version <= version and (self.undone is None or self.undone > version)


class Taxonomy(Definition):
    """taxonomy.yaml. ``other``: the code of whatever is nothing else; ``other_share``: how much of it is too much."""

    version: int = Field(default=1, ge=1)
    other: str
    other_share: float = Field(default=0.10, gt=0, lt=1)
    codes: Mapping[str, Code]
    _files: Taxonomy | None = PrivateAttr(default=None)
    _revisions: tuple[Revision, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _two_levels(self) -> Taxonomy:
        if self.other not in self.codes:
            raise ValueError(f"other names the unknown code {self.other}")
        claimed: dict[str, str] = {}
        for key, code in self.codes.items():
            for name in (code.parent, code.into):
                if name and name not in self.codes:
                    raise ValueError(f"{key} names the unknown code {name}")
            if code.parent and self.codes[code.parent].parent:
                raise ValueError(f"{key} lies on a third level: {code.parent} has a parent itself")
            self._follow(key)
            for label in labels_of(code):
                if (other := claimed.setdefault(label, key)) != key:
                    raise ValueError(f"{label!r} is a label of {other} and of {key}")
        return self

    def _follow(self, key: str) -> str:
        seen = [key]
        while into := self.codes[seen[-1]].into:
            if into in seen:
                raise ValueError(f"{key} is retired in a circle")
            seen.append(into)
        return seen[-1]

    def current(self, key: str) -> str:
        """Return the code that counts what ``key`` counted: itself, or what it was retired into."""
        return self._follow(key)

    def code_of(self, label: str) -> str:
        """Return the code in force of a label of any language, or of a code; ``other`` where nobody knows it."""
        wanted = normal(label)
        for key, code in self.codes.items():
            if wanted == normal(key) or wanted in labels_of(code):
                return self.current(key)
        return self.other

    def has_label(self, label: str) -> bool:
        """Whether a word is a code, or stands for one in some language."""
        wanted = normal(label)
        return any(wanted == normal(key) or wanted in labels_of(code) for key, code in self.codes.items())

    def top(self, key: str) -> str:
        """Return the code of the first level above ``key`` that is in force, or ``key`` itself."""
        above = self.current(self.codes[key].parent or key)
        return self.codes[above].parent or above

    def path(self, key: str) -> str:
        """Return the titles from the first level down, for people to read."""
        code, top = self.codes[key], self.top(key)
        return f"{self.codes[top].title} > {code.title}" if top != key else code.title

    def in_force(self) -> list[str]:
        """Return the codes that may be given, those of a first-level code behind it."""
        found = [key for key, code in self.codes.items() if code.retired is None]
        places = {key: place for place, key in enumerate(self.codes)}
        return sorted(found, key=lambda key: (places[self.top(key)], self.top(key) != key, places[key]))

    def revised(self, revisions: Sequence[Revision]) -> Taxonomy:
        """Return this taxonomy of the files with what stewards accepted over it.

        Raises:
            ValueError: a revision does not fit (its codes are not there any more, a title is taken).
        """
        numbers = [number for each in revisions for number in (each.version, each.undone or 0)]
        return self._of(revisions, max([self.version, *numbers]))

    def at(self, version: int) -> Taxonomy:
        """Return the taxonomy as a version counted: with it an old figure comes out as it did then.

        Raises:
            ValueError: there was no such version.
        """
        files = self._files or self
        if not files.version <= version <= self.version:
            raise ValueError(f"there are the versions {files.version} to {self.version}")
        return files._of(self._revisions, version)  # of the same class

    def _of(self, revisions: Sequence[Revision], version: int) -> Taxonomy:
        codes: dict[str, Code] = dict(self.codes)
        for each in sorted(revisions, key=lambda revision: revision.version):
            if each.holds(version):
                _apply(codes, each)
        made = Taxonomy(version=version, other=self.other, other_share=self.other_share, codes=codes)
        made._files, made._revisions = self, tuple(revisions)  # of the same class
        return made


def _apply(codes: dict[str, Code], change: Revision) -> None:
    for key in filter(None, (change.first, change.second)):
        if key not in codes:
            raise ValueError(f"there is no code {key} any more")
    if change.second:
        codes[change.second] = codes[change.second].model_copy(update={"retired": change.on, "into": change.first})
    parent = codes[change.first].parent or change.first
    codes.update({key: Code(title=title, parent=parent) for key, title in change.parts.items()})


def normal(label: str) -> str:
    """Return a label as it is compared: lower case, single spaces."""
    return " ".join(label.lower().replace("_", " ").replace("-", " ").split())


def labels_of(code: Code) -> frozenset[str]:
    """Return every word for a code: its title, what it was called before, and those of each language."""
    words = [code.title, *code.formerly, *(label for labels in code.labels.values() for label in labels)]
    return frozenset(map(normal, words))


def load_taxonomy(overlay: Path | None = None) -> Taxonomy:
    """Read the shipped taxonomy; ``taxonomy.yaml`` of the overlay replaces or adds codes by their key.

    Raises:
        CatalogError: the faults of the files, with file and line.
    """
    return load_with_overlay(DEFAULT_FILE, overlay, Taxonomy, _merge)


def _merge(shipped: Any, theirs: Any) -> Any:
    return {**shipped, **theirs, "codes": over(shipped["codes"], theirs.get("codes"))}
