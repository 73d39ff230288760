"""Why a ratio moved: what changed inside the groups (rate) and what changed in their shares (mix)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Effect:
    """One group's part of the change, in the unit of the ratio. ``total`` = ``rate`` + ``mix``."""

    group: str
    rate: float
    mix: float
    rate_before: float | None
    rate_after: float | None
    share_before: float
    share_after: float

    @property
    def total(self) -> float:
        """Both effects of the group."""
        return self.rate + self.mix


@dataclass(frozen=True)
class Decomposition:
    """The parts of ``after - before``, largest absolute total first; they add up to it."""

    before: float
    after: float
    effects: tuple[Effect, ...]

    @property
    def change(self) -> float:
        """The change of the ratio."""
        return self.after - self.before


def decompose(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> Decomposition:
    """Split the change of a ratio over groups; each value is (numerator, denominator) as integers.

    Midpoint form (Marshall-Edgeworth weights), mix measured against the mean overall level so that a group only
    contributes by its shift when it differs from the rest::

        rate_g = (r1 - r0) * (s0 + s1) / 2        mix_g = (s1 - s0) * ((r0 + r1) / 2 - (R0 + R1) / 2)

    The sum over groups is exactly R1 - R0 (computed in fractions). A group without rows in one period has no rate
    there: its whole part is mix.

    Raises:
        ValueError: a period has no rows at all, or a denominator is negative.
    """
    if any(den < 0 for _, den in (*before.values(), *after.values())):
        raise ValueError("denominators are counts")
    total_0, total_1 = sum(den for _, den in before.values()), sum(den for _, den in after.values())
    if total_0 == 0 or total_1 == 0:
        raise ValueError("a change needs rows in both periods")
    level_0 = Fraction(sum(num for num, den in before.values() if den), total_0)
    level_1 = Fraction(sum(num for num, den in after.values() if den), total_1)
    middle = (level_0 + level_1) / 2
    effects = []
    for group in sorted({*before, *after}):
        num_0, den_0 = before.get(group, (0, 0))
        num_1, den_1 = after.get(group, (0, 0))
        if den_0 == den_1 == 0:
            continue
        rate_0 = Fraction(num_0, den_0) if den_0 else Fraction(num_1, den_1)
        rate_1 = Fraction(num_1, den_1) if den_1 else rate_0
        share_0, share_1 = Fraction(den_0, total_0), Fraction(den_1, total_1)
        effects.append(
            Effect(
                group,
                rate=float((rate_1 - rate_0) * (share_0 + share_1) / 2),
                mix=float((share_1 - share_0) * ((rate_0 + rate_1) / 2 - middle)),
                rate_before=float(rate_0) if den_0 else None,
                rate_after=float(rate_1) if den_1 else None,
                share_before=float(share_0),
                share_after=float(share_1),
            )
        )
    effects.sort(key=lambda effect: (-abs(effect.total), effect.group))
    return Decomposition(float(level_0), float(level_1), tuple(effects))
