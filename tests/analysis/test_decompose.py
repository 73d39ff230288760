import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from frontline.analysis.decompose import carriers, concentration, contributions, decompose

cell = st.integers(0, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
period = st.dictionaries(st.sampled_from("abcdefgh"), cell, max_size=8)


@given(period, period)
def test_the_effects_add_up_to_the_change(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> None:
    assume(sum(n for _, n in before.values()) and sum(n for _, n in after.values()))
    result = decompose(before, after)
    rate_0 = sum(k for k, n in before.values() if n) / sum(n for _, n in before.values())
    rate_1 = sum(k for k, n in after.values() if n) / sum(n for _, n in after.values())
    assert math.fsum(e.total for e in result.effects) == pytest.approx(rate_1 - rate_0, abs=1e-13)
    assert result.change == pytest.approx(rate_1 - rate_0, abs=1e-13)


@given(period)
def test_a_period_against_itself_has_no_effects(rows: dict[str, tuple[int, int]]) -> None:
    assume(sum(n for _, n in rows.values()))
    assert all(e.rate == 0 and e.mix == 0 for e in decompose(rows, rows).effects)


def test_a_rise_inside_one_group_is_its_rate_effect() -> None:
    result = decompose({"billing": (20, 100), "router": (20, 100)}, {"billing": (60, 100), "router": (20, 100)})
    top = result.effects[0]
    assert (top.group, top.rate, top.mix) == ("billing", pytest.approx(0.2), 0.0)


def test_a_shift_towards_a_group_with_a_higher_rate_is_mix() -> None:
    result = decompose({"calm": (10, 100), "hot": (50, 100)}, {"calm": (5, 50), "hot": (75, 150)})
    assert sum(e.rate for e in result.effects) == 0
    assert sum(e.mix for e in result.effects) == pytest.approx(result.change)


def test_a_new_group_is_mix_only() -> None:
    result = decompose({"old": (10, 100)}, {"old": (10, 100), "new": (50, 100)})
    new = next(e for e in result.effects if e.group == "new")
    assert (new.rate, new.rate_before) == (0.0, None)
    assert new.mix > 0


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="both periods"):
        decompose({}, {"a": (1, 2)})


sums = st.tuples(
    st.floats(0, 1e7, allow_nan=False, allow_subnormal=False),
    st.floats(1e-3, 1e6, allow_nan=False, allow_subnormal=False),
)


means = st.dictionaries(st.sampled_from("abcd"), sums, min_size=1)


@settings(max_examples=40)
@given(means, means)
def test_the_effects_of_a_mean_add_up_too(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> None:
    def level(cells: dict[str, tuple[float, float]]) -> Fraction:
        return sum(Fraction(k) for k, _ in cells.values()) / sum(Fraction(n) for _, n in cells.values())

    result = decompose(before, after)
    change = float(level(after) - level(before))
    scale = max(max(abs(effect.rate), abs(effect.mix)) for effect in result.effects)
    assert math.fsum(effect.total for effect in result.effects) == pytest.approx(change, abs=1e-12 * scale + 1e-300)


counted = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 10**6), max_size=8)


@settings(max_examples=40)
@given(counted, counted)
def test_contributions_add_up_to_the_change_of_the_count(before: dict[str, int], after: dict[str, int]) -> None:
    parts = contributions(before, after)
    assert sum(parts.values()) == sum(after.values()) - sum(before.values())
    assert list(map(abs, parts.values())) == sorted(map(abs, parts.values()), reverse=True)


@settings(max_examples=40)
@given(counted, counted)
def test_the_carriers_are_the_fewest_that_make_four_fifths(before: dict[str, int], after: dict[str, int]) -> None:
    parts = contributions(before, after)
    whole = sum(parts.values())
    found = carriers(parts)
    if not whole:
        assert found == ()
        return
    assert sum(parts[group] for group in found) / whole >= 0.8 - 1e-9
    shorter = sorted((part / whole for part in parts.values()), reverse=True)[: len(found) - 1]
    assert sum(shorter) < 0.8


def test_a_group_that_carries_more_than_its_size_stands_out() -> None:
    assert concentration({"a": 9, "b": 1}, {"a": 0.2, "b": 0.8}, among="ab") == pytest.approx(0.7)
    assert concentration({"a": 9, "b": 1}, {"a": 0.2, "b": 0.8}, among="b") == pytest.approx(-0.7)
    assert concentration({"a": 1, "b": -1}, {}, among="ab") == 0
