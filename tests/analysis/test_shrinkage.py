"""Small groups are pulled towards the whole by as much as their own numbers are worth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from frontline.analysis.shrinkage import pull, shrink


def test_the_pull_follows_the_formula_of_the_beta_prior() -> None:
    assert pull(9, 12, 0.7, 20) == pytest.approx((9 + 14) / 32)
    assert pull(9, 12, 0.7, math.inf) == 0.7


def test_alike_groups_lose_their_differences() -> None:
    groups = {"a": (14, 20), "b": (15, 20), "c": (13, 20)}
    found = shrink(groups)
    assert found.strength == math.inf
    assert list(found.shares.values()) == pytest.approx([0.7, 0.7, 0.7])


def test_true_differences_remain_and_their_size_is_found() -> None:
    # 200 groups of 50 from a beta distribution worth 30 observations.
    rng = np.random.default_rng(1)
    truth = rng.beta(21, 9, size=200)
    groups = {str(at): (int(rng.binomial(50, share)), 50) for at, share in enumerate(truth)}
    found = shrink(groups)
    assert 22 < found.strength < 41
    pulled = np.array([found.shares[str(at)] for at in range(200)])
    plain = np.array([events / trials for events, trials in groups.values()])
    assert ((pulled - truth) ** 2).mean() < 0.8 * ((plain - truth) ** 2).mean()


def test_a_small_group_moves_further_than_a_large_one() -> None:
    groups = {"small": (1, 4), "large": (100, 400), "good": (320, 400), "other": (90, 100), "poor": (20, 100)}
    found = shrink(groups)
    assert found.shares["small"] > found.shares["large"] > 0.25


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0"):
        shrink({"a": (5, 4)})
    with pytest.raises(ValueError, match="no trials"):
        shrink({"a": (0, 0)})
