"""Numbers as people dictate them: "oh six, double four", "five twenty-three", "24 eighty-three 17 five nul"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from anonymization.anchors import match_at, places_of
from anonymization.disguises import Edit

_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "niner": "9",
    "nul": "0", "een": "1", "één": "1", "twee": "2", "drie": "3", "vier": "4", "vijf": "5", "zes": "6", "zeven": "7",
    "acht": "8", "negen": "9",
    "um": "1", "uma": "1", "dois": "2", "duas": "2", "três": "3", "quatro": "4", "cinco": "5", "seis": "6", "meia": "6",
    "sete": "7", "oito": "8", "nove": "9",
    "jeden": "1", "dwa": "2", "trzy": "3", "cztery": "4", "pięć": "5", "sześć": "6", "siedem": "7", "osiem": "8",
    "dziewięć": "9",
}  # fmt: skip
_TENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_DIGIT_WORD = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_TEN_WORD = "|".join(sorted(_TENS, key=len, reverse=True))
_UNIT = "one|two|three|four|five|six|seven|eight|nine"
_TIMES = r"(?:(?:double|triple)[\s\-]+)?"
_ONE = rf"{_TIMES}(?:(?:{_TEN_WORD})(?:[\s\-](?:{_UNIT})\b)?|{_DIGIT_WORD})"
_GAP = r"(?:[\s,.\-…/·]{1,5}(?:(?:and|then|dot|dash|hyphen|slash|space)[\s,]{1,2}){0,2})"
# Digits stand between the words, and stick to them: "24 eighty-three 17 five nul", "seven7".
_DICTATED = re.compile(
    rf"(?<![^\W_])(?:plus\s+|\+)?(?:{_ONE}|\d{{1,6}})"
    rf"(?:(?:{_GAP}|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d))(?:{_ONE}|hundred|{_TIMES}\d{{1,6}})){{2,40}}(?![^\W_])"
)
_PIECE = re.compile(
    rf"(?P<plus>plus)|(?:(?P<times>double|triple)[\s\-]+)?(?:(?P<tens>{_TEN_WORD})(?:[\s\-](?P<unit>{_UNIT})\b)?|(?P<word>{_DIGIT_WORD})"
    r"|(?P<hundred>hundred)|(?P<digits>\d+))|(?P<dot>\bdot\b)"
)
_FIRST = frozenset(("plus", "double", "triple", *_DIGIT_WORDS, *_TENS))
_NUMBER = re.compile(r"\d+")
_GLUED = re.compile(
    rf"(?<=\d)(?:{_DIGIT_WORD}|{_TEN_WORD}|hundred)(?![^\W\d_])|(?<![^\W\d_])(?:{_DIGIT_WORD}|{_TEN_WORD})(?=\d)"
)
_FEWEST_WORDS = 4
_NEAR = 60  # characters: a few groups of digits and what stands between them
_FEWEST_SPOKEN = 2
_FEWEST_OF_MANY = 7
"""Digits of a run with tens, or with digits between its words."""
_FEWEST_CUED = 6
_CUE = re.compile(r"\b(?:sort code|account|acct|acc|ssn|social|insurance|card|policy|passport|pin)\b[^.!?\n]{0,30}$")
_SURELY_DICTATED = 9
"""Digits; so many are written one by one, as only somebody's number is."""


def joined_digits(lowered: str, words: Sequence[str]) -> Iterable[Edit]:
    """Yield edits that write the dictated numbers of a text in lower case, whose words are ``words``, in digits."""
    mixed = [word for word in words if not (word.isalpha() or word.isdecimal()) and _GLUED.search(word)]
    if sum(map(_FIRST.__contains__, words)) + len(mixed) < _FEWEST_SPOKEN:
        return
    glued = [found.start() for found in _GLUED.finditer(lowered)] if mixed else []
    spoken = sorted({at for word in _FIRST.intersection(words) for at in places_of(lowered, word)}.union(glued))
    places = {at - 1 if lowered[at - 1 : at] == "+" else at for at in spoken}
    end = 0
    for word in spoken:
        # Digits open a dictated number only where a word of one follows soon.
        for number in _NUMBER.finditer(lowered, max(end, word - _NEAR), word):
            start = number.start()
            while start and lowered[start - 1].isdecimal():
                start -= 1
            if word - start <= _NEAR:
                places.add(start - 1 if lowered[start - 1 : start] == "+" else start)
        end = word
    for found in match_at(_DICTATED, lowered, sorted(places)):
        yield from _read(found)


def _read(found: re.Match[str]) -> Iterable[Edit]:
    pieces: list[tuple[int, int, str]] = []
    spoken = plain = 0
    for piece in _PIECE.finditer(found[0]):
        if piece["plus"]:
            new = "+"
        elif piece["dot"]:
            new = "."
        elif piece["hundred"]:
            new = "00"
        elif piece["tens"]:
            ten, unit = _TENS[piece["tens"]], piece["unit"]
            new = ten if not unit else f"{ten[0]}{_DIGIT_WORDS[unit]}"
        else:
            new = _DIGIT_WORDS.get(piece["word"] or "", "") or piece["digits"]
        new *= {"double": 2, "triple": 3}.get(piece["times"] or "", 1)
        spoken += piece["digits"] is None and piece["dot"] is None
        plain += piece["tens"] is None and piece["digits"] is None and piece["dot"] is None
        pieces.append((piece.start(), piece.end(), new))
    if has_dots := any(new == "." for _, _, new in pieces):
        pieces = _summed(pieces)
    count = sum(sign.isdecimal() for _, _, new in pieces for sign in new)
    fewest = _FEWEST_OF_MANY
    if count == _FEWEST_CUED and _CUE.search(found.string, max(0, found.start() - _NEAR), found.start()):
        fewest = _FEWEST_CUED
    if not (plain >= _FEWEST_WORDS or (spoken >= _FEWEST_SPOKEN and count >= fewest)):
        return
    joint = " " if count >= _SURELY_DICTATED and not has_dots else ""
    at, before = 0, ""
    for start, end, new in pieces:
        if start > at:
            yield found.start() + at, found.start() + start, joint if at and before != "+" else ""
        yield found.start() + start, found.start() + end, joint.join(new)
        at, before = end, new


def _summed(pieces: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the pieces of an address of four numbers with each "two hundred three" as 203."""
    summed: list[tuple[int, int, str]] = []
    for start, end, new in pieces:
        if len(summed) > 1 and summed[-1][2] == "00" and new.isdecimal() and summed[-2][2].isdecimal():
            hundreds = summed.pop(-2)
            summed[-1] = (hundreds[0], end, str(int(hundreds[2]) * 100 + int(new)))
        else:
            summed.append((start, end, new))
    return summed
