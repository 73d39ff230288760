"""Which intent a text has, or none of the known ones: for routers that must not take small talk for a command.

How sure: the largest P(intent) of a mixed head, and how near the nearest known texts are. Texts of no intent are never
needed to learn it; the least sureness is where at most so many of the known texts, held out, would be turned away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.mixed_head import MixedHead, fit_mixed
from frontline.analysis.text_classes import split_folds

# How many of the nearest known texts are looked at, and how much they count beside P(intent).
NEAREST = 5
NEARNESS = 2.0
# Of a hundred texts with an intent so many may be turned away.
FALSE_REJECTS = 0.045


@dataclass(frozen=True)
class Intent:
    """``label`` is None where the text is of none of the known intents; ``likeliest`` says which it would be."""

    label: str | None
    likeliest: str
    sureness: float


@dataclass(frozen=True)
class IntentClassifier:
    """``known`` float32 (n, d) are the vectors of the examples; ``least`` the sureness from which an intent holds."""

    head: MixedHead
    known: Any
    least: float

    def classify(self, texts: Sequence[str], vectors: Any) -> list[Intent]:
        """Return the intent of each text with its vectors (n, d)."""
        labels, sure = judge(self.head, self.known, texts, vectors)
        return [
            Intent(label if value >= self.least else None, label, float(value))
            for label, value in zip(labels, sure, strict=True)
        ]


def fit_intents(
    texts: Sequence[str], vectors: Any, labels: Sequence[str], *, false_rejects: float = FALSE_REJECTS
) -> IntentClassifier:
    """Learn intents from examples, and the least sureness from the third of them that is held out in a first round."""
    import numpy as np

    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    learned, held = next(iter(split_folds(np.array([place[label] for label in labels]), 3)))
    trial = fit_mixed([texts[p] for p in learned], vectors[learned], [labels[p] for p in learned])
    _, sure = judge(trial, vectors[learned], [texts[p] for p in held], vectors[held])
    least = float(np.quantile(sure, false_rejects))
    return IntentClassifier(fit_mixed(texts, vectors, labels), np.asarray(vectors), least)


def judge(head: MixedHead, known: Any, texts: Sequence[str], vectors: Any) -> tuple[list[str], Any]:
    """Return the likeliest label of each text, and how sure it is: P(label) plus the cosine of the nearest texts."""
    import numpy as np

    chances = head.probabilities(texts, vectors)
    count = min(NEAREST, len(known))
    near = np.sort(np.partition(vectors @ known.T, -count, axis=1)[:, -count:], axis=1).mean(axis=1)
    best = chances.argmax(axis=1)
    return [head.labels[number] for number in best], chances.max(axis=1) + NEARNESS * near
