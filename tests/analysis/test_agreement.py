"""Two coders: planted agreement is recovered, chance is taken out, and what is mixed up is named."""

from __future__ import annotations

import random

import pytest

from frontline.analysis.agreement import find_confusions, gwet_ac1


def coded(count: int, seed: int, *, certain: float, common: float = 0.25) -> list[tuple[str, str]]:
    """Pairs of codings: with ``certain`` both see the same code, else each guesses; ``common`` is the share of A."""
    source = random.Random(seed)
    codes, weights = "ABCD", [common, *[(1 - common) / 3] * 3]
    pairs = []
    for _ in range(count):
        truth = source.choices(codes, weights)[0]
        one, two = (truth if source.random() < certain else source.choice(codes) for _ in range(2))
        pairs.append((one, two))
    return pairs


def test_the_worked_example_of_the_paper() -> None:
    # Gwet (2008), table 1: 125 cases, two codes; AC1 = 0.9408 where kappa is 0.0.
    pairs = [("+", "+")] * 118 + [("+", "-")] * 5 + [("-", "+")] * 2
    found = gwet_ac1(pairs)
    assert found is not None
    assert found.raw == pytest.approx(0.944)
    assert found.ac1 == pytest.approx(0.9408, abs=0.001)
    assert found.interval.low < found.ac1 < found.interval.high


def test_agreement_is_high_where_both_know_and_zero_where_both_guess() -> None:
    sure, guessed = gwet_ac1(coded(400, 1, certain=0.95)), gwet_ac1(coded(400, 2, certain=0.0))
    assert sure is not None
    assert guessed is not None
    assert sure.ac1 > 0.8
    assert guessed.interval.holds(0)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    truth = gwet_ac1(coded(60_000, 3, certain=0.8, common=0.7))
    assert truth is not None
    held = [gwet_ac1(coded(150, seed, certain=0.8, common=0.7)) for seed in range(100, 220)]
    assert 0.88 <= sum(found.interval.holds(truth.ac1) for found in held if found) / len(held) <= 1


def test_too_little_says_nothing_and_one_code_agrees() -> None:
    assert gwet_ac1([("A", "A")]) is None
    found = gwet_ac1([("A", "A")] * 3)
    assert found is not None
    assert found.ac1 == 1


def test_codes_that_are_taken_for_each_other_are_named() -> None:
    pairs = [("A", "A")] * 40 + [("A", "B")] * 15 + [("B", "A")] * 10 + [("B", "B")] * 10 + [("C", "C")] * 40
    (found,) = find_confusions([*pairs, ("C", "A")])
    assert (found.first, found.second, found.times) == ("A", "B", 25)
    assert 0.3 <= found.share < 0.5
    assert find_confusions([("A", "B")] * 5) == []
