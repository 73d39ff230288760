"""Simulated daily shares with a weekday pattern and day-to-day noise beyond binomial."""

import numpy as np

from frontline.analysis.limits import Daily

MONDAY = 739_250  # an ordinal that is a Monday
VOLUME = np.array([1.2, 1.1, 1.05, 1.05, 1.0, 0.6, 0.4])
PATTERN = np.array([1.05, 1.0, 1.0, 1.0, 0.85, 0.9, 1.1])


def simulate(
    seed: int, days: int, *, volume: float = 400, share: float = 0.10, dispersion: float = 1.5,
    lift: float = 0.0, onset: int | None = None, has_pattern: bool = True,
) -> Daily:  # fmt: skip
    rng = np.random.default_rng(seed)
    weekday = np.arange(days) % 7
    trials = np.maximum(1, rng.poisson(volume * VOLUME[weekday] * rng.gamma(200, 1 / 200, days)))
    p = share * (PATTERN[weekday] if has_pattern else np.ones(days))
    if onset is not None:
        p = np.where(np.arange(days) >= onset, p * (1 + lift), p)
    rho = (dispersion - 1) / (volume - 1)
    if rho > 0:
        p = rng.beta(p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho)
    return Daily(MONDAY + np.arange(days), rng.binomial(trials, p).astype(float), trials.astype(float))
