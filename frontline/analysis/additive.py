"""Which cells of a two-way table are worse than their row and their column would make them.

The expected mean of a cell is additive: overall + row effect + column effect (the effects only where rows and columns
differ beyond chance), fitted by weighted least squares to all *other* cells, so that a cell never excuses itself. What
is left over is judged against chance: the share of random draws of as many residuals that lie as low (Monte Carlo,
seeded), for shares the exact binomial tail; its scatter is widened by how well the expectation is known and, for
shares, by how much more the cells scatter than their counts explain (the dispersion, from the median so that one bad
cell does not hide itself; McCullagh and Nelder 1989, 4.5 and 14.5). Of many cells at most a stated share of those
named is false (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontline.analysis.intervals import Interval
from frontline.analysis.rates import discoveries

Floats = NDArray[np.float64]
Place = tuple[str, str]
DRAWS = 10_000
# Means of so many observations are as good as normal.
NORMAL_FROM = 100
# The median of chi-square with one degree of freedom.
MEDIAN_CHI2 = 0.4549


@dataclass(frozen=True)
class Tally:
    """The observations of one cell: how many, their mean, and their single values or None where only these are known
    (then ``variance`` is that of one observation)."""

    n: float
    mean: float
    values: tuple[float, ...] | None = None
    variance: float = 0.0


@dataclass(frozen=True)
class CellGap:
    """A cell against what its row and column make of it. ``gap`` = mean - expected, with a 95 % interval."""

    place: Place
    n: int
    mean: float
    expected: float
    interval: Interval  # of the gap
    p_value: float  # of a gap this far on the bad side
    is_found: bool

    @property
    def gap(self) -> float:
        """How far the cell lies from its expectation."""
        return self.mean - self.expected


def tally(values: Sequence[float]) -> Tally:
    """Return the tally of single observations."""
    return Tally(len(values), float(np.mean(values)), tuple(values), float(np.var(values)))


def share_tally(events: float, trials: float) -> Tally:
    """Return the tally of a share: ``events`` of ``trials``."""
    share = events / trials
    return Tally(trials, share, None, share * (1 - share))


def cell_gaps(
    cells: Mapping[Place, Tally],
    *,
    low_is_bad: bool,
    least: int,
    smallest_gap: float,
    rate: float = 0.10,
    seed: int = 0,
) -> list[CellGap]:
    """Return the cells of ``least`` observations and more, worst first.

    ``smallest_gap`` (in the unit of the mean) is what matters in practice: a smaller one is never found, however
    certain. A row or column with a single cell has nothing to be compared with and is left out. What is found first
    is taken out of the expectation of the others, which are then judged anew: one bad cell does not accuse a second.

    Raises:
        ValueError: ``least`` below 2, or a ``rate`` outside (0, 1).
    """
    if least < 2 or not 0 < rate < 1:
        raise ValueError("least must be 2 or more, and rate between 0 and 1")
    table = _Table.of(cells, sign=1.0 if low_is_bad else -1.0)
    if sum(cells[place].n >= least for place in table.places) < 3:
        return []
    gaps: list[CellGap] = []
    taken_out: frozenset[Place] = frozenset()
    for _ in range(2):
        gaps = _judge(table, taken_out, least=least, smallest_gap=smallest_gap, rate=rate, seed=seed)
        taken_out = frozenset(gap.place for gap in gaps if gap.is_found)
        if not taken_out:
            break
    return sorted(gaps, key=lambda one: (not one.is_found, one.p_value, one.place))


@dataclass(frozen=True)
class _Table:
    """The cells as arrays, with the scatter of one observation. ``sign`` turns the bad side down."""

    places: list[Place]
    cells: Mapping[Place, Tally]
    counts: Floats
    means: Floats
    design: Floats
    variance: float
    residuals: Floats  # of single observations, turned; empty where only shares are known
    sign: float

    @classmethod
    def of(cls, cells: Mapping[Place, Tally], *, sign: float) -> _Table:
        places = _comparable([place for place, cell in cells.items() if cell.n > 0])
        kept = [cells[place] for place in places]
        variance, residuals = _scatter(kept) if kept else (0.0, np.array([]))
        variance = max(variance, 1e-12)
        counts, means = np.array([cell.n for cell in kept]), np.array([cell.mean for cell in kept])
        return cls(places, cells, counts, means, _design(places), variance, residuals * sign, sign)


def _judge(
    table: _Table, taken_out: frozenset[Place], *, least: int, smallest_gap: float, rate: float, seed: int
) -> list[CellGap]:
    without = np.array([place in taken_out for place in table.places])
    judged: list[tuple[int, float, float, float]] = []
    for at, place in enumerate(table.places):
        if table.cells[place].n >= least and (reached := _left_out(table, at, without)) is not None:
            judged.append((at, *reached))
    if not judged:
        return []
    squares = [(table.means[at] - expected) ** 2 / (own + known) for at, expected, own, known in judged]
    # Single values show their own scatter; shares of thousands scatter more than their counts say.
    dispersion = 1.0 if table.residuals.size else max(1.0, float(np.median(squares)) / MEDIAN_CHI2)
    rng = np.random.default_rng(seed)
    chances = [
        _chance(table, at, expected, math.sqrt(dispersion * (1 + known / own)), rng)
        for at, expected, own, known in judged
    ]
    gaps = []
    for (at, expected, own, known), chance, is_named in zip(
        judged, chances, discoveries(chances, rate=rate), strict=True
    ):
        mean = float(table.means[at])
        half = 1.959964 * math.sqrt(dispersion * (own + known))
        interval = Interval(mean - expected - half, mean - expected + half)
        is_found = is_named and table.sign * (expected - mean) >= smallest_gap
        gaps.append(CellGap(table.places[at], round(table.counts[at]), mean, expected, interval, chance, is_found))
    return gaps


def _comparable(places: Sequence[Place]) -> list[Place]:
    """Drop cells that are alone in their row or column, until none is."""
    kept = sorted(places)
    while True:
        rows = [row for row, _ in kept]
        columns = [column for _, column in kept]
        inside = [(row, column) for row, column in kept if rows.count(row) > 1 and columns.count(column) > 1]
        if len(inside) == len(kept):
            return kept
        kept = inside


def _design(places: Sequence[Place]) -> Floats:
    rows = sorted({row for row, _ in places})
    columns = sorted({column for _, column in places})
    design = np.zeros((len(places), 1 + len(rows) - 1 + len(columns) - 1))
    design[:, 0] = 1.0
    for at, (row, column) in enumerate(places):
        if (i := rows.index(row)) > 0:
            design[at, i] = 1.0
        if (j := columns.index(column)) > 0:
            design[at, len(rows) - 1 + j] = 1.0
    return design


def _scatter(cells: Sequence[Tally]) -> tuple[float, Floats]:
    """Return the variance of one observation within its cell, and the centred residuals with that variance."""
    single = [cell for cell in cells if cell.values is not None]
    if not single:
        return float(sum(cell.n * cell.variance for cell in cells) / sum(cell.n for cell in cells)), np.array([])
    residuals: Any = np.concatenate([np.array(cell.values) - cell.mean for cell in single])
    freedom = max(1.0, sum(cell.n for cell in single) - len(single))
    variance = float((residuals**2).sum() / freedom)
    centred = residuals - residuals.mean()
    spread = float(centred.std())
    return variance, centred * (math.sqrt(variance) / spread) if spread > 0 else np.array([])


def _left_out(table: _Table, at: int, without: NDArray[np.bool_]) -> tuple[float, float, float] | None:
    """Return the expectation of a cell from the others, the variance of its own mean and that of the expectation.

    None where the others do not reach it: its row or its column has no other cell left.
    """
    weights = np.where(without, 0.0, table.counts)
    weights[at] = 0.0
    design = _needed(table, weights)
    normal = design.T @ (design * weights[:, None])
    inverse = np.linalg.pinv(normal, hermitian=True)
    row = design[at]
    if not np.allclose(row @ inverse @ normal, row, atol=1e-6):
        return None
    beta = inverse @ (design.T @ (weights * table.means))
    known = float(table.variance * (row @ inverse @ row))
    return float(row @ beta), table.variance / float(table.counts[at]), known


def _needed(table: _Table, weights: Floats) -> Floats:
    """Return the design, or its constant alone where rows and columns differ by no more than chance (chi-square at
    5 %): effects that are not there cost precision."""
    from scipy.stats import chi2

    root = np.sqrt(weights)
    fitted = table.design @ np.linalg.lstsq(table.design * root[:, None], table.means * root, rcond=None)[0]
    overall = (weights * table.means).sum() / weights.sum()
    differs = float((weights * (fitted - overall) ** 2).sum() / table.variance)
    return table.design if chi2.sf(differs, table.design.shape[1] - 1) < 0.05 else table.design[:, :1]


def _chance(table: _Table, at: int, expected: float, widened: float, rng: np.random.Generator) -> float:
    """Return how likely a mean as bad as this is by chance alone, its scatter ``widened``."""
    n, mean = round(table.counts[at]), float(table.means[at])
    if table.residuals.size == 0 and bool(((table.means >= 0) & (table.means <= 1)).all()):
        return _chance_of_share(round(mean * n), n, expected, widened, many_are_bad=table.sign < 0)
    target = table.sign * (mean - expected) / widened
    if table.residuals.size == 0 or n > NORMAL_FROM:
        return 0.5 * math.erfc(-target / math.sqrt(2 * table.variance / n))
    drawn = rng.choice(table.residuals, size=(DRAWS, n)).mean(axis=1)
    return float((np.count_nonzero(drawn <= target) + 1) / (DRAWS + 1))


def _chance_of_share(events: int, trials: int, expected: float, widened: float, *, many_are_bad: bool) -> float:
    """Return the exact binomial tail, then taken back towards one half by the widening on the normal scale."""
    from scipy.stats import binom, norm

    share = min(1 - 1e-9, max(1e-9, expected))
    tail = binom.sf(events - 1, trials, share) if many_are_bad else binom.cdf(events, trials, share)
    return float(norm.sf(norm.isf(tail) / widened))
