"""Where a change comes from: rate and mix of a ratio, contributions to a count. The parts add up to it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Number = int | float


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


def decompose(before: Mapping[str, tuple[Number, Number]], after: Mapping[str, tuple[Number, Number]]) -> Decomposition:
    """Split the change of a ratio over groups; each value is (numerator, denominator) as summed.

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
    cells_0, cells_1 = _exact(before), _exact(after)
    total_0 = sum((den for _, den in cells_0.values()), Fraction(0))
    total_1 = sum((den for _, den in cells_1.values()), Fraction(0))
    if total_0 == 0 or total_1 == 0:
        raise ValueError("a change needs rows in both periods")
    level_0 = sum((num for num, _ in cells_0.values()), Fraction(0)) / total_0
    level_1 = sum((num for num, _ in cells_1.values()), Fraction(0)) / total_1
    middle = (level_0 + level_1) / 2
    nothing = (Fraction(0), Fraction(0))
    effects = []
    for group in sorted({*cells_0, *cells_1}):
        num_0, den_0 = cells_0.get(group, nothing)
        num_1, den_1 = cells_1.get(group, nothing)
        rate_0 = num_0 / den_0 if den_0 else num_1 / den_1
        rate_1 = num_1 / den_1 if den_1 else rate_0
        share_0, share_1 = den_0 / total_0, den_1 / total_1
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


def contributions(before: Mapping[str, Number], after: Mapping[str, Number]) -> dict[str, Number]:
    """Return what each group adds to the change of a count or a sum, largest absolute part first."""
    parts = {group: after.get(group, 0) - before.get(group, 0) for group in sorted({*before, *after})}
    return dict(sorted(parts.items(), key=lambda item: (-abs(item[1]), item[0])))


def carriers(parts: Mapping[str, float], *, share: float = 0.8) -> tuple[str, ...]:
    """Return the fewest groups whose parts together reach ``share`` of the whole change, largest first.

    Empty when the whole is 0. The parts of the groups that moved the other way count in the whole.
    """
    whole = sum(parts.values())
    if not whole:
        return ()
    found: list[str] = []
    reached = 0.0
    for group in sorted(parts, key=lambda name: (-parts[name] / whole, name)):
        if reached >= share:
            break
        found.append(group)
        reached += parts[group] / whole
    return tuple(found)


def concentration(parts: Mapping[str, float], sizes: Mapping[str, float], *, among: Iterable[str]) -> float:
    """Return how much more of the change one group of ``among`` carries than its size (0-1) explains: a big group
    carries much of anything. 0 when nothing changed."""
    whole = sum(parts.values())
    if not whole:
        return 0.0
    return max((parts[group] / whole - sizes.get(group, 0.0) for group in among), default=0.0)


def _exact(cells: Mapping[str, tuple[Number, Number]]) -> dict[str, tuple[Fraction, Fraction]]:
    """Return the cells that have rows, in fractions."""
    return {group: (Fraction(num), Fraction(den)) for group, (num, den) in cells.items() if den}
