"""A figure unit by unit (days, weeks or months): how much it moves by itself, whether two stretches of it differ, since
when, and which units are out of the ordinary.

Every kind of figure is brought to one form, a level with a known weight: ``y_i ~ (level, s2 / w_i)``. For a ratio ``y``
is the unit's ratio less what is usual for its weekday, and ``w`` its denominator; for a count ``y`` is the count over
what is usual for its weekday, and ``w`` that factor. ``s2`` is the greater of what units and what whole weeks show
(weeks that drift move more than their days say), and for shares and counts never below binomial and Poisson noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from frontline.analysis.limits import Bools, Daily, Floats, Ints, fit_baseline

WEEK = 7
SHUFFLES = 199
# Twice the log likelihood ratio of the best split that chance reaches in one series of twenty (Andrews 1993, 15 %
# trimming).
LEAST_EVIDENCE = 8.85
# Days whose log likelihood is this close to the best may be the day. Found by simulation (tests): holds the day in 19
# of 20 series.
NEAR = 3.0
FAR_OUT = 3.0  # standard deviations of an unusual unit


class Sort(StrEnum):
    """What a figure is made of."""

    COUNT = "count"  # counted or summed per unit
    SHARE = "share"  # so many of so many
    MEAN = "mean"  # a sum over a count


@dataclass(frozen=True)
class Track:
    """Units in order. ``day``: ordinal of the first day; ``den`` is 1 for counts; ``step``: days of a unit (1, 7, 30).

    Units that are hidden or have no rows are absent.
    """

    day: Ints
    num: Floats
    den: Floats
    sort: Sort
    step: int = 1

    def __post_init__(self) -> None:
        if not len(self.day) == len(self.num) == len(self.den):
            raise ValueError("a track needs as many numerators and denominators as units")
        if len(self.day) and ((np.diff(self.day) <= 0).any() or (self.den <= 0).any()):
            raise ValueError("units ascend and have rows")

    def __len__(self) -> int:
        return len(self.day)

    def where(self, mask: Bools) -> Track:
        """Return the units of ``mask``."""
        return Track(self.day[mask], self.num[mask], self.den[mask], self.sort, self.step)

    def between(self, start: int, end: int) -> Bools:
        """Return which units begin in [start, end), ordinals."""
        return np.asarray((self.day >= start) & (self.day < end))

    @cached_property
    def weight(self) -> Floats:
        """The weight of each unit."""
        return self._shape() if self.sort is Sort.COUNT else self.den

    @cached_property
    def level(self) -> Floats:
        """Each unit less what its weekday explains."""
        if self.sort is Sort.COUNT:
            return np.asarray(self.num / self.weight)
        return np.asarray(self.num / self.den - self._shape())

    def _shape(self) -> Floats:
        """What the weekday of each unit explains: a factor for counts, an offset for ratios."""
        neutral = np.ones(len(self)) if self.sort is Sort.COUNT else np.zeros(len(self))
        if self.step != 1 or len(self) < 4 * WEEK:
            return neutral
        weekday = (self.day - 1) % WEEK
        week = (self.day - 1) // WEEK
        _, place = np.unique(week, return_inverse=True)
        size = np.bincount(place)
        if self.sort is Sort.COUNT:
            usual = (np.bincount(place, self.num) / size)[place]
            whole = (size[place] == WEEK) & (usual > 0)
            if not all((whole & (weekday == day)).sum() >= 3 for day in range(WEEK)):
                return neutral
            # The median: a holiday makes no weekday quiet.
            factors = np.array([np.median((self.num / usual)[whole & (weekday == day)]) for day in range(WEEK)])
            return np.asarray(np.maximum(factors * WEEK / factors.sum(), 1e-3)[weekday])
        usual = (np.bincount(place, self.num) / np.bincount(place, self.den))[place]
        gap = self.num / self.den - usual
        held = np.bincount(weekday, self.den, minlength=WEEK)
        offsets = np.bincount(weekday, self.den * gap, minlength=WEEK) / np.maximum(held, 1e-12)
        noise = float((self.den * (gap - offsets[weekday]) ** 2).sum()) / max(1, len(self) - WEEK)
        # Positive-part James-Stein: weekdays keep the part of their difference that noise does not explain.
        distance = float((held * offsets**2).sum()) / max(noise, 1e-12)
        return np.asarray(offsets[weekday] * max(0.0, 1 - (WEEK - 3) / max(distance, 1e-12)))


@dataclass(frozen=True)
class Move:
    """How one stretch differs from another, weekday for weekday. ``error`` is the standard error of ``change``."""

    before: float
    after: float
    error: float

    @property
    def change(self) -> float:
        """The difference of the levels."""
        return self.after - self.before

    @property
    def is_noise(self) -> bool:
        """Whether the data do not separate the two (5 % two-sided)."""
        return abs(self.change) <= 1.96 * self.error


@dataclass(frozen=True)
class Start:
    """Since when a figure stands on another level: the likeliest unit and those that fit nearly as well (ordinals)."""

    day: int
    earliest: int
    latest: int
    before: float
    after: float
    evidence: float  # twice the log likelihood ratio
    p_value: float
    step: int

    @property
    def is_clear(self) -> bool:
        """Whether chance seldom makes such a split."""
        return self.p_value <= 0.05 and self.evidence >= LEAST_EVIDENCE


def spread(track: Track, cuts: Sequence[int] = ()) -> float:
    """Return s2: the variance of a unit of weight 1 around the levels between ``cuts`` (ordinals).

    Raises:
        ValueError: fewer than 4 units more than levels.
    """
    if len(track) == 0:
        raise ValueError("noise needs units")
    segment = np.searchsorted(np.array(sorted(cuts)), track.day, side="right")
    _, place = np.unique(segment, return_inverse=True)
    levels = np.bincount(place, track.weight * track.level) / np.bincount(place, track.weight)
    free = len(track) - len(levels)
    if free < 4:
        raise ValueError("noise needs 4 units more than levels")
    rest = track.level - levels[place]
    s2 = float((track.weight * rest**2).sum()) / free
    if track.step == 1:
        _, week = np.unique((track.day - 1) // WEEK + 100_000 * place, return_inverse=True)
        sums = np.bincount(week, track.weight * rest) ** 2 / np.bincount(week, track.weight)
        if len(sums) - len(levels) >= 4:
            s2 = max(s2, float(sums.sum()) / (len(sums) - len(levels)))
    middle = float((track.weight * track.level).sum() / track.weight.sum())
    if track.sort is Sort.SHARE:
        s2 = max(s2, middle * (1 - middle))
    elif track.sort is Sort.COUNT:
        s2 = max(s2, middle)
    return s2


def compare(track: Track, before: tuple[int, int], after: tuple[int, int]) -> Move:
    """Return how the stretch ``after`` differs from ``before`` (ordinals, half-open), with the noise of all units.

    Raises:
        ValueError: a stretch has no unit, or there are too few to know the noise.
    """
    one, two = track.between(*before), track.between(*after)
    if not one.any() or not two.any():
        raise ValueError("both stretches need units")
    s2 = spread(track, (*before, *after))
    weight_0, weight_1 = track.weight[one].sum(), track.weight[two].sum()
    level_0 = float((track.weight * track.level)[one].sum() / weight_0)
    level_1 = float((track.weight * track.level)[two].sum() / weight_1)
    return Move(level_0, level_1, float(np.sqrt(s2 * (1 / weight_0 + 1 / weight_1))))


def since_when(track: Track, window: tuple[int, int], *, least: int = 3, seed: int = 0) -> Start | None:
    """Return the best split of the units in ``window`` in two levels, tested by shuffling them; None for too few units.

    The noise is that of the whole track, so that weeks which drift do not pass for a start.
    """
    inside = track.between(*window)
    count = int(inside.sum())
    if count < 2 * least + 1:
        return None
    level, weight, day = track.level[inside], track.weight[inside], track.day[inside]
    gain = _gains(level[None, :], weight[None, :], least)[0]
    best = int(np.argmax(gain))
    cut = best + least
    try:
        s2 = spread(track, (*window, int(day[cut])))
    except ValueError:
        return None
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((SHUFFLES, count)), axis=1)
    beaten = int((_gains(level[order], weight[order], least).max(axis=1) >= gain[best]).sum())
    near = np.flatnonzero(gain / (2 * s2) >= gain[best] / (2 * s2) - NEAR)
    return Start(
        day=int(day[cut]),
        earliest=int(day[near[0] + least]),
        latest=int(day[near[-1] + least]),
        before=float((weight * level)[:cut].sum() / weight[:cut].sum()),
        after=float((weight * level)[cut:].sum() / weight[cut:].sum()),
        evidence=float(gain[best] / s2),
        p_value=(beaten + 1) / (SHUFFLES + 1),
        step=track.step,
    )


def unusual(track: Track, period: tuple[int, int], *, history: int = 84) -> list[tuple[int, float]]:
    """Return (ordinal, standard deviations) of the units in ``period`` outside adjusted limits, oldest first.

    Judged by the ``history`` days before the period. Daily shares have the limits of ``limits``; other figures those
    of the level model, outliers of the history left out. Empty when the history is too short to say.
    """
    past = track.between(period[0] - history, period[0])
    now = track.between(*period)
    if past.sum() < 8 or not now.any():
        return []
    if track.sort is Sort.SHARE and track.step == 1:
        try:
            baseline = fit_baseline(_daily(track.where(past)))
        except ValueError:
            return []
        z = baseline.standardise(_daily(track.where(now)))
    else:
        usual = past.copy()
        for _ in range(2):
            weight, level = track.weight[usual], track.level[usual]
            middle = float((weight * level).sum() / weight.sum())
            s2 = max(float((weight * (level - middle) ** 2).sum()) / max(1, len(level) - 1), 1e-12)
            far = np.abs(track.level - middle) * np.sqrt(track.weight / s2) > FAR_OUT
            usual = past & ~far
            if usual.sum() < 6:
                return []
        z = (track.level[now] - middle) / np.sqrt(s2 / track.weight[now] + s2 / weight.sum())
    return [
        (int(day), float(value)) for day, value in zip(track.day[now], z, strict=True) if abs(float(value)) > FAR_OUT
    ]


def _daily(track: Track) -> Daily:
    return Daily(track.day, track.num, track.den)


def _gains(level: Floats, weight: Floats, least: int) -> Floats:
    """Return for each row and each split from ``least`` on the drop in the weighted sum of squares."""
    mass = np.cumsum(weight, axis=1)
    moment = np.cumsum(weight * level, axis=1)
    cut = np.arange(least - 1, level.shape[1] - least)
    before, after = mass[:, cut], mass[:, -1:] - mass[:, cut]
    gap = (moment[:, -1:] - moment[:, cut]) / after - moment[:, cut] / before
    return np.asarray(before * after / (before + after) * gap**2)
