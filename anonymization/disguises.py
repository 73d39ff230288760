"""Ways of hiding a number, an address or a name that keep it readable for people; each is undone by edits of a copy.

Used by ``normalisation``, whose characters these see: look-alikes and zero-width characters are gone by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from anonymization.anchors import match_at, places_of

Edit = tuple[int, int, str]

PROVIDER = (
    r"gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|me|live|"
    r"msn|aol|proton|protonmail|gmx|web|mail|zoho|yandex|ziggo|"
    r"kpnmail|planet|xs4all|upcmail|home|sapo|wp|onet|interia|o2|btinternet|comcast|verizon|att|fastmail|tutanota|hey"
)
"""Who gives people their e-mail addresses."""

# A single letter on its own before digits is a word, or part of a bank account in pieces; IS14 and SI56 begin one.
_MIXED_RUN = re.compile(
    r"(?<![^\W_])(?![OolISBZ][ \-.]|[A-Za-z]{2}\d{2})[\dOolISBZ]+(?:[ \-.][\dOolISBZ]{1,6})*(?![^\W_])"
)
# A run of both has a letter next to a digit somewhere, in a group of nothing else.
_BESIDE_DIGIT = re.compile(r"(?<![^\W_])[\dOolISBZ]*[OolISBZ][ \-.]?\d|\d[ \-.]?[OolISBZ][\dOolISBZ]*(?![^\W_])")
_DIGIT_BY_LETTER = re.compile(r"\d(?:[ \-.]?[OolISBZ]|(?<=[OolISBZ]\d)|(?<=[OolISBZ][ \-.]\d))")
_GROUPS = re.compile(r"[ \-.]")
_OF_NUMBERS = ([4, 4, 4, 4], [3, 2, 4])
"""Groups of a card and of a social security number."""
_OF_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2} ?[A-Z]{4} ?(?P<n>[\dOolISBZ]{2,10}(?: [\dOolISBZ]{1,6}){0,6})(?!\w)")
_DOTTED = re.compile(r"(?<![\w.])[\dOolI]{1,3}(?:\.[\dOolI]{1,3}){3}(?![\w.])")
_FEWEST_SIGNS = 9
_FEWEST_DIGITS = 4
_FEWEST_ROUND = 4  # digits among O and l of a number that begins with its trunk zero
_LETTER_FOR_DIGIT = str.maketrans("OolISBZ", "0011582")
_SURELY_LETTERS = frozenset("SBZ")
_PLUS_GROUPS = re.compile(r"(?<![\w+])\+\d{1,3}(?:[_|/~*•·–—]\d{2,10}){1,5}(?![\w])")
_GLUED_AT = re.compile(
    r"(?<![^\W_])[A-Za-z0-9]+(?:[._\-]+[A-Za-z0-9]+){0,6}?(?P<at>[_\-]at[_\-])"
    r"[A-Za-z0-9]+(?:[_\-]dot[_\-][A-Za-z0-9]+){1,3}(?![^\W_])",
    re.IGNORECASE,
)
_GLUED_PIECE = re.compile(r"[_\-](at|dot)[_\-]", re.IGNORECASE)
_SIGN_AT = re.compile(
    rf"(?<=[A-Za-z0-9])\s?[^\w\s!-/:-@\[-`{{-~‘’“”–—…]{{1,3}}\s?(?=(?:{PROVIDER})\.[a-z]{{2,3}}(?!\w))", re.IGNORECASE
)
_ONE_BY_ONE = re.compile(r"(?<![\w.,])[(\[{]?\d(?:[^\w\s,.:/]{1,2}\d){6,20}[)\]}]?(?![\w])")
_TWO_OF_MANY = re.compile(r"\d[^\w\s,.:/]{1,2}\d[^\w\s,.:/]")
# Signs that nobody puts between the groups of a number but who hides it.
_ODD_SIGNS = frozenset("~*•·_|▪■●►^;\\=♦◆★☆")
_ODD_SIGN = f"[{re.escape(''.join(sorted(_ODD_SIGNS)))}]"
_ODD_GROUPS = re.compile(
    rf"(?<![\w.,*|])\+?\d{{1,6}}(?:[\s/\-]{{0,2}}{_ODD_SIGN}[\s/\-~*•·_▪]{{0,3}}\d{{1,6}}|\s//\s\d|\+\d{{1,6}}){{2,18}}(?![\w*|])"
)
_ODD_GAP = re.compile(r"\D+")
_APART_DOTS = re.compile(r"(?<![\w.])\d{1,3}(?:\s{0,2}\.\s{0,2}\d{1,3}){3}(?![\w.])")
_SPACED_DOT = re.compile(r"\d(?:\s{0,2}\.\s{1,2}|\s{1,2}\.\s{0,2})\d")
_FEWEST_HIDDEN = 7
_FEWEST_EQUALS = 3  # of a number; with fewer it is a sum
# A number over several lines, behind a word that says what it is; the breaks of a table stay.
_BROKEN = re.compile(
    r"\b(?:phone|call|ring|dial|mobile|tel|cell|text|sms|reach|whatsapp|card|social|ssn|iban|account|bsn|pesel|nif|"
    r"passport|number|nummer|numer|número|bel|bellen)\b[^\n\d]{0,30}\n?[ \t]{0,4}"
    r"(?P<n>(?:[A-Z]{2}|\+)?\d[\d ]{0,18}"
    r"(?:[ \t]*-?[ \t]*\r?\n[ \t>]*(?:-[ \t]*\r?\n[ \t>]*)?\d[\d ]{0,18}(?!\w)){1,4})",
    re.IGNORECASE,
)
_CUT_GROUPS = re.compile(r"(?<![\w-])\d{2,4}(?:-[ \t]*\r?\n[ \t>]*\d{2,4}){2,3}(?![\w-])")
_LINE_OF_DIGITS = re.compile(r"\d[ \t]*-?[ \t]*\r?\n[ \t>]*(?:\d|-)")
_BREAK = re.compile(r"[ \t]*(-)?[ \t]*\r?\n[ \t>]*(?:(-)[ \t]*\r?\n[ \t>]*)?")
_COMMA_DOT = re.compile(r"(?<=[\w.+\-]@)[\w\-]{2,40},(?=(?:com|net|org|co|nl|de|pl|pt|uk|example)\b)")
_JOINED_NAME = re.compile(r"(?<![\w@/.\-])[A-ZÀ-Þ][^\W\d_A-Z]{1,20}(?:_[A-ZÀ-Þ][^\W\d_A-Z]{1,20}){1,2}(?![\w@/])")
_CUT_NAME = re.compile(r"(?<![\w@/.\-])[A-ZÀ-Þ][^\W\d_A-Z]{1,12}(?:_[^\W\d_A-Z]{2,12}){1,3}(?![\w@/]|\.\w)")
_CUT = r"[A-ZÀ-Þ][^\W\d_A-Z]{0,12}\.{2,4}[^\W\d_A-Z]{1,12}"
_CUT_BY_POINTS = re.compile(rf"(?<!\w){_CUT} {_CUT}(?!\w)")
_SWAPPED = re.compile(r"(?<!\w)[a-z][A-Z]{2,20}(?:\s[a-z][A-Z]{2,20})+(?!\w)")
_SWAPPED_PAIR = re.compile(r"[A-Z]{2}\s[a-z][A-Z]{2}")


def undo(text: str, digits: int) -> Iterable[Edit]:
    """Yield edits, without overlap, that undo letters for digits, odd joints and swapped case; ``digits``: how many."""
    taken = bytearray(len(text))
    for fewest, step in _STEPS:
        for start, end, new in step(text) if digits >= fewest else ():
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                yield start, end, new


def _letters_for_digits(text: str) -> Iterable[Edit]:
    """Read "30l0 99O3" as a number: nine or more signs, two thirds of them digits, and a letter beside a digit."""
    if not (_DIGIT_BY_LETTER.search(text) and _BESIDE_DIGIT.search(text)):
        return
    runs = [found for found in _MIXED_RUN.finditer(text) if _is_number(found[0])]
    for found in _OF_IBAN.finditer(text) if not runs else ():
        yield from _in_digits(found["n"], found.start("n"))
    for found in _DOTTED.finditer(text) if text.count(".") > 2 else ():
        if any(map(str.isdecimal, found[0])):
            runs.append(found)
    for found in runs:
        yield from _in_digits(found[0], found.start())


def _in_digits(run: str, start: int) -> Iterable[Edit]:
    for at, sign in enumerate(run, start):
        if sign.isalpha():
            yield at, at + 1, sign.translate(_LETTER_FOR_DIGIT)


def _is_number(run: str) -> bool:
    """Whether letters stand for digits in ``run``: by their share, or by groups that only numbers have."""
    digits, letters = sum(c.isdecimal() for c in run), sum(c.isalpha() for c in run)
    if not letters or digits + letters < _FEWEST_SIGNS:
        return False
    groups = [len(group) for group in _GROUPS.split(run)]
    is_round = len(groups) > 1 and digits >= _FEWEST_ROUND and _SURELY_LETTERS.isdisjoint(run) and run[0] in "Oo0"
    return digits >= 2 * letters or is_round or (groups in _OF_NUMBERS and digits + 1 >= letters)


def _plus_groups(text: str) -> Iterable[Edit]:
    if "+" in text:
        for found in match_at(_PLUS_GROUPS, text, places_of(text, "+")):
            for at, sign in enumerate(found[0], start=found.start()):
                if not sign.isdecimal() and sign != "+":
                    yield at, at + 1, " "


def _one_by_one(text: str) -> Iterable[Edit]:
    """Join "(4)(1)(8)(7)..." and "0*7*7*0*...": single digits with the same kind of signs between them."""
    for found in _ONE_BY_ONE.finditer(text) if _TWO_OF_MANY.search(text) else ():
        for at, sign in enumerate(found[0], start=found.start()):
            if not sign.isdecimal():
                yield at, at + 1, ""


def _odd_groups(text: str) -> Iterable[Edit]:
    """Read "06_/_48_/_29" and "198▪51▪100▪23" as a number and an address of the network."""
    for found in _ODD_GROUPS.finditer(text) if any(sign in text for sign in _ODD_SIGNS) or " // " in text else ():
        groups = _ODD_GAP.split(found[0].lstrip("+"))
        is_sum = "+" in found[0][1:] and found[0].count("=") < _FEWEST_EQUALS
        if is_sum or sum(map(len, groups)) < _FEWEST_HIDDEN:
            continue
        is_address = len(groups) == 4 and max(map(len, groups)) == 3 and max(map(int, groups)) < 256
        joint = "." if is_address else "" if max(map(len, groups)) == 1 else " "
        for gap in _ODD_GAP.finditer(found[0], 1):
            yield found.start() + gap.start(), found.start() + gap.end(), joint
    for found in _APART_DOTS.finditer(text) if _SPACED_DOT.search(text) else ():
        for at, sign in enumerate(found[0], start=found.start()):
            if sign.isspace():
                yield at, at + 1, ""


def _broken_numbers(text: str) -> Iterable[Edit]:
    for found in _BROKEN.finditer(text) if "\n" in text and _LINE_OF_DIGITS.search(text) else ():
        for gap in _BREAK.finditer(found["n"]):
            yield found.start("n") + gap.start(), found.start("n") + gap.end(), gap[1] or gap[2] or " "
    for found in _CUT_GROUPS.finditer(text) if "-\n" in text or "-\r\n" in text else ():
        for gap in _BREAK.finditer(found[0]):
            yield found.start() + gap.start(), found.start() + gap.end(), "-"


def _sign_for_at(text: str) -> Iterable[Edit]:
    if not text.isascii():
        for found in _SIGN_AT.finditer(text):
            yield found.start(), found.end(), "@"


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


def _cut_name(text: str) -> Iterable[Edit]:
    """Join "Ed_win" and "Wi...told Kar...piuk"."""
    for pattern, sign, needed in ((_CUT_NAME, "_", "_"), (_CUT_BY_POINTS, ".", "..")):
        for found in pattern.finditer(text) if needed in text else ():
            for at, each in enumerate(found[0], start=found.start()):
                if each == sign:
                    yield at, at + 1, ""


def _swapped_case(text: str) -> Iterable[Edit]:
    for found in _SWAPPED.finditer(text) if _SWAPPED_PAIR.search(text) else ():
        for at, sign in enumerate(found[0].swapcase(), start=found.start()):
            yield at, at + 1, sign


_STEPS: tuple[tuple[int, Callable[[str], Iterable[Edit]]], ...] = (
    (_FEWEST_DIGITS, _letters_for_digits),
    (1, _plus_groups),
    (_FEWEST_HIDDEN, _one_by_one),
    (_FEWEST_HIDDEN, _odd_groups),
    (_FEWEST_HIDDEN, _broken_numbers),
    (0, _sign_for_at),
    (0, _glued_email),
    (0, _comma_for_dot),
    (0, _joined_name),
    (0, _cut_name),
    (0, _swapped_case),
)
"""Each with the fewest digits of a text in which it finds anything."""
