"""Which texts say the words of a query: BM25 over the corpus's long documents, in memory.

Okapi BM25 in Lucene's form (k1 = 1.2, b = 0.75; Robertson and Zaragoza 2009); scores are sums over the words that the
query and the text share, and zero where they share none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from anonymization.grammar import around_placeholders

K1 = 1.2
B = 0.75
_WORD = re.compile(r"[^\W_]{2,}")
_EMPTY = frozenset(
    """
    an and are as at be but by for from had has have he her his how if in into is it its no not of on or our she so
    such that the their them then there these they this to was we were what when where which who will with you your
    """.split()  # noqa: SIM905  # a list of fifty strings reads worse
)


class WordIndex:
    """Made once of texts; ``scores`` is thread-safe."""

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        self._size = len(texts)
        counts = [Counter(read_words(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / max(len(lengths), 1) or 1.0
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for place, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            norm = K1 * (1 - B + B * length / mean)
            for word, often in count.items():
                places, weights = postings.setdefault(word, ([], []))
                places.append(place)
                weights.append(often / (often + norm))
        self._postings: dict[str, tuple[Any, Any]] = {}
        for word, (places, weights) in postings.items():
            rarity = math.log(1 + (self._size - len(places) + 0.5) / (len(places) + 0.5))
            self._postings[word] = (np.array(places), np.array(weights, dtype=np.float32) * rarity)

    def scores(self, query: str) -> Any:
        """Return the BM25 score of every text, float32 (n,)."""
        import numpy as np

        found = np.zeros(self._size, dtype=np.float32)
        for word, often in Counter(read_words(query)).items():
            if word in self._postings:
                places, weights = self._postings[word]
                found[places] += weights * often
        return found


def read_words(text: str) -> list[str]:
    """Return the words that carry meaning, in lower case and without the plural's s; numbers count as words."""
    words = (word.lower() for word in _WORD.findall(around_placeholders(text)))
    return [word[:-1] if _is_plural(word) else word for word in words if word not in _EMPTY]


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
