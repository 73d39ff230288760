"""Known intents are found, and what is of none is turned away."""

from __future__ import annotations

from typing import Any

import numpy as np

from frontline.analysis.scope import fit_intents
from tests.analysis.test_text_classes import planted


def strangers(count: int, seed: int) -> tuple[list[str], Any]:
    """Texts about nothing known, in directions that no intent has."""
    source = np.random.default_rng(seed)
    vectors = source.normal(size=(count, 16))
    return ["what is the weather in spring"] * count, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_strange_texts_are_turned_away_and_few_of_the_known_ones_are() -> None:
    router = fit_intents(*planted(600, 4, noise=0.4))
    texts, vectors, labels = planted(400, 5, noise=0.4)
    found = router.classify(texts, vectors)
    assert np.mean([item.label is None for item in found]) < 0.09
    assert np.mean([item.label == label for item, label in zip(found, labels, strict=True)]) > 0.9
    turned = router.classify(*strangers(200, 6))
    assert np.mean([item.label is None for item in turned]) > 0.9
    assert all(item.likeliest in router.head.labels for item in turned)


def test_intents_that_could_not_be_tried_out_are_never_given() -> None:
    texts, vectors, _ = planted(2, 7)
    router = fit_intents(texts, vectors, ["one", "other"])
    assert [item.label for item in router.classify(texts, vectors)] == [None, None]
