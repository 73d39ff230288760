"""Which of the known classes a text belongs to, with a calibrated confidence and the least at which to answer.

One linear support vector machine over what the text means (the vector of a text model) and what it says (tf-idf of
words and of characters): on short questions of customers both together are right in 93 of 100, either alone in 90
(``python -m benchmarks.corpus_quality``). Confidences come from texts held out in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.calibration import NEVER, Acceptance, find_acceptance, fit_temperature, softmax
from frontline.core.errors import UsageError
from frontline.core.ports import Progress, Report

# How much the vector weighs beside the words (one sentence says little by its words, a long letter much), and how far
# the machine may bend: found by held-out texts.
VECTOR_WEIGHT = 2.5
VECTOR_WEIGHT_LONG = 1.0
LONG = 60
STRENGTH = 0.3
FOLDS = 3
# An answer that is given should be right in 95 of 100.
PRECISION = 0.95
# So much of a text is looked at letter by letter.
LETTERS = 400
_SEED = 7
# Texts of no word at all would leave nothing to count.
_FILLER = ("a text without words has no features",) * 2


@dataclass(frozen=True)
class Suggestion:
    """``label`` is None below the confidence at which answers hold; ``top`` are (label, confidence), best first."""

    label: str | None
    confidence: float
    top: tuple[tuple[str, float], ...]


class Features:
    """Texts and their vectors -> one sparse row each. The words are those of the texts it was made from."""

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = 2 if len(texts) >= 200 else 1
        words = sum(text.count(" ") + 1 for text in texts) / max(len(texts), 1)
        self._weight = VECTOR_WEIGHT if words < LONG else VECTOR_WEIGHT_LONG
        shared: dict[str, Any] = {
            "sublinear_tf": True,
            "min_df": least,
            "strip_accents": "unicode",
            "dtype": np.float32,
            "max_features": 60_000,
        }
        self._words = TfidfVectorizer(ngram_range=(1, 2), **shared).fit([*texts, *_FILLER])
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared)
        self._letters.fit([*map(_beginning, texts), *_FILLER])

    def rows(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return a sparse matrix (n, features)."""
        from scipy import sparse

        meaning = sparse.csr_matrix(vectors * self._weight)
        letters = self._letters.transform([_beginning(text) for text in texts])
        return sparse.hstack([meaning, self._words.transform(texts), letters], format="csr")


def _beginning(text: str) -> str:
    """Spelling matters in short texts; of a long one its beginning is enough, and the rest would cost most."""
    return text[:LETTERS]


class TextClassifier:
    """Made by ``fit_classifier``; threads may share it."""

    def __init__(self, labels: tuple[str, ...], features: Features, machine: Any, temperature: float) -> None:
        self.labels = labels
        self.temperature = temperature
        self.acceptance = Acceptance(NEVER, 0.0, 0.0)
        self._features = features
        self._machine = machine

    def probabilities(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return P(label), float64 (n, classes) in the order of ``labels``."""
        return softmax(_scores(self._machine, self._features.rows(texts, vectors)) * self.temperature)

    def suggest(self, texts: Sequence[str], vectors: Any, *, count: int = 3) -> list[Suggestion]:
        """Return per text the likeliest labels, and the first of them where it is sure enough."""
        import numpy as np

        if not texts:
            return []
        chances = self.probabilities(texts, vectors)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :count]
        found = []
        for row, places in zip(chances, order, strict=True):
            top = tuple((self.labels[place], float(row[place])) for place in places)
            label = top[0][0] if top[0][1] >= self.acceptance.least else None
            found.append(Suggestion(label, top[0][1], top))
        return found


def fit_classifier(
    texts: Sequence[str],
    vectors: Any,
    labels: Sequence[str],
    *,
    precision: float = PRECISION,
    report: Report | None = None,
) -> TextClassifier:
    """Learn the classes of ``texts`` with their ``vectors`` (n, d), and where an answer is right ``precision`` often.

    Raises:
        UsageError: there are fewer than two classes.
    """
    import numpy as np

    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise UsageError("There are fewer than two labels to tell apart.", next_step="Give examples of each label.")
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[label] for label in labels])
    scores = np.zeros((len(texts), len(names)))
    judged = np.zeros(len(texts), dtype=bool)
    steps = FOLDS + 2

    def tell(done: int, note: str) -> None:
        if report:
            report(Progress(done, steps, note))

    tell(0, "reading")
    # What is counted here knows no label, so that the held-out texts stay unseen.
    features = Features(texts)
    rows = features.rows(texts, vectors)
    for number, (learned, held) in enumerate(split_folds(truth, FOLDS), start=1):
        tell(number, "judging held-out texts")
        if len(set(truth[learned].tolist())) < 2:
            continue
        machine = _train(rows[learned], truth[learned])
        found = _scores(machine, rows[held])
        # A class that is not among the learned ones has no score: as good as impossible, and it counts as wrong.
        scores[held] = found.min() - 5
        scores[np.ix_(held, machine.classes_)] = found
        judged[held] = True
    tell(FOLDS + 1, "learning from all")
    classifier = TextClassifier(names, features, _train(rows, truth), 1.0)
    if judged.any():
        classifier.temperature = fit_temperature(scores[judged], truth[judged])
        chances = softmax(scores[judged] * classifier.temperature)
        right = chances.argmax(axis=1) == truth[judged]
        classifier.acceptance = find_acceptance(chances.max(axis=1), right, precision=precision)
    tell(steps, "")
    return classifier


def split_folds(truth: Any, folds: int) -> Iterable[tuple[Any, Any]]:
    """Yield (learned, held) places; each class is dealt out evenly, in an order that is the same at every run."""
    import numpy as np

    order = np.random.default_rng(_SEED).permutation(len(truth))
    part = np.zeros(len(truth), dtype=int)
    dealt: dict[int, int] = {}
    for place in order.tolist():
        label = int(truth[place])
        part[place] = dealt[label] = (dealt.get(label, label) + 1) % folds
    for number in range(folds):
        held = np.flatnonzero(part == number)
        if len(held):
            yield np.flatnonzero(part != number), held


def _train(rows: Any, truth: Any) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=STRENGTH, tol=0.05, random_state=_SEED).fit(rows, truth)


def _scores(machine: Any, rows: Any) -> Any:
    """Return margins (n, classes); of two classes sklearn gives one column."""
    import numpy as np

    found = machine.decision_function(rows)
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found
