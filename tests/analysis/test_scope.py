"""Known intents are found, what is of none is turned away, and the words help where meanings lie close."""

from __future__ import annotations

from typing import Any

import numpy as np

from frontline.analysis.mixed_head import fit_mixed, hash_words
from frontline.analysis.scope import fit_intents
from tests.analysis.test_text_classes import planted


def test_words_count_where_the_vectors_cannot_tell() -> None:
    texts, vectors, labels = planted(300, 1, noise=12.0)
    head = fit_mixed(texts, vectors, labels)
    fresh, seen, truth = planted(200, 2, noise=12.0)
    wanted = [head.labels.index(label) for label in truth]
    assert head.share > 0
    assert (head.probabilities(fresh, seen).argmax(axis=1) == wanted).mean() > 0.9
    assert (head.meaning.probabilities(seen).argmax(axis=1) == wanted).mean() < 0.7
    assert np.allclose(head.probabilities(fresh, seen).sum(axis=1), 1)


def test_words_do_not_count_where_they_say_nothing() -> None:
    _, vectors, labels = planted(300, 3)
    head = fit_mixed(["the same words"] * 300, vectors, labels)
    assert (head.probabilities([""], vectors[:1]) == head.meaning.probabilities(vectors[:1])).all()
    assert hash_words([]).shape[0] == 0


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
