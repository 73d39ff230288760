"""What comes: forecasts of a count, a ratio or a level, each tried on the past before it is given.

The forecast is the median of four simple methods, which on real call data was best or tied with the best (daily error
15.2 % and 6.7 % on two sets; AutoARIMA was no better and a hundred times slower): the same weekday of last week, the
mean of the same weekday over four weeks, exponential smoothing, and Theta (smoothing plus half the trend,
Assimakopoulos and Nikolopoulos 2000). The range is what the same procedure missed by at earlier starts, with the same
lead and length.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from frontline.analysis.levels import Sort, Track
from frontline.analysis.limits import Floats

WEEK = 7
ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
MEMORY = 182  # units that smoothing and trend look back
LEAST_STARTS = 10  # fewer earlier starts give no range of 80 %
MOST_STARTS = 78
LEVEL = 0.8
LEAST_UNITS = {1: 56, 7: 12, 30: 6}


class Aim(StrEnum):
    """What the figure of a span is made of its units."""

    SUM = "sum"  # counts and sums add up
    RATIO = "ratio"  # numerators over denominators
    LAST = "last"  # open at the end of the span


@dataclass(frozen=True)
class Projection:
    """A figure with its range (80 %)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Backtest:
    """How the procedure did at earlier starts, over the whole span. Errors are shares of what came (WAPE).

    ``naive_error``: of the same weekdays of the last week repeated. ``covered`` of ``judged`` starts came inside the
    range that the starts before them gave.
    """

    starts: int
    error: float
    naive_error: float
    covered: int
    judged: int

    @property
    def ratio(self) -> float:
        """The error over that of the naive forecast; below 1 is better."""
        return self.error / self.naive_error if self.naive_error else 1.0

    @property
    def coverage(self) -> float:
        """Share of the judged starts that came inside."""
        return self.covered / self.judged if self.judged else float("nan")


@dataclass(frozen=True)
class Outlook:
    """The projection of each span asked for, the whole first, and the back-test of the whole.

    ``masses``: how much is expected behind each, for a ratio its denominator.
    """

    projections: tuple[Projection, ...]
    masses: tuple[float, ...]
    backtest: Backtest


def project(
    track: Track, spans: Sequence[tuple[int, int]], aim: Aim, *, special: Set[int] = frozenset()
) -> Outlook | None:
    """Forecast the figure of each span (ordinals, half-open, after the track's end); the first is the whole.

    ``special``: ordinals of holidays, in the past and to come; they neither teach a weekday nor follow it. None where
    the history has fewer than 10 earlier starts to try it on.
    """
    history = _History(track, aim, special)
    last = history.first + len(history.num) * track.step
    leads = [((start - last) // track.step, -(-(end - last) // track.step)) for start, end in spans]
    if any(not 0 <= low < high for low, high in leads):
        raise ValueError("spans lie after the end of the track, and hold a unit")
    far = max(high for _, high in leads)
    size = len(history.num)
    stride = WEEK if track.step == 1 else 1
    starts = range(size - far, LEAST_UNITS[track.step] - 1, -stride)[:MOST_STARTS][::-1]
    tried: list[_Try] = []
    for start in starts:
        actual = [history.figure(start + low, start + high) for low, high in leads]
        if actual[0] is None:
            continue
        paths = history.forecast(start, far)
        tried.append(
            _Try(
                start,
                [history.assemble(paths, low, high) for low, high in leads],
                actual,
                history.assemble(history.naive(start, far), *leads[0]),
            )
        )
    if len(tried) < LEAST_STARTS:
        return None
    path = history.forecast(size, far)
    projections = []
    for place, (low, high) in enumerate(leads):
        value = history.assemble(path, low, high)
        misses = [_miss(item.actual[place], item.found[place], aim) for item in tried]
        projections.append(_ranged(value, [miss for miss in misses if miss is not None], aim, track.sort))
    masses = tuple(float((path.den if aim is Aim.RATIO else path.num)[low:high].sum()) for low, high in leads)
    return Outlook(tuple(projections), masses, _judge(tried, aim, track, leads[0][1], stride))


@dataclass(frozen=True)
class _Try:
    start: int
    found: list[float]
    actual: list[float | None]
    naive: float


@dataclass(frozen=True)
class _Paths:
    """Numerators (or values) and denominators of the units to come."""

    num: Floats
    den: Floats


class _History:
    """The track without holes, and its forecasts from any start."""

    def __init__(self, track: Track, aim: Aim, special: Set[int]) -> None:
        self._aim = aim
        self._season = WEEK if track.step == 1 else 1
        self.first = int(track.day[0])
        # Months are counted, not measured in days.
        place = np.arange(len(track)) if track.step == 30 else (track.day - self.first) // track.step
        size = int(place[-1]) + 1
        self.num, self.den = np.full(size, np.nan), np.full(size, np.nan)
        self.num[place], self.den[place] = track.num, track.den
        day = self.first + np.arange(size + 800)
        self._special = np.array([track.step == 1 and int(item) in special for item in day])
        if aim is Aim.RATIO:
            self._ratio = self._filled(self.num / self.den, np.zeros(size, dtype=bool))
            self._mass, self._factor = self._cleaned(self.den)
        else:
            self._mass, self._factor = self._cleaned(self.num)

    def figure(self, low: int, high: int) -> float | None:
        """Return what came in the units from ``low`` to ``high``; None where one is not known."""
        num, den = self.num[low:high], self.den[low:high]
        if self._aim is Aim.LAST:
            return None if np.isnan(num[-1]) else float(num[-1])
        if self._aim is Aim.RATIO:
            shown = ~np.isnan(num)
            return float(num[shown].sum() / den[shown].sum()) if shown.mean() >= 0.6 else None
        return None if np.isnan(num).any() else float(num.sum())

    def assemble(self, paths: _Paths, low: int, high: int) -> float:
        """Return the figure of a span from the paths of its units."""
        if self._aim is Aim.LAST:
            return float(paths.num[high - 1])
        if self._aim is Aim.RATIO:
            return float(paths.num[low:high].sum() / paths.den[low:high].sum())
        return float(paths.num[low:high].sum())

    def forecast(self, start: int, far: int) -> _Paths:
        """Return ``far`` units from ``start`` on, from what was known before it."""
        if self._aim is Aim.RATIO:
            den = np.maximum(self._count(self._mass, self._factor, start, far), 1e-9)
            return _Paths(self._rate(start, far) * den, den)
        return _Paths(self._count(self._mass, self._factor, start, far), np.ones(far))

    def naive(self, start: int, far: int) -> _Paths:
        """Return the last season repeated."""
        place = start - self._season + np.arange(far) % self._season
        num = np.where(np.isnan(self.num[place]), np.nan_to_num(self._mass[place]), self.num[place])
        if self._aim is not Aim.RATIO:
            return _Paths(num, np.ones(far))
        den = np.where(np.isnan(self.den[place]), self._mass[place], self.den[place])
        return _Paths(self._ratio[place] * den, den)

    def _count(self, mass: Floats, factor: Floats, start: int, far: int) -> Floats:
        """Return the median of the four methods; holidays get their own factor."""
        season, steps = self._season, np.arange(far)
        recent = mass[max(0, start - MEMORY) : start]
        shape = _shape(recent, season, start)
        level = recent / shape[(np.arange(len(recent)) + start - len(recent)) % season]
        ahead = shape[(start + steps) % season]
        smooth, drift = _smoothed(level), _slope(level) / 2
        weeks = min(4, start // season)
        past = np.stack([mass[start - season * back + steps % season] for back in range(1, weeks + 1)])
        four = np.median(
            np.stack([past[0], past.mean(axis=0), smooth * ahead, (smooth + drift * (steps + 1)) * ahead]), axis=0
        )
        before = factor[:start]
        usual = before[~np.isnan(before)]
        holiday = float(np.median(usual)) if len(usual) >= 3 else 1.0
        return np.asarray(np.maximum(np.where(self._special[start : start + far], four * holiday, four), 0.0))

    def _rate(self, start: int, far: int) -> Floats:
        """Return the ratio of each unit to come: the median of four levels, and what its weekday adds."""
        season = self._season
        num, den = self.num[:start], self.den[:start]
        shown = ~np.isnan(num)

        def pooled(units: int) -> float:
            inside = shown.copy()
            inside[: max(0, start - units)] = False
            if not inside.any():
                inside = shown
            return float(num[inside].sum() / den[inside].sum())

        ratio = self._ratio[max(0, start - MEMORY) : start]
        offset = np.zeros(season)
        if season > 1:
            centred = ratio - _running(ratio, season)
            weekday = (np.arange(len(ratio)) + start - len(ratio)) % season
            offset = np.array([centred[weekday == item].mean() for item in range(season)])
            noise = centred.std() ** 2 / max(1, len(ratio) / season)
            offset *= max(0.0, 1 - noise * (season - 3) / max(float((offset**2).sum()), 1e-18))
        weekday = (np.arange(len(ratio)) + start - len(ratio)) % season
        smooth = _smoothed(ratio - offset[weekday])
        unit = 1 if season > 1 else 1 / WEEK
        level = float(np.median([pooled(round(max(1, 7 * unit))), pooled(round(max(4, 28 * unit))),
                                 pooled(round(max(8, 91 * unit))), smooth]))  # fmt: skip
        return np.asarray(level + offset[(start + np.arange(far)) % season])

    def _cleaned(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the series with holidays and holes as the weeks before would have them, and the holidays' factors."""
        holiday = self._special[: len(values)]
        clean = self._filled(values, holiday)
        factor = np.full(len(values), np.nan)
        known = holiday & ~np.isnan(values) & (clean > 0)
        factor[known] = values[known] / clean[known]
        return clean, factor

    def _filled(self, values: Floats, drop: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
        out = values.copy()
        for place in np.flatnonzero(np.isnan(values) | drop):
            past = [out[place - self._season * back] for back in range(1, 5) if place >= self._season * back]
            if not past:
                later = values[place % self._season :: self._season]
                later = later[~np.isnan(later)]
                past = [float(later[0])] if len(later) else [float(np.nanmean(values))]
            out[place] = float(np.median(past))
        return out


def _shape(recent: Floats, season: int, start: int) -> Floats:
    """Return the factor of each place of the season, from the last eight seasons."""
    if season == 1:
        return np.ones(1)
    tail = recent[-8 * season :]
    weekday = (np.arange(len(tail)) + start - len(tail)) % season
    usual = np.maximum(_running(tail, season), 1e-9)
    factor = np.array([np.median((tail / usual)[weekday == item]) for item in range(season)])
    return np.maximum(factor * season / max(float(factor.sum()), 1e-9), 1e-3)


def _running(values: Floats, season: int) -> Floats:
    """Return the mean of the season that ends with each unit (the first ones: of the first season)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    means = (total[season:] - total[:-season]) / season
    return np.concatenate([np.full(len(values) - len(means), means[0]), means])


def _smoothed(level: Floats) -> float:
    """Return the level by exponential smoothing, the constant chosen by its one-step errors."""
    from scipy.signal import lfilter

    best, least = float(level[-1]), np.inf
    start = float(level[: max(1, len(level) // 6)].mean())
    for alpha in ALPHAS:
        line, _ = lfilter([alpha], [1, alpha - 1], level, zi=[(1 - alpha) * start])
        wrong = float(((level[1:] - line[:-1]) ** 2).sum())
        if wrong < least:
            best, least = float(line[-1]), wrong
    return best


def _slope(level: Floats) -> float:
    step = np.arange(len(level)) - (len(level) - 1) / 2
    return float((step * level).sum() / max(float((step**2).sum()), 1e-12))


def _miss(actual: float | None, found: float, aim: Aim) -> float | None:
    """Return by how much a forecast missed: of counts and levels as a share of it, of ratios as a difference."""
    if actual is None:
        return None
    if aim is Aim.RATIO:
        return actual - found
    return (actual - found) / found if found > 0 else None


def ends_of(ordered: Floats) -> tuple[float, float]:
    """Return the ends between which the next one lies with probability ``LEVEL`` (ranks of n + 1)."""
    count = len(ordered)
    low = max(0, int(np.floor((count + 1) * (1 - LEVEL) / 2)) - 1)
    return float(ordered[low]), float(ordered[count - 1 - low])


def _ranged(value: float, misses: Sequence[float], aim: Aim, sort: Sort) -> Projection:
    if len(misses) < LEAST_STARTS - 2:
        return Projection(value, float("nan"), float("nan"))
    low, high = ends_of(np.sort(np.array(misses)))
    ends = (value + low, value + high) if aim is Aim.RATIO else (value * (1 + low), value * (1 + high))
    bottom, top = min(ends[0], value), max(ends[1], value)
    if sort is Sort.SHARE:
        return Projection(min(max(value, 0.0), 1.0), max(0.0, bottom), min(1.0, top))
    return Projection(value, bottom, top)


def _judge(tried: Sequence[_Try], aim: Aim, track: Track, far: int, stride: int) -> Backtest:
    """Judge the whole span: errors, and whether the range of earlier starts, known by then, held what came."""
    covered = judged = 0
    misses = [_miss(item.actual[0], item.found[0], aim) for item in tried]
    for place, item in enumerate(tried):
        known = [miss for other, miss in zip(tried[:place], misses[:place], strict=True)
                 if miss is not None and other.start + far <= item.start]  # fmt: skip
        if len(known) < LEAST_STARTS or item.actual[0] is None:
            continue
        held = _ranged(item.found[0], known, aim, track.sort)
        judged += 1
        covered += held.low <= item.actual[0] <= held.high
    came = [item.actual[0] for item in tried if item.actual[0] is not None]
    whole = max(sum(map(abs, came)), 1e-12)
    error = sum(abs(item.actual[0] - item.found[0]) for item in tried if item.actual[0] is not None)
    naive = sum(abs(item.actual[0] - item.naive) for item in tried if item.actual[0] is not None)
    return Backtest(len(tried), error / whole, naive / whole, covered, judged)
