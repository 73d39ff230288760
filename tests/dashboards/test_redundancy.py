"""Which series say the same: alike in their levels and in their changes."""

from __future__ import annotations

import random

from frontline.analysis.redundancy import alike_pairs

DICE = random.Random(7)
WEEKS = 26


def noise(size: float) -> list[float]:
    return [DICE.gauss(0, size) for _ in range(WEEKS)]


def test_a_series_and_its_noisy_copy_are_alike_also_upside_down() -> None:
    base = noise(1.0)
    near = [value + wobble for value, wobble in zip(base, noise(0.1), strict=True)]
    series = {"base": base, "near": near, "mirrored": [-value for value in base], "other": noise(1.0)}
    found = {(pair.first, pair.second) for pair in alike_pairs(series, least=0.9, least_changes=0.7)}
    assert found == {("base", "near"), ("base", "mirrored"), ("near", "mirrored")}


def test_two_series_that_only_share_a_trend_are_not_alike() -> None:
    up = [week + wobble for week, wobble in zip(range(WEEKS), noise(0.5), strict=True)]
    also_up = [2 * week + wobble for week, wobble in zip(range(WEEKS), noise(0.5), strict=True)]
    assert not alike_pairs({"up": up, "also": also_up}, least=0.9, least_changes=0.7)


def test_constant_series_and_few_common_weeks_say_nothing() -> None:
    base: list[float | None] = list(noise(1.0))
    holes: list[float | None] = [value if at < 7 else None for at, value in enumerate(base)]
    flat: list[float | None] = [1.0] * WEEKS
    assert not alike_pairs({"base": base, "holes": holes, "flat": flat}, least=0.9, least_changes=0.7)
