"""Noise, starts and unusual units, on simulated series whose truth is known."""

import numpy as np
import pytest

from frontline.analysis.levels import Sort, Track, compare, since_when, spread, unusual
from frontline.analysis.limits import Daily
from tests.analysis.series import MONDAY, VOLUME, simulate

DAYS, LATELY = 150, 61


def shares(series: Daily) -> Track:
    return Track(series.day, series.events, series.trials, Sort.SHARE)


def counts(seed: int, *, lift: float = 0.0, onset: int = DAYS) -> Track:
    rng = np.random.default_rng(seed)
    day = MONDAY + np.arange(DAYS)
    usual = 400 * VOLUME[np.arange(DAYS) % 7] * np.where(np.arange(DAYS) >= onset, 1 + lift, 1.0)
    return Track(day, rng.poisson(usual * rng.gamma(200, 1 / 200, DAYS)).astype(float), np.ones(DAYS), Sort.COUNT)


def window(track: Track) -> tuple[int, int]:
    return int(track.day[-LATELY]), int(track.day[-1]) + 1


def test_the_start_of_a_rise_lies_within_its_days_nineteen_times_of_twenty() -> None:
    onset, held, clear = DAYS - 28, 0, 0
    for seed in range(40):
        track = shares(simulate(seed, DAYS, share=0.22, lift=0.25, onset=onset))
        start = since_when(track, window(track))
        assert start is not None
        if start.is_clear:
            clear += 1
            held += start.earliest <= track.day[onset] <= start.latest
    assert clear >= 38
    assert held >= 0.9 * clear


def test_without_a_start_hardly_any_is_found() -> None:
    quiet = [shares(simulate(seed, DAYS, share=0.22, dispersion=2.0)) for seed in range(40)]
    quiet += [counts(seed) for seed in range(40)]
    assert sum((start := since_when(track, window(track))) is not None and start.is_clear for track in quiet) <= 8


def test_periods_that_differ_by_chance_are_called_noise() -> None:
    beyond = 0
    for seed in range(40):
        for track in (shares(simulate(seed, DAYS, share=0.22, dispersion=2.0)), counts(seed)):
            first, end = window(track)
            beyond += not compare(track, (first, first + 30), (first + 30, end)).is_noise
    assert beyond <= 9


def test_a_rise_is_no_noise_and_has_its_size() -> None:
    track = counts(3, lift=0.2, onset=DAYS - 28)
    move = compare(track, (int(track.day[0]), int(track.day[-28])), (int(track.day[-28]), int(track.day[-1]) + 1))
    assert not move.is_noise
    assert move.change / move.before == pytest.approx(0.2, abs=0.05)


def test_a_weekend_is_not_unusual_and_an_outage_is() -> None:
    track = counts(1)
    num = track.num.copy()
    num[-10] *= 2.5
    odd = unusual(Track(track.day, num, track.den, Sort.COUNT), (int(track.day[-30]), int(track.day[-1]) + 1))
    assert int(track.day[-10]) in [day for day, z in odd if z > 0]
    assert len(odd) <= 2


def test_an_unusual_share_is_judged_by_adjusted_limits() -> None:
    series = simulate(5, DAYS, share=0.2)
    events = series.events.copy()
    events[-3] = series.trials[-3] * 0.5
    track = shares(Daily(series.day, events, series.trials))
    assert int(track.day[-3]) in [day for day, _ in unusual(track, (int(track.day[-30]), int(track.day[-1]) + 1))]


def test_too_few_units_say_nothing() -> None:
    track = shares(simulate(0, 5))
    assert since_when(track, (int(track.day[0]), int(track.day[-1]) + 1)) is None
    assert unusual(track, (int(track.day[3]), int(track.day[-1]) + 1)) == []
    with pytest.raises(ValueError, match="4 units"):
        spread(track, [int(track.day[2])])
