"""Words of texts as columns of a sparse matrix, without a vocabulary.

Terms are hashed, so that nothing readable of the texts is kept, and nothing has to be loaded before a query.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

COLUMNS = 1 << 15
_WORD = re.compile(r"[^\W_]{2,}")


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
