"""Texts that are longer than the model reads at once: cut into parts, and one vector for the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from frontline.core.ports import TextEncoder

# 150 words are about 200 tokens of the 256 that the model reads.
WORDS = 150
OVERLAP = 30
# What a report says after this many parts is not looked at for the vector of the whole.
MOST_PARTS = 8
_WORD = re.compile(r"\S+")


def split_long(text: str, *, words: int = WORDS, overlap: int = OVERLAP) -> list[str]:
    """Return the text in parts of at most ``words`` words that overlap; a short text is one part."""
    found = [match.span() for match in _WORD.finditer(text)]
    if len(found) <= words:
        return [text]
    parts = []
    for start in range(0, len(found) - overlap, words - overlap):
        end = min(start + words, len(found))
        parts.append(text[found[start][0] : found[end - 1][1]])
    return parts


def encode_long(encoder: TextEncoder, texts: Sequence[str]) -> Any:
    """Return unit vectors float32 (n, dim): of a long text the mean over its parts, at most the first 8 of them."""
    import numpy as np

    parts = [split_long(text, overlap=0)[:MOST_PARTS] for text in texts]
    flat = encoder.encode([part for group in parts for part in group])
    starts = np.cumsum([0, *map(len, parts)])
    found = np.stack([flat[start:end].mean(axis=0) for start, end in pairwise(starts.tolist())])
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
