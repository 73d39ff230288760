import numpy as np
import pytest

from frontline.analysis.limits import Daily
from frontline.analysis.watch import WatchSettings, watch
from tests.analysis.series import MONDAY, simulate

READY = 98  # days until a full baseline of 84 days and the gap of 14


def signals(series: Daily) -> list[int]:
    return [e.signal - MONDAY for e in watch(series).episodes]


def first_signal(seed: int, *, lift: float, dispersion: float = 1.5) -> int | None:
    """Days from the onset to the signal."""
    series = simulate(seed, READY + 60, lift=lift, onset=READY + 20, dispersion=dispersion)
    late = [day - READY - 20 for day in signals(series) if day >= READY + 20]
    return late[0] if late else None


def test_a_rise_of_half_is_found_within_days_and_dated() -> None:
    delays = [first_signal(seed, lift=0.5) for seed in range(8)]
    assert all(delay is not None and delay <= 7 for delay in delays)
    episode = watch(simulate(1, READY + 60, lift=0.5, onset=READY + 20)).episodes[-1]
    assert abs(episode.onset - (MONDAY + READY + 20)) <= 2


def test_a_rise_of_a_quarter_is_found_within_two_weeks_in_most_series() -> None:
    delays = [first_signal(seed, lift=0.25) for seed in range(10)]
    assert sum(delay is not None and delay <= 15 for delay in delays) >= 8


@pytest.mark.slow
def test_false_alarms_stay_under_one_series_in_ten_per_90_days() -> None:
    for volume, share, dispersion in ((400, 0.10, 1.5), (1000, 0.15, 10.0), (120, 0.12, 1.2)):
        series = (simulate(seed, READY + 90, volume=volume, share=share, dispersion=dispersion) for seed in range(80))
        wrong = sum(any(day >= READY for day in signals(one)) for one in series)
        assert wrong <= 10, (volume, share, dispersion, wrong)


def test_most_ordinary_series_are_silent_for_90_days() -> None:
    wrong = sum(any(day >= READY for day in signals(simulate(seed, READY + 90))) for seed in range(100, 112))
    assert wrong <= 2


def test_what_is_decided_about_a_day_never_depends_on_later_days() -> None:
    series = simulate(4, READY + 45, lift=0.6, onset=READY + 20)
    whole = watch(series)
    for cut in (READY + 10, READY + 25, READY + 40):
        part = watch(series.where(np.arange(len(series)) < cut))
        assert np.allclose(part.z, whole.z[:cut], equal_nan=True)
        assert [e.signal for e in part.episodes] == [e.signal for e in whole.episodes if e.signal < MONDAY + cut]


def test_a_rise_is_one_episode_and_ends_when_it_is_over() -> None:
    up = simulate(6, READY + 45, lift=0.6, onset=READY + 10)
    calm = simulate(6, READY + 90)
    back = np.arange(READY + 90) >= READY + 35
    events = np.where(back, calm.events, np.r_[up.events, calm.events[READY + 45 :]])
    trials = np.where(back, calm.trials, np.r_[up.trials, calm.trials[READY + 45 :]])
    found = watch(Daily(calm.day, events, trials))
    assert len(found.episodes) == 1
    episode = found.episodes[0]
    assert episode.end is not None
    assert READY + 30 <= episode.end - MONDAY <= READY + 45
    assert found.current is None


def test_a_second_rise_is_dated_after_the_first() -> None:
    parts = [simulate(6, READY + 90, lift=0.7, onset=0), simulate(6, READY + 90)]
    number = np.arange(READY + 90)
    up = ((number >= READY + 5) & (number < READY + 25)) | (number >= READY + 50)
    events, trials = (np.where(up, getattr(parts[0], name), getattr(parts[1], name)) for name in ("events", "trials"))
    found = watch(Daily(parts[0].day, events, trials))
    assert len(found.episodes) == 2
    assert abs(found.episodes[1].onset - (MONDAY + READY + 50)) <= 2


def test_a_level_that_stays_becomes_the_new_normal() -> None:
    found = watch(simulate(7, READY + 160, lift=0.6, onset=READY + 10))
    assert found.episodes[0].adopted
    assert len(found.episodes) == 1


def test_an_outage_day_raises_nothing() -> None:
    series = simulate(8, READY + 20)
    events, trials = series.events.copy(), series.trials.copy()
    trials[-3], events[-3] = 9.0, 8.0
    assert not watch(Daily(series.day, events, trials)).episodes


def test_a_fall_raises_nothing() -> None:
    assert not signals(simulate(9, READY + 60, lift=-0.5, onset=READY + 20))


def test_without_a_baseline_nothing_is_judged() -> None:
    found = watch(simulate(1, 40), WatchSettings())
    assert found.baseline is None
    assert np.isnan(found.z).all()
