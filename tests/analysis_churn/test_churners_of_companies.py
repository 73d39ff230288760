"""Planted churners on generated companies: found near the top of the list, and opted-out customers never on it."""

from dataclasses import replace
from pathlib import Path

import pytest

from frontline.analysis.churn import Choice, assess, choose, is_held_out
from frontline.catalog.rules import load_rules
from tests.analysis_churn.companies import Judged, load_company

RULE = load_rules().churn


def ranked(judged: Judged, *, asks_nobody: bool = False) -> Choice:
    """The choice over everybody; ``asks_nobody`` hides the surveys, the loudest of the planted signs."""
    signs = [replace(row, ces=None, nps=None) for row in judged.signs] if asks_nobody else judged.signs
    return choose(assess(signs, RULE), RULE, is_held_out=lambda _key: False)


def hits(choice: Choice, judged: Judged, top: int) -> int:
    return sum(item.customer.customer_key in judged.planted for item in choice.ranked[:top])


@pytest.mark.parametrize("seed", [1, 2])
def test_most_planted_churners_are_at_the_top_of_a_small_company(tmp_path: Path, seed: int) -> None:
    judged = load_company(tmp_path, seed=seed, scale=0.1)
    assert len(judged.planted) == 4
    choice = ranked(judged)
    assert hits(choice, judged, 10) >= 3
    shown = {item.customer.customer_key for item in choice.ranked}
    assert judged.opted_out
    assert not shown & judged.opted_out
    assert all(any(reason.points > 0 for reason in item.reasons) for item in choice.ranked)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_at_least_twelve_of_twenty_in_the_top_fifty_on_nine_of_ten_companies(tmp_path: Path) -> None:
    found, without_surveys = [], []
    for seed in range(11, 21):
        judged = load_company(tmp_path / str(seed), seed=seed)
        assert len(judged.planted) == 20
        choice = ranked(judged)
        found.append(hits(choice, judged, 50))
        without_surveys.append(hits(ranked(judged, asks_nobody=True), judged, 50))
        assert choice.opted_out > 0
        assert not {item.customer.customer_key for item in choice.ranked} & judged.opted_out
        key = seed.to_bytes(32)
        listed = choose(assess(judged.signs, RULE), RULE, is_held_out=lambda k, key=key: is_held_out(key, k, 0.1))
        assert len(listed.listed) == RULE.capacity
    assert sum(count >= 12 for count in found) >= 9, found
    assert sum(count >= 12 for count in without_surveys) >= 9, without_surveys


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_company_without_planted_churners_has_few_customers_to_call(tmp_path: Path) -> None:
    choice = ranked(load_company(tmp_path, seed=11, effects=False))
    # 25,000 customers: two in a thousand show enough signs.
    assert choice.at_risk < 60
