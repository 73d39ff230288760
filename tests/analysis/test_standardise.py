"""Groups compared as if they had the same mix of work."""

from __future__ import annotations

import numpy as np
import pytest

from frontline.analysis.standardise import DayCells, by_group, collect_days, standardise

Row = tuple[str, str, str, float, float]


def fixed(rates: dict[str, dict[str, float]], units: dict[str, dict[str, float]], *, days: int = 30) -> list[Row]:
    """The same every day: ``rates`` per unit and ``units`` a day, by group and cell."""
    return [
        (f"d{day:03d}", group, cell, rates[group][cell] * count, count)
        for day in range(days)
        for group, cells in units.items()
        for cell, count in cells.items()
    ]


def test_both_ways_are_those_of_the_textbook() -> None:
    rates = {"a": {"x": 10.0, "y": 30.0}, "b": {"x": 12.0, "y": 20.0}}
    units = {"a": {"x": 80.0, "y": 20.0}, "b": {"x": 20.0, "y": 80.0}}
    found = by_group(standardise(collect_days(fixed(rates, units)), draws=50))
    # Of the whole: x costs (800 + 240) / 100, y (600 + 1600) / 100.
    rate_x, rate_y = 10.4, 22.0
    assert found["a"].crude == pytest.approx(14.0)
    assert found["a"].expected == pytest.approx((80 * rate_x + 20 * rate_y) / 100)
    assert found["a"].ratio == pytest.approx(14.0 / found["a"].expected)
    assert found["a"].direct == pytest.approx((10 * 100 + 30 * 100) / 200)
    assert found["b"].direct == pytest.approx((12 * 100 + 20 * 100) / 200)


def test_a_group_that_differs_by_its_mix_alone_is_as_expected() -> None:
    same = {"x": 10.0, "y": 30.0}
    units = {"a": {"x": 90.0, "y": 10.0}, "b": {"x": 30.0, "y": 70.0}, "c": {"x": 50.0, "y": 50.0}}
    found = standardise(collect_days(fixed(dict.fromkeys("abc", same), units)), draws=50)
    assert [one.ratio for one in found] == pytest.approx([1, 1, 1])
    assert found[0].crude_ratio < 0.8 < 1.1 < found[1].crude_ratio


def test_what_is_expected_of_all_adds_up_to_what_was_spent_to_the_cent() -> None:
    rng = np.random.default_rng(4)
    rows: list[Row] = [
        (f"d{day:03d}", group, cell, float(rng.gamma(2, 40)), float(rng.integers(0, 9)))
        for day in range(60)
        for group in "abcd"
        for cell in ("x", "y", "z", "rare")
        if cell != "rare" or day == 0
    ]
    rows.append(("d001", "a", "no case at all", 500.0, 0.0))
    found = standardise(collect_days(rows), draws=50)
    total = sum(row[3] for row in rows)
    assert sum(one.expected_amount for one in found) == pytest.approx(total)
    assert sum(one.amount for one in found) == pytest.approx(total)


def regions(seed: int, *, planted: float) -> list[Row]:
    """North has easy work and is served worse by ``planted``: only with the mix taken out does it show."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in range(91):
        for region, easy in (("north", 0.8), ("east", 0.5), ("south", 0.5), ("west", 0.5)):
            for cell, share, rate in (("easy", easy, 0.85), ("hard", 1 - easy, 0.60)):
                count = int(rng.poisson(60 * share))
                solved = rng.binomial(count, rate - (planted if region == "north" else 0.0))
                rows.append((f"d{day:03d}", region, cell, float(solved), float(count)))
    return rows


def test_an_under_served_region_shows_after_the_mix_is_taken_out_and_not_before() -> None:
    for seed in range(3):
        found = by_group(standardise(collect_days(regions(seed, planted=0.08)), draws=300))
        north = found["north"]
        assert north.crude_interval.high > 0.98, "before: as good as the others, or better"
        assert north.interval.high < 0.97, "after: worse"
        assert north.p_value < 0.01
        assert min(found[name].p_value for name in ("east", "south", "west")) > north.p_value


def test_nothing_is_named_where_only_the_mix_differs() -> None:
    chances = [
        one.p_value for seed in range(8) for one in standardise(collect_days(regions(seed, planted=0)), draws=200)
    ]
    assert sum(chance < 0.05 for chance in chances) <= 5


def test_the_interval_of_resampled_days_is_as_wide_as_theory_says() -> None:
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for day in range(120):
        for group in ("a", "b"):
            count = 50.0
            rows.append((f"d{day:03d}", group, "x", float(rng.binomial(50, 0.6)), count))
    one = by_group(standardise(collect_days(rows), draws=1000))["a"]
    # Log of a / mean(a, b): half the difference of two independent shares of 6,000 each.
    spread = np.sqrt(2 * 0.6 * 0.4 / 6000) / 0.6 / 2
    assert (one.interval.high - one.interval.low) / (2 * 1.96 * spread) == pytest.approx(1, abs=0.2)


def test_a_small_group_is_left_out_and_nothing_at_all_is_refused() -> None:
    rows = [
        *fixed({"a": {"x": 5.0}, "b": {"x": 6.0}}, {"a": {"x": 10.0}, "b": {"x": 10.0}}),
        ("d000", "tiny", "x", 9.0, 3.0),
    ]
    assert [one.group for one in standardise(collect_days(rows), draws=20)] == ["a", "b"]
    with pytest.raises(ValueError, match="nothing"):
        standardise(DayCells(("a",), ("x",), np.zeros((1, 1, 1)), np.zeros((1, 1, 1))))
