import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from frontline.analysis.decompose import decompose

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
