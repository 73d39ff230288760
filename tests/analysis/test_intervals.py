import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.analysis.intervals import is_within_noise, newcombe, wilson

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_agrees_with_published_values() -> None:
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263, and 15 of 148.
    assert (wilson(81, 263).low, wilson(81, 263).high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (wilson(15, 148).low, wilson(15, 148).high) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20).low == 0.0
    assert wilson(0, 20).high == pytest.approx(0.1611, abs=5e-5)


def test_newcombe_agrees_with_published_values() -> None:
    # Newcombe 1998, method 10: 56/70 - 48/80.
    difference = newcombe(56, 70, 48, 80)
    assert (difference.low, difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(counts)
def test_wilson_holds_the_share_and_stays_inside_0_and_1(sample: tuple[int, int]) -> None:
    events, trials = sample
    interval = wilson(events, trials)
    assert 0 <= interval.low <= events / trials <= interval.high <= 1


@given(counts, counts)
def test_a_difference_turns_its_sign_when_the_samples_swap(one: tuple[int, int], two: tuple[int, int]) -> None:
    forth, back = newcombe(*one, *two), newcombe(*two, *one)
    assert forth.low == pytest.approx(-back.high, abs=1e-12)
    assert is_within_noise(*one, *one)


@pytest.mark.parametrize(("events", "trials"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_is_refused(events: int, trials: int) -> None:
    with pytest.raises(ValueError, match="a share needs"):
        wilson(events, trials)
