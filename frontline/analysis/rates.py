"""How fast a count grows: the ratio of two Poisson rates with an exact interval, and many such questions at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from frontline.analysis.intervals import Interval


@dataclass(frozen=True)
class RateRatio:
    """A rate against an earlier one. ``ratio`` is infinite when nothing was counted before, None when never."""

    ratio: float | None
    interval: Interval

    @property
    def is_growing(self) -> bool:
        """Whether the data tell it from no change: the whole interval lies above 1."""
        return self.interval.low > 1.0

    @property
    def is_shrinking(self) -> bool:
        """Whether the whole interval lies below 1."""
        return self.interval.high < 1.0


def rate_ratio(now: int, now_days: float, before: int, before_days: float, *, level: float = 0.95) -> RateRatio:
    """Return the ratio of ``now / now_days`` to ``before / before_days``.

    Given their sum, the first of two Poisson counts is binomial with p = r t1 / (r t1 + t2), so the Clopper-Pearson
    bounds of p give exact bounds of r = p t2 / ((1 - p) t1) (Przyborowski and Wilenski 1940; Sahai and Khurshid 1993).

    Raises:
        ValueError: a count below 0, or a span that is not above 0.
    """
    if now < 0 or before < 0 or now_days <= 0 or before_days <= 0:
        raise ValueError("a rate needs counts from 0 on and spans above 0")
    if now + before == 0:
        return RateRatio(None, Interval(0.0, math.inf))
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if now == 0 else float(betaincinv(now, before + 1, tail))
    high = 1.0 if before == 0 else float(betaincinv(now + 1, before, 1 - tail))
    scale = before_days / now_days
    return RateRatio(math.inf if before == 0 else now / before * scale, Interval(_odds(low, scale), _odds(high, scale)))


def chance_of_more(now: int, now_days: float, before: int, before_days: float, *, ratio: float = 1.0) -> float:
    """Return the one-sided p-value of at least ``now`` when the true ratio of the rates is ``ratio`` at most.

    Exact, given the sum of both counts (Przyborowski and Wilenski 1940). The spans may be any exposure.
    """
    from scipy.stats import binom

    share = ratio * now_days / (ratio * now_days + before_days)
    return float(binom.sf(now - 1, now + before, share))


def discoveries(p_values: Sequence[float], *, rate: float = 0.10) -> list[bool]:
    """Return which of many tests stand when at most ``rate`` of those named may be false (Benjamini-Hochberg 1995)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = 0
    for place, index in enumerate(order, start=1):
        if p_values[index] <= rate * place / len(order):
            last = place
    named = set(order[:last])
    return [index in named for index in range(len(p_values))]


def _odds(share: float, scale: float) -> float:
    return math.inf if share >= 1.0 else share / (1 - share) * scale
