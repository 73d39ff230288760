"""Which unknown words may be left aside: judged to be talk, and where nothing around them says that they are more.

The judge (``frontline.metrics.bearing``) reads a word in its sentence. What it cannot know is kept here: a word that
stands in the place of a noun, in brackets, beside "without" or "only", before "ones", or in a clause that names a value
but no figure ("John from billing is asking") may narrow the figure, whatever it sounds like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.metrics.questions.senses import IN_NOUN_PLACE, Item, Sense, Sort, clauses_of
from frontline.metrics.questions.words import Token
from frontline.metrics.questions.wordsets import RESTRICTING

# Framing like any remark, and told apart from it where the answer names what was left aside.
_TALK = Sense(Sort.FRAMING, ("aside", "talk"))


def talk(items: Sequence[Item], tokens: Sequence[Token]) -> list[int]:
    """Return which of ``items`` are talk."""
    found: list[int] = []
    for start, end in clauses_of(items):
        inside = items[start:end]
        light = [at for at in range(start, end) if _is_light(items[at], tokens)]
        if light and not (_restricts(inside) or _names_only_a_value(inside) or _is_bracketed(items, start)):
            found.extend(light)
    return found


def without_talk(items: Sequence[Item], tokens: Sequence[Token]) -> list[Item]:
    """Return the items with those of talk turned into framing."""
    aside = set(talk(items, tokens))
    return [replace(item, sense=_TALK, also=()) if at in aside else item for at, item in enumerate(items)]


def left_aside(items: Sequence[Item]) -> tuple[str, ...]:
    """Return the words that ``without_talk`` turned into framing."""
    return tuple(item.words for item in items if item.sense is _TALK)


def _is_light(item: Item, tokens: Sequence[Token]) -> bool:
    is_free = item.sort is Sort.UNKNOWN and item.key != IN_NOUN_PLACE
    return is_free and all(token.is_light for token in tokens[item.start : item.end])


def _restricts(items: Sequence[Item]) -> bool:
    words = {word for item in items for word in item.words.split(" ")}
    return bool(words & RESTRICTING) or any(item.is_operation("not", "only") for item in items)


def _names_only_a_value(items: Sequence[Item]) -> bool:
    """Whether a clause says of whom the figure is wanted, and not which figure."""
    has_value = any(item.sort in (Sort.VALUE, Sort.DIMENSION) for item in items)
    return has_value and not any(item.is_hard for item in items)


def _is_bracketed(items: Sequence[Item], start: int) -> bool:
    return start > 0 and items[start - 1].key == "("
