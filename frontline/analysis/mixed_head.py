"""P(label) from what a text means and from what it says: a softmax over vectors, and complement naive Bayes over words.

Words are hashed, so that nothing readable of the texts is kept, and no vocabulary has to be loaded before a query.
Complement naive Bayes is Rennie et al. (2003), "Tackling the poor assumptions of naive Bayes text classifiers". How
much the words count is fitted on texts held out.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from frontline.analysis.calibration import NEVER, find_acceptance, softmax
from frontline.analysis.softmax_head import SoftmaxHead, fit_softmax
from frontline.analysis.text_classes import PRECISION, split_folds

COLUMNS = 1 << 15
SMOOTHING = 0.1
# A word that stands in one text alone tells of no class.
LEAST_TEXTS = 2
_WORD = re.compile(r"[^\W_]{2,}")
# In standard deviations of what the words say of a text.
_SHARES = (0.0, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5)


@dataclass(frozen=True)
class MixedHead:
    """``meaning`` over vectors; ``rarity`` (columns,) and ``words`` (classes, columns) over words, times ``share``."""

    meaning: SoftmaxHead
    rarity: Any
    words: Any
    share: float
    # The P(label) from which the likeliest was right in 95 of 100 held-out texts; above 1 where it never was.
    least: float = NEVER

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the columns of ``probabilities``."""
        return self.meaning.labels

    def probabilities(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return P(label) of texts with their vectors (n, d): float64 (n, classes)."""
        logits = self.meaning.scores(vectors)
        return softmax(logits + self.share * (hash_words(texts) @ _diagonal(self.rarity) @ self.words.T))


def fit_mixed(texts: Sequence[str], vectors: Any, labels: Sequence[str]) -> MixedHead:
    """Learn from texts with their vectors (n, d) and one label each; the same texts give the same head."""
    import numpy as np

    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[label] for label in labels])
    counts = hash_words(texts)
    share, least = _judge_held_out(counts, vectors, truth, len(names))
    meaning = fit_softmax(vectors, labels)
    return MixedHead(meaning, *_fit_words(counts, truth, len(names)), share, least)


def hash_words(texts: Sequence[str]) -> Any:
    """Return sparse float32 (n, COLUMNS): 1 + log of how often each word and each pair of neighbours stands there."""
    return hash_terms(map(_words_and_pairs, texts), len(texts))


def hash_terms(terms: Iterable[Sequence[str]], count: int) -> Any:
    """Return sparse float32 (``count``, COLUMNS) of the terms of each text: 1 + log of how often, at unit length."""
    import numpy as np
    from scipy import sparse

    rows, columns, values = [], [], []
    for row, found in enumerate(terms):
        counted = Counter(zlib.crc32(term.encode()) % COLUMNS for term in found)
        rows += [row] * len(counted)
        columns += list(counted)
        values += [1 + math.log(often) for often in counted.values()]
    weights = np.array(values, dtype=np.float64)
    # Long texts do not count more: each row has unit length.
    lengths = np.sqrt(np.bincount(np.array(rows, dtype=np.int64), weights**2, minlength=count))
    weights /= np.maximum(lengths, 1e-9)[np.array(rows, dtype=np.int64)]
    return sparse.csr_matrix((weights.astype(np.float32), (rows, columns)), shape=(count, COLUMNS))


def _words_and_pairs(text: str) -> list[str]:
    words = [word.lower() for word in _WORD.findall(text)]
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]


def _fit_words(counts: Any, truth: Any, classes: int) -> tuple[Any, Any]:
    import numpy as np
    from scipy import sparse

    texts = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.where(texts >= LEAST_TEXTS, np.log((counts.shape[0] + 1) / (texts + 1)) + 1, 0).astype(np.float32)
    member = sparse.csr_matrix((np.ones(len(truth)), (truth, np.arange(len(truth)))), shape=(classes, len(truth)))
    sums = np.asarray((member @ counts @ _diagonal(rarity)).todense())
    others = sums.sum(axis=0) - sums + SMOOTHING
    weights = -np.log(others / others.sum(axis=1, keepdims=True))
    weights -= weights.mean(axis=0)
    weights[:, rarity == 0] = 0
    return rarity, weights.astype(np.float32)


def _judge_held_out(counts: Any, vectors: Any, truth: Any, classes: int) -> tuple[float, float]:
    """Return how much the words should count, and from which P(label) on the likeliest holds, by a held-out third."""
    import numpy as np

    learned, held = next(iter(split_folds(truth, 3)))
    if len(set(truth[learned].tolist())) < classes:
        return 0.0, NEVER
    meaning = fit_softmax(vectors[learned], [f"{number:06d}" for number in truth[learned]], rounds=40)
    rarity, words = _fit_words(counts[learned], truth[learned], classes)
    logits, told = meaning.scores(vectors[held]), counts[held] @ _diagonal(rarity) @ words.T
    rows = np.arange(len(held))
    scale = float(told.std()) or 1.0

    def likelihood(share: float) -> float:
        return float(np.log(np.maximum(softmax(logits + share * told)[rows, truth[held]], 1e-12)).sum())

    share = max((step / scale for step in _SHARES), key=likelihood)
    chances = softmax(logits + share * told)
    right = chances.argmax(axis=1) == truth[held]
    return share, find_acceptance(chances.max(axis=1), right, precision=PRECISION).least


def _diagonal(values: Any) -> Any:
    from scipy import sparse

    return sparse.diags(values)
