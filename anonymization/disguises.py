"""Ways of hiding a number, an address or a name that keep it readable for people; each is undone by edits of a copy.

Used by ``normalisation``, whose characters these see: look-alikes and zero-width characters are gone by then.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

from anonymization.anchors import match_at, places_of

Edit = tuple[int, int, str]

_MIXED_RUN = re.compile(r"(?<![^\W_])[\dOolI]+(?:[ \-.][\dOolI]{1,6})*(?![^\W_])")
# A run of both has a letter next to a digit somewhere, in a group of nothing else.
_BESIDE_DIGIT = re.compile(r"(?<![^\W_])[\dOolI]*[OolI][ \-.]?\d|\d[ \-.]?[OolI][\dOolI]*(?![^\W_])")
_DIGIT = re.compile(r"\d")
_FEWEST_SIGNS = 9
_FEWEST_DIGITS = 6  # two thirds of them
_LETTER_FOR_DIGIT = str.maketrans("OolI", "0011")
_PLUS_GROUPS = re.compile(r"(?<![\w+])\+\d{1,3}(?:[_|/~*•·–—]\d{2,10}){1,5}(?![\w])")
_GLUED_AT = re.compile(
    r"(?<![^\W_])[A-Za-z0-9]+(?:[._\-]+[A-Za-z0-9]+){0,6}?(?P<at>[_\-]at[_\-])"
    r"[A-Za-z0-9]+(?:[_\-]dot[_\-][A-Za-z0-9]+){1,3}(?![^\W_])",
    re.IGNORECASE,
)
_GLUED_PIECE = re.compile(r"[_\-](at|dot)[_\-]", re.IGNORECASE)
_COMMA_DOT = re.compile(r"(?<=[\w.+\-]@)[\w\-]{2,40},(?=(?:com|net|org|co|nl|de|pl|pt|uk|example)\b)")
_JOINED_NAME = re.compile(r"(?<![\w@/.\-])[A-ZÀ-Þ][^\W\d_A-Z]{1,20}(?:_[A-ZÀ-Þ][^\W\d_A-Z]{1,20}){1,2}(?![\w@/])")
_SWAPPED = re.compile(r"(?<!\w)[a-z][A-Z]{2,20}(?:\s[a-z][A-Z]{2,20})+(?!\w)")


def undo(text: str) -> Iterable[Edit]:
    """Yield edits, without overlap, that undo letters for digits, odd joints and swapped case."""
    taken = bytearray(len(text))
    for step in (_letters_for_digits, _plus_groups, _glued_email, _comma_for_dot, _joined_name, _swapped_case):
        for start, end, new in step(text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                yield start, end, new


def _letters_for_digits(text: str) -> Iterable[Edit]:
    """Read "30l0 99O3" as a number: nine or more signs, two thirds of them digits, and a letter beside a digit."""
    digits = sum(map(text.count, string.digits)) if text.isascii() else len(_DIGIT.findall(text))
    if digits < _FEWEST_DIGITS or not _BESIDE_DIGIT.search(text):
        return
    for found in _MIXED_RUN.finditer(text):
        run = found[0]
        digits, letters = sum(c.isdecimal() for c in run), sum(c.isalpha() for c in run)
        if letters and digits + letters >= _FEWEST_SIGNS and digits >= 2 * letters:
            for at, sign in enumerate(run, start=found.start()):
                if sign.isalpha():
                    yield at, at + 1, sign.translate(_LETTER_FOR_DIGIT)


def _plus_groups(text: str) -> Iterable[Edit]:
    if "+" in text:
        for found in match_at(_PLUS_GROUPS, text, places_of(text, "+")):
            for at, sign in enumerate(found[0], start=found.start()):
                if not sign.isdecimal() and sign != "+":
                    yield at, at + 1, " "


def _glued_email(text: str) -> Iterable[Edit]:
    if "dot" in text.lower():
        for found in _GLUED_AT.finditer(text):
            for piece in _GLUED_PIECE.finditer(found[0]):
                sign = "@" if piece[1].lower() == "at" else "."
                yield found.start() + piece.start(), found.start() + piece.end(), sign


def _comma_for_dot(text: str) -> Iterable[Edit]:
    if "@" in text:
        for found in match_at(_COMMA_DOT, text, [at + 1 for at in places_of(text, "@")]):
            yield found.end() - 1, found.end(), "."


def _joined_name(text: str) -> Iterable[Edit]:
    if "_" in text:
        for found in _JOINED_NAME.finditer(text):
            for at, sign in enumerate(found[0], start=found.start()):
                if sign == "_":
                    yield at, at + 1, " "


def _swapped_case(text: str) -> Iterable[Edit]:
    for found in _SWAPPED.finditer(text):
        for at, sign in enumerate(found[0].swapcase(), start=found.start()):
            yield at, at + 1, sign
