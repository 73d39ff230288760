"""Intervals for shares and for the difference of two shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Interval:
    """A closed interval."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies inside."""
        return self.low <= value <= self.high


def wilson(events: int, trials: int, *, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of a share (Wilson 1927).

    Raises:
        ValueError: not 0 <= events <= trials with trials >= 1.
    """
    if not 0 <= events <= trials or trials < 1:
        raise ValueError(f"a share needs 0 <= events <= trials and trials >= 1, not {events} of {trials}")
    z = _quantile(level)
    p = events / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # At the edges the bound is exactly 0 or 1; rounding must not move it.
    low = 0.0 if events == 0 else (centre - half) / scale
    high = 1.0 if events == trials else (centre + half) / scale
    return Interval(min(low, p), max(high, p))


def newcombe(events_1: int, trials_1: int, events_2: int, trials_2: int, *, level: float = 0.95) -> Interval:
    """Return the interval of share 1 minus share 2 (Newcombe 1998, method 10: square-and-add of Wilson's).

    Raises:
        ValueError: as ``wilson``.
    """
    one, two = wilson(events_1, trials_1, level=level), wilson(events_2, trials_2, level=level)
    p, q = events_1 / trials_1, events_2 / trials_2
    low = p - q - math.hypot(p - one.low, two.high - q)
    high = p - q + math.hypot(one.high - p, q - two.low)
    return Interval(max(-1.0, low), min(1.0, high))


def is_within_noise(events_1: int, trials_1: int, events_2: int, trials_2: int, *, level: float = 0.95) -> bool:
    """Whether the data do not separate two shares: zero lies inside the Newcombe interval."""
    return newcombe(events_1, trials_1, events_2, trials_2, level=level).holds(0.0)


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)
