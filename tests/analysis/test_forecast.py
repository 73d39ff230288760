"""Forecasts on series whose future is known: better than repeating last week, and honest about their range."""

import numpy as np
import pytest

from frontline.analysis.forecast import Aim, project
from frontline.analysis.hourly import project_hours
from frontline.analysis.levels import Sort, Track
from tests.analysis.series import MONDAY, VOLUME, simulate

DAYS = 420


def counts(seed: int, days: int = DAYS) -> Track:
    rng = np.random.default_rng(seed)
    usual = 300 * VOLUME[np.arange(days) % 7] * (1 + 0.0003 * np.arange(days))
    num = rng.poisson(usual * rng.gamma(150, 1 / 150, days)).astype(float)
    return Track(MONDAY + np.arange(days), num, np.ones(days), Sort.COUNT)


def cut(track: Track, days: int) -> Track:
    return track.where(np.arange(len(track)) < days)


def test_the_range_holds_four_of_five_and_the_figure_beats_last_week_repeated() -> None:
    held, ratios = 0, []
    for seed in range(16):
        track = counts(seed)
        known = cut(track, DAYS - 14)
        first = int(track.day[-14])
        outlook = project(known, [(first, first + 14)], Aim.SUM)
        assert outlook is not None
        ratios.append(outlook.backtest.ratio)
        held += outlook.projections[0].low <= track.num[-14:].sum() <= outlook.projections[0].high
    assert 9 <= held <= 16
    assert float(np.mean(ratios)) < 0.85


def test_a_rate_is_forecast_between_0_and_1_with_its_weekday() -> None:
    series = simulate(4, 300, share=0.1, dispersion=1.2)
    track = Track(series.day, series.events, series.trials, Sort.SHARE)
    end = int(track.day[-1]) + 1
    outlook = project(track, [(end, end + 7), *((end + day, end + day + 1) for day in range(7))], Aim.RATIO)
    assert outlook is not None
    assert all(0 <= item.low <= item.value <= item.high <= 1 for item in outlook.projections)
    assert outlook.projections[0].value == pytest.approx(0.1, abs=0.01)
    friday = (MONDAY + 4 - end) % 7  # the pattern of the series has 15 % less on Fridays
    assert outlook.projections[1 + friday].value < outlook.projections[0].value


def test_a_level_is_that_of_the_last_day() -> None:
    day = MONDAY + np.arange(200)
    track = Track(day, (100 + 10.0 * (np.arange(200) % 7)).astype(np.float64), np.ones(200), Sort.COUNT)
    end = int(day[-1]) + 1
    outlook = project(track, [(end, end + 7)], Aim.LAST)
    assert outlook is not None
    assert outlook.projections[0].value == pytest.approx(track.num[-7 + (200 + 6 - 200) % 7], rel=0.02)


def test_a_holiday_gets_its_own_factor_and_teaches_no_weekday() -> None:
    track = counts(1)
    holidays = {int(track.day[place]) for place in (70, 150, 230, 310)}
    num = np.where(np.isin(track.day, list(holidays)), track.num * 0.5, track.num)
    end = int(track.day[-1]) + 1
    quiet = Track(track.day, num, track.den, Sort.COUNT)
    spans = [(end, end + 7), (end + 1, end + 2)]
    usual, closed = (project(quiet, spans, Aim.SUM, special=holidays | extra) for extra in (set(), {end + 1}))
    assert usual is not None
    assert closed is not None
    assert closed.projections[1].value == pytest.approx(usual.projections[1].value * 0.5, rel=0.15)


def test_what_is_not_known_yet_changes_nothing_before() -> None:
    """A later value that is moved moves no forecast made before it."""
    track = counts(2)
    end = int(track.day[-30]) + 1
    before = project(cut(track, DAYS - 29), [(end, end + 7)], Aim.SUM)
    again = project(cut(Track(track.day, np.where(np.arange(DAYS) > DAYS - 30, 1e6, track.num), track.den, Sort.COUNT),
                        DAYS - 29), [(end, end + 7)], Aim.SUM)  # fmt: skip
    assert before == again


def test_a_short_history_gives_no_forecast() -> None:
    track = cut(counts(0), 100)
    end = int(track.day[-1]) + 1
    assert project(track, [(end, end + 28)], Aim.SUM) is None


def test_hours_are_the_median_of_the_same_hour_of_six_weeks() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(16 * 168)
    usual = 20 + 15 * np.sin(labels % 24 / 24 * 2 * np.pi)
    values = rng.poisson(usual).astype(float)
    values[labels % 24 == 3] = np.nan  # hidden
    found = project_hours(labels.tolist(), values, list(range(16 * 168, 16 * 168 + 24)))
    assert found is not None
    hours, test = found
    for hour, item in enumerate(hours):
        past = [values[(16 - back) * 168 + hour] for back in range(1, 7)]
        if hour == 3:
            assert np.isnan(item.value)
        else:
            assert item.value == np.median(past)
            assert item.low <= item.value <= item.high
    assert test.error < test.naive_error
