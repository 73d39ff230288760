"""Clauses that may say of whom a figure is wanted; such a clause is content, and never passed over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from frontline.metrics.questions.senses import Item, Sort

_NARROWING = frozenset({"only", "mean", "meant", "interested", "focus", "focusing", "focused", "alleen"})
_WHOM = frozenset(
    {"customer", "customers", "client", "clients", "caller", "callers", "users", "subscribers", "households", "klanten"}
)
_CHARGE = frozenset({"handle", "handles", "handling", "responsible", "charge", "regarding", "concerning"})
_TOLD = frozenset({"ask", "asks", "asked", "asking", "know", "care", "cares", "talking", "question", "questions"})
_LITTLE = frozenset({"the", "a", "an", "our", "my", "his", "her", "their", "for", "of", "de", "het", "een", "onze"})


def narrows(items: Sequence[Item]) -> bool:
    """Whether a clause may say of whom the question is: "our vip customers ...", "I only look at gamers".

    True for a word that narrows, for a strange word before customers or a team, and for one behind "responsible for"
    or "asked about".
    """
    words = [(word.replace("'", ""), item) for item in items for word in item.words.split(" ")]
    if any(word in _NARROWING for word, _ in words):
        return True
    for (_, item), (after, behind) in itertools.pairwise(words):
        if item.sort is Sort.UNKNOWN and (after in _WHOM or behind.sort is Sort.DIMENSION):
            return True
    before = ""
    telling = [(word, item) for word, item in words if word not in _LITTLE]
    for (word, _), (_, behind) in itertools.pairwise(telling):
        is_charged = word in _CHARGE or (word == "about" and before in _TOLD)
        if is_charged and behind.sort is Sort.UNKNOWN:
            return True
        before = word
    return False
