"""Multinomial logistic regression on vectors of a text model: small, closed over numpy and scipy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.calibration import softmax


@dataclass(frozen=True)
class SoftmaxHead:
    """``weights`` float32 (classes, d) and ``bias`` (classes,); ``labels`` in the order of the rows."""

    labels: tuple[str, ...]
    weights: Any
    bias: Any

    def scores(self, vectors: Any) -> Any:
        """Return the logits (n, classes) of vectors (n, d)."""
        return vectors @ self.weights.T + self.bias

    def probabilities(self, vectors: Any) -> Any:
        """Return P(label) of vectors (n, d): float64 (n, classes)."""
        return softmax(self.scores(vectors))


def fit_softmax(vectors: Any, labels: Sequence[str], *, strength: float = 10.0, rounds: int = 80) -> SoftmaxHead:
    """Fit on vectors (n, d) with one label each.

    The loss is the sum of the cross entropies plus the squared weights / (2 x ``strength``), as scikit-learn's
    LogisticRegression with ``C=strength``; L-BFGS, at most ``rounds`` steps.
    """
    import numpy as np
    from scipy.optimize import minimize

    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[label] for label in labels])
    matrix = np.asarray(vectors, dtype=np.float32)
    count, width, classes = len(matrix), matrix.shape[1], len(names)
    wanted = np.zeros((count, classes), dtype=np.float32)
    wanted[np.arange(count), truth] = 1

    def loss(flat: Any) -> tuple[float, Any]:
        parts = flat.reshape(classes, width + 1)
        weights, bias = parts[:, :width], parts[:, width]
        logits = matrix @ weights.astype(np.float32).T + bias.astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        chances = np.exp(logits)
        sums = chances.sum(axis=1, keepdims=True)
        value = float((np.log(sums[:, 0]) - logits[np.arange(count), truth]).sum(dtype=np.float64))
        value += float((weights**2).sum()) / (2 * strength)
        error = chances / sums - wanted
        slope = np.empty((classes, width + 1))
        slope[:, :width] = error.T @ matrix + weights / strength
        slope[:, width] = error.sum(axis=0)
        return value / count, (slope / count).ravel()

    start = np.zeros(classes * (width + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    parts = found.reshape(classes, width + 1).astype(np.float32)
    return SoftmaxHead(tuple(names), parts[:, :width].copy(), parts[:, width].copy())
