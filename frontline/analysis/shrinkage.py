"""Small groups pulled towards the whole, by as much as their own numbers are worth (empirical Bayes).

Shares of groups are taken as drawn from a beta distribution around the overall share; its strength (in observations)
is estimated by the method of moments (Kleinman 1973). A group of n observations then counts n / (n + strength) of its
own figure. Where the groups differ by no more than chance, nothing is left of their differences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shrunken:
    """The overall share, the strength of the pull in observations (infinite: the groups are all alike), and the pulled
    share of every group."""

    centre: float
    strength: float
    shares: Mapping[str, float]


def shrink(groups: Mapping[str, tuple[int, int]]) -> Shrunken:
    """Return the shares of ``groups`` (events, trials) pulled towards their common share.

    Raises:
        ValueError: no trials, or events outside 0 to trials.
    """
    if any(not 0 <= events <= trials for events, trials in groups.values()):
        raise ValueError("events must lie between 0 and the trials")
    known = {key: pair for key, pair in groups.items() if pair[1] > 0}
    total = sum(trials for _, trials in known.values())
    if total == 0:
        raise ValueError("nothing to shrink: no trials")
    centre = sum(events for events, _ in known.values()) / total
    strength = _strength(known, centre, total)
    return Shrunken(
        centre, strength, {key: pull(events, trials, centre, strength) for key, (events, trials) in groups.items()}
    )


def pull(events: int, trials: int, centre: float, strength: float) -> float:
    """Return a share pulled towards ``centre`` with ``strength`` observations."""
    if math.isinf(strength):
        return centre
    return (events + strength * centre) / (trials + strength)


def _strength(groups: Mapping[str, tuple[int, int]], centre: float, total: int) -> float:
    """Return the observations that the common share is worth: centre (1 - centre) / variance between groups - 1."""
    inside = centre * (1 - centre)
    if len(groups) < 2 or inside == 0:
        return math.inf
    scatter = sum(trials * (events / trials - centre) ** 2 for events, trials in groups.values())
    spare = total - sum(trials**2 for _, trials in groups.values()) / total
    between = (scatter - inside * (len(groups) - 1)) / spare if spare > 0 else 0.0
    # The binomial scatter of the groups is part of what is seen; what is beyond it is true difference.
    between /= 1 - (len(groups) - 1) / spare if spare > len(groups) - 1 else 1.0
    return inside / between - 1 if 0 < between < inside else math.inf if between <= 0 else 0.0
