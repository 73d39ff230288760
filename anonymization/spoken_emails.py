"""E-mail addresses as people say them: "jane dot doe at gmail dot com", "jane [at] example . org"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from anonymization.anchors import match_at, places_of
from anonymization.disguises import PROVIDER, Edit

_TLD = (
    r"(?:com|net|org|edu|gov|info|biz|io|co|uk|nl|be|de|fr|pt|br|pl|es|it|eu|us|ca|au|ie|ch|at|se|no|dk|fi|me|app|dev|"
    r"tv|xyz|online|site|example)"
)
_DOT_WORD = "dot|punto?|punkt|ponto|kropka"
_DOT = rf"(?:\s*[\[({{<]\s*(?:{_DOT_WORD}|\.)\s*[\])}}>]\s*|\s+(?:{_DOT_WORD})\s+|\s?[.●•]\s?)"
_SPOKEN_DOT = rf"(?:\s*[\[({{<]\s*(?:{_DOT_WORD}|\.)\s*[\])}}>]\s*|\s+(?:{_DOT_WORD})\s+)"
_JOINER = rf"(?:{_SPOKEN_DOT}|\s+(?:underscore|dash|hyphen)\s+|\s*[\[({{<]\s*(?:underscore|dash|hyphen)\s*[\])}}>]\s*)"
_BRACKET_AT = r"\s*[\[({<]\s*(?:at|@|apenstaartje|arroba)\s*[\])}>]\s*"
_WORD_AT = (
    r"\s+(?:at|apenstaartje|arroba|małpa)\s+(?!(?:the|a|an|this|that|these|my|your|our|his|her|their|all|least)\s)"
)


def _email(joiner: str) -> re.Pattern[str]:
    local = rf"[\w+\-]{{1,40}}(?:(?:\.|{joiner})[\w+\-]{{1,40}}){{0,3}}"
    return re.compile(
        rf"\b{local}(?:"
        rf"{_BRACKET_AT}[\w\-]{{1,40}}(?:{_DOT}[\w\-]{{2,20}}){{1,3}}"
        rf"|{_WORD_AT}[\w\-]{{1,40}}(?:{_SPOKEN_DOT}[\w\-]{{2,20}}){{1,3}}"
        rf"|{_WORD_AT}(?:{PROVIDER})\s?\.\s?{_TLD}"
        rf"|\s?@\s?[\w\-]{{1,40}}(?:{_DOT}[\w\-]{{2,20}}){{0,2}}(?:{_SPOKEN_DOT}|\s?[.●•]\s?){_TLD}"
        # "back at jane dot doe at ...": what goes on is the part before the sign.
        rf")\b(?!\s+at\s)",
    )


_SPOKEN_EMAIL = _email(_JOINER)
_SPACED_EMAIL = _email(rf"(?:{_JOINER}|\s\.\s)")
_BRACKET_DOT = re.compile(r"[\[({<]\s*\.")
_JOINING_WORDS = frozenset(_DOT_WORD.replace("punto?", "punt|punto").split("|")) | {"underscore", "dash", "hyphen"}
_BRACKETS = "[({<"
_AT_WORDS = frozenset(("at", "apenstaartje", "arroba", "małpa"))
_LOCAL_SIGNS = ("_", "+", "-", ".")
_LONGEST_LOCAL = 4 * 41
_EMAIL_PIECES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_BRACKET_AT}|{_WORD_AT}|\s*@\s*", re.IGNORECASE), "@"),
    (re.compile(r"\s+underscore\s+|\s*[\[({<]\s*underscore\s*[\])}>]\s*", re.IGNORECASE), "_"),
    (re.compile(r"\s+(?:dash|hyphen)\s+|\s*[\[({<]\s*(?:dash|hyphen)\s*[\])}>]\s*", re.IGNORECASE), "-"),
    (re.compile(_DOT, re.IGNORECASE), "."),
)


def joined_emails(lowered: str, words: Sequence[str]) -> Iterable[Edit]:
    """Yield edits that write the addresses of a text in lower case, whose words are ``words``, as addresses."""
    if "@" not in lowered and _AT_WORDS.isdisjoint(words):
        return
    pattern = _SPACED_EMAIL if " . " in lowered else _SPOKEN_EMAIL
    if not _JOINING_WORDS.isdisjoint(words) or _BRACKET_DOT.search(lowered):
        matches: Iterable[re.Match[str]] = pattern.finditer(lowered)
    else:
        matches = match_at(pattern, lowered, _local_parts(lowered))
    for found in matches:
        for start, end, new in _join(found[0]):
            yield found.start() + start, found.start() + end, new


def _local_parts(lowered: str) -> list[int]:
    """Return where a name before "@" or "at" can begin, in a text that joins its parts by points alone."""
    places: set[int] = set()
    signs = places_of(lowered, "@")
    for word in _AT_WORDS:  # as whole words the expression takes them
        signs += [at for at in places_of(lowered, word) if not lowered[at - 1 : at].isalnum()]
    for sign in signs:
        end = sign
        while end and (lowered[end - 1].isspace() or lowered[end - 1] in _BRACKETS):
            end -= 1
        start = end
        while start > end - _LONGEST_LOCAL:
            if lowered[start - 1 : start].isalnum() or lowered[start - 1 : start] in _LOCAL_SIGNS:
                start -= 1
            elif lowered[start - 3 : start] == " . ":
                start -= 3
            else:
                break
        places.update(range(start, end))
    return sorted(places)


def _join(address: str) -> Iterable[Edit]:
    taken: list[tuple[int, int]] = []
    for pattern, sign in _EMAIL_PIECES:
        for piece in pattern.finditer(address):
            if piece[0] != sign and not any(a < piece.end() and piece.start() < b for a, b in taken):
                taken.append(piece.span())
                yield piece.start(), piece.end(), sign
