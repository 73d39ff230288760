"""How much of a text's meaning is left after masking: negations, amounts, and the share of placeholders."""

from __future__ import annotations

import re

from anonymization.grammar import PLACEHOLDER

NEGATION = re.compile(r"\b(?:no|not|never|nothing|nobody|none|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
AMOUNT = re.compile(
    r"\[AMOUNT[^\]]*\]|[€$£]\s?\d[\d.,]*|\b\d+(?:[.,]\d+)?\s?(?:euros?|eur|usd|dollars?|pounds?|zł|pln)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def kept(pattern: re.Pattern[str], *, before: str, after: str) -> tuple[int, int]:
    """Return (how many of ``pattern`` are left, how many there were)."""
    return len(pattern.findall(after)), len(pattern.findall(before))


def masked_share(text: str) -> float:
    """Return the placeholders of a text as a share of its words, 0-1."""
    placeholders = len(PLACEHOLDER.findall(text))
    words = len(_WORD.findall(PLACEHOLDER.sub(" ", text)))
    return placeholders / max(1, placeholders + words)
