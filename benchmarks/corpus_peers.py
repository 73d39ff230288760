"""What a few lines of scikit-learn over the same vectors give: the peers that the corpus is held against.

No peer is imported from us: what they share with ours are the rows, the vectors and the place where they are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# How much P(label) counts beside the cosine, and how two chances of an intent are mixed.
LABEL_WEIGHT = 0.5
MEANING, WORDS = 0.7, 0.3
NEAREST = 5


@dataclass(frozen=True)
class Texts:
    """``vectors`` float32 (n, d), one a text, and ``labels`` (n,)."""

    texts: Sequence[str]
    vectors: Any
    labels: Any


def regression(vectors: Any, labels: Any) -> Any:
    """Return logistic regression on the vectors."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10, max_iter=300).fit(vectors, labels)


def label_aware(model: Any, train: Texts, asked: Any) -> Any:
    """Return (queries, documents): cosine + 0.5 x P(label of the document | query), by the regression ``model``."""
    place = {label: number for number, label in enumerate(model.classes_)}
    columns = np.array([place[label] for label in train.labels])
    return asked @ train.vectors.T + LABEL_WEIGHT * model.predict_proba(asked)[:, columns]


def machine_labels(train: Texts, test: Texts) -> Any:
    """Return the labels (n,) that a linear machine over tf-idf of words and pairs, and the vectors, gives ``test``."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2))
    rows = sparse.hstack([words.fit_transform(train.texts), train.vectors]).tocsr()
    machine = LinearSVC(C=0.5, random_state=0).fit(rows, train.labels)
    return machine.predict(sparse.hstack([words.transform(test.texts), test.vectors]).tocsr())


class IntentPeer:
    """0.7 x regression on vectors + 0.3 x regression on tf-idf, and the cosine of the five nearest known texts."""

    def __init__(self, train: Texts) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._known = train.vectors
        self._words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        self._by_words = regression(self._words.fit_transform(train.texts), train.labels)
        self._by_meaning = regression(train.vectors, train.labels)

    def judge(self, texts: Sequence[str], vectors: Any) -> tuple[Any, Any]:
        """Return the likeliest label of each text, and how sure it is."""
        chances = MEANING * self._by_meaning.predict_proba(vectors)
        chances += WORDS * self._by_words.predict_proba(self._words.transform(texts))
        near = np.sort(vectors @ self._known.T, axis=1)[:, -NEAREST:].mean(axis=1)
        return self._by_meaning.classes_[chances.argmax(axis=1)], chances.max(axis=1) + near
