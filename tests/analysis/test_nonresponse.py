"""What those who did not answer do to a figure."""

from __future__ import annotations

import pytest

from frontline.analysis.nonresponse import Stratum, reweight, worst_case


def test_a_stratum_counts_by_those_asked_and_not_by_those_who_answered() -> None:
    # 400 asked by phone, of whom half answered and 90 % are satisfied; 600 by chat, a tenth answered, 50 % satisfied.
    strata = {"phone": Stratum(400, 200, 0.9, 200), "chat": Stratum(600, 60, 0.5, 60)}
    found = reweight(strata)
    assert found.plain == pytest.approx((200 * 0.9 + 60 * 0.5) / 260)
    assert found.weighted == pytest.approx(0.4 * 0.9 + 0.6 * 0.5)
    assert found.response_rate == pytest.approx(0.26)
    assert found.shift < -0.1


def test_equal_response_moves_nothing() -> None:
    strata = {"a": Stratum(100, 30, 0.8, 30), "b": Stratum(200, 60, 0.6, 60)}
    assert reweight(strata).shift == pytest.approx(0)


def test_a_stratum_without_a_figure_is_left_out_and_said() -> None:
    found = reweight({"a": Stratum(300, 90, 0.8, 90), "b": Stratum(100, 3, None, 0)})
    assert (found.weighted, found.coverage) == (pytest.approx(0.8), pytest.approx(0.75))


def test_nobody_asked_is_no_figure() -> None:
    with pytest.raises(ValueError, match="people asked"):
        reweight({"a": Stratum(0, 0, 0.5, 10)})


def test_the_worst_case_holds_whatever_the_silent_think() -> None:
    bounds = worst_case(0.7, 0.25)
    assert (bounds.low, bounds.high) == (pytest.approx(0.175), pytest.approx(0.925))
    # A quarter answered, 70 % of them satisfied: the silent three quarters may be anything.
    for silent in (0.0, 0.3, 1.0):
        assert bounds.holds(0.25 * 0.7 + 0.75 * silent)
    assert worst_case(0.7, 1.0).low == worst_case(0.7, 1.0).high == pytest.approx(0.7)
