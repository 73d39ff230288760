"""Clauses of their own beside a complete question: what is left when they are taken out is read again.

Only where the whole was not understood. A remark has a subject and a verb of its own, holds nothing that could be a
metric, a value, a dimension, a period or an operation, and nothing in the question points back at customers in it.
"Calls from left-handed customers" has no such clause and stays not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from frontline.catalog.lexicon import Lexicon
from frontline.metrics.questions.asides import OF_THE_QUESTION, phrases_of
from frontline.metrics.questions.narrowing import narrows
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.words import Token
from frontline.metrics.questions.wordsets import COUNTED, NARROWING

Reader = Callable[[tuple[Token, ...]], list[Item]]

_ENDS = frozenset(".;:!?")
_FIRST_PERSON = frozenset({"i", "im", "ive", "id", "ill", "ik"})
_REPORTS = frozenset({
    "says", "saying", "said", "thinks", "claims", "claimed", "claiming", "believes", "swears", "insists", "argues",
    "complains", "complaining", "told", "telling", "convinced", "zegt", "denkt", "vindt",
})  # fmt: skip
_POINTING = frozenset({"they", "them", "their", "those", "these", "such", "ones", "his", "her", "he", "she"})


class Remarks:
    """Finds the clauses beside a question by the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.asides
        self._subjects = frozenset(words.subjects)
        self._finite = frozenset(words.finite)
        self._contracted = frozenset(words.contracted)
        self._restricting = frozenset(words.restricting)
        self._hinges = frozenset(words.hinges)
        self._speech = phrases_of(words.speech)
        self._asking = frozenset(words.asking)

    def without(self, tokens: Sequence[Token], read: Reader) -> tuple[Token, ...] | None:
        """Return the tokens without the clauses that are remarks, or None where there are none."""
        tokens = tuple(tokens)
        start = self._behind_lead_in(tokens, read)
        rest = tokens[start:]
        clauses = _clauses(rest)
        asides = [clause for clause in clauses if self._is_remark(rest, clause, clauses, read)]
        if (not asides and not start) or len(asides) == len(clauses):
            return None
        gone = {at for first, last in asides for at in range(first, last + 1)}
        core = tuple(token for at, token in enumerate(rest) if at not in gone)
        said = {token.text for token in tokens[:start]} | {rest[at].text for at in gone if at < len(rest)}
        if said & COUNTED and {token.text for token in core} & _POINTING:
            return None
        return core

    def _behind_lead_in(self, tokens: Sequence[Token], read: Reader) -> int:
        """Return where the question begins after "my daughter asked ... anyway:" or "the owner would like to hear"."""
        for at, token in enumerate(tokens[:-2]):
            if token.text in self._hinges and at > 0 and tokens[at + 1].is_punct and self._is_free(tokens[:at], read):
                return at + 2
        for at in range(1, min(len(tokens) - 2, 24)):
            if tokens[at].text not in self._asking or any(token.text in _ENDS for token in tokens[:at]):
                continue
            before = [token.text for token in tokens[:at] if not token.is_punct]
            if before and before[-1] in ("that", "me", "us", "exactly"):
                before.pop()
            if any(tuple(before[-size:]) in self._speech for size in (1, 2, 3, 4)) and len(before) > 1:
                return at if self._is_free(tokens[:at], read) else 0
        return 0

    def _is_free(self, tokens: Sequence[Token], read: Reader) -> bool:
        return not any(
            _is_metric(item) or item.sort in (Sort.VALUE, Sort.DIMENSION, Sort.TIME) for item in read(tuple(tokens))
        )

    def _is_remark(
        self, tokens: Sequence[Token], clause: tuple[int, int], clauses: Sequence[tuple[int, int]], read: Reader
    ) -> bool:
        first, last = clause
        words = [token.text for token in tokens[first:last] if not token.is_punct]
        if not words or words[0] in self._restricting or not self._has_subject_and_verb(words):
            return False
        if clause != clauses[0] and (NARROWING & set(words) or _POINTING & set(words[:2]) or COUNTED & set(words)):
            return False
        items = read(tuple(tokens[first:last]))
        if narrows(items):
            return False
        ends_here = last < len(tokens) and tokens[last].text in _ENDS
        # "Anke keeps saying that we transfer more and more": of the metric that is asked for
        is_told = ends_here and bool(_REPORTS & set(words))
        others = (*tokens[:first], *tokens[last:])
        asked = {key for item in read(others) if _is_metric(item) for key in item.sense.keys} if is_told else set()
        own_doing = words[0] in _FIRST_PERSON and ends_here
        for item in items:
            if item.sort in (Sort.VALUE, Sort.DIMENSION) or item.is_operation(*OF_THE_QUESTION):
                return False
            if item.sort is Sort.UNKNOWN and item.key and not own_doing:
                return False
            if _is_metric(item) and not own_doing and not (is_told and set(item.sense.keys) <= asked):
                return False
            if item.sort is Sort.TIME and not (item.sense.when is not None and item.sense.when.is_future):
                return False
        return any(item.sort in (Sort.UNKNOWN, Sort.METRIC, Sort.GRAIN) for item in items)

    def _has_subject_and_verb(self, words: Sequence[str]) -> bool:
        said = set(words)
        if said & self._contracted or _FIRST_PERSON & said:
            return len(words) > 1
        return bool(said & self._subjects) and bool(said & (self._finite | _REPORTS)) and words[0] not in self._asking


def _clauses(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return (first, last) of every clause; ``last`` is its closing mark or the end."""
    found, start = [], 0
    for at, token in enumerate(tokens):
        if token.is_punct and token.text in ".,;:!?-()":
            if at > start:
                found.append((start, at))
            start = at + 1
    if start < len(tokens):
        found.append((start, len(tokens)))
    return found


def _is_metric(item: Item) -> bool:
    return item.sort is Sort.METRIC and not item.sense.is_soft
