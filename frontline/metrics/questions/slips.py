"""Short words and digits that stand for others: "worst team 4 aht", "aht an wrap up", "teams w lowest csat"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.core.periods import Grain
from frontline.metrics.questions.neighbours import PASSED, RANKS
from frontline.metrics.questions.senses import Item, Sense, Sort

_DIGITS = {"4": "for", "2": "to"}
# Not behind a metric: "csat 4 last week" may be of those who gave a 4.
_BEFORE = (Sort.DIMENSION, Sort.VALUE, Sort.TIME)
_BEHIND = (Sort.METRIC, Sort.VALUE, Sort.TIME)
_LESSENED = (Sort.METRIC, Sort.TIME)
_AND = frozenset({"an", "nd", "adn", "n", "amd", "ad"})
_MOVED_ON = frozenset({"up on", "down on"})
# "up on yesterday" is compared with it.
_RELATIVE = frozenset({"yesterday", "the day before", "gisteren"})
# "are we gonna hit service level": its target.
_REACHES = frozenset(
    {"hit", "hitting", "reach", "reaching", "make", "making", "meet", "meeting", "achieve", "achieving"}
)
_WHETHER = frozenset({"are", "r", "is", "will", "do", "did", "can", "could", "have", "whether", "if"})
_THAN = frozenset({"then", "as", "dan", "als"})
_ORDERS = frozenset({"name", "order"})
_POINTERS = frozenset({
    "those", "ones", "one", "that", "which", "who", "these", "whatever", "what", "anything", "everything", "die",
})  # fmt: skip
_POINTING = _POINTERS | frozenset({
    "the", "our", "all", "of", "in", "on", "at", "by", "from", "for", "to", "through", "via", "with", "over", "de",
    "het", "came", "come", "comes", "coming", "arrived", "arriving", "were", "was", "are", "is", "us", "made", "sent",
})  # fmt: skip
_COMPARED = ("er", "worse", "more", "less")
_REASONS = frozenset({"reason", "reasons", "cause", "causes"})


def mended(items: Sequence[Item]) -> list[Item]:
    """Return the items with short words read as their neighbours ask for."""
    found = list(items)
    for at, item in enumerate(items):
        before = items[at - 1] if at else None
        after = items[at + 1] if at + 1 < len(items) else None
        if after is None:
            continue
        if before is not None and _stands_for_preposition(before, item, after):
            found[at] = replace(item, sense=Sense(Sort.FRAMING), also=(), words=_DIGITS[item.words])
        elif before is not None and item.words in _AND and before.sort is after.sort and before.sort in _BEHIND:
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("and",)), also=())
        elif _is_ahead_of(items, at) or (item.words in _THAN and _is_set_beside(items, at)):
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("vs",)), also=())
        elif item.words in _ORDERS and item.sort is Sort.UNKNOWN and _is_ordered(items, at):
            sense = Sense(Sort.FRAMING) if item.words == "name" else Sense(Sort.OPERATION, ("rank",))
            found[at] = replace(item, sense=sense, also=())
        elif item.words == "w" and item.sort is not Sort.TIME:
            found[at] = replace(item, sense=Sense(Sort.FRAMING), also=(), words="with")
        elif item.words in _MOVED_ON and (_moved_on_a_day(items, at) or not _is_time_next(items, at)):
            # "down on phone in May"
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("up_down",)), also=())
        elif item.words in ("minus", "less") and _is_between_values(items, at):
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("vs",)), also=())  # "nps: gold minus silver"
        elif item.words == "less" and before is not None and before.sort in _LESSENED and after.sort is Sort.VALUE:
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("not",)), also=())  # "transfers less chat"
        elif item.words in _REACHES and after.sort is Sort.METRIC and _asks_whether(items):
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("target",)), also=())
        elif item.words in _REASONS and item.sort is Sort.UNKNOWN and _opens(items, at) and _tells_of_change(items):
            found[at] = replace(item, sense=Sense(Sort.OPERATION, ("why",)), also=())
    return _pointed(found)


def _pointed(items: list[Item]) -> list[Item]:
    """ "except those on chat", "apart from the ones that came through the portal": without chat, without the portal."""
    for at, item in enumerate(items):
        if not item.is_operation("not"):
            continue
        end = at + 1
        while end < len(items) and set(items[end].words.split(" ")) <= _POINTING and items[end].sort is not Sort.VALUE:
            end += 1
        said = {word for one in items[at + 1 : end] for word in one.words.split(" ")}
        if said & _POINTERS and end < len(items) and items[end].sort is Sort.VALUE:
            for near in range(at + 1, end):
                items[near] = replace(items[near], sense=Sense(Sort.FRAMING), also=(), words="the")
    return items


def _stands_for_preposition(before: Item, item: Item, after: Item) -> bool:
    is_content = before.sort in _BEFORE or before.is_operation("target")
    is_between = is_content and (after.sort in _BEHIND or after.words in ("every", "each", "all"))
    is_between = is_between and not before.is_operation(*RANKS)
    is_name = item.words == "2" and before.sort is Sort.VALUE and after.sort is Sort.TIME  # "Aurora 2 last week"
    return item.sort is Sort.NUMBER and item.words in _DIGITS and is_between and not is_name


def _is_between_values(items: Sequence[Item], at: int) -> bool:
    before, after = items[at - 1] if at else items[at], items[at + 1]
    is_pair = before.sort is after.sort is Sort.VALUE
    return is_pair and before.sense.values[0][0] == after.sense.values[0][0]


def _is_ordered(items: Sequence[Item], at: int) -> bool:
    """ "order the regions by ...", "would you name the team with ...": the verb that the question opens with."""
    after = items[at + 1]
    is_told = after.sort is Sort.DIMENSION or after.words in ("the", "our", "all", "me", "us", "all the", "those")
    return is_told and all(item.sort in PASSED or item.sort is Sort.MARK for item in items[:at])


def _is_set_beside(items: Sequence[Item], at: int) -> bool:
    """ "better in Utrecht then in Porto", "lower on chat as on phone": then and as are than."""
    before = items[at - 1] if at else items[at]
    after = next((item for item in items[at + 1 :] if item.sort not in PASSED), None)
    if before.sort is not Sort.VALUE or after is None or after.sort is not Sort.VALUE:
        return False
    is_comparative = any(item.is_operation("level") and item.words.endswith(_COMPARED) for item in items[:at])
    return is_comparative and before.sense.values[0][0] == after.sense.values[0][0]


def _is_ahead_of(items: Sequence[Item], at: int) -> bool:
    """ "ahead of the north"."""
    start = at + 2
    if items[at].words != "ahead" or items[at + 1].words != "of":
        return False
    return any(item.sort is Sort.VALUE for item in items[start : start + 2])


def _is_time_next(items: Sequence[Item], at: int) -> bool:
    after = next((item for item in items[at + 1 :] if item.sort not in PASSED), None)
    return after is not None and (after.sort is Sort.TIME or after.is_operation("previous", "last_year", "target"))


def _moved_on_a_day(items: Sequence[Item], at: int) -> bool:
    """ "why was service level down on Ascension Day": the only time of the question, and a day, is when it was."""
    times = [item for item in items if item.sort is Sort.TIME]
    after = next((item for item in items[at + 1 :] if item.sort not in PASSED), None)
    when = times[0].sense.when if len(times) == 1 and times[0] is after else None
    asks_why = any(item.is_operation("why") for item in items[:at])
    is_day = when is not None and when.unit in (None, Grain.DAY) and (when.end - when.start).days == 1
    return asks_why and is_day and times[0].words not in _RELATIVE


def _asks_whether(items: Sequence[Item]) -> bool:
    return items[0].words.split(" ")[0] in _WHETHER


def _opens(items: Sequence[Item], at: int) -> bool:
    """Whether nothing of content stands before: "reason churn went up", "the reasons for the dip"."""
    return all(item.sort in PASSED or item.sort is Sort.MARK or item.is_operation("which") for item in items[:at])


def _tells_of_change(items: Sequence[Item]) -> bool:
    return any(item.is_operation("change", "level", "up_down") for item in items)
