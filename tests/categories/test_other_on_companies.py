"""A planted rise of "other" is found on companies of unseen seeds, and nothing is said where nothing is planted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from frontline.analysis.share_rise import ShareRise, find_rise
from frontline.catalog.rules import load_rules
from frontline.sandbox.company.casework import view_at
from frontline.sandbox.company.generator import play
from frontline.sandbox.company.model import NOW

pytestmark = pytest.mark.slow
RULE = load_rules().categories
START = dt.date(2026, 1, 5)
WEEKS = 23


def cases_by_week(seed: int, *, effects: bool, scale: float) -> list[int]:
    """Return the first contacts of cases per week from ``START`` on."""
    world = play(seed=seed, effects=effects, start=START, scale=scale)
    company = world.company
    view = view_at(company, world.contacts, company.calendar.local_seconds(NOW))
    roots = view.contacts.root < 0
    week = (view.contacts.t[roots & view.known] // (7 * 86_400)).astype(int)
    return [int(count) for count in np.bincount(week, minlength=WEEKS)[:WEEKS]]


def judge(trials: list[int], shares: list[float], seed: int) -> list[ShareRise | None]:
    """Judge every slot from the first that has its weeks, with so many of a week's cases under "other"."""
    random = np.random.default_rng(seed)
    weeks = [(int(random.binomial(n, share)), n) for n, share in zip(trials, shares, strict=True)]
    length = RULE.other_weeks + RULE.before_weeks
    return [
        find_rise(
            weeks[end - length : end],
            recent=RULE.other_weeks,
            sigmas=RULE.sigmas,
            min_lift=RULE.min_lift,
            min_events=RULE.min_cases,
        )
        for end in range(length, len(weeks) + 1)
    ]


@pytest.mark.parametrize("seed", [2, 3])
def test_a_rise_is_found_on_two_other_companies_and_not_before_it(seed: int) -> None:
    trials = cases_by_week(seed, effects=True, scale=0.3)
    onset, size = WEEKS - 2 - seed % 2, (0.06, 0.09)[seed % 2]
    found = judge(trials, [0.04 + size * (week >= onset) for week in range(WEEKS)], seed)
    assert found[-1] is not None
    assert found[-1].difference.holds(size)
    assert all(rise is None for rise in found[: onset - WEEKS])


@pytest.mark.parametrize("seed", [2, 3])
def test_companies_without_effects_are_silent_however_much_is_other(seed: int) -> None:
    trials = cases_by_week(seed, effects=False, scale=0.3)
    for share in (0.0, 0.02, 0.05, 0.12):
        assert judge(trials, [share] * WEEKS, seed) == [None] * (WEEKS - 13)
