"""A text as the head reads it: words, lines of words, and how each word is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from anonymization.lexicon import Lexicon, fold
from anonymization.name_cues import PARTICLES
from anonymization.reading import Token, token_of

_WORD = re.compile(r"[^\W_]*\d[^\W_]*|[^\W\d_]+(?:['’`´](?![sS]\b)[^\W\d_]+)*|['’`´][sS]\b|·+|\S")
_LINE_END = frozenset(".!?…")
LINE_WORDS = 80
_PIECES = 220
"""What a line may hold by a cautious estimate; the encoder cuts off at 254 pieces."""
WIDTH = 36
LISTED = 7
"""So many of the last features come from the word lists; training blanks them now and then."""


def cut(text: str) -> Sequence[Token]:
    """Return words, codes and single marks in order; a possessive "'s" is a word of its own."""
    return [token_of(found[0], found.start()) for found in _WORD.finditer(text)]


def lines(text: str, words: Sequence[Token], lexicon: Lexicon | None = None) -> Iterator[tuple[int, int]]:
    """Yield [first, after last) of stretches of whole sentences, short enough for the encoder to read to the end.

    With a ``lexicon``, sentences of everyday words alone are left out: there is nobody in them, and reading is dear.
    """
    first, last, pieces = 0, 0, 0
    for start, end, size in _sentences(text, words):
        is_worth_it = lexicon is None or _may_name(words[start:end], lexicon)
        if first < last and (not is_worth_it or end - first > LINE_WORDS or pieces + size > _PIECES):
            yield first, last
            first = last
        if is_worth_it:
            first, pieces = (start, size) if first >= last else (first, pieces + size)
            last = end
        else:
            first = last = end
    if first < last:
        yield first, last


def _sentences(text: str, words: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """Yield [first, after last) and the estimated pieces of sentences, or parts of such as are too long."""
    first, pieces = 0, 0
    for at, word in enumerate(words):
        size = _pieces(word.text)
        if first < at and (at - first >= LINE_WORDS or pieces + size > _PIECES):
            yield first, at, pieces
            first, pieces = at, 0
        pieces += size
        following = words[at + 1].start if at + 1 < len(words) else len(text)
        if word.text in _LINE_END or "\n" in text[word.end : following]:
            yield first, at + 1, pieces
            first, pieces = at + 1, 0
    if first < len(words):
        yield first, len(words), pieces


def _may_name(words: Sequence[Token], lexicon: Lexicon) -> bool:
    is_first = True
    for word in words:
        if not word.text[0].isalpha() or len(word.text) < 2:
            continue
        if not lexicon.is_common(word.text) or (word.is_capitalised and not is_first):
            return True
        if lexicon.is_first_name(word.text) or lexicon.is_last_name(word.text):
            return True
        if word.is_capitalised and word.folded in lexicon.kept:  # a country
            return True
        is_first = False
    return False


def _pieces(word: str) -> int:
    return len(word) // 3 + 1 if word.isascii() else len(word)


def written(text: str, words: Sequence[Token], lexicon: Lexicon) -> Any:
    """Return float32 (words, features): casing, neighbourhood, kind of line; the last ``LISTED`` are of the lists."""
    import numpy as np

    if not words:
        return np.zeros((0, WIDTH), dtype=np.float32)
    letters = [word for word in words if len(word.text) > 1 and word.text.isalpha()]
    size = max(1, len(letters))
    capitals = sum(word.text[0].isupper() for word in letters) / size
    shouted = sum(word.text.isupper() for word in letters) / size
    rows = []
    for at, word in enumerate(words):
        before = words[at - 1] if at else None
        after = words[at + 1] if at + 1 < len(words) else None
        starts = before is None or before.text in ".!?…:" or "\n" in text[before.end : word.start]
        rows.append(
            [
                *_shape(word.text),
                *(_shape(before.text)[:4] if before else (0, 0, 0, 0)),
                *(_shape(after.text)[:4] if after else (0, 0, 0, 0)),
                starts,
                before is not None and before.end == word.start,
                after is not None and after.start == word.end,
                before is not None and before.text in "@#/_\\",
                after is not None and after.text in "@/_\\",
                before is not None and before.text == ",",
                after is not None and after.text == ",",
                before is not None and "\n" in text[before.end : word.start],
                after is None or "\n" in text[word.end : after.start],
                capitals,
                shouted,
                min(1.0, len(words) / 40),
                *_listed(word.text, lexicon),
            ]
        )
    return np.array(rows, dtype=np.float32)


def _shape(word: str) -> tuple[float, ...]:
    has_letters = any(c.isalpha() for c in word)
    return (
        word.istitle() and has_letters,
        word.isupper() and len(word) > 1,
        word.islower(),
        any(c.isdecimal() for c in word),
        not word[0].isalnum(),
        len(word) == 1 and word.isupper(),
        has_letters and not (word.istitle() or word.isupper() or word.islower()),
        min(1.0, len(word) / 12),
        not word.isascii(),
    )


def _listed(word: str, lexicon: Lexicon) -> tuple[float, ...]:
    folded = fold(word)
    return (
        folded in lexicon.first_names,
        folded in lexicon.last_names,
        word in lexicon.places or word.title() in lexicon.places,
        folded in lexicon.common,
        folded in lexicon.kept,
        folded in PARTICLES,
        word.isalpha() and not lexicon.is_common(word) and folded not in lexicon.first_names,
    )
