"""Clauses that may say of whom a figure is wanted; such a clause is content, and never passed over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.wordsets import BUYERS, FOCUSING

_CHARGE = frozenset({"handle", "handles", "handling", "responsible", "charge", "regarding", "concerning"})
_TOLD = frozenset({"ask", "asks", "asked", "asking", "know", "care", "cares", "talking", "question", "questions"})
# "when it is android" says which; "when you have a second" says nothing.
_CASES = frozenset({"when", "if", "where", "whenever", "once", "als", "wanneer", "indien"})
_SPEAKERS = frozenset(
    {"i", "im", "ive", "you", "your", "youre", "we", "me", "us", "ik", "je", "jij", "wij", "we're", "you're"}
)
_LEADS_IN = frozenset({"but", "and", "or", "so", "only", "just"})
_LITTLE = frozenset({"the", "a", "an", "our", "my", "his", "her", "their", "for", "of", "de", "het", "een", "onze"})


def narrows(items: Sequence[Item]) -> bool:
    """Whether a clause may say of whom the question is: "our vip customers ...", "I only look at gamers".

    True for a word that narrows, for a strange word behind "just", before customers or a team, and for one behind
    "responsible for" or "asked about".
    """
    if _is_kept_to_strangers(items):
        return True
    words = [(word.replace("'", ""), item) for item in items for word in item.words.split(" ")]
    if any(word in FOCUSING for word, _ in words):
        return True
    for (_, item), (after, behind) in itertools.pairwise(words):
        if item.sort is Sort.UNKNOWN and (after in BUYERS or behind.sort is Sort.DIMENSION):
            return True
    before = ""
    telling = [(word, item) for word, item in words if word not in _LITTLE]
    for (word, _), (_, behind) in itertools.pairwise(telling):
        is_charged = word in _CHARGE or (word == "about" and before in _TOLD)
        if is_charged and behind.sort is Sort.UNKNOWN:
            return True
        before = word
    return False


def _is_kept_to_strangers(items: Sequence[Item]) -> bool:
    """ "just the newbies", "when it is android": what nobody knows, and is said to be meant alone."""
    bare = [item for item in items if item.words not in _LITTLE and item.sort is not Sort.MARK]
    if any(
        one.is_operation("only") and after.sort is Sort.UNKNOWN and not after.words.endswith("ing")
        for one, after in itertools.pairwise(bare)
    ):
        return True
    words = [word.replace("'", "") for item in items for word in item.words.split(" ")]
    opens = next((word for word in words if word not in _LEADS_IN), "")
    return opens in _CASES and any(item.sort is Sort.UNKNOWN for item in items) and not _SPEAKERS & set(words)
