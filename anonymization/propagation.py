"""What was found once is found everywhere: a masked name or number is masked in the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from anonymization.findings import Finding
from anonymization.lexicon import fold
from anonymization.name_cues import PARTICLES, STOP
from anonymization.reading import Reading, Token

_VALUES = frozenset({"ID", "USERNAME", "PHONE_NUMBER", "EMAIL", "ADDRESS", "IBAN", "CREDIT_CARD", "SSN"})
_MIN_VALUE = 5
_MIN_GLUED = 7  # letters of a whole name that is written as one word
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SURE = 0.85  # a cue or the record of the case said so


def propagate(reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
    """Yield the other places where the names and numbers of ``findings`` stand."""
    yield from _names(reading, findings)
    values = {
        reading.text[f.start : f.end].lower(): f.label
        for f in findings
        if f.label in _VALUES and f.end - f.start >= _MIN_VALUE
    }
    lowered = reading.text.lower()
    if len(lowered) != len(reading.text):  # a few capitals grow in lower case; offsets would slip
        return
    for value, label in values.items():
        for start in _whole(value, lowered):
            yield Finding(start, start + len(value), label, 0.7, "propagated")


def _whole(value: str, text: str) -> Iterable[int]:
    """Yield where ``value`` stands in ``text`` with no letter or digit beside it."""
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        is_whole = not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
        if is_whole:
            yield at
        at = text.find(value, end if is_whole else at + 1)


def _names(reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
    roles: dict[str, tuple[str, str]] = {}
    written: dict[str, set[str]] = {}
    glued: dict[str, tuple[str, str]] = {}
    for finding in findings:
        if finding.label == "PERSON":
            parts = [fold(word) for word in _NAME_WORD.findall(reading.text[finding.start : finding.end])]
            for form in ("".join(parts), "".join(parts[1:] + parts[:1])) if len(parts) > 1 else ():
                if len(form) >= _MIN_GLUED and not reading.lexicon.is_common(form):
                    glued[form] = (finding.identity, finding.role)
            for word in _NAME_WORD.findall(reading.text[finding.start : finding.end]):
                folded = fold(word)
                is_place = word in reading.lexicon.places and not reading.lexicon.is_first_name(word)
                if len(folded) > 2 and folded not in PARTICLES and folded not in STOP and not is_place:
                    roles[folded] = max(roles.get(folded, ("", "")), (finding.identity, finding.role))
                    written.setdefault(folded, set()).add(word)
                    if finding.score >= _SURE:
                        written[folded].add(word.lower())
    if not roles:
        return
    for token in reading.tokens:
        if token.folded in glued:  # as banks print it, and in file names
            identity, role = glued[token.folded]
            yield Finding(token.start, token.end, "PERSON", 0.6, "propagated", role, identity)
        elif token.folded in roles and _is_name_again(reading, token, written[token.folded]):
            identity, role = roles[token.folded]
            yield Finding(token.start, token.end, "PERSON", 0.6, "propagated", role, identity)


def _is_name_again(reading: Reading, token: Token, written: set[str]) -> bool:
    """Whether a word that names somebody elsewhere does so here.

    A listed name does, unless it is an everyday word without a telling capital. Any other word does as it was written
    there, or with a capital, and in lower case where a cue named somebody: "alternates" is not the Alternates that were
    taken for somebody, nor "ENA" Ena.
    """
    lexicon = reading.lexicon
    tells = token.is_capitalised and not reading.starts_sentence(token.start) and not reading.is_shouting
    if lexicon.is_first_name(token.text) or lexicon.is_last_name(token.text):
        return tells or not lexicon.is_common(token.text)
    if lexicon.is_common(token.text):
        return False
    has_no_case = reading.is_lower or reading.is_shouting
    return has_no_case or token.text in written or (token.is_capitalised and not token.is_upper)
