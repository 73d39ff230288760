"""Planted classes are learned, confidences mean what they say, and where nothing can be known no label is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from frontline.analysis.calibration import NEVER, find_acceptance, fit_temperature, softmax
from frontline.analysis.text_classes import fit_classifier
from frontline.core.errors import UsageError
from frontline.core.ports import Progress

WORDS = {
    "bill": "charged invoice twice amount",
    "line": "outage offline router cable",
    "move": "address moving house new",
}


def planted(count: int, seed: int, *, noise: float = 1.0) -> tuple[list[str], Any, list[str]]:
    """Texts of three classes: words of the class among words of all, vectors around the class's centre."""
    source = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(len(WORDS), 16))
    labels = [list(WORDS)[number] for number in source.integers(0, len(WORDS), count)]
    texts = [" ".join(source.choice([*WORDS[label].split(), "please", "hello", "today"], 6)) for label in labels]
    vectors = centres[[list(WORDS).index(label) for label in labels]] + source.normal(size=(count, 16)) * noise
    return texts, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


def test_planted_classes_are_told_apart_and_the_same_at_every_run() -> None:
    classifier = fit_classifier(*planted(300, 1))
    texts, vectors, labels = planted(200, 2)
    found = classifier.suggest(texts, vectors)
    assert np.mean([item.top[0][0] == label for item, label in zip(found, labels, strict=True)]) > 0.97
    assert found == fit_classifier(*planted(300, 1)).suggest(texts, vectors)
    assert all(len(item.top) == 3 and item.top[0][1] >= item.top[1][1] for item in found)


def test_labels_that_are_given_are_right_as_often_as_was_promised() -> None:
    texts, vectors, labels = planted(500, 3)
    # A quarter of the examples carry a random label: nobody can be right on those.
    source = np.random.default_rng(4)
    spoiled = [str(source.choice(list(WORDS))) if source.random() < 0.25 else label for label in labels]
    strict = fit_classifier(texts, vectors, spoiled, precision=0.95)
    assert [item.label for item in strict.suggest(texts[:20], vectors[:20])] == [None] * 20
    lax = fit_classifier(texts, vectors, spoiled, precision=0.75)
    given = [item.label for item in lax.suggest(*planted(300, 5)[:2])]
    assert given.count(None) < 150


def test_progress_is_told_and_one_label_is_refused() -> None:
    told: list[Progress] = []
    fit_classifier(*planted(60, 6), report=told.append)
    assert told[0].done == 0
    assert told[-1].done == told[-1].total
    with pytest.raises(UsageError, match="fewer than two labels"):
        fit_classifier(["a", "b"], np.eye(2, 16, dtype=np.float32), ["same", "same"])


def test_a_rare_class_and_texts_without_words_break_nothing() -> None:
    texts, vectors, labels = planted(40, 7)
    classifier = fit_classifier([*texts, "", "?!"], np.vstack([vectors, vectors[:2]]), [*labels, "rare", labels[0]])
    assert classifier.suggest(["", "!"], vectors[:2])[0].top


def test_a_rare_class_of_long_texts_is_suggested_where_its_words_stand() -> None:
    source = np.random.default_rng(12)
    talk = [f"talk{number}" for number in range(400)]

    def letter(word: str) -> str:
        return " ".join([*source.choice(talk, 80), word])

    rare, often = ["payday", "storefront", "rollover"], ["account", "branch", "teller", "cheque"]
    texts = [letter(str(source.choice(rare))) for _ in range(8)] + [
        letter(str(source.choice(often))) for _ in range(300)
    ]
    classifier = fit_classifier(texts, np.zeros((308, 4), dtype=np.float32), ["loan"] * 8 + ["bank"] * 300)
    fresh = [letter(word) for word in [*rare, *often]]
    found = classifier.suggest(fresh, np.zeros((7, 4), dtype=np.float32))
    assert [item.top[0][0] for item in found].count("bank") >= 4
    assert np.mean([dict(item.top)["loan"] for item in found[:3]]) > 2 * np.mean(
        [dict(item.top)["loan"] for item in found[3:]]
    )


def test_the_temperature_makes_confidences_honest() -> None:
    source = np.random.default_rng(8)
    truth = source.integers(0, 4, 4000)
    scores = source.normal(size=(4000, 4))
    scores[np.arange(4000), truth] += 1.5
    overdone = scores * 7
    honest = softmax(overdone * fit_temperature(overdone, truth))
    assert abs(honest.max(axis=1).mean() - (honest.argmax(axis=1) == truth).mean()) < 0.02


def test_acceptance_keeps_its_precision_or_accepts_nothing() -> None:
    source = np.random.default_rng(9)
    confidence = source.random(5000)
    right = source.random(5000) < 0.8 + 0.2 * confidence
    found = find_acceptance(confidence, right, precision=0.95)
    assert found.precision >= 0.95
    assert 0.2 < found.coverage < 0.8
    fresh = source.random(5000)
    accepted = fresh >= found.least
    assert (source.random(5000) < 0.8 + 0.2 * fresh)[accepted].mean() > 0.94
    assert find_acceptance(confidence, source.random(5000) < 0.5, precision=0.95).least == NEVER
    assert find_acceptance([], [], precision=0.95).least == NEVER
