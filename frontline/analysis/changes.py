"""Since when: the change point of a daily share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from frontline.analysis.limits import Baseline, Daily, Floats


@dataclass(frozen=True)
class Onset:
    """Where a rise began: the most likely day, the days that fit nearly as well, the lift over what is usual."""

    day: int
    earliest: int
    latest: int
    lift: float  # relative: 0.25 is a quarter more than usual
    evidence: float  # twice the log likelihood ratio over the dispersion


@dataclass(frozen=True)
class ChangePoint:
    """The best split of a series in two levels. ``p_value`` comes from shuffled days."""

    day: int  # first day of the new level
    before: float
    after: float
    evidence: float
    p_value: float


def onset_of_rise(series: Daily, baseline: Baseline) -> Onset:
    """Return since when the end of ``series`` lies above ``baseline``.

    For each possible first day, the days before it and the days from it on get a common factor each on what the
    baseline expects; the split with the greatest likelihood ratio wins (the level before is free, so that a slight
    drift of the baseline does not drag the onset back). Days within 1.92 of it (the 95 % point of chi-square with one
    degree, halved) fit nearly as well. ``lift`` is against the baseline.
    """
    expected = np.maximum(baseline.expected(series) * series.trials, 1e-9)
    seen_after, usual_after = np.cumsum(series.events[::-1])[::-1], np.cumsum(expected[::-1])[::-1]
    seen_before, usual_before = seen_after[0] - seen_after, usual_after[0] - usual_after
    lift = seen_after / usual_after
    gain = _factor_gain(seen_after, usual_after) + _factor_gain(seen_before, usual_before)
    earlier = np.where(usual_before > 0, seen_before / np.maximum(usual_before, 1e-9), 1.0)
    score = np.where(lift > earlier, gain / baseline.dispersion, -np.inf)
    best = int(np.argmax(score))
    near = np.flatnonzero(score >= score[best] - 1.92)
    return Onset(
        day=int(series.day[best]),
        earliest=int(series.day[near[0]]),
        latest=int(series.day[near[-1]]),
        lift=float(lift[best] - 1),
        evidence=float(2 * score[best]),
    )


def _factor_gain(seen: Floats, usual: Floats) -> Floats:
    """Poisson log likelihood of the best common factor against factor 1."""
    from scipy.special import xlogy

    return np.asarray(xlogy(seen, seen / np.maximum(usual, 1e-9)) - (seen - usual))


def change_point(series: Daily, *, least: int = 5, shuffles: int = 199, seed: int = 0) -> ChangePoint:
    """Return the best split of ``series`` in two levels (binomial likelihood ratio), tested by shuffling the days.

    Raises:
        ValueError: fewer than ``2 * least`` days.
    """
    if len(series) < 2 * least:
        raise ValueError(f"a change point needs {2 * least} days, not {len(series)}")
    gain = _split_gain(series.events, series.trials, least)
    best = int(np.argmax(gain))
    rng = np.random.default_rng(seed)
    beaten = 0
    for _ in range(shuffles):
        order = rng.permutation(len(series))
        beaten += bool(_split_gain(series.events[order], series.trials[order], least).max() >= gain[best])
    cut = best + least
    return ChangePoint(
        day=int(series.day[cut]),
        before=float(series.events[:cut].sum() / max(1.0, series.trials[:cut].sum())),
        after=float(series.events[cut:].sum() / max(1.0, series.trials[cut:].sum())),
        evidence=float(2 * gain[best]),
        p_value=(beaten + 1) / (shuffles + 1),
    )


def _split_gain(events: Floats, trials: Floats, least: int) -> Floats:
    """Return the log likelihood gain of splitting before each day from ``least`` to ``len - least``."""
    k, n = np.cumsum(events), np.cumsum(trials)
    cut = np.arange(least - 1, len(events) - least)
    return np.asarray(
        _log_likelihood(k[cut], n[cut])
        + _log_likelihood(k[-1] - k[cut], n[-1] - n[cut])
        - _log_likelihood(k[-1:], n[-1:])
    )


def _log_likelihood(k: Floats, n: Floats) -> Floats:
    from scipy.special import xlogy

    safe = np.maximum(n, 1e-12)
    return np.asarray(xlogy(k, k / safe) + xlogy(n - k, (n - k) / safe))
