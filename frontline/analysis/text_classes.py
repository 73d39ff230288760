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
# A rare class of long texts would never be suggested: an example counts by the root of how rare its class is.
BALANCE = 0.5
FOLDS = 3
# An answer that is given should be right in 95 of 100.
PRECISION = 0.95
# So much of a text is looked at letter by letter: parts of words are what one complaint spells like another.
LETTERS = 5_000
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
        self.is_long = are_long(texts)
        self._weight = weight_of_vectors(texts)
        shared: dict[str, Any] = {
            "sublinear_tf": True,
            "min_df": least,
            "strip_accents": "unicode",
            "dtype": np.float32,
            "max_features": 60_000,
        }
        # Pairs of words tell short questions apart; in long letters they are mostly chance.
        self._words = TfidfVectorizer(ngram_range=(1, 1 if self.is_long else 2), **shared).fit([*texts, *_FILLER])
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared)
        self._letters.fit([*map(_beginning, texts), *_FILLER])

    def rows(self, texts: Sequence[str], vectors: Any) -> Any:
        """Return a sparse matrix (n, features)."""
        from scipy import sparse

        meaning = sparse.csr_matrix(vectors * self._weight)
        letters = self._letters.transform([_beginning(text) for text in texts])
        return sparse.hstack([meaning, self._words.transform(texts), letters], format="csr")


def are_long(texts: Sequence[str]) -> bool:
    """Return whether the texts are letters rather than sentences: ``LONG`` words or more on average."""
    return sum(text.count(" ") + 1 for text in texts) >= LONG * max(len(texts), 1)


def weight_of_vectors(texts: Sequence[str]) -> float:
    """Return how much the vector of such texts counts beside their words."""
    return VECTOR_WEIGHT_LONG if are_long(texts) else VECTOR_WEIGHT


def _beginning(text: str) -> str:
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
        return softmax(margins(self._machine, self._features.rows(texts, vectors)) * self.temperature)

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
    balance = BALANCE if features.is_long else 0.0
    for number, (learned, held) in enumerate(split_folds(truth, FOLDS), start=1):
        tell(number, "judging held-out texts")
        if len(set(truth[learned].tolist())) < 2:
            continue
        machine = train_machine(rows[learned], truth[learned], balance=balance)
        scores[held] = margins_of_all(machine, rows[held], len(names))
        judged[held] = True
    tell(FOLDS + 1, "learning from all")
    classifier = TextClassifier(names, features, train_machine(rows, truth, balance=balance), 1.0)
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


def train_machine(rows: Any, truth: Any, *, balance: float = 0.0) -> Any:
    """Return a linear support vector machine for the class numbers ``truth`` of sparse ``rows``, one against the rest.

    An example of a class of n counts (mean n / n) ** ``balance``.
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    classes, counts = np.unique(truth, return_counts=True)
    weights = dict(zip(classes.tolist(), ((counts.mean() / counts) ** balance).tolist(), strict=True))
    return LinearSVC(C=STRENGTH, tol=0.05, random_state=_SEED, class_weight=weights).fit(rows, truth)


def margins(machine: Any, rows: Any) -> Any:
    """Return float (n, classes) in the order of ``machine.classes_``; of two classes sklearn gives one column."""
    import numpy as np

    found = machine.decision_function(rows)
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found


def margins_of_all(machine: Any, rows: Any, classes: int) -> Any:
    """Return float (n, ``classes``) by class number; a class that ``machine`` did not learn is all but ruled out."""
    import numpy as np

    found = margins(machine, rows)
    scores = np.full((len(found), classes), found.min() - 5)
    scores[:, machine.classes_] = found
    return scores
