"""New stories told in many words: small groups of one category that rise together though none is large enough alone.

The scan is over categories, not over groups: the statistic of a category is the sum over its small groups of how far
each rises above its share (a log likelihood ratio, as in the spatial scan statistic of Kulldorff 1997), and chance is
what the same sum reaches when the months are dealt out to the documents at random. Groups are made blind to the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.clusters import join_close, ward

# A small group: three documents of one category that are as close as parts of one theme are.
SMALL, CLOSE = 3, 0.75
# Where so many documents stand in one category, groups of usual size have power enough.
MOST = 2_000
DRAWS = 999
# A group counts to the story when its own rise would be seen by chance this rarely.
RISES = 1.0


@dataclass(frozen=True)
class Story:
    """``rows``: the documents (int, (n,)) of the rising groups of one category; ``chance``: p-value of the category."""

    category: str
    rows: Any
    chance: float


def emerging(matrix: Any, categories: Sequence[str], is_now: Any, *, lift: float) -> list[Story]:
    """Return one story per category in which small groups rise together, with the chance of it; none is left out.

    ``matrix``: unit rows (n, d); ``is_now``: bool (n,), the documents of the month. ``lift``: a rise counts from this
    multiple of the usual share on. Deterministic: the random deals begin from the same seed.
    """
    import numpy as np

    by_category: dict[str, list[int]] = {}
    for row, category in enumerate(categories):
        by_category.setdefault(category, []).append(row)
    now_share = float(is_now.mean())
    expected = lift * now_share / (lift * now_share + 1 - now_share)
    deals = np.random.default_rng(0)
    shuffled = np.stack([deals.permutation(is_now) for _ in range(DRAWS)]) if 0 < now_share < 1 else None
    stories = []
    for category, members in sorted(by_category.items()):
        rows = np.array(members)
        groups = _small_groups(matrix[rows]) if SMALL <= len(rows) <= MOST else []
        if shuffled is None or not groups:
            continue
        rises = np.stack([_rise(is_now[rows[group]][None, :], expected) for group in groups])[:, 0]
        by_chance = sum(_rise(shuffled[:, rows[group]], expected) for group in groups)
        chance = (1 + int((by_chance >= rises.sum()).sum())) / (DRAWS + 1)
        risen = [rows[group] for group, rise in zip(groups, rises, strict=True) if rise >= RISES]
        if risen:
            stories.append(Story(category, np.sort(np.concatenate(risen)), chance))
    return stories


def _small_groups(matrix: Any) -> list[Any]:
    import numpy as np

    labels = join_close(matrix, ward(matrix, max(1, len(matrix) // SMALL)), CLOSE)
    groups = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
    return [group for group in groups if len(group) >= SMALL]


def _rise(is_now: Any, expected: float) -> Any:
    """Return the log likelihood ratio (draws,) of a group's share of this month's documents, 0 where it does not rise.

    ``is_now``: bool (draws, members).
    """
    import numpy as np

    size = is_now.shape[1]
    now = is_now.sum(axis=1).astype(float)
    before = size - now
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(now > 0, now * np.log(now / (size * expected)), 0.0)
        ratio += np.where(before > 0, before * np.log(before / (size * (1 - expected))), 0.0)
    return np.where(now > size * expected, ratio, 0.0)
