"""Times that no calendar has: "during the strike", "since the redesign", "after the price change"."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.metrics.questions.neighbours import RANKS
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.wordsets import ARTICLES

_SPELLS = frozenset({"during", "since", "throughout", "sinds", "tijdens"})
_TURNS = frozenset({"before", "after", "voor", "na"})


def is_event(items: Sequence[Item], at: int) -> bool:
    """Whether the item is what a figure would be since, during, before or after, and no period is."""
    item = items[at]
    before = items[at - 1].words if at else ""
    opener = items[at - 2].words if at > 1 and before in ARTICLES else ""
    if item.key == "aside" or item.words in ARTICLES or item.is_operation(*RANKS, "previous", "last_year", "same"):
        return False
    if item.sort is Sort.VALUE:  # "contacts during the outage" are not those about it
        dims = {dim for dim, _ in item.sense.values}
        return (opener or before) in _SPELLS | _TURNS and bool(dims & {"topic", "channel"}) and _is_free(items, at)
    if item.sort in (Sort.FRAMING, Sort.OPERATION):
        return opener in _SPELLS or (opener in _TURNS and item.is_operation("change"))
    return False


def _is_free(items: Sequence[Item], at: int) -> bool:
    """Whether no verb follows: "before care picks up" tells of a wait."""
    after = items[at + 1] if at + 1 < len(items) else None
    return after is None or after.key != "rest"
