"""One measured figure, and how a run is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Of these a hundredth is a difference: they are printed to the thousandth.
FINE = ("share", "nDCG", "MRR", "V")


@dataclass(frozen=True)
class Figure:
    """``value`` in ``unit``; with a ``target`` and whether it is a floor (>=) or a ceiling (<=)."""

    name: str
    value: float
    unit: str = "x"
    target: float | None = None
    is_floor: bool = False
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether the target was not reached."""
        if self.target is None:
            return False
        return self.value < self.target if self.is_floor else self.value > self.target


def show(figures: Sequence[Figure]) -> str:
    """Return the table, one line a figure."""
    lines = []
    for figure in figures:
        target = "" if figure.target is None else f"{'>=' if figure.is_floor else '<='} {figure.target:g} {figure.unit}"
        verdict = "" if figure.target is None else "missed" if figure.is_missed else "met"
        digits = 3 if figure.unit in FINE else 2
        measured = f"{figure.name:<58} {figure.value:>10.{digits}f} {figure.unit:<8}"
        lines.append(f"{measured} {target:<16} {verdict:<7} {figure.note}")
    return "\n".join(line.rstrip() for line in lines) + "\n"
