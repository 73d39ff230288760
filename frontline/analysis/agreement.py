"""Do two people put the same case into the same category? Gwet's AC1, which does not break when one category is common.

Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high agreement". Kappa calls two
people who agree on 95 of 100 cases unreliable where one category is common; AC1 does not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from frontline.analysis.intervals import Interval

_Z = 1.96
# Pairs of codes are proposed to a steward from so many codings on, and from such a share of them mixed up.
LEAST_CODINGS = 20
MERGE_SHARE = 0.30
# A code that two people agree on less often than this, without one other that it is mixed up with, is too wide.
SPLIT_AGREED = 0.50


@dataclass(frozen=True)
class Agreement:
    """``raw``: the share of cases with the same code; ``ac1`` with its 95 % ``interval``, over ``n`` cases."""

    n: int
    raw: float
    ac1: float
    interval: Interval


@dataclass(frozen=True)
class Confusion:
    """``first`` and ``second`` were taken for each other in ``times`` of the ``n`` cases that either was given to."""

    first: str
    second: str
    times: int
    n: int

    @property
    def share(self) -> float:
        """The share of the cases of either that were taken for the other."""
        return self.times / self.n


def gwet_ac1(pairs: Sequence[tuple[str, str]], *, codes: Sequence[str] = ()) -> Agreement | None:
    """Return how well two coders agree on cases ``pairs``; None for fewer than two cases.

    ``codes``: all that could have been given; without them, those that were.
    """
    n = len(pairs)
    if n < 2:
        return None
    names = sorted({*codes, *(code for pair in pairs for code in pair)})
    raw = sum(one == two for one, two in pairs) / n
    if len(names) < 2:
        return Agreement(n, raw, 1.0, Interval(1.0, 1.0))
    given = Counter(code for pair in pairs for code in pair)
    share = {name: given[name] / (2 * n) for name in names}
    chance = sum(part * (1 - part) for part in share.values()) / (len(names) - 1)
    ac1 = (raw - chance) / (1 - chance)
    # The variance of Gwet (2008), equation 17: how the value moves with each case.
    moves = 0.0
    for one, two in pairs:
        mine = ((one == two) - chance) / (1 - chance)
        its_chance = ((1 - share[one]) + (1 - share[two])) / 2 / (len(names) - 1)
        moves += (mine - 2 * (1 - ac1) * (its_chance - chance) / (1 - chance) - ac1) ** 2
    error = _Z * math.sqrt(moves / n / (n - 1))
    return Agreement(n, raw, ac1, Interval(max(-1.0, ac1 - error), min(1.0, ac1 + error)))


def find_confusions(pairs: Sequence[tuple[str, str]]) -> list[Confusion]:
    """Return the pairs of codes that are mixed up so often that a steward should merge them or say the difference."""
    mixed = Counter(tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1])
    found = []
    for (first, second), times in mixed.items():
        n = sum(1 for pair in pairs if first in pair or second in pair)
        if n >= LEAST_CODINGS and times / n >= MERGE_SHARE:
            found.append(Confusion(first, second, times, n))
    return sorted(found, key=lambda pair: (-pair.share, pair.first))


@dataclass(frozen=True)
class Agreed:
    """Of ``n`` cases that either coder gave a code, both gave it in ``both``."""

    code: str
    both: int
    n: int

    @property
    def share(self) -> float:
        """The share of them on which both agree."""
        return self.both / self.n


def agreed_by_code(pairs: Sequence[tuple[str, str]]) -> list[Agreed]:
    """Return per code that was given how often both gave it, the most given first."""
    codes = sorted({code for pair in pairs for code in pair})
    found = [
        Agreed(code, sum(pair == (code, code) for pair in pairs), sum(code in pair for pair in pairs)) for code in codes
    ]
    return sorted(found, key=lambda row: (-row.n, row.code))


def find_wide(pairs: Sequence[tuple[str, str]]) -> list[Agreed]:
    """Return the codes that are mixed up with several others and no single one: a steward may split them."""
    mixed = {code for pair in find_confusions(pairs) for code in (pair.first, pair.second)}
    return [
        row
        for row in agreed_by_code(pairs)
        if row.n >= LEAST_CODINGS and row.share < SPLIT_AGREED and row.code not in mixed
    ]
