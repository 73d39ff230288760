"""Which intent a text has, or none of the known ones. Our own router does without it: docs/decisions/0006.

How sure: the largest P(intent) of a linear head, and how near the nearest known texts are. Texts of no intent are never
needed to learn it; the least sureness is where at most so many of the known texts, held out, would be turned away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.calibration import softmax
from frontline.analysis.linear_head import LinearHead, fit_with_trial

# How many of the nearest known texts are looked at, and how much they count beside P(intent).
NEAREST = 5
NEARNESS = 1.0
# P(intent) tells known from strange better when it is not so sure of itself (Liang et al. 2018, "Enhancing the
# reliability of out-of-distribution image detection in neural networks"); found by leaving out domains of intents.
SOFTER = 0.5
# Of a hundred held-out texts with an intent so many are turned away. Others that come later are a little stranger than
# texts held out of one collection, which are often wordings of the same people: of those it is to be five at most.
FALSE_REJECTS = 0.04


@dataclass(frozen=True)
class Intent:
    """``label`` is None where the text is of none of the known intents; ``likeliest`` says which it would be."""

    label: str | None
    likeliest: str
    sureness: float


@dataclass(frozen=True)
class IntentClassifier:
    """``known`` float32 (n, d) are the vectors of the examples; ``least`` the sureness from which an intent holds."""

    head: LinearHead
    known: Any
    least: float

    def classify(self, texts: Sequence[str], vectors: Any) -> list[Intent]:
        """Return the intent of each text with its vectors (n, d)."""
        scores = self.head.scores(texts, vectors)
        sure = _sureness(scores, vectors, self.known)
        return [
            Intent(label if value >= self.least else None, label, float(value))
            for label, value in zip((self.head.labels[at] for at in scores.argmax(axis=1)), sure, strict=True)
        ]


def fit_intents(
    texts: Sequence[str], vectors: Any, labels: Sequence[str], *, false_rejects: float = FALSE_REJECTS
) -> IntentClassifier:
    """Learn intents from examples, and the least sureness from the third of them that is held out in a first round."""
    import numpy as np

    known = np.asarray(vectors)
    head, trial = fit_with_trial(texts, known, labels)
    # Where nothing could be held out nothing is known of how sure is sure enough.
    least = math.inf
    if len(trial.held):
        sure = _sureness(trial.scores, known[trial.held], known[trial.learned])
        least = float(np.quantile(sure, false_rejects))
    return IntentClassifier(head, known, least)


def _sureness(scores: Any, vectors: Any, known: Any) -> Any:
    """Return (n,): the largest P(intent) of ``scores`` (n, classes), plus the cosine of ``vectors`` to the nearest."""
    import numpy as np

    count = min(NEAREST, len(known))
    near = np.sort(np.partition(vectors @ known.T, -count, axis=1)[:, -count:], axis=1).mean(axis=1)
    return softmax(scores * SOFTER).max(axis=1) + NEARNESS * near
