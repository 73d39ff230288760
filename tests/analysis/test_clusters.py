from typing import Any

import numpy as np

from frontline.analysis.clusters import ClusterSettings, centroids, discover, follow, ward

RNG = np.random.default_rng(11)
SETTINGS = ClusterSettings(smallest=5)


def bundle(direction: int, size: int, *, spread: float = 0.25) -> Any:
    """Unit vectors around one axis of 16."""
    rows = RNG.normal(0, spread / 4, size=(size, 16))
    rows[:, direction] += 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_groups_are_found_whatever_their_size_and_small_ones_are_none() -> None:
    matrix = np.concatenate([bundle(0, 40), bundle(1, 12), bundle(2, 3)])
    labels = discover(matrix, SETTINGS)
    assert len(set(labels[:40])) == 1
    assert len(set(labels[40:52])) == 1
    assert set(labels[52:]) == {-1}


def test_a_fixed_number_is_given_exactly() -> None:
    matrix = np.concatenate([bundle(axis, 10) for axis in range(4)])
    labels = ward(matrix, 4)
    assert sorted(np.bincount(labels).tolist()) == [10] * 4
    assert ward(matrix[:3], 5).tolist() == [0, 1, 2]


def test_known_groups_keep_their_place_and_new_ones_come_after_them() -> None:
    known = centroids(np.concatenate([bundle(0, 20), bundle(1, 20)]), np.repeat([0, 1], 20))
    matrix = np.concatenate([bundle(1, 15), bundle(0, 15), bundle(5, 15)])
    found = follow(matrix, known, SETTINGS)
    assert found.labels.tolist() == [1] * 15 + [0] * 15 + [2] * 15
    assert found.parents == (None,)


def test_a_group_that_has_come_apart_is_split_and_the_nearer_part_keeps_its_place() -> None:
    old, new = bundle(0, 20), bundle(0, 14)
    new[:, 3] += 1.1
    new /= np.linalg.norm(new, axis=1, keepdims=True)
    known = centroids(old, np.zeros(20, dtype=int))
    found = follow(np.concatenate([old, new]), known, SETTINGS)
    assert set(found.labels[:20]) == {0}
    assert set(found.labels[20:]) == {1}
    assert found.parents == (0,)


def test_nothing_known_and_nothing_there_are_no_errors() -> None:
    nothing = np.zeros((0, 16), dtype=np.float32)
    assert follow(nothing, nothing, SETTINGS).parents == ()
    assert follow(nothing, bundle(0, 3), SETTINGS).labels.tolist() == []
    assert discover(bundle(0, 2), SETTINGS).tolist() == [-1, -1]
