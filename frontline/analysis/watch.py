"""Watching a daily share as it comes in: signals, since when, recovery.

Each day is judged with a baseline of earlier days that ends at least ``gap`` days before it, and that leaves out the
days of earlier episodes; it is fitted anew each Monday and when an episode begins or ends. So a fresh rise cannot hide
in its own baseline, and what is decided about a day never depends on later days.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from frontline.analysis.changes import onset_of_rise
from frontline.analysis.limits import Baseline, Bools, Daily, Floats, ewma, ewma_limit, fit_baseline, has_usual_volume


@dataclass(frozen=True)
class WatchSettings:
    """How a series is watched. ``shewhart`` and ``sigmas`` are one-sided limits in standard deviations."""

    baseline_days: int = 84
    gap: int = 14
    weight: float = 0.2
    sigmas: float = 3.2
    shewhart: float = 4.0
    min_expected: float = 3.0  # expected events a day; below it a day says too little
    min_lift: float = 0.10  # a smaller relative rise is not worth a message
    min_days: int = 1  # days since the onset; one wild day of a small series is no episode yet
    recover_level: float = 0.4  # recovered when the mean residual falls below this ...
    recover_days: int = 6  # ... over so many days
    adopt_days: int = 42  # a level that has held so long is the new normal


@dataclass(frozen=True)
class Episode:
    """A rise: the day of the first signal, since when, and the day of recovery (None: still on)."""

    signal: int
    onset: int
    chart: str  # "shewhart" | "ewma"
    end: int | None = None
    adopted: bool = False


@dataclass(frozen=True)
class Watched:
    """A watched series: per day its residual, EWMA and state. NaN before the first full baseline."""

    series: Daily
    z: Floats
    ewma: Floats
    limit: float
    episodes: tuple[Episode, ...]
    baseline: Baseline | None  # of the last day

    @property
    def current(self) -> Episode | None:
        """The episode that is on at the end of the series."""
        return self.episodes[-1] if self.episodes and self.episodes[-1].end is None else None


@dataclass
class _State:
    on: bool = False
    calm: int = 0
    floor: int = 0  # the EWMA restarts after an adopted level
    changes: int = 0  # beginnings and ends so far
    episodes: list[Episode] = field(default_factory=list)


def watch(series: Daily, settings: WatchSettings | None = None) -> Watched:
    """Judge every day of ``series`` in order with what was known then."""
    rules = settings or WatchSettings()
    n = len(series)
    z_of, e_of = np.full(n, np.nan), np.full(n, np.nan)
    limit = ewma_limit(weight=rules.weight, sigmas=rules.sigmas, baseline_days=rules.baseline_days)
    usual = np.zeros(n, dtype=bool)
    keep = np.ones(n, dtype=bool)  # days that may serve a baseline
    state = _State()
    baseline: Baseline | None = None
    week, changes = -1, 0
    for i in range(n):
        first = int(np.searchsorted(series.day, series.day[i] - rules.gap))
        usual[i] = _is_usual(series, i, rules.baseline_days)
        if baseline is None or week != int(series.day[i] - 1) // 7 or changes != state.changes:
            span = (series.day >= series.day[i] - rules.gap - rules.baseline_days) & (np.arange(n) < first)
            if (span & keep).sum() < max(28, 2 * rules.baseline_days // 3):
                continue
            baseline = _fit(series, span, keep) or baseline
            week, changes = int(series.day[i] - 1) // 7, state.changes
        if baseline is None:
            continue
        recent = np.arange(max(first, state.floor), i + 1)
        part = series.where(_mask(n, recent))
        z = baseline.standardise(part)
        quiet = ~usual[recent] | (part.trials * baseline.expected(part) < rules.min_expected)
        line = ewma(z, weight=rules.weight, skip=quiet)
        z_of[i], e_of[i] = z[-1], line[-1]
        _judge(state, keep, rules=rules, series=series, index=i, baseline=baseline, z=z, line=line, quiet=quiet,
               limit=limit)  # fmt: skip
    return Watched(series, z_of, e_of, limit, tuple(state.episodes), baseline)


def _judge(
    state: _State, keep: Bools, *, rules: WatchSettings, series: Daily, index: int, baseline: Baseline, z: Floats,
    line: Floats, quiet: Bools, limit: float,
) -> None:  # fmt: skip
    day = int(series.day[index])
    if state.on:
        keep[index] = False
        episode = state.episodes[-1]
        state.calm = 0 if quiet[-1] else state.calm + 1  # days judged since the signal
        first_calm = max(0, index - rules.recover_days + 1)
        if state.calm >= rules.recover_days and z[-rules.recover_days :].mean() < rules.recover_level:
            # The calm days count again, and the EWMA starts over with them.
            keep[first_calm : index + 1] = True
            state.floor = first_calm
            _close(state, Episode(episode.signal, episode.onset, episode.chart, int(series.day[first_calm])))
        elif day - episode.onset >= rules.adopt_days:
            keep[series.day >= episode.onset] = True
            keep[series.day < episode.onset] = False
            state.floor = index + 1
            _close(state, Episode(episode.signal, episode.onset, episode.chart, day, adopted=True))
        return
    if quiet[-1]:
        return
    chart = "shewhart" if z[-1] > rules.shewhart else "ewma" if line[-1] > limit and z[-1] > 0 else ""
    if not chart:
        return
    # A rise cannot have begun inside an earlier episode.
    since = max([day - 45, *(episode.end or 0 for episode in state.episodes)])
    recent = series.where((series.day > since) & (np.arange(len(series)) <= index))
    onset = onset_of_rise(recent, baseline)
    if onset.lift < rules.min_lift or day - onset.day + 1 < rules.min_days:
        return
    state.on, state.calm, state.changes = True, 0, state.changes + 1
    state.episodes.append(Episode(day, onset.day, chart))
    keep[(series.day >= onset.day) & (np.arange(len(series)) <= index)] = False


def _close(state: _State, episode: Episode) -> None:
    state.episodes[-1] = episode
    state.on, state.calm, state.changes = False, 0, state.changes + 1


def _fit(series: Daily, span: Bools, keep: Bools) -> Baseline | None:
    try:
        return fit_baseline(series.where(span), keep=keep[span])
    except ValueError:  # too few usable days: nothing is judged yet
        return None


def _is_usual(series: Daily, index: int, days: int) -> bool:
    """Whether the day's volume is usual among the days before it."""
    lately = (series.day > series.day[index] - days) & (np.arange(len(series)) <= index)
    return bool(has_usual_volume(series.where(lately))[-1]) and series.trials[index] > 0


def _mask(n: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Bools:
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return mask
