"""New stories told in many words: found though every single wording is rare, silent where only chance moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from frontline.analysis.emergence import emerging

CATEGORIES, WORDINGS, DIMENSIONS, MONTHS = 6, 8, 48, 7


def company(seed: int, *, planted: int = 0) -> tuple[Any, list[str], Any]:
    """Documents of seven months, a handful a wording; ``planted`` new ones in "c0" in three wordings, mostly now."""
    random = np.random.default_rng(seed)
    rows, categories, months = [], [], []
    for category in range(CATEGORIES):
        for _ in range(WORDINGS):
            centre = random.normal(size=DIMENSIONS)
            for _ in range(random.poisson(12)):
                rows.append(centre + random.normal(scale=0.35, size=DIMENSIONS))
                categories.append(f"c{category}")
                months.append(random.integers(MONTHS))
    for number in range(planted):
        wording = number % 3
        rows.append(
            np.random.default_rng(900 + wording).normal(size=DIMENSIONS) + random.normal(scale=0.35, size=DIMENSIONS)
        )
        categories.append("c0")
        months.append(MONTHS - 1 if number >= planted // 4 else MONTHS - 2)
    matrix = np.array(rows, dtype=np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True), categories, np.array(months) == MONTHS - 1


def least(seed: int, *, planted: int = 0) -> float:
    matrix, categories, is_now = company(seed, planted=planted)
    stories = emerging(matrix, categories, is_now, lift=1.25)
    return min((story.chance for story in stories), default=1.0)


def test_a_story_of_twelve_in_three_wordings_is_found_with_its_documents() -> None:
    matrix, categories, is_now = company(1, planted=12)
    found = {story.category: story for story in emerging(matrix, categories, is_now, lift=1.25)}
    assert found["c0"].chance <= 0.01
    planted = set(range(len(matrix) - 12, len(matrix)))
    assert len(planted & set(found["c0"].rows.tolist())) >= 8


def test_where_months_are_only_dealt_out_stories_are_as_rare_as_promised() -> None:
    # Six categories a company: with true p-values the least of six is below .01 in 6 % of companies.
    assert sum(least(seed) <= 0.01 for seed in range(30)) <= 5


def test_the_same_documents_give_the_same_stories() -> None:
    assert least(4, planted=12) == least(4, planted=12)


@pytest.mark.parametrize("is_now", [True, False])
def test_without_months_to_compare_there_is_no_story(is_now: bool) -> None:
    matrix, categories, _ = company(2)
    assert emerging(matrix, categories, np.full(len(matrix), is_now), lift=1.25) == []
