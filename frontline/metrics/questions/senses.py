"""What a stretch of words can mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from frontline.metrics.questions.moments import When


class Sort(StrEnum):
    """The part a sense plays in a question."""

    METRIC = "metric"
    DIMENSION = "dimension"
    VALUE = "value"
    TIME = "time"
    GRAIN = "grain"
    NUMBER = "number"
    OPERATION = "operation"
    MEASURE = "measure"
    FRAMING = "framing"
    MARK = "mark"
    UNKNOWN = "unknown"


# Key of an unknown word where only a noun of the figure can stand ("by manager").
IN_NOUN_PLACE = "noun"


@dataclass(frozen=True)
class Sense:
    """One meaning of a phrase.

    ``keys``: metric keys (several = ambiguous), a dimension, an operation, or the text of a mark. ``values`` are
    (dimension, value) pairs; with ``is_choice`` only one of them is meant. ``is_soft`` words step back beside a metric
    of their own, ``is_counted`` ones (cases, calls) beside any.
    """

    sort: Sort
    keys: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    is_choice: bool = False
    is_soft: bool = False
    is_counted: bool = False
    rank: str = ""
    number: int = 0
    when: When | None = None

    @property
    def key(self) -> str:
        """The only key."""
        return self.keys[0] if self.keys else ""


# What a remark is turned into.
ASIDE = Sense(Sort.FRAMING, ("aside",))


@dataclass(frozen=True)
class Item:
    """A sense found at tokens ``start`` to ``end`` (exclusive), with the words as typed."""

    sense: Sense
    start: int
    end: int
    words: str = ""
    also: tuple[Sense, ...] = field(default=())

    @property
    def sort(self) -> Sort:
        """The sort of the first sense."""
        return self.sense.sort

    @property
    def key(self) -> str:
        """The key of the first sense."""
        return self.sense.key

    @property
    def is_hard(self) -> bool:
        """Whether the words name a metric and nothing else."""
        return self.sort is Sort.METRIC and not self.sense.is_soft

    def is_operation(self, *names: str) -> bool:
        """Whether one of the senses is the operation of one of these names."""
        return any(sense.sort is Sort.OPERATION and sense.key in names for sense in (self.sense, *self.also))

    def sense_of(self, sort: Sort) -> Sense | None:
        """The sense of that sort, where there is one."""
        return next((sense for sense in (self.sense, *self.also) if sense.sort is sort), None)


def clauses_of(items: Sequence[Item], *, ends: str = ",.;:!?()-") -> list[tuple[int, int]]:
    """Return the stretches of ``items`` between the marks ``ends``, as (start, end)."""
    found, start = [], 0
    for at, item in enumerate(items):
        if item.sort is Sort.MARK and item.key in ends:
            if at > start:
                found.append((start, at))
            start = at + 1
    if start < len(items):
        found.append((start, len(items)))
    return found
