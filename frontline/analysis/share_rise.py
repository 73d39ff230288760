"""Has a share risen lately? Weeks vary more than cases drawn at random would; the interval is widened by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from frontline.analysis.intervals import Interval


@dataclass(frozen=True)
class ShareRise:
    """The share of the last weeks and of those before; ``difference`` is the interval of the one minus the other."""

    now: float
    before: float
    events: int
    trials: int
    difference: Interval


def find_rise(
    weeks: Sequence[tuple[int, int]], *, recent: int, sigmas: float, min_lift: float, min_events: int
) -> ShareRise | None:
    """Return the rise of the last ``recent`` of ``weeks`` (events, trials; oldest first); None where there is none.

    Both shares get one event and two trials more (Agresti and Caffo 2000), so that a share that was 0 has an interval
    too. The variance is multiplied by Pearson's dispersion of the weeks before, at least 1.
    """
    before, now = weeks[:-recent], weeks[-recent:]
    (e1, n1), (e2, n2) = (
        (sum(events for events, _ in part), sum(trials for _, trials in part)) for part in (now, before)
    )
    if e1 < min_events or n1 == 0 or n2 == 0 or e1 / n1 < (e2 / n2) * (1 + min_lift):
        return None
    p, q = (e1 + 1) / (n1 + 2), (e2 + 1) / (n2 + 2)
    spread = _dispersion(before)
    half = sigmas * math.sqrt(spread * (p * (1 - p) / (n1 + 2) + q * (1 - q) / (n2 + 2)))
    if p - q - half <= 0:
        return None
    return ShareRise(e1 / n1, e2 / n2, e1, n1, Interval(p - q - half, min(1.0, p - q + half)))


def _dispersion(weeks: Sequence[tuple[int, int]]) -> float:
    known = [(events, trials) for events, trials in weeks if trials]
    share = sum(events for events, _ in known) / max(sum(trials for _, trials in known), 1)
    if len(known) < 3 or not 0 < share < 1:
        return 1.0
    pearson = sum((events - trials * share) ** 2 / (trials * share * (1 - share)) for events, trials in known)
    return max(1.0, pearson / (len(known) - 1))
