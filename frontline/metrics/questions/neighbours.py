"""What stands beside an item: the grammar looks left and right through these."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from frontline.catalog.loader import Catalog
from frontline.metrics.questions.senses import Item, Sense, Sort

_COMPARATIVES = frozenset(
    {
        "more",
        "less",
        "cheaper",
        "dearer",
        "pricier",
        "costlier",
        "easier",
        "harder",
        "happier",
        "quicker",
        "who",
        "whose",
        "wie",
    }
)
RANKS = ("rank_highest", "rank_lowest", "rank_best", "rank_worst")
JOINTS = (",", "/", "&", "+")
_OWNERS = frozenset({"my", "mijn", "his", "her", "haar"})
_BEARING = frozenset({"with", "having", "has", "had", "have", "whose", "showing", "met"})
PASSED = (Sort.FRAMING, Sort.MEASURE)


def link_levels(items: Sequence[Item], catalog: Catalog) -> list[Item]:
    """Read "normal" in "normal vs high prio" as a value: an everyday word joined to a value of its dimension."""
    found = list(items)
    for at, item in enumerate(items):
        if item.sort is Sort.DIMENSION and (level := _level_of(items, at, catalog)) is not None:
            found[level] = _as_value(items[level], item.key)
    for at in (*range(len(found)), *reversed(range(len(found)))):  # a list is read from either end
        item = found[at]
        for step in (2, -2):
            other = found[at + step] if 0 <= at + step < len(found) else None
            joint = found[at + step // 2] if other is not None else None
            if other is None or joint is None or other.sort is not Sort.VALUE:
                continue
            dim = other.sense.values[0][0]
            is_value = dim in catalog.dimensions and item.words in catalog.values(dim)
            if (
                is_value
                and item.sort is not Sort.VALUE
                and (joint.is_operation("and", "or", "vs") or joint.key in JOINTS)
            ):
                found[at] = _as_value(item, dim)
    return found


def levels_of(items: Sequence[Item], dims: Iterable[str], catalog: Catalog) -> list[Item]:
    """Read "leave out low" as a value of a dimension that the thread is about, where nothing else is named."""
    found = list(items)
    if any(item.sort in (Sort.METRIC, Sort.DIMENSION) for item in items):
        return found
    for dim in dims:
        named = catalog.values(dim) if dim in catalog.dimensions else ()
        found = [_as_value(item, dim) if _is_level(item) and item.words in named else item for item in found]
    return found


def _level_of(items: Sequence[Item], at: int, catalog: Catalog) -> int | None:
    """Return where the everyday word stands that is a value of the dimension named before: "priority not low"."""
    dim = items[at].key
    before = items[at - 1] if at else None
    is_before = before is not None and _is_level(before) and dim in catalog.dimensions
    if before is not None and is_before and before.words in catalog.values(dim):  # "high severity"
        return at - 1
    for near in range(at + 1, min(at + 4, len(items))):
        item = items[near]
        if _is_level(item) and dim in catalog.dimensions and item.words in catalog.values(dim):
            return near if near > at + 1 else None
        if not (
            item.is_operation("not", "only") or item.key in (":", "=", "(") or item.words in ("is", "in", "equals")
        ):
            return None
    return None


def _is_level(item: Item) -> bool:
    return item.sort in (Sort.FRAMING, Sort.UNKNOWN, Sort.OPERATION, Sort.MEASURE)


def _as_value(item: Item, dim: str) -> Item:
    return replace(item, sense=Sense(Sort.VALUE, values=((dim, item.words),)), also=())


class Neighbours:
    """A row of items and the questions one asks about an item's surroundings."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items

    def _which(self, at: int) -> bool:
        """Whether "which" (or "what") stands before a dimension: "which three teams"."""
        for near, item in enumerate(self._items[at + 1 : at + 5], start=at + 1):
            if item.sort is Sort.DIMENSION:  # "where region = north" filters
                return self._items[at].words != "where" or not self._is_label(near, item.key)
            is_between = item.sort in (Sort.NUMBER, *PASSED) or item.is_operation(*RANKS)
            if not is_between or (
                item.sort in PASSED
                and item.words not in ("of", "our", "the", "of our", "of the", "are", "is", "were", "was")
            ):
                return False
        return False

    def _is_all_but(self, at: int) -> bool:
        """ "across all sites other than Utrecht": one figure of the rest."""
        words = [item.words for item in self._items[max(0, at - 2) : at]]
        after = self._items[at + 1] if at + 1 < len(self._items) else None
        return words[:1] == ["across"] and words[-1] == "all" and after is not None and after.is_operation("not")

    def _is_ranked(self, at: int) -> bool:
        """ "best three teams", "the ten slowest subjects"."""
        for item in reversed(self._items[max(0, at - 3) : at]):
            if item.is_operation(*RANKS) or item.sense.rank:
                return True
            if item.sort is not Sort.NUMBER and item.sort not in PASSED:
                return False
        return False

    def _bears_rank(self, at: int) -> bool:
        """ "topic with the highest reopen rate", "the team that has the best csat"."""
        words: list[str] = []
        for step, item in enumerate(self._items[at + 1 : at + 5]):
            if item.is_operation(*RANKS) or item.sense.rank:  # "site least transfers"
                return not step or bool(_BEARING & set(words))
            if item.sort not in PASSED and not item.is_operation("that", "which"):
                return False
            words += item.words.split(" ")
        return False

    def _opens_split(self, at: int) -> bool:
        after = self._next(at, skip_joints=False)
        return after is not None and (
            after.sort in (Sort.DIMENSION, Sort.GRAIN)
            or after.sort is Sort.NUMBER
            or after.is_operation("all", "which")
        )

    def _next(self, at: int, *, skip_joints: bool = True) -> Item | None:
        for item in self._items[at + 1 :]:
            if item.sort in PASSED or (skip_joints and (item.is_operation("and", "or") or item.key in JOINTS)):
                continue
            if item.is_operation("all") and not skip_joints:
                continue
            return item
        return None

    def _previous(self, at: int) -> Item | None:
        return next((item for item in reversed(self._items[:at]) if item.sort not in PASSED), None)

    def _is_joined(self, first: int, second: int) -> bool:
        between = self._items[min(first, second) + 1 : max(first, second)]
        return bool(between) and all(
            item.is_operation("and", "or", "vs") or item.key in JOINTS or item.sort in PASSED for item in between
        )

    def _is_against(self, first: int, second: int) -> bool:
        """ "customers on chat wait shorter than on the phone"."""
        return any(item.is_operation("vs") for item in self._items[min(first, second) + 1 : max(first, second)])

    def _labels(self, at: int) -> set[str]:
        """The dimensions named right beside an item, no mark between: "queue business, segment consumer"."""
        found = set()
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(self._items) and (
                self._items[near].sort is Sort.FRAMING
                or self._items[near].is_operation("not")
                or self._items[near].key in (":", "=")
            ):
                near += step
            if 0 <= near < len(self._items) and self._items[near].sort is Sort.DIMENSION:
                found.add(self._items[near].key)
        return found

    def _joined_values(self, at: int) -> list[Item]:
        """The certain values that "and", "or" or a comma join to the item: "care and business" are queues."""
        return [
            item
            for other, item in enumerate(self._items)
            if item.sort is Sort.VALUE and not item.sense.is_choice and other != at and self._is_joined(at, other)
        ]

    def _word_before(self, at: int) -> str:
        return self._items[at - 1].words.split(" ")[-1] if at > 0 else ""

    def _word_after(self, at: int) -> str:
        return self._items[at + 1].words.split(" ")[0] if at + 1 < len(self._items) else ""

    def _follows(self, at: int, *operations: str) -> bool:
        for item in reversed(self._items[max(0, at - 3) : at]):
            if item.is_operation(*operations):
                return True
            if (
                item.sort not in PASSED
                and item.sort is not Sort.NUMBER
                and not item.is_operation(*RANKS, "which", "and", "by", "all")
            ):
                return False
        return False

    def _near(self, at: int, sort: Sort) -> list[Item]:
        """The next item of content on either side, where it is of ``sort``."""
        found = [self._previous(at), self._next(at)]
        return [item for item in found if item is not None and item.sort is sort]

    def _is_label(self, at: int, dim: str) -> bool:
        """ "the care queue", "regions east and west", "router as the topic": the dimension only names its value."""
        if (self._follows(at, "by") or self._is_listed_behind_by(at)) and not any(
            item.sort is Sort.VALUE and self._carries(item, dim) for item in self._items[at + 1 : at + 2]
        ):
            return False
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(self._items):
                item = self._items[near]
                if item.sort is Sort.VALUE:
                    if self._carries(item, dim):
                        return True
                    if step == -1 and dim in ("team",) and self._dim(item) == "queue" and near == at - 1:
                        return True
                    break
                passes = item.sort is Sort.FRAMING and item.words in (
                    "the",
                    "as",
                    "as the",
                    "is",
                    "in",
                    "equals",
                    "to",
                    "of",
                    "and",
                    "named",
                    "called",
                )
                passes = (
                    passes
                    or item.key in (":", "=", "(", ",")
                    or (item.is_operation("not", "and", "or") and step == 1)
                    or item.is_operation("only")  # "with refunds as the only topics"
                )
                if not passes:
                    break
                near += step
        return False

    def _is_listed_behind_by(self, at: int) -> bool:
        """ "by team and channel, excluding the portal": the channel splits as the team does."""
        for item in reversed(self._items[:at]):
            if item.is_operation("by"):
                return True
            is_listed = item.sort is Sort.DIMENSION or item.is_operation("and") or item.key in JOINTS
            if not is_listed and item.sort not in PASSED:
                return False
        return False

    def _is_own(self, at: int) -> bool:
        """ "my queue", "my three teams", "our team's csat": whose, is not known here; "our regions" are all of them."""
        item = self._items[at]
        is_counted = at > 0 and self._items[at - 1].sort is Sort.NUMBER
        word = self._word_before(at - 1 if is_counted else at)
        is_plural = item.words.endswith("s") and not item.words.endswith("'s")
        is_ours = word in ("our", "onze", "ons") and item.key in ("team", "site", "queue")
        return word in _OWNERS or (is_ours and not is_plural)

    def _alternatives(self, *, is_comparative: bool) -> str:
        """Return the dimension whose values stand side by side: "higher in Porto or in Gdansk", "between A and B"."""
        compares = (
            is_comparative
            or self._asks_which()
            or any(_COMPARATIVES & set(item.words.split(" ")) for item in self._items)
        )
        values = [at for at, item in enumerate(self._items) if item.sort is Sort.VALUE and not item.sense.is_choice]
        for first, second in itertools.pairwise(values):
            dim = self._dim(self._items[first])
            if dim != self._dim(self._items[second]) or not self._is_joined(first, second):
                continue
            has_or = any(item.is_operation("or") for item in self._items[first + 1 : second])
            if self._word_before(first) == "between" or (compares and has_or):
                return dim
        return ""

    def _asks_which(self) -> bool:
        """ "..., which?": of the two just named."""
        for at, item in enumerate(self._items):
            after = self._next(at) if item.is_operation("which") and item.words in ("which", "welke") else item
            if after is None or (after is not item and (after.sort in (Sort.MARK, Sort.TIME) or after.words == "one")):
                return True
        return False

    def _carries(self, item: Item, dim: str) -> bool:
        return any(pair[0] == dim for sense in (item.sense, *item.also) for pair in sense.values)

    def _dim(self, item: Item) -> str:
        return item.sense.values[0][0] if item.sense.values else item.key

    def _is_before_number(self, at: int) -> bool:
        after = self._next(at)
        return after is not None and after.sort is Sort.NUMBER
