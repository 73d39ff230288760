"""Words in common: BM25 (Robertson and Zaragoza 2009), as a share of the most that a query could get."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[a-z0-9]{2,}")
# Endings that make no other word: "invoices" meets "invoice", "activating" meets "activation".
_ENDING = re.compile(r"(?:ations?|ating|ated|ings?|ed|es|s)$")
_EVERYWHERE = re.compile(
    r"(?:the|an?|and|or|of|to|in|on|at|is|are|was|were|be|it|i|my|me|you|your|we|our|for|with|not?|but|that|this|have|has|"
    r"had|do|does|did|can|will|would|from|by|as|if|so|they|he|she|there|what|when|how)"
)
K1, B = 1.2, 0.75


def words_of(text: str) -> list[str]:
    """Return the stems of a text that say something."""
    found = (word for word in _WORD.findall(text.lower()) if not _EVERYWHERE.fullmatch(word))
    return [_ENDING.sub("", word) if len(word) > 4 else word for word in found]


def shares_in_common(query: str, texts: Sequence[str]) -> list[float]:
    """Return per text its BM25 score over the highest possible one for the query's known words, 0 to 1."""
    documents = [Counter(words_of(text)) for text in texts]
    total = len(documents)
    if not total:
        return []
    mean = sum(sum(document.values()) for document in documents) / total or 1.0
    spread = Counter(word for document in documents for word in document)
    asked = {word for word in words_of(query) if word in spread}
    weight = {word: math.log(1 + (total - spread[word] + 0.5) / (spread[word] + 0.5)) for word in asked}
    most = sum(weight.values()) * (K1 + 1) or 1.0
    return [sum(weight[word] * _gain(document, word, mean) for word in asked) / most for document in documents]


def _gain(document: Counter[str], word: str, mean: float) -> float:
    count = document[word]
    length = sum(document.values()) / mean
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length))
