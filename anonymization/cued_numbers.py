"""Numbers that odd signs or the ends of lines cut, behind a word that says whose they are.

"NI no PT•52•19•84•A", "acc no 77👉3041👉9582", "Savings acc 3_1_9_0_4_4_7_2", "(250) 555-\\n0146". The detectors know
the plain number; here it is made plain. Without the word such rows are codes, scores and lists, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from anonymization.disguises import Edit
from anonymization.lexicon import word_set

_OF_CITIZENS = (
    r"(?:national\sinsurance|n\.?i\.?(?=\s(?:no|num|nr|is|:))|nino|ssn|social(?:s|\ssecurity|\sinsurance)?|bsn|pesel|nif|nie|"
    r"dni|cpf|pps[n]?|sin|tin|itin|tfn|insee|aadhaar|"
    r"tax\s?(?:id|number|code|file)|citizen|identity|id\scard|passport|licen[cs]e)"
)
_OF_ACCOUNTS = (
    r"(?:acc|accs|account|accounts|acct|a/c|savings|sort\scode|iban|card|visa|mastercard|amex|debit|credit|frequent\sfl(?:y|i)er|"
    r"loyalty|member(?:ship)?|customer|client|policy|routing|meter|mobile|phone|cell|tel|telephone|call|ring|dial|text|fax|"
    r"whatsapp|reach|number|landline)"
)
_CITIZEN_WORDS = word_set(
    "national ni nino ssn social socials bsn pesel nif nie dni cpf pps ppsn sin tin itin tfn insee aadhaar tax citizen "
    "identity id passport licence license"
)
_ACCOUNT_WORDS = word_set(
    "acc accs account accounts acct c savings sort iban card visa mastercard amex debit credit frequent loyalty member "
    "membership customer client policy routing meter mobile phone cell tel telephone call ring dial text fax whatsapp "
    "reach number landline"
)
_CUE = re.compile(rf"(?<![^\W_])(?:{_OF_CITIZENS}|{_OF_ACCOUNTS})(?![^\W_])")
_CUT = r"(?:\s?[^\w\s.,:;!?()/\-]{1,3}\s?|_{1,3}|[ \t]{1,4}|[ .,/\-]{1,3}|[ \t]*-?[ \t]*\r?\n[ \t>]*(?:-[ \t]*)?|\)\s?)"
_NUMBER = re.compile(
    rf"[^\d\n]{{0,40}}?\n?[ \t]{{0,4}}"
    rf"(?P<n>(?:(?<![^\W_])[b-hj-z]{_CUT})?[(+]{{0,2}}\d(?:{_CUT}?\d){{5,23}})(?![^\W_]|{_CUT}?\d)"
)
_INSURANCE = re.compile(
    r"(?<!\w)(?:national\sinsurance|nino|n\.?i\.?(?=\s(?:no|num|nr|is|:)))(?!\w)[^\d\n]{0,40}?"
    r"(?<![^\W_])(?P<n>[a-z][\W_]{0,3}[a-z](?:[\W_]{0,3}\d){6}(?:[\W_]{0,3}[a-d])?)(?![^\W_])"
)
_ODD = re.compile(r"[^\w\s.,:;!?()/\-+]|_|\n|[ \t]{2}")
_CUT_DIGITS = re.compile(
    r"\d(?!\d)(?:(?:[ .,\-]{1,3}\d){3}|\)?[ \t]{0,2}-?[ \t]*(?:[^\w .,:;!?()/\-+]|_|[ \t]{2})[^\w(+]{0,5}[(+]?\d)"
)
_LETTERS = re.compile(r"(?P<n>[a-z])[\W_]+")
_GAP = re.compile(r"(?<=\d)[^\d(]+")
_JOINTS = re.compile(r"[\W_]+")
_MOST = 60
"""Cues of a text that are looked behind; a text with more is a list or an attack."""


def plain_numbers(lowered: str, words: Set[str], digits: int) -> Iterable[Edit]:
    """Yield edits, without overlap, that write such numbers of a text in lower case in plain groups."""
    if digits < 6:
        return
    end = 0
    is_citizen = not words.isdisjoint(_CITIZEN_WORDS)
    for found in _INSURANCE.finditer(lowered) if is_citizen else ():
        for gap in _JOINTS.finditer(found["n"]):
            yield found.start("n") + gap.start(), found.start("n") + gap.end(), ""
        end = found.end()
    if (not is_citizen and words.isdisjoint(_ACCOUNT_WORDS)) or not _CUT_DIGITS.search(lowered):
        return
    for _, cue in zip(range(_MOST), _CUE.finditer(lowered), strict=False):
        number = _NUMBER.match(lowered, cue.end())
        if number is None or number.start("n") < end or not _is_cut(number["n"]):
            continue
        end = number.end("n")
        groups = re.findall(r"\d+", number["n"])
        joint = "" if max(map(len, groups)) == 1 else " "
        letters = _LETTERS.match(number["n"])
        if letters is not None:
            yield number.start("n") + letters.end("n"), number.start("n") + letters.end(), ""
        for gap in _GAP.finditer(number["n"]):
            if _ODD.search(gap[0]) or "+" in gap[0] or not joint:
                is_hyphen = "-" in gap[0] and "\n" in gap[0]
                yield number.start("n") + gap.start(), number.start("n") + gap.end(), "-" if is_hyphen else joint


def _is_cut(number: str) -> bool:
    """Whether something nobody writes in a number stands in it, or single digits; a table is no number."""
    is_one_by_one = max(map(len, re.findall(r"\d+", number))) == 1
    return (is_one_by_one or _ODD.search(number) is not None) and number.count("\n") <= 4
