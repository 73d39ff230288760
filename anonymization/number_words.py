"""Numbers in words: what dictated dates, house numbers and addresses have in common."""

from __future__ import annotations

import re

UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_ZEROS = ("oh", "o", "zero", "nought", "nul")
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_VALUES = {**UNITS, **TEENS, **TENS, **_ORDINALS, **dict.fromkeys(_ZEROS, 0), "a": 1}
NUMBER_WORDS = frozenset((*UNITS, *TEENS, *TENS))
"""What a number in words begins with, "a hundred" and zeros left out."""
ORDINAL_WORDS = frozenset(_ORDINALS)

_GAP = r"[\s\-]{1,2}"
_UNIT, _TEEN, _TEN = "|".join(UNITS), "|".join(TEENS), "|".join(TENS)
BELOW_HUNDRED = rf"(?:(?:{_TEN})(?:{_GAP}(?:{_UNIT})\b)?|{_TEEN}|{_UNIT})"
"""One to ninety-nine."""
NUMBER = rf"(?:(?:(?:{_UNIT}|a){_GAP}hundred(?:{_GAP}and)?(?:{_GAP}{BELOW_HUNDRED})?|{BELOW_HUNDRED})\b)"
"""One to nine hundred and ninety-nine."""
ORDINAL = rf"(?:(?:(?:twenty|thirty){_GAP})?(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b)"
YEAR = (
    rf"(?:(?:(?:eighteen|nineteen|twenty){_GAP}(?:hundred{_GAP}(?:and{_GAP})?)?"
    rf"(?:(?:{'|'.join(_ZEROS)}){_GAP}(?:{_UNIT})|(?:{_TEN})(?:{_GAP}(?:{_UNIT})\b)?|{_TEEN})"
    rf"|(?:eighteen|nineteen|twenty){_GAP}hundred(?:{_GAP}and{_GAP}(?:{_UNIT}))?"
    rf"|two{_GAP}thousand(?:{_GAP}(?:and{_GAP})?{BELOW_HUNDRED})?)\b)"
)
"""A year with its century: "nineteen eighty-seven", "twenty oh four", "two thousand and one"."""
_WORD = re.compile(r"[^\W\d_]+")


def value_of(words: str) -> int:
    """Return the number or ordinal that ``words`` (matching one of the patterns above, in lower case) tell."""
    total = 0
    for word in _WORD.findall(words):
        if word == "hundred":
            total = (total or 1) * 100
        elif word == "thousand":
            total *= 1000
        elif word != "and":
            total += _VALUES[word]
    return total


def year_of(words: str) -> int:
    """Return the year that ``words`` (matching ``YEAR``) tell."""
    century, _, rest = re.sub(r"[\s\-]+", " ", words).partition(" ")
    if century == "two":
        return value_of(words)
    return _VALUES[century] * 100 + (value_of(rest.removeprefix("hundred")) if rest != "hundred" else 0)
