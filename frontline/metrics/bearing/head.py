"""The head at work: word states in, one probability a word out. Plain numpy; ``train.py`` makes its weights.

A word is read with its neighbours and with the whole sentence, so the same word weighs differently in "a new issue" and
in "what's new, team?". The head decides nothing alone: it is asked about words that no table of the desk knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from frontline.core.ports import WordReader

WEIGHTS = Path(__file__).with_name("head.npz")
# Below this a word is taken for talk: low, because a word too many left aside is a wrong figure.
LIGHT = 0.03


class Bearing(Protocol):
    """Judges the words of one question."""

    def of(self, words: Sequence[str]) -> Sequence[float]:
        """Return for each word the probability, 0-1, that the figure would be another one without it."""
        ...


class Head:
    """One hidden layer over a word, its neighbours and the mean of the sentence. Threads may share it."""

    def __init__(self, reader: Callable[[], WordReader]) -> None:
        """``reader`` opens the encoder at the first question that needs it."""
        self._reader = reader
        self._folded: dict[str, Any] | None = None

    def of(self, words: Sequence[str]) -> Sequence[float]:
        """Return for each word the probability, 0-1, that the figure would be another one without it."""
        import numpy as np

        if not words:
            return []
        kept = self._open()
        (states,) = self._reader().read_words([words])
        word, before, after = np.split(_times(states, kept["near"]), 3, axis=1)
        inner = word + _times(states.mean(axis=0, keepdims=True), kept["whole"]) + kept["b1"]
        inner[1:] += before[:-1]
        inner[:-1] += after[1:]
        raised = (np.maximum(inner, 0.0) * kept["w2"]).sum(axis=1) + kept["b2"]
        return [float(value) for value in 1.0 / (1.0 + np.exp(-raised))]

    def _open(self) -> dict[str, Any]:
        """Return the weights, the scaling of the features within them; what stands beside nothing adds its share."""
        import numpy as np

        if self._folded is None:
            with np.load(WEIGHTS, allow_pickle=False) as kept:
                raw = {name: kept[name].astype(np.float32) for name in kept.files}
            scaled = raw["w1"] / raw["scale"][:, None]
            parts = np.split(scaled, 4)
            self._folded = {
                "near": np.ascontiguousarray(np.hstack(parts[:3])),
                "whole": parts[3],
                "b1": raw["b1"] - raw["mean"] @ scaled,
                "w2": raw["w2"],
                "b2": raw["b2"],
            }
        return self._folded


def _times(left: Any, right: Any) -> Any:
    """Multiply on this thread: waking the threads of a matrix library costs more than these few rows."""
    import numpy as np

    return np.einsum("ij,jk->ik", left, right)


def beside(states: Any) -> Any:
    """Return float32 (words, 4 x 768): each word, the one before, the one after, and the mean of all."""
    import numpy as np

    nothing = np.zeros_like(states[:1])
    before, after = np.vstack([nothing, states[:-1]]), np.vstack([states[1:], nothing])
    return np.hstack([states, before, after, np.repeat(states.mean(axis=0, keepdims=True), len(states), axis=0)])


def open_head(reader: Callable[[], WordReader]) -> Bearing:
    """Return the head that the package ships."""
    return Head(reader)
