"""Sentences before the question that tell a story: what they say of the best, of why or of a chart is not asked.

"Morag swears that her lot are the quickest on the phones. What was the handle time per team last week, phone only?"
asks for no ranking. Only a sentence with words that nobody knows goes, or one that says thanks; it names no value,
dimension or period that the question does not name itself, and is no question. "We need the worst teams. Handle time
by team" stays whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.metrics.questions.neighbours import RANKS
from frontline.metrics.questions.senses import ASIDE, Item, Sort, clauses_of

_ENDS = ".!?;:"
_TELLING = (*RANKS, "rank", "why", "trend", "change", "up_down", "level", "forecast", "target")
_THANKS = frozenset({"thanks", "thank", "thx", "cheers", "bedankt"})
_ASKS = frozenset({"what", "whats", "what's", "which", "how", "why", "who", "give", "show", "when", "is", "are", "did"})
# Fewer words tell nothing.
_STORY = 4


def pass_told(items: Sequence[Item]) -> list[Item]:
    """Return the items with those of sentences that only tell turned into framing."""
    found = list(items)
    sentences = clauses_of(found, ends=_ENDS)
    asking = max((at for at, one in enumerate(sentences) if _asks(found[slice(*one)])), default=0)
    rest = [item for one in sentences[asking:] for item in found[slice(*one)]]
    for first, last in sentences[:asking]:
        if found[last].key != "?" and _tells(found[first:last], rest):
            found[first:last] = [replace(item, sense=ASIDE, also=()) for item in found[first:last]]
    return found


def _asks(items: Sequence[Item]) -> bool:
    """Whether a sentence names a figure of its own, and what is wanted of it."""
    words = {word for item in items for word in item.words.split(" ")}
    return any(item.is_hard for item in items) and (
        bool(_ASKS & words) or any(item.is_operation("by", "vs", *RANKS) for item in items)
    )


def _is_strange(item: Item) -> bool:
    """Whether nobody knows it, or it is an hour of the day ("an argument over lunch")."""
    when = item.sense.when
    return item.sort is Sort.UNKNOWN or (when is not None and when.is_part_of_day)


def _tells(items: Sequence[Item], rest: Sequence[Item]) -> bool:
    words = [word for item in items for word in item.words.split(" ")]
    is_thanks = bool(words) and words[0] in _THANKS
    if not any(item.is_operation(*_TELLING) or item.sense.rank for item in items):
        return False
    if not is_thanks and (len(words) < _STORY or not any(_is_strange(item) for item in items)):
        return False
    named = {pair for item in rest for pair in item.sense.values}
    keys = {key for item in rest if item.sort is Sort.METRIC for key in item.sense.keys}
    dims = {item.key for item in rest if item.sort is Sort.DIMENSION}
    for item in items:
        if item.sort is Sort.VALUE and not set(item.sense.values) & named:
            return False
        if item.sort is Sort.DIMENSION and item.key not in dims:
            return False
        if item.sort is Sort.TIME and not is_thanks and not _is_strange(item):
            return False
        if item.is_hard and not set(item.sense.keys) & keys:
            return False
        if item.is_operation("not", "only", "vs", "previous", "last_year"):
            return False
    return True
