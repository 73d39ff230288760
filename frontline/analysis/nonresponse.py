"""What the silent could have said: a survey's figure among those who answered, and its bias.

Post-stratified: the figure of every stratum weighted by those *asked* in it instead of those who answered (Holt and
Smith 1979). It repairs what the strata explain and nothing else. Bounds: what the share of all asked would be if every
silent person were dissatisfied, or satisfied (Manski 1989). They are wide, and true whatever the silent think.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from frontline.analysis.intervals import Interval


@dataclass(frozen=True)
class Stratum:
    """People asked and people who answered, in all kinds of surveys; and the figure with its count for one kind."""

    asked: int
    answered: int
    value: float | None
    n: int


@dataclass(frozen=True)
class Reweighted:
    """The figure as it was answered, and as it would be had every stratum answered as often as the others.

    ``coverage`` is the share of the asked in strata that have a figure; the others are taken as the ones that have.
    """

    plain: float
    weighted: float
    coverage: float
    response_rate: float

    @property
    def shift(self) -> float:
        """How much the weighting moves the figure."""
        return self.weighted - self.plain


def reweight(strata: Mapping[str, Stratum]) -> Reweighted:
    """Return the post-stratified figure of ``strata``.

    Raises:
        ValueError: nobody was asked, or no stratum has a figure.
    """
    asked = sum(part.asked for part in strata.values())
    known = [part for part in strata.values() if part.value is not None and part.n > 0 and part.asked > 0]
    if asked <= 0 or not known:
        raise ValueError("a reweighted figure needs people asked and a stratum with a figure")
    weight, n = sum(part.asked for part in known), sum(part.n for part in known)
    return Reweighted(
        plain=sum(_value(part) * part.n for part in known) / n,
        weighted=sum(_value(part) * part.asked for part in known) / weight,
        coverage=weight / asked,
        response_rate=sum(part.answered for part in strata.values()) / asked,
    )


def worst_case(share: float, response_rate: float) -> Interval:
    """Return where the share of *all* asked lies when nothing is assumed about the silent.

    Raises:
        ValueError: a share or rate outside 0 to 1.
    """
    if not 0 <= share <= 1 or not 0 <= response_rate <= 1:
        raise ValueError("shares and rates lie between 0 and 1")
    low = share * response_rate
    return Interval(low, low + 1 - response_rate)


def _value(part: Stratum) -> float:
    assert part.value is not None
    return part.value
