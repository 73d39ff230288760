"""From scores to confidences that can be trusted, and the least confidence at which an answer may be given.

A classifier's scores are turned into probabilities by one temperature (Guo et al. 2017, "On calibration of modern
neural networks"), fitted on scores of texts that the classifier did not see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

# Where even the surest answers are wrong too often, nothing is accepted.
NEVER = 1.01
# Below even odds nothing is accepted, however easy the held-out texts were: others may be about something else.
EVEN = 0.5
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Acceptance:
    """``least``: the confidence from which an answer is given; ``precision`` and ``coverage`` as measured there."""

    least: float
    precision: float
    coverage: float


def softmax(scores: Any) -> Any:
    """Return probabilities, float64 (n, classes), of scores (n, classes); each row sums to one."""
    import numpy as np

    shifted = np.asarray(scores, dtype=np.float64)
    shifted = np.exp(shifted - shifted.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def fit_temperature(scores: Any, truth: Any) -> float:
    """Return the factor on ``scores`` (n, classes) that makes their softmax likeliest for the class numbers ``truth``.

    Golden-section search over the logarithm of the factor, within 1/100 and 100: the loss has one minimum there.
    One in n + 2 is taken to be of any class (Platt 1999), so that few texts, all told apart, leave room for doubt.
    """
    import numpy as np

    rows, doubt = np.arange(len(truth)), 1 / (len(truth) + 2)

    def loss(log_factor: float) -> float:
        logs = np.log(np.maximum(softmax(np.asarray(scores) * math.exp(log_factor)), 1e-12))
        return float(-(1 - doubt) * logs[rows, truth].mean() - doubt * logs.mean())

    low, high = math.log(0.01), math.log(100)
    for _ in range(40):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def find_acceptance(confidence: Any, right: Any, *, precision: float, least_n: int = 30) -> Acceptance:
    """Return the least confidence at which so many accepted answers are right that ``precision`` is kept.

    ``confidence`` (n,) and ``right`` (n,) are of answers that the classifier did not learn from. One standard error
    of the share is kept as a margin, so that the promise also holds on other texts; fewer than ``least_n`` accepted
    answers prove nothing.
    """
    import numpy as np

    order = np.argsort(-np.asarray(confidence), kind="stable")
    sure, good = np.asarray(confidence)[order], np.asarray(right, dtype=float)[order]
    counts = np.arange(1, len(good) + 1)
    shares = np.cumsum(good) / np.maximum(counts, 1)
    margins = np.sqrt(precision * (1 - precision) / counts)
    fits = np.flatnonzero((shares >= precision + margins) & (counts >= least_n) & (sure >= EVEN))
    if not len(fits):
        return Acceptance(NEVER, math.nan, 0.0)
    last = int(fits[-1])
    return Acceptance(float(sure[last]), float(shares[last]), (last + 1) / len(good))
