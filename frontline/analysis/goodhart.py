"""The two-metric rule: a primary metric that gets better while a guardrail beside it gets worse, both beyond noise.

A measure that becomes a target ceases to be a good measure (Goodhart 1975, in Strathern's words 1997). One figure
cannot show it; two can. A group (a team) is held against all the others over the same weeks and, stratum by stratum
(topic), against the same kind of work: a difference in differences with Mantel-Haenszel weights. What moves everybody,
or moves with the mix of work, is nobody's doing. Where handle times fell steeply in one week, that week is the onset;
else the onset is searched for, and the moves have to be clearer, because a search finds more by chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# (numerator, denominator) per week, oldest first; (0, 0) where nothing was counted.
Weeks = Sequence[tuple[float, float]]
# A stratum with fewer than this in one of its four cells says nothing.
LEAST_IN_CELL = 2.0


@dataclass(frozen=True)
class Measured:
    """A metric by group and stratum. ``better``: +1 where more is better, -1 where less is."""

    key: str
    better: int
    cells: Mapping[str, Mapping[str, Weeks]]


@dataclass(frozen=True)
class GoodhartSettings:
    """When the rule holds.

    ``before`` weeks are the base, at least ``least_before`` of them; the onset lies ``least_after`` weeks back or more.
    ``sigmas`` and ``joint`` (root of the sum of squares) are what both moves have to reach; ``signed_sigmas`` and
    ``signed_joint`` where handle times fell by ``fall`` (a share) and ``fall_sigmas`` at the same onset.
    """

    before: int = 16
    least_before: int = 8
    least_after: int = 4
    sigmas: float = 3.0
    joint: float = 4.6
    signed_sigmas: float = 1.7
    signed_joint: float = 2.8
    fall: float = 0.08
    fall_sigmas: float = 6.0
    least_n: int = 40


@dataclass(frozen=True)
class Move:
    """How one metric of a group moved at the onset. ``before`` and ``after`` are its own values, ``shift`` is what is
    left beyond the other groups and the mix, ``z`` is in standard errors and above 0 where that is better."""

    key: str
    before: float
    after: float
    shift: float
    z: float
    n: int


@dataclass(frozen=True)
class Goodhart:
    """One group in which the primary got better and guardrails got worse since week ``onset`` (0 = the oldest).

    ``guard_z``: all guardrails together (Stouffer), or the worst of them where that is clearer; above 0 = worse.
    """

    group: str
    onset: int
    primary: Move
    guards: tuple[Move, ...]
    guard_z: float
    fall: Move | None = None

    @property
    def strength(self) -> float:
        """The weaker of both moves, in standard errors."""
        return min(self.primary.z, self.guard_z)


def find_goodhart(
    primary: Sequence[Measured], guards: Sequence[Measured], handle_time: Measured | None, settings: GoodhartSettings
) -> list[Goodhart]:
    """Return the groups in which the rule holds, the strongest first.

    ``primary`` is the metric itself, then those that stand beside it and measure the same thing: the clearest of them
    counts, as long as the metric itself did not get worse.
    """
    first, besides = _Table(primary[0]), [_Table(item) for item in primary[1:]]
    fences = [_Table(item) for item in guards]
    speed = _Table(handle_time) if handle_time is not None else None
    found = []
    for group in primary[0].cells:
        fall = _steepest_fall(speed, group, settings) if speed is not None else None
        best = None
        for onset in [fall[0]] if fall else _onsets(first.weeks, settings):
            here = _judge(group, onset, [first, *besides], fences, settings, fall[1] if fall else None)
            if here is not None and (best is None or here.strength > best.strength):
                best = here
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda item: -item.strength)


class _Table:
    """The cells of a metric as cumulated arrays: strata x (weeks + 1) x (numerator, denominator), per group and all."""

    def __init__(self, measured: Measured) -> None:
        self.key, self.better = measured.key, measured.better
        strata = sorted({name for cells in measured.cells.values() for name in cells})
        self.weeks = max((len(w) for cells in measured.cells.values() for w in cells.values()), default=0)
        self._own: dict[str, Floats] = {}
        for group, cells in measured.cells.items():
            table = np.zeros((len(strata), self.weeks + 1, 2))
            for at, name in enumerate(strata):
                if name in cells:
                    table[at, 1:] = np.cumsum(np.asarray(cells[name], dtype=float), axis=0)
            self._own[group] = table
        self._all = sum(self._own.values(), np.zeros((len(strata), self.weeks + 1, 2)))

    def move(self, group: str, onset: int, settings: GoodhartSettings) -> Move | None:
        """Return the move of a share at ``onset``; None with too little behind it."""
        own = self._own.get(group)
        if own is None or not 0 < onset < self.weeks:
            return None
        first = max(0, onset - settings.before)
        rest = self._all - own
        spans = [(own, first, onset), (own, onset, self.weeks), (rest, first, onset), (rest, onset, self.weeks)]
        cells = np.stack([table[:, end] - table[:, start] for table, start, end in spans])
        whole = cells.sum(axis=1)
        if whole[1, 1] < settings.least_n or not whole[0, 1]:
            return None
        cells = cells[:, (cells[..., 1] >= LEAST_IN_CELL).all(axis=0)]
        if not cells.size:
            return None
        n = cells[..., 1]
        rates = cells[..., 0] / n
        pooled = cells[..., 0].sum(axis=0) / n.sum(axis=0)
        weight = 1 / (1 / n).sum(axis=0)
        shift = float((weight * (rates[1] - rates[0] - rates[3] + rates[2])).sum() / weight.sum())
        # Binomial, with the pooled rate of the stratum: weight^2 x p(1-p) x sum(1/n) = weight x p(1-p).
        error = math.sqrt(float((weight * pooled * (1 - pooled)).sum())) / float(weight.sum())
        if not error:
            return None
        before, after = whole[0, 0] / whole[0, 1], whole[1, 0] / whole[1, 1]
        return Move(self.key, before, after, shift, self.better * shift / error, round(whole[1, 1]))

    def fall(self, group: str, onset: int, settings: GoodhartSettings) -> Move | None:
        """Return how a mean fell at ``onset``, from week to week against the others; ``shift`` is a share of it."""
        own = self._own[group].sum(axis=0)
        rest = self._all.sum(axis=0) - own
        first = max(0, onset - settings.before)
        week = np.diff(own, axis=0)[first:], np.diff(rest, axis=0)[first:]
        counted = (week[0][:, 1] > 0) & (week[1][:, 1] > 0) & (week[0][:, 0] > 0) & (week[1][:, 0] > 0)
        place = np.arange(first, self.weeks)[counted]
        gaps = np.log(week[0][counted, 0] / week[0][counted, 1]) - np.log(week[1][counted, 0] / week[1][counted, 1])
        old, new = gaps[place < onset], gaps[place >= onset]
        if len(old) < 4 or len(new) < 2:
            return None
        scatter = (old.var() * len(old) + new.var() * len(new)) / (len(gaps) - 2)
        error = math.sqrt(scatter * (1 / len(old) + 1 / len(new)))
        shift = float(new.mean() - old.mean())
        if not error:
            return None
        span = own[onset] - own[first], own[-1] - own[onset]
        before, after = (float(part[0] / part[1]) for part in span)
        return Move(self.key, before, after, math.expm1(shift), -shift / error, round(float(span[1][1])))


def _onsets(weeks: int, settings: GoodhartSettings) -> range:
    return range(settings.least_before, weeks - settings.least_after + 1)


def _steepest_fall(speed: _Table, group: str, settings: GoodhartSettings) -> tuple[int, Move] | None:
    moves = [(onset, speed.fall(group, onset, settings)) for onset in _onsets(speed.weeks, settings)]
    steep = [
        (onset, move)
        for onset, move in moves
        if move is not None and move.z >= settings.fall_sigmas and -move.shift >= settings.fall
    ]
    return max(steep, key=lambda pair: pair[1].z, default=None)


def _judge(
    group: str,
    onset: int,
    primary: Sequence[_Table],
    guards: Sequence[_Table],
    settings: GoodhartSettings,
    fall: Move | None,
) -> Goodhart | None:
    least, joint = (
        (settings.sigmas, settings.joint) if fall is None else (settings.signed_sigmas, settings.signed_joint)
    )
    better = [move for table in primary if (move := table.move(group, onset, settings))]
    if not better or better[0].key != primary[0].key or better[0].z < 0:
        return None
    clearest = max(better, key=lambda move: move.z)
    moves = tuple(move for table in guards if (move := table.move(group, onset, settings)))
    if not moves:
        return None
    together = -sum(move.z for move in moves) / math.sqrt(len(moves))
    guard_z = max(together, *(-move.z for move in moves))
    if min(clearest.z, guard_z) < least or math.hypot(clearest.z, guard_z) < joint:
        return None
    return Goodhart(group, onset, clearest, tuple(sorted(moves, key=lambda move: move.z)), guard_z, fall)
