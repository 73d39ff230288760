"""What the slot grammar has understood so far, before it becomes a query."""

from __future__ import annotations

from dataclasses import dataclass, field

from frontline.core.periods import Grain
from frontline.metrics.questions.moments import When
from frontline.metrics.questions.senses import Item

Pair = tuple[str, str]


@dataclass
class Pick:
    """Values of one dimension, wanted or (``is_out``) unwanted; ``choices`` where the word says several things."""

    dim: str
    values: list[str]
    is_out: bool = False
    choices: tuple[Pair, ...] = ()
    words: str = ""


@dataclass
class Draft:
    """Slots. ``metrics`` holds one tuple per metric named, with several keys where the words are ambiguous."""

    metrics: list[tuple[str, ...]] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    loose_dims: list[str] = field(default_factory=list)  # "all tiers", in a thread: drop the filter
    periods: list[When] = field(default_factory=list)
    compare: str | When | None = None  # "previous", "last_year", or a period
    compare_unit: Grain | None = None  # "week on week"
    grain: Grain | None = None
    rank: str = ""  # highest, lowest, best, worst, or "order" for "rank the teams"
    limit: int | None = None
    versus: str = ""  # the dimension whose values are compared
    wants: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # understood, but not to be answered as it stands
    never: str = ""  # the sentence that there is no such date
    part_of_day: str = ""  # "this morning": the figure of the whole day can only be offered
    extreme: Grain | None = None  # "the busiest hour": a series can only be offered
    shared: bool = False  # a share of a volume: the counts side by side can only be offered
    own_dims: list[str] = field(default_factory=list)  # "my team": whose, is not known
    uncoordinated: bool = False  # two metrics that nothing joins
    has_which: bool = False
    words: tuple[Item, ...] = ()

    @property
    def has_content(self) -> bool:
        """Whether anything at all was understood."""
        return bool(self.metrics or self.picks or self.by or self.periods or self.compare or self.grain or self.rank)

    def pick(self, dim: str, value: str, *, is_out: bool, choices: tuple[Pair, ...] = (), words: str = "") -> None:
        """Add a value to the slot of its dimension."""
        if choices:
            self.picks.append(Pick(dim, [value], is_out, choices, words))
            return
        for pick in self.picks:
            if pick.dim == dim and pick.is_out == is_out and not pick.choices:
                if value not in pick.values:
                    pick.values.append(value)
                return
        self.picks.append(Pick(dim, [value], is_out, (), words))
