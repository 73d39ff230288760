import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.analysis.rates import chance_of_more, discoveries, rate_ratio

counts = st.integers(0, 400)


@pytest.mark.parametrize(
    ("now", "now_days", "before", "before_days"), [(9, 14, 6, 28), (1, 14, 12, 28), (40, 7, 100, 28), (3, 14, 3, 14)]
)
def test_the_interval_agrees_with_scipys_exact_binomial_interval(
    now: int, now_days: float, before: int, before_days: float
) -> None:
    from scipy.stats import binomtest

    found = rate_ratio(now, now_days, before, before_days)
    share = binomtest(now, now + before).proportion_ci(0.95, method="exact")
    scale = before_days / now_days
    assert found.ratio == pytest.approx(now / now_days / (before / before_days))
    assert found.interval.low == pytest.approx(share.low / (1 - share.low) * scale)
    assert found.interval.high == pytest.approx(share.high / (1 - share.high) * scale)


def test_a_bound_is_where_the_exact_conditional_test_turns() -> None:
    from scipy.stats import binom

    found = rate_ratio(9, 14, 6, 28)
    for bound, tail in ((found.interval.low, "upper"), (found.interval.high, "lower")):
        share = bound * 14 / (bound * 14 + 28)
        chance = binom.sf(8, 15, share) if tail == "upper" else binom.cdf(9, 15, share)
        assert chance == pytest.approx(0.025)


def test_nothing_before_is_new_and_nothing_at_all_says_nothing() -> None:
    new = rate_ratio(6, 14, 0, 28)
    assert new.ratio == math.inf
    assert new.is_growing
    assert new.interval.high == math.inf
    assert not rate_ratio(1, 14, 0, 28).is_growing
    nothing = rate_ratio(0, 14, 0, 28)
    assert nothing.ratio is None
    assert not nothing.is_growing
    assert not nothing.is_shrinking
    assert rate_ratio(0, 14, 20, 28).is_shrinking


@given(counts, counts)
def test_the_interval_holds_the_ratio_and_turns_over_with_it(now: int, before: int) -> None:
    found, turned = rate_ratio(now, 14, before, 28), rate_ratio(before, 28, now, 14)
    if found.ratio is None:
        return
    assert found.interval.low <= found.ratio <= found.interval.high
    if now and before:
        assert turned.interval.low == pytest.approx(1 / found.interval.high)
        assert turned.interval.high == pytest.approx(1 / found.interval.low)


@pytest.mark.parametrize("wrong", [(-1, 14, 0, 28), (1, 0, 0, 28), (1, 14, 0, -1)])
def test_a_rate_needs_counts_and_spans(wrong: tuple[int, float, int, float]) -> None:
    with pytest.raises(ValueError, match="rate"):
        rate_ratio(*wrong)


def test_the_chance_of_more_agrees_with_the_interval_and_grows_with_the_ratio_to_beat() -> None:
    found = rate_ratio(9, 14, 6, 28)
    assert chance_of_more(9, 14, 6, 28, ratio=found.interval.low) == pytest.approx(0.025)
    assert chance_of_more(9, 14, 6, 28, ratio=1.25) > chance_of_more(9, 14, 6, 28)
    assert chance_of_more(0, 14, 6, 28) == pytest.approx(1.0)


def test_many_tests_at_once_follow_benjamini_and_hochberg() -> None:
    # Benjamini and Hochberg 1995, section 3: of 15 p-values the four smallest stand at 5 %.
    small = [0.0001, 0.0004, 0.0019, 0.0095]
    large = [0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    assert discoveries([*large, *small], rate=0.05) == [False] * 11 + [True] * 4
    assert discoveries([]) == []
