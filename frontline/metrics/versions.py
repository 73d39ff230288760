"""Answers by an earlier version: ``recontact_rate@2`` gives the number as that version counted it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from frontline.catalog.definitions import Version, with_version
from frontline.catalog.loader import Catalog
from frontline.core.errors import NotFound
from frontline.core.text import QuestionText

PIN = re.compile(r"(?<![\w@])([A-Za-z][A-Za-z0-9_]*)@(\d{1,4})\b")


class VersionSource(Protocol):
    """The versions that were ever in force (``frontline.governance.definitions``)."""

    def find(self, key: str, number: int) -> Version | None:
        """Return one version; None where nobody knows it. Raises NotFound where it never counted."""
        ...


def take_pins(question: QuestionText, catalog: Catalog) -> tuple[QuestionText, tuple[str, ...]]:
    """Return the question without ``@version`` and the pins in it; what is no metric's key stays as it stands."""
    text = question.reveal()
    pins = {f"{found[1].lower()}@{int(found[2])}": None for found in PIN.finditer(text)}
    known = tuple(pin for pin in pins if pin.partition("@")[0] in catalog.metrics)

    def plain(found: re.Match[str]) -> str:
        key = found[1].lower()
        return key.replace("_", " ") if key in catalog.metrics else found[0]

    return (QuestionText(PIN.sub(plain, text)), known) if known else (question, ())


def pinned(catalog: Catalog, source: VersionSource | None, pins: Iterable[str]) -> tuple[Catalog, Sequence[str]]:
    """Return the catalog with the named versions in place, and a note on each that is not in force.

    Raises:
        NotFound: nobody knows such a version, or it never counted.
    """
    notes: list[str] = []
    for pin in pins:
        key, _, number = pin.partition("@")
        current = catalog.metrics.get(key)
        if current is not None and str(current.version) == number:
            continue
        version = source.find(key, int(number)) if source is not None and number.isdigit() else None
        if version is None:
            raise NotFound(f"There is no version {pin}.", next_step=f"`/ops metric show {key}` lists the versions.")
        catalog = with_version(catalog, version)
        if current is not None:
            notes.append(f"counted by {pin}; in force is {key}@{current.version}")
    return catalog, notes
