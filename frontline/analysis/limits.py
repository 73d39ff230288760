"""Control limits for a daily share: weekday-adjusted, quasi-binomial, Shewhart and EWMA.

A raw p-chart is never used: on real daily abandonment it puts 37 of 56 ordinary days outside its limits, because days
differ by far more than binomial noise. Here the expected share follows the weekday (shrunk to the mean, James-Stein),
the noise is binomial times a dispersion taken from standardised residuals (``GLM(...).fit(scale="X2")`` of statsmodels
returned 0.02 for a dispersion of 22.9), and small counts are corrected for skewness (Cornish-Fisher). The dispersion
grows with the day's volume as ``1 + (n - 1) rho`` (Williams 1982, model II): what makes days differ is the day, so that
busy days are no calmer than quiet ones. With equal volumes that is the plain quasi-binomial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MAD = 1.4826  # median absolute deviation to standard deviation of a normal
_TRIM = 3.0
_ROUNDS = 4


@dataclass(frozen=True)
class Daily:
    """A daily series: ``day`` ordinals ascending, ``events`` of ``trials``; days without trials stay out."""

    day: Ints
    events: Floats
    trials: Floats

    def __post_init__(self) -> None:
        if not len(self.day) == len(self.events) == len(self.trials):
            raise ValueError("a series needs as many events and trials as days")
        if len(self.day) and (np.diff(self.day) <= 0).any():
            raise ValueError("days must ascend")
        if (self.events > self.trials).any() or (self.events < 0).any():
            raise ValueError("events lie between 0 and trials")

    def __len__(self) -> int:
        return len(self.day)

    def where(self, mask: Bools) -> Daily:
        """Return the days of ``mask``."""
        return Daily(self.day[mask], self.events[mask], self.trials[mask])

    @property
    def weekday(self) -> Ints:
        """0 is Monday (ordinal 1 was a Monday)."""
        return (self.day - 1) % 7


@dataclass(frozen=True)
class Baseline:
    """What is usual: the share of each weekday, the dispersion, and how well it is known."""

    share: float
    by_weekday: Floats
    rho: float  # correlation of the outcomes of one day
    days: int
    trials: float

    @property
    def dispersion(self) -> float:
        """Variance over binomial variance on a day of average volume."""
        return 1 + max(0.0, self.trials / max(self.days, 1) - 1) * self.rho

    def expected(self, series: Daily) -> Floats:
        """Return the usual share of each day of ``series``."""
        return np.asarray(self.by_weekday[series.weekday])

    def standardise(self, series: Daily) -> Floats:
        """Return residuals that are about standard normal on ordinary days, the baseline's own error included."""
        p = self.expected(series)
        n = np.maximum(series.trials, 1.0)
        # A weekday's own level rests on about a seventh of the baseline.
        own_error = 1.0 + 7 * n / max(self.trials, 1.0)
        spread = 1 + np.maximum(n - 1, 0.0) * self.rho
        variance = np.maximum(n * p * (1 - p) * spread, 1e-12)
        z = (series.events - n * p) / np.sqrt(variance * own_error)
        # Skewness of a beta-binomial count; of a binomial one when rho is 0.
        skew = (1 - 2 * p) * (1 + (2 * n - 1) * self.rho) / (1 + self.rho) / np.sqrt(variance)
        return _unskew(z, skew)

    def limits(self, series: Daily, *, sigmas: float = 3.0) -> tuple[Floats, Floats]:
        """Return (lower, upper) shares of each day for a chart, cut to 0-1."""
        p = self.expected(series)
        n = np.maximum(series.trials, 1.0)
        half = sigmas * np.sqrt(p * (1 - p) * (1 + (n - 1) * self.rho) / n)
        return np.maximum(p - half, 0.0), np.minimum(p + half, 1.0)


def fit_baseline(series: Daily, *, keep: Bools | None = None) -> Baseline:
    """Fit the usual level of ``series``; days outside ``keep`` and gross outliers (outage, backfill) do not count.

    Raises:
        ValueError: fewer than 14 days remain; two weeks are the least that shows a weekday pattern.
    """
    mask = (series.trials > 0) & has_usual_volume(series)
    if keep is not None:
        mask &= keep
    used = series.where(mask)
    if len(used) < 14:
        raise ValueError(f"a baseline needs 14 usable days, not {len(used)}")
    good = np.ones(len(used), dtype=bool)
    share = _median_share(used)
    by_weekday, rho = np.full(7, share), 0.0
    for _ in range(_ROUNDS):
        p = by_weekday[used.weekday]
        z = _pearson(used, p) / np.sqrt(1 + np.maximum(used.trials - 1, 0.0) * rho)
        centre = float(np.median(z))
        spread = max(_MAD * float(np.median(np.abs(z - centre))), 0.8)
        fresh = np.abs(z - centre) <= _TRIM * spread
        if fresh.sum() < 14:
            break
        good = fresh
        kept = used.where(good)
        share = _clip(float(kept.events.sum() / kept.trials.sum()))
        rho = _rho(kept, by_weekday[kept.weekday], parameters=1)
        by_weekday = _weekday_shares(kept, share, rho)
    kept = used.where(good)
    parameters = 7 if np.ptp(by_weekday) > 1e-9 else 1
    rho = _rho(kept, by_weekday[kept.weekday], parameters=parameters)
    return Baseline(share, by_weekday, rho, len(kept), float(kept.trials.sum()))


def has_usual_volume(series: Daily) -> Bools:
    """Whether each day's volume is ordinary: from a quarter to two and a half times its weekday's median.

    Half-dead outage days and backfilled loads say nothing about the share of an ordinary day.
    """
    usual = np.ones(len(series))
    weekday = series.weekday
    for number in range(7):
        mine = weekday == number
        volumes = np.sort(series.trials[mine])
        if len(volumes):
            usual[mine] = max(1.0, float(volumes[len(volumes) // 2]))
    return np.asarray((series.trials >= 0.25 * usual) & (series.trials <= 2.5 * usual))


def ewma(z: Floats, *, weight: float = 0.2, skip: Bools | None = None, start: float = 0.0) -> Floats:
    """Return the exponentially weighted mean of ``z``; skipped days hold the value."""
    out = np.empty(len(z))
    level = start
    for i, value in enumerate(z):
        if skip is None or not skip[i]:
            level = (1 - weight) * level + weight * float(value)
        out[i] = level
    return out


def ewma_limit(*, weight: float = 0.2, sigmas: float = 3.0, baseline_days: int = 0) -> float:
    """Return the steady-state limit of the EWMA of standard normal values.

    The level of a baseline of ``baseline_days`` has its own error, which all days after it share: it widens the limit.
    """
    own_error = 1 / baseline_days if baseline_days else 0.0
    return float(sigmas * np.sqrt(weight / (2 - weight) + own_error))


def _weekday_shares(series: Daily, share: float, rho: float) -> Floats:
    """Positive-part James-Stein: weekdays keep only the part of their difference that noise does not explain."""
    weekday = series.weekday
    spread = 1 + np.maximum(series.trials - 1, 0.0) * rho
    trials = np.bincount(weekday, series.trials, minlength=7)
    events = np.bincount(weekday, series.events, minlength=7)
    noise = np.bincount(weekday, series.trials * spread, minlength=7)  # variance of the events over p (1 - p)
    shares = np.where(trials > 0, events / np.maximum(trials, 1.0), share)
    distance = (trials * (shares - share)) ** 2 / np.maximum(noise * share * (1 - share), 1e-12)
    seen = int((trials > 0).sum())
    kept = max(0.0, 1 - (seen - 1) / max(float(distance.sum()), 1e-12))
    return np.clip(share + kept * (shares - share), 1e-6, 1 - 1e-6)


def _pearson(series: Daily, p: Floats) -> Floats:
    return np.asarray((series.events - series.trials * p) / np.sqrt(np.maximum(series.trials * p * (1 - p), 1e-12)))


def _rho(series: Daily, p: Floats, *, parameters: int) -> float:
    """Moments: the squared residuals are on average 1 + (n - 1) rho; never below binomial noise."""
    z = _pearson(series, p)
    excess = float((z**2).sum()) * len(z) / max(1, len(z) - parameters) - len(z)
    return min(0.5, max(0.0, excess / max(1.0, float((series.trials - 1).sum()))))


def _median_share(series: Daily) -> float:
    return _clip(float(np.median((series.events + 0.5) / (series.trials + 1))))


def _clip(share: float) -> float:
    return min(max(share, 1e-6), 1 - 1e-6)


def _unskew(z: Floats, skew: Floats) -> Floats:
    """Cornish-Fisher to first order, held at its turning point so that it stays monotone."""
    # z - g (z^2 - 1) / 6 turns at 3 / g; for positive skew only the upper side turns.
    g = np.where(np.abs(skew) < 1e-9, 1e-9, skew)
    turn = 3 / g
    held = np.where(g > 0, np.minimum(z, turn), np.maximum(z, turn))
    return np.asarray(held - g * (held**2 - 1) / 6)
