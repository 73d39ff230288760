"""P(label) from what a text means and from what it says: one linear machine over vectors, hashed words and letters.

The same machine as in ``text_classes``, with hashed terms in the place of a vocabulary: nothing readable of the texts
is kept, it is small enough to lie beside an index, and a query needs numpy and scipy alone. On complaints and on
intents it is right as often as logistic regressions over vectors and words together, or more often
(``python -m benchmarks.corpus_quality`` has them beside it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.calibration import NEVER, find_acceptance, fit_temperature, softmax
from frontline.analysis.hashed_terms import hash_terms, hash_words
from frontline.analysis.text_classes import (
    BALANCE,
    LETTERS,
    PRECISION,
    margins_of_all,
    split_folds,
    train_machine,
    weight_of_vectors,
)

# Runs of so many letters inside a word, its edges included.
RUNS = (3, 4, 5)
# A term that stands in one text alone tells of no class.
LEAST_TEXTS = 2
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


@dataclass(frozen=True)
class Trial:
    """A first round: what was learned from the texts at ``learned`` (n,), tried on those at ``held`` (m,).

    ``scores`` (m, classes) are those of the held ones, which ``temperature`` made out of margins.
    """

    learned: Any
    held: Any
    scores: Any
    temperature: float = 1.0


def fit_linear(texts: Sequence[str], vectors: Any, labels: Sequence[str]) -> LinearHead:
    """Learn from texts with their vectors (n, d) and one label each; the same texts give the same head."""
    return fit_with_trial(texts, vectors, labels)[0]


def fit_with_trial(texts: Sequence[str], vectors: Any, labels: Sequence[str]) -> tuple[LinearHead, Trial]:
    """Learn as ``fit_linear`` does, and return the first round too, whose scores are in the measure of the head's."""
    import numpy as np

    names = tuple(sorted(set(labels)))
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[label] for label in labels])
    terms = _terms(texts)
    rarity = _rarity(terms)
    weight, width = weight_of_vectors(texts), vectors.shape[1]
    rows = _rows(vectors * weight, _weighted(terms, rarity))
    trial = _try_out(rows, truth, len(names))
    least, familiar, near = _bars(trial, vectors, truth)
    machine = train_machine(rows, truth, balance=BALANCE)
    parts, bias = machine.coef_ * trial.temperature, machine.intercept_ * trial.temperature
    if len(names) == 2:
        parts, bias = np.vstack([-parts, parts]), np.concatenate([-bias, bias])
    kept = parts.astype(np.float32)
    head = LinearHead(
        names,
        kept[:, :width] * weight,
        kept[:, width:],
        bias.astype(np.float32),
        rarity,
        _centres(vectors, truth),
        least,
        familiar,
        near,
    )
    return head, trial


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


def _centres(vectors: Any, truth: Any) -> Any:
    """Return float32 (classes, d): the mean direction of the vectors of each class in ``truth``, of unit length."""
    import numpy as np

    means = np.stack([vectors[truth == number].mean(axis=0) for number in np.unique(truth)])
    return (means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _try_out(rows: Any, truth: Any, classes: int) -> Trial:
    """Hold out a third, and find the factor that makes margins scores; of nothing learned nothing is held out."""
    import numpy as np

    learned, held = next(iter(split_folds(truth, 3)))
    known = np.unique(truth[learned])
    if len(known) < 2:
        return Trial(learned, held[:0], np.zeros((0, classes)))
    found = margins_of_all(train_machine(rows[learned], truth[learned], balance=BALANCE), rows[held], classes)
    # A class of one text cannot be learned and be tried: it says nothing of how sure the others are.
    told = np.isin(truth[held], known)
    temperature = fit_temperature(found[np.ix_(told, known)], np.searchsorted(known, truth[held][told]))
    return Trial(learned, held, found * temperature, temperature)


def _bars(trial: Trial, vectors: Any, truth: Any) -> tuple[float, float, float]:
    """Return ``least``, ``familiar`` and ``near`` as the held-out texts of the trial have them."""
    import numpy as np

    if not len(trial.held):
        return NEVER, 0.0, -1.0
    chances = softmax(trial.scores)
    right = chances.argmax(axis=1) == truth[trial.held]
    least = find_acceptance(chances.max(axis=1), right, precision=PRECISION).least
    cosines = (vectors[trial.held] @ _centres(vectors[trial.learned], truth[trial.learned]).T).max(axis=1)
    familiar = max(0.0, float(np.quantile(trial.scores.max(axis=1), STRANGE)))
    return least, familiar, float(np.quantile(cosines, STRANGE))
