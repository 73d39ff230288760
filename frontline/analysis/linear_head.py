"""P(label) from what a text means and from what it says: one linear machine over vectors, hashed words and letters.

The same machine as in ``text_classes``, with hashed terms in the place of a vocabulary: nothing readable of the texts
is kept, it is small enough to lie beside an index, and a query needs numpy and scipy alone. On complaints it finds the
category more often than a softmax over vectors with complement naive Bayes beside it (``mixed_head``), which learns
four times as fast (``python -m benchmarks.corpus_quality``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.calibration import NEVER, find_acceptance, fit_temperature, softmax
from frontline.analysis.mixed_head import LEAST_TEXTS, hash_terms, hash_words
from frontline.analysis.text_classes import (
    BALANCE,
    LETTERS,
    PRECISION,
    margins,
    split_folds,
    train_machine,
    weight_of_vectors,
)

# Runs of so many letters inside a word, its edges included.
RUNS = (3, 4, 5)
# So large a share of known texts may fit no label well.
STRANGE = 0.02
_TOKEN = re.compile(r"\w+|[^\w\s]+")


@dataclass(frozen=True)
class LinearHead:
    """``weights`` (classes, d) over vectors and ``words`` (classes, 2 x COLUMNS) over hashed terms, plus ``bias``.

    ``rarity`` (2 x COLUMNS,): how much a term counts. ``least``: the P(label) from which the likeliest was right in 95
    of 100 held-out texts; above 1 where it never was. ``familiar``: the least score of a label that is given, for
    among classes that all fit badly one always fits best: at least 0, on the class's own side of its machine, and where
    nearly all held-out texts reach more, that. ``centres`` (classes, d): the mean direction of each label's texts;
    ``near``: the cosine with the nearest of them that nearly all held-out texts reach.
    """

    labels: tuple[str, ...]
    weights: Any
    words: Any
    bias: Any
    rarity: Any
    centres: Any
    least: float = NEVER
    familiar: float = 0.0
    near: float = -1.0

    def probabilities(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return P(label) of texts with their vectors (n, d): float64 (n, classes)."""
        return softmax(self.scores(texts, vectors))

    def scores(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return how well each label fits texts with their vectors (n, d): float32 (n, classes)."""
        said = _weighted(_terms(texts), self.rarity) @ self.words.T
        return vectors @ self.weights.T + said + self.bias

    def are_sure(self, scores: Any, vectors: Any) -> Any:
        """Return (n,): whether the likeliest label of ``scores`` (n, classes) may be given to texts of ``vectors``."""
        is_likely = softmax(scores).max(axis=1) >= self.least
        is_near = (vectors @ self.centres.T).max(axis=1) >= self.near
        return is_likely & is_near & (scores.max(axis=1) >= self.familiar)


def fit_linear(texts: Sequence[str], vectors: Any, labels: Sequence[str]) -> LinearHead:
    """Learn from texts with their vectors (n, d) and one label each; the same texts give the same head."""
    import numpy as np

    names = tuple(sorted(set(labels)))
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[label] for label in labels])
    terms = _terms(texts)
    rarity = _rarity(terms)
    weight, width = weight_of_vectors(texts), vectors.shape[1]
    rows = _rows(vectors * weight, _weighted(terms, rarity))
    temperature, least, familiar, near = _judge_held_out(rows, vectors, truth, len(names))
    machine = train_machine(rows, truth, balance=BALANCE)
    parts, bias = machine.coef_ * temperature, machine.intercept_ * temperature
    if len(names) == 2:
        parts, bias = np.vstack([-parts, parts]), np.concatenate([-bias, bias])
    kept = parts.astype(np.float32)
    return LinearHead(
        names,
        kept[:, :width] * weight,
        kept[:, width:],
        bias.astype(np.float32),
        rarity,
        _centres(vectors, truth, len(names)),
        least,
        familiar,
        near,
    )


def _terms(texts: Sequence[str]) -> Any:
    """Return sparse float32 (n, 2 x COLUMNS): words and pairs, then runs of letters."""
    from scipy import sparse

    return sparse.hstack([hash_words(texts), hash_terms(map(_runs, texts), len(texts))], format="csr")


def _runs(text: str) -> list[str]:
    found = []
    for token in _TOKEN.findall(text[:LETTERS].lower()):
        word = f" {token} "
        found += [word[at : at + size] for size in RUNS for at in range(max(1, len(word) - size + 1))]
    return found


def _rarity(terms: Any) -> Any:
    """Return the inverse document frequency of each column, zero where a term stands in one text alone."""
    import numpy as np

    texts = np.asarray((terms > 0).sum(axis=0)).ravel()
    return np.where(texts >= LEAST_TEXTS, np.log((terms.shape[0] + 1) / (texts + 1)) + 1, 0).astype(np.float32)


def _weighted(terms: Any, rarity: Any) -> Any:
    """Return the terms by their rarity; words and letters of a text have unit length each."""
    import numpy as np
    from scipy import sparse

    half = terms.shape[1] // 2
    found = (terms @ sparse.diags(rarity)).tocsr()
    parts = []
    for part in (found[:, :half], found[:, half:]):
        lengths = np.sqrt(np.asarray(part.multiply(part).sum(axis=1)).ravel())
        parts.append(sparse.diags(1 / np.maximum(lengths, 1e-9)) @ part)
    return sparse.hstack(parts, format="csr", dtype=np.float32)


def _rows(vectors: Any, terms: Any) -> Any:
    from scipy import sparse

    return sparse.hstack([sparse.csr_matrix(vectors), terms], format="csr")


def _centres(vectors: Any, truth: Any, classes: int) -> Any:
    """Return float32 (classes, d): the mean direction of each label's vectors, of unit length."""
    import numpy as np

    means = np.stack([vectors[truth == place].mean(axis=0) for place in range(classes)])
    return (means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _judge_held_out(rows: Any, vectors: Any, truth: Any, classes: int) -> tuple[float, float, float, float]:
    """Return the factor that makes margins scores, and ``least``, ``familiar`` and ``near`` by a held-out third."""
    import numpy as np

    learned, held = next(iter(split_folds(truth, 3)))
    if len(set(truth[learned].tolist())) < classes:
        return 1.0, NEVER, 0.0, -1.0
    found = margins(train_machine(rows[learned], truth[learned], balance=BALANCE), rows[held])
    temperature = fit_temperature(found, truth[held])
    scores = found * temperature
    chances = softmax(scores)
    right = chances.argmax(axis=1) == truth[held]
    least = find_acceptance(chances.max(axis=1), right, precision=PRECISION).least
    cosines = (vectors[held] @ _centres(vectors[learned], truth[learned], classes).T).max(axis=1)
    familiar = max(0.0, float(np.quantile(scores.max(axis=1), STRANGE)))
    return temperature, least, familiar, float(np.quantile(cosines, STRANGE))
