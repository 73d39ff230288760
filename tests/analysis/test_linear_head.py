"""The head beside the index: classes are found by meaning, by words and by parts of words, and chances are honest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import numpy as np

from frontline.analysis.calibration import NEVER, softmax
from frontline.analysis.linear_head import LinearHead, fit_linear
from tests.analysis.test_scope import strangers
from tests.analysis.test_text_classes import planted


def share_right(head: LinearHead, chances: Any, truth: Sequence[str]) -> float:
    return float(np.mean([head.labels[at] == label for at, label in zip(chances.argmax(axis=1), truth, strict=True)]))


def test_words_tell_classes_apart_where_vectors_cannot_and_the_same_at_every_run() -> None:
    texts, vectors, labels = planted(300, 1, noise=12.0)
    head = fit_linear(texts, vectors, labels)
    fresh, seen, truth = planted(200, 2, noise=12.0)
    chances = head.probabilities(fresh, seen)
    assert (
        np.mean([head.labels[place] == label for place, label in zip(chances.argmax(axis=1), truth, strict=True)]) > 0.9
    )
    assert np.allclose(chances.sum(axis=1), 1)
    again = fit_linear(texts, vectors, labels)
    assert all(np.array_equal(one, other) for one, other in zip(astuple(head), astuple(again), strict=True))
    assert 0.4 < head.least < 1


def test_vectors_tell_classes_apart_where_words_say_nothing() -> None:
    _, vectors, labels = planted(300, 3)
    head = fit_linear(["the same words"] * 300, vectors, labels)
    _, seen, truth = planted(200, 4)
    assert share_right(head, head.probabilities(["other words"] * 199 + [""], seen), truth) > 0.9


def test_a_label_of_one_text_takes_no_doubt_into_the_others() -> None:
    texts, vectors, labels = planted(300, 1)
    fresh, seen, _ = planted(200, 2)
    without = fit_linear(texts, vectors, labels)
    # Its place among the labels says whether its only text is learned from or held out in the first round.
    for name in ("a lone one", "lone one", "one alone"):
        head = fit_linear([*texts, "zebra"], np.vstack([vectors, -vectors[:1]]), [*labels, name])
        assert head.least < 1, name
        chances = head.probabilities(fresh, seen).max(axis=1).mean()
        assert abs(chances - without.probabilities(fresh, seen).max(axis=1).mean()) < 0.05, name


def test_a_word_that_was_never_seen_is_known_by_its_parts() -> None:
    texts = ["overdraft charges", "overdrafted again", "overdrafts", "mortgages", "mortgaged house", "a mortgage"] * 10
    labels = ["account", "account", "account", "house", "house", "house"] * 10
    head = fit_linear(texts, np.zeros((60, 4), dtype=np.float32), labels)
    chances = head.probabilities(["overdrafting", "mortgagee"], np.zeros((2, 4), dtype=np.float32))
    assert [head.labels[place] for place in chances.argmax(axis=1)] == ["account", "house"]
    assert head.labels == ("account", "house")


def test_a_text_about_nothing_known_gets_no_label_however_much_likelier_one_is() -> None:
    texts, vectors, labels = planted(300, 8, noise=0.4)
    head = fit_linear(texts, vectors, labels)
    fresh, seen, _ = planted(100, 9, noise=0.4)
    assert head.are_sure(head.scores(fresh, seen), seen).mean() > 0.9
    asked, strange = strangers(400, 10)
    scores = head.scores(asked, strange)
    likely = softmax(scores).max(axis=1) >= head.least
    assert head.are_sure(scores, strange).mean() < 0.05
    assert likely.sum() > 1.5 * head.are_sure(scores, strange).sum()


def test_chances_mean_what_they_say_and_pure_noise_is_never_sure() -> None:
    texts, vectors, labels = planted(600, 5, noise=3.0)
    texts = ["nothing to read"] * 600
    head = fit_linear(texts, vectors, labels)
    _, seen, truth = planted(600, 6, noise=3.0)
    chances = head.probabilities(texts, seen)
    assert abs(chances.max(axis=1).mean() - share_right(head, chances, truth)) < 0.08
    source = np.random.default_rng(7)
    assert fit_linear(texts, vectors, [str(label) for label in source.integers(0, 3, 600)]).least == NEVER
