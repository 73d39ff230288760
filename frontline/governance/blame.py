"""The blame-free lint: a person (a name, a role) and what they are said to have done badly, in one breath.

"The agent failed to check the port" points at somebody and explains nothing; "the check of the port is a step that
nobody is reminded of" is a condition, and can be changed. The lint finds the first kind before anything is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from frontline.catalog.debriefs import BlameWords

ADVICE = "Say the condition, not the person"
NOBODY_IN_PARTICULAR = "somebody"
# Between the person and the verb: "the night agent on the chat desk again failed".
# A line may break in between; where it begins with a capital or a sign, it begins something else.
_BETWEEN = r"(?:[^\W\d_]|[-'’ \u00a0\t,]|\n(?-i:(?![ \t]*[-•*#\dA-Z]))){0,40}?"
_PERSON = r"\[(?:PERSON|AGENT|CUSTOMER|USERNAME)(?:_\d+)?\]|<@[UW][A-Z0-9]+(?:\|[^>]*)?>|(?<![\w@.])@[a-z0-9][\w.\-]*"
_NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]+(?:['’][^\W\d_]{3,})?")
_ARTICLE = r"(?:(?:the|an|a|our|my|one of the|this|that|every|some) )?(?:[\w-]+ )?"


@dataclass(frozen=True)
class Blame:
    """A stretch of the text (code points, half-open) that names who is blamed, and the words with it."""

    start: int
    end: int
    words: str


def find_blame(text: str, words: BlameWords, *, is_name: Callable[[str], bool] = lambda word: False) -> list[Blame]:
    """Return who is blamed in ``text``, in order: placeholders of persons, mentions, roles, pronouns, and names.

    ``is_name`` says whether a capitalised word is a given or family name: text that passed the gate has none left.
    """
    found: dict[int, Blame] = {}
    for pattern in _subject_patterns(words):
        for match in pattern.finditer(text):
            start, end = match.span("who")
            found.setdefault(start, Blame(start, end, " ".join(match[0].split())))
    for match in _NAME.finditer(text):
        if is_name(match[0]) and (said := _blamed(text, *match.span(), words)):
            found.setdefault(match.start(), Blame(*match.span(), said))
    return [blame for _, blame in sorted(found.items())]


def persons_to_replace(
    text: str, words: BlameWords, *, is_name: Callable[[str], bool] = lambda word: False
) -> list[tuple[int, int, str]]:
    """Return the stretches [start, end) of ``text`` with everybody who is blamed, each with "somebody" in its place."""
    stretches: list[tuple[int, int, str]] = []
    last = len(text)
    for blame in reversed(find_blame(text, words, is_name=is_name)):
        if blame.end <= last:
            instead = NOBODY_IN_PARTICULAR
            instead = instead.capitalize() if _opens_sentence(text, blame.start) else instead
            stretches.append((blame.start, blame.end, instead))
            last = blame.start
    return stretches


def _blamed(text: str, start: int, end: int, words: BlameWords) -> str:
    """Return the words around a name that blame it, "" when nothing does."""
    after, before = _around(words)
    if match := after.match(text, end):
        return " ".join(text[start : match.end()].split())
    if match := before.search(text[max(0, start - 60) : start]):
        return " ".join((match[0] + text[start:end]).split())
    return ""


@lru_cache(maxsize=8)
def _subject_patterns(words: BlameWords) -> Sequence[re.Pattern[str]]:
    who = rf"(?P<who>{_PERSON}|\b{_ARTICLE}(?:{_any(words.roles)})\b(?![-\w]))"
    flags = re.IGNORECASE
    return (
        re.compile(rf"{who}{_BETWEEN}\b(?:{_any(words.verbs)})\b", flags),
        re.compile(rf"{who}(?:'s|’s|s'|s’)? {_BETWEEN}\b(?:{_any(words.nouns)})\b", flags),
        re.compile(rf"\b(?:{_any(words.nouns)}) (?:was )?(?:of|by|from|with|on) {who}", flags),
        re.compile(rf"\b(?:{_any(words.verbs)}) by {who}", flags),
        re.compile(rf"\bblam(?:e|es|ed|ing) {who}", flags),
    )


@lru_cache(maxsize=8)
def _around(words: BlameWords) -> tuple[re.Pattern[str], re.Pattern[str]]:
    verbs, nouns = _any(words.verbs), _any(words.nouns)
    after = re.compile(rf"(?:'s|’s|s'|s’)?{_BETWEEN}\b(?:{verbs}|{nouns})\b", re.IGNORECASE)
    before = re.compile(
        rf"(?:\b(?:{nouns}) (?:was )?(?:of|by|from|with|on)|\b(?:{verbs}) by|\bblam(?:e|es|ed|ing)) $", re.IGNORECASE
    )
    return after, before


def _any(words: Sequence[str]) -> str:
    # The longest first: "did not" before "did".
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True)) or r"(?!)"


def _opens_sentence(text: str, start: int) -> bool:
    return not text[:start].strip() or text[:start].rstrip().endswith((".", "!", "?", ":", "\n"))
