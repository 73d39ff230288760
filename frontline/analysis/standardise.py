"""Groups compared as if they had the same mix of work (topics, channels): direct and indirect standardisation.

Direct: the group's own rates weighted by the mix of the whole. Indirect: what the whole's rates would give for the
group's own mix; observed / expected tells how the group does with the work it has (Armitage, Berry and Matthews 2002,
ch. 19; Breslow and Day 1987, ch. 2). Both are 1 : 1 where nothing but the mix differs. The expected amounts of all
groups add up to the observed ones exactly.

Intervals come from resampling whole days (Efron and Tibshirani 1993, ch. 8): what happens on a day hits all its
contacts, so days are what is independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frontline.analysis.intervals import Interval

Floats = NDArray[np.float64]
DRAWS = 1_000
# A cell of the mix with fewer units has no rate of its own: it takes that of all such cells together.
LEAST_UNITS = 20


@dataclass(frozen=True)
class DayCells:
    """Amounts (money, successes) and units (cases, ratings) as arrays [day, group, cell]."""

    groups: tuple[str, ...]
    cells: tuple[str, ...]
    amounts: Floats
    units: Floats


@dataclass(frozen=True)
class Standardised:
    """One group. ``crude`` = amount per unit; ``expected`` per unit by its mix; ``direct`` with the whole's mix (None
    where the group lacks more than a tenth of that mix); ``ratio`` observed / expected with its interval;
    ``crude_ratio`` against the whole without any adjustment, with its own."""

    group: str
    units: float
    amount: float
    expected_amount: float
    direct: float | None
    interval: Interval
    crude_ratio: float
    crude_interval: Interval
    p_value: float  # two-sided, of ratio 1

    @property
    def crude(self) -> float:
        """Amount per unit."""
        return self.amount / self.units

    @property
    def expected(self) -> float:
        """Amount per unit that the whole would have had with this group's mix."""
        return self.expected_amount / self.units

    @property
    def ratio(self) -> float:
        """Observed over expected."""
        return self.amount / self.expected_amount


def collect_days(rows: Sequence[tuple[str, str, str, float, float]]) -> DayCells:
    """Return arrays of rows (day, group, cell, amount, units); the same place may occur more than once."""
    days = sorted({row[0] for row in rows})
    groups, cells = sorted({row[1] for row in rows}), sorted({row[2] for row in rows})
    shape = (len(days), len(groups), len(cells))
    amounts, units = np.zeros(shape), np.zeros(shape)
    where = [{word: at for at, word in enumerate(words)} for words in (days, groups, cells)]
    for day, group, cell, amount, count in rows:
        place = (where[0][day], where[1][group], where[2][cell])
        amounts[place] += amount
        units[place] += count
    return DayCells(tuple(groups), tuple(cells), amounts, units)


def standardise(
    data: DayCells, *, least: int = LEAST_UNITS, draws: int = DRAWS, level: float = 0.95, seed: int = 0
) -> list[Standardised]:
    """Return the groups of ``least`` units and more, in the order of ``data``.

    Raises:
        ValueError: nothing was done or spent at all.
    """
    if data.amounts.sum() <= 0 or data.units.sum() <= 0:
        raise ValueError("nothing to standardise")
    merged = _merge_thin(data)
    amounts, units = merged.amounts.sum(axis=0), merged.units.sum(axis=0)
    expected = _expected(amounts, units)
    ratios, crude = _resample(merged, draws=draws, seed=seed)
    tail = (1 - level) / 2
    found = []
    for at, group in enumerate(merged.groups):
        if units[at].sum() < least or expected[at] <= 0:
            continue
        own = amounts[at].sum() / expected[at]
        plain = amounts[at].sum() / units[at].sum() / (amounts.sum() / units.sum())
        found.append(
            Standardised(
                group,
                float(units[at].sum()),
                float(amounts[at].sum()),
                float(expected[at]),
                _direct(amounts[at], units[at], units.sum(axis=0)),
                _interval(ratios[:, at], tail),
                float(plain),
                _interval(crude[:, at], tail),
                _p_value(float(own), ratios[:, at]),
            )
        )
    return found


def _merge_thin(data: DayCells) -> DayCells:
    """Join cells with too few units for a rate, so that no amount is lost."""
    thin = data.units.sum(axis=(0, 1)) < LEAST_UNITS
    if not thin.any() or thin.all():
        return data if not thin.all() else DayCells(data.groups, ("all",), _join(data.amounts), _join(data.units))
    kept = tuple(cell for cell, is_thin in zip(data.cells, thin, strict=True) if not is_thin)
    amounts = np.concatenate([data.amounts[..., ~thin], _join(data.amounts[..., thin])], axis=2)
    units = np.concatenate([data.units[..., ~thin], _join(data.units[..., thin])], axis=2)
    if units[..., -1].sum() > 0:
        return DayCells(data.groups, (*kept, "rest"), amounts, units)
    # Money without any unit: it goes along with all the rest, by size.
    inside, rest = amounts[..., :-1], amounts[..., -1].sum()
    return DayCells(data.groups, kept, inside * (1 + rest / inside.sum()), units[..., :-1])


def _join(values: Floats) -> Floats:
    return np.asarray(values.sum(axis=2, keepdims=True))


def _expected(amounts: Floats, units: Floats) -> Floats:
    """Return per group what the whole's rates give for its units; arrays [..., group, cell]."""
    total = units.sum(axis=-2)
    rate = np.divide(amounts.sum(axis=-2), total, out=np.zeros_like(total), where=total > 0)
    expected = (units * rate[..., None, :]).sum(axis=-1)
    whole = amounts.sum(axis=(-2, -1))
    said = expected.sum(axis=-1)
    return np.asarray(expected * np.divide(whole, said, out=np.ones_like(whole), where=said > 0)[..., None])


def _direct(amounts: Floats, units: Floats, mix: Floats) -> float | None:
    has = units > 0
    if mix[has].sum() < 0.9 * mix.sum():
        return None
    return float((amounts[has] / units[has] * mix[has]).sum() / mix[has].sum())


def _resample(data: DayCells, *, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Return observed / expected and the crude ratio of every group in ``draws`` samples of whole days."""
    days = data.amounts.shape[0]
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(days, np.full(days, 1 / days), size=draws).astype(float)
    groups, cells = len(data.groups), len(data.cells)
    amounts = (weights @ data.amounts.reshape(days, -1)).reshape(draws, groups, cells)
    units = (weights @ data.units.reshape(days, -1)).reshape(draws, groups, cells)
    expected = _expected(amounts, units)
    own, count = amounts.sum(axis=2), units.sum(axis=2)
    ratios = np.divide(own, expected, out=np.ones_like(own), where=expected > 0)
    per_unit = np.divide(own, count, out=np.zeros_like(own), where=count > 0)
    whole = own.sum(axis=1) / np.maximum(count.sum(axis=1), 1e-12)
    crude = per_unit / np.maximum(whole[:, None], 1e-12)
    return np.asarray(ratios), np.asarray(crude)


def _interval(values: Floats, tail: float) -> Interval:
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _p_value(ratio: float, drawn: Floats) -> float:
    """Return the two-sided chance of a ratio this far from 1, on the log scale where ratios are symmetric."""
    spread = float(np.log(np.maximum(drawn, 1e-12)).std())
    if spread <= 0:
        return 1.0 if abs(ratio - 1) < 1e-12 else 0.0
    return math.erfc(abs(math.log(max(ratio, 1e-12))) / spread / math.sqrt(2))


def by_group(found: Sequence[Standardised]) -> Mapping[str, Standardised]:
    """Return the groups by name."""
    return {one.group: one for one in found}
