"""Numbers told half in letters: "N M three five oh seven six eight C", "J K four eight, twenty-one, B for Bravo"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from anonymization.dictated_emails import ALPHABET, LETTER_OF
from anonymization.disguises import Edit
from anonymization.number_words import TEENS, TENS, UNITS

_GAP = r"[\s,.\-…]{1,3}(?:(?:and|then)\s)?"
_DIGITS = {
    **{word: str(value) for word, value in {**UNITS, **TEENS, **TENS}.items()},
    "zero": "0",
    "oh": "0",
    "nought": "0",
}
_WORD = "|".join(sorted(_DIGITS, key=len, reverse=True))
_LETTERS = "|".join(sorted(ALPHABET.split(), key=len, reverse=True))
_TOKEN = (
    rf"(?:(?:double|triple)\s)?(?:[a-z](?:\s(?:for|as\sin|like)\s[a-z][\w\-]{{1,15}})?|(?:{'|'.join(TENS)})[\s\-](?:{'|'.join(UNITS)})|"
    rf"{_WORD}|{_LETTERS}|\d{{1,6}})(?!\w)"
)
_CODE = re.compile(rf"(?<![\w'’\-]){_TOKEN}(?:{_GAP}{_TOKEN}){{5,40}}")
_PIECE = re.compile(_TOKEN)
_SPOKEN = frozenset(_DIGITS)
_FEWEST = 6
"""Digits in words and numbers of a code; and so many letters and digits make one with two letters."""


def joined_codes(lowered: str, words: Set[str], lone: bytes) -> Iterable[Edit]:
    """Yield edits that write dictated codes of letters and digits; ``lone`` has a 1 for each word of one letter."""
    if b"\1" not in lone or words.isdisjoint(_SPOKEN):
        return
    if b"\1\1" not in lone and words.isdisjoint(LETTER_OF):
        return
    for found in _CODE.finditer(lowered):
        pieces = [(piece.start(), piece.end(), _written(piece[0])) for piece in _PIECE.finditer(found[0])]
        code = "".join(new for _, _, new in pieces)
        digits = sum(map(str.isdecimal, code))
        letters = len(code) - digits
        spoken = sum(new.isdecimal() and not found[0][start:end].isdecimal() for start, end, new in pieces)
        if letters < 2 or digits < _FEWEST or spoken < 3:
            continue
        yield found.start(), found.end(), code.upper()


def _written(token: str) -> str:
    words = re.split(r"[\s\-]+", token)
    times = {"double": 2, "triple": 3}.get(words[0], 1)
    words = words[1:] if times > 1 else words
    if words[0] in TENS and len(words) > 1:
        return str(TENS[words[0]] + UNITS[words[1]]) * times
    if words[0] in _DIGITS:
        return _DIGITS[words[0]] * times
    return (LETTER_OF.get(words[0]) or (words[0] if words[0].isdecimal() else words[0][0])) * times
