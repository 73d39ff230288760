"""A rise of "other" is told from the ups and downs of weeks."""

from __future__ import annotations

import numpy as np
import pytest

from frontline.analysis.share_rise import find_rise


def rise_of(weeks: list[tuple[int, int]]) -> object:
    return find_rise(weeks, recent=2, sigmas=3.0, min_lift=0.25, min_events=20)


def test_a_planted_rise_is_found_with_an_interval_around_it() -> None:
    found = find_rise([(30, 600)] * 12 + [(60, 600)] * 2, recent=2, sigmas=3.0, min_lift=0.25, min_events=20)
    assert found is not None
    assert (found.now, found.before) == (pytest.approx(0.10), pytest.approx(0.05))
    assert 0 < found.difference.low < 0.05 < found.difference.high


def test_a_share_that_was_nought_before_can_rise_too() -> None:
    assert rise_of([(0, 600)] * 12 + [(25, 600)] * 2) is not None


@pytest.mark.parametrize("recent", [[(31, 600), (33, 600)], [(0, 600)] * 2, [(9, 90)] * 2, [(0, 0)] * 2])
def test_little_lift_few_cases_and_no_cases_say_nothing(recent: list[tuple[int, int]]) -> None:
    assert rise_of([(30, 600)] * 12 + recent) is None


def test_flat_years_are_silent_also_where_weeks_swing_more_than_chance() -> None:
    random = np.random.default_rng(5)
    told = 0
    for _ in range(20):
        shares = random.beta(0.05 * 120, 0.95 * 120, 66)
        weeks = [(int(random.binomial(600, share)), 600) for share in shares]
        told += sum(rise_of(weeks[start : start + 14]) is not None for start in range(52))
    assert told <= 20  # one a year at most, over twenty flat years
