"""Dates of birth in words ("the ninth of March nineteen eighty-seven") or in digits that are spread, cut or barred.

In words a day with its year is a date wherever it stands; all else counts only behind or before a word of birth, for
"14 / 02 / 1990" is a fraction, a score or a list elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from anonymization.disguises import Edit
from anonymization.lexicon import word_set
from anonymization.number_words import BELOW_HUNDRED, NUMBER_WORDS, ORDINAL, ORDINAL_WORDS, YEAR, value_of, year_of

_MONTHS = (
    "january jan february feb march mar april apr may june jun july jul august aug september sept sep october oct "
    "november nov december dec"
)
_MONTH_WORDS = word_set(_MONTHS)
_MONTH = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_DATED_WORDS = ORDINAL_WORDS | word_set("nineteen twenty thousand")
_DAY_WORDS = ORDINAL_WORDS | NUMBER_WORDS
_DAY = rf"(?P<day>{ORDINAL}|{BELOW_HUNDRED}\b|\d{{1,2}}(?:st|nd|rd|th)?(?!\w))"
_GAP = r"[\s,.\-]{1,3}"
_YEAR = rf"(?:{_GAP}(?:(?:of|in){_GAP})?(?P<year>{YEAR}|(?:19|20)\d{{2}}(?!\w)|'?\d{{2}}(?!\w)|{BELOW_HUNDRED}\b))?"
_IN_WORDS = (
    re.compile(
        rf"(?<![\w\-])(?:the\s)?{_DAY}(?:{_GAP}day)?{_GAP}(?:of{_GAP})?(?P<month>{_MONTH}|the{_GAP}{ORDINAL})(?!\w){_YEAR}"
    ),
    re.compile(rf"(?<![\w\-])(?P<month>{_MONTH}){_GAP}(?:the{_GAP})?{_DAY}{_YEAR}"),
)
_BORN = (
    r"(?<!\w)(?:dob|d[./ ]\s?o[./ ]\s?b|(?:dates?|day|year)\s(?:of\s)?birth|birth[\s\-]?(?:dates?|days?)|b-?day|born|"
    r"geboren|geboortedatum|née?)(?!\w)"
)
_BORN_WORDS = word_set("dob birth birthdate birthday birthdays born bday geboren geboortedatum née né")
_CUE = re.compile(_BORN)
_YEAR_OF_BIRTH = re.compile(rf"{_BORN}\s(?:in\s|back\sin\s|is\s|was\s)?(?P<n>{YEAR})")
_SPREAD = (
    rf"(?:\d{{1,4}}[\W_]{{1,6}}\d{{1,2}}[\W_]{{1,6}}\d{{2,4}}|\d(?:[\W_]{{1,6}}\d){{5,7}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\W_]{{0,6}}(?:{_MONTH})[\W_]{{0,6}}\d{{2,4}})(?!\w|[\W_]{{0,2}}\d)"
)
_BEHIND = re.compile(rf"[^\d\n]{{0,30}}\n?(?P<n>{_SPREAD})")
_BEFORE = re.compile(rf"(?<![\w.\-/])(?P<n>{_SPREAD})[^\d\n.!?]{{0,40}}$")
_REACH = 80
_FAR = 60
_MOST = 40
"""Words of birth of a text that are looked around; a text with more is a list or an attack."""
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_PLAIN = re.compile(r"\d{1,4}([/.\-])\d{1,2}\1\d{2,4}|\d{1,2} [a-z]+ \d{2,4}")


def written_dates(lowered: str, words: Set[str]) -> Iterable[Edit]:
    """Yield edits, without overlap, that write such dates of a text in lower case in digits."""
    end = 0
    cues: list[re.Match[str]] = []
    if not words.isdisjoint(_BORN_WORDS) or {"d", "o", "b"} <= words:
        cues = list(_CUE.finditer(lowered))[:_MOST]
    if not words.isdisjoint(_DAY_WORDS):
        for edit in sorted(_in_words(lowered, words, cues)):
            if edit[0] >= end:
                yield edit
                end = edit[1]
    if cues:
        taken = [edit[:2] for edit in _in_words(lowered, words, cues)] if end else []
        yield from _spread(lowered, cues, taken)


def _in_words(lowered: str, words: Set[str], cues: list[re.Match[str]]) -> Iterable[Edit]:
    is_told = not words.isdisjoint(_MONTH_WORDS) and not words.isdisjoint(_DATED_WORDS)
    for pattern in _IN_WORDS if is_told or cues else ():
        for found in pattern.finditer(lowered):
            year, month = found["year"] or "", found["month"]
            is_digits = found["day"][0].isdecimal() and (not year or year.lstrip("'")[0].isdecimal())
            is_full = re.fullmatch(rf"{YEAR}|\d{{4}}", year) is not None
            is_near = any(cue.start() - _FAR < found.end() and found.start() < cue.end() + _FAR for cue in cues)
            if is_digits or not (is_near or (is_full and month in _MONTH_WORDS)):
                continue
            day = re.sub(r"\D", "", found["day"]) or str(value_of(found["day"]))
            named = month if month in _MONTH_WORDS else str(value_of(month.partition("the")[2]))
            joint = " " if month in _MONTH_WORDS else "/"
            if int(day) <= 31:
                end = found.end() if year else max(found.end("day"), found.end("month"))
                yield found.start(), end, joint.join(part for part in (day, named, _digits(year)) if part)
    for found in _YEAR_OF_BIRTH.finditer(lowered) if cues else ():
        yield *found.span("n"), str(year_of(found["n"]))


def _digits(year: str) -> str:
    if re.fullmatch(YEAR, year):
        return str(year_of(year))
    written = re.sub(r"\D", "", year) or (str(value_of(year)) if year else "")
    return written if len(written) != 2 else f"{'19' if int(written) > 30 else '20'}{written}"


def _spread(lowered: str, cues: list[re.Match[str]], taken: list[tuple[int, int]]) -> Iterable[Edit]:
    done = 0
    for cue in cues:
        start = max(0, cue.start() - _REACH)
        before = _BEFORE.search(lowered, start, cue.start())
        behind = _BEHIND.match(lowered, cue.end())
        for found in (before, behind):
            if found is None or found.start("n") < done or _PLAIN.fullmatch(found["n"]):
                continue
            if any(a < found.end("n") and found.start("n") < b for a, b in taken):
                continue
            done = found.end("n")
            yield *found.span("n"), _joined(_PIECE.findall(found["n"]))


def _joined(pieces: list[str]) -> str:
    if len(pieces) == 3 or any(piece.isalpha() for piece in pieces):
        kept = [piece for piece in pieces if piece not in ("st", "nd", "rd", "th")]
        return (" " if any(piece.isalpha() for piece in kept) else "/").join(kept)
    digits = "".join(pieces)
    if digits[:2] in ("19", "20") and len(digits) == 8 and int(digits[4:6]) <= 12:
        return f"{digits[:4]}/{digits[4:6]}/{digits[6:]}"
    return f"{digits[:2]}/{digits[2:4]}/{digits[4:]}"
