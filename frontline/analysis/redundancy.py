"""Which series say the same: correlated in their levels and in their changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Fewer common points than this say nothing about two series.
FEWEST_POINTS = 8


@dataclass(frozen=True)
class Alike:
    """Two series with their correlation, and that of their changes from point to point (Pearson's r)."""

    first: str
    second: str
    r: float
    r_changes: float


def alike_pairs(series: Mapping[str, Sequence[float | None]], *, least: float, least_changes: float) -> list[Alike]:
    """Return the pairs whose |r| reaches ``least`` and ``least_changes`` in their changes, the likest first.

    Two series that only share a trend are correlated in their levels and not in their changes.
    """
    keys = list(series)
    found = []
    for at, first in enumerate(keys):
        for second in keys[at + 1 :]:
            both = zip(series[first], series[second], strict=True)
            pairs = [(a, b) for a, b in both if a is not None and b is not None]
            if len(pairs) < FEWEST_POINTS:
                continue
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(pairs)]
            r, r_changes = correlation(pairs), correlation(steps)
            if abs(r) >= least and abs(r_changes) >= least_changes:
                found.append(Alike(first, second, r, r_changes))
    return sorted(found, key=lambda pair: -abs(pair.r))


def correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Return Pearson's r; 0 where one of the two never moves."""
    n = len(pairs)
    if n < 2:
        return 0.0
    mean_x, mean_y = (sum(values) / n for values in zip(*pairs, strict=True))
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    if not xx or not yy:
        return 0.0
    return float(sum((x - mean_x) * (y - mean_y) for x, y in pairs) / math.sqrt(xx * yy))
