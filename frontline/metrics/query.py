"""The typed question and the typed answer. Nothing else computes a number that a person sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from frontline.core.periods import Grain, Period
from frontline.metrics.relative import Relative


class Kind(StrEnum):
    """What is asked of the metric."""

    LOOKUP = "lookup"
    TREND = "trend"
    COMPARISON = "comparison"
    RANKING = "ranking"
    WHY = "why"
    FORECAST = "forecast"
    TARGET = "target"


class Filter(BaseModel):
    """``dim`` is one of ``values`` (or none of them)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dim: str
    op: Literal["in", "not_in"] = "in"
    values: tuple[str, ...]


class Span(BaseModel):
    """Local dates, ``end`` exclusive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if not self.start < self.end:
            raise ValueError("start must come before end")
        return self

    @property
    def period(self) -> Period:
        """The same span as a core period."""
        return Period(self.start, self.end)


class PeriodSpec(Span):
    """A span with the grain of the series, where one is asked; ``moves`` where "last week" was said, and no dates."""

    grain: Grain | None = None
    moves: Relative | None = None


class MetricQuery(BaseModel):
    """(metric, filters, breakdown, period, comparison): see the JSON of an answer in docs/answers.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = Kind.LOOKUP
    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    period: PeriodSpec
    compare: Literal["previous", "last_year"] | Span | None = None
    order: Literal["desc", "asc"] | None = None
    limit: int | None = None
    pins: tuple[str, ...] = ()  # "recontact_rate@2": answered by that version of the definition

    def as_json(self) -> dict[str, Any]:
        """Return the public JSON form (dates as ISO strings, tuples as lists); ``pins`` only where there are any."""
        return self.model_dump(mode="json", exclude={"period": {"moves"}, **({} if self.pins else {"pins": True})})

    def as_state(self) -> dict[str, Any]:
        """Return the form in which it is kept and travels in a button: also how its period was meant."""
        said, moves = self.as_json(), self.period.moves
        return said if moves is None else {**said, "period": {**said["period"], "moves": moves.model_dump(mode="json")}}


# What a value is made of, numerator and denominator as summed; no denominator where it is no ratio.
Fraction = tuple[float | int | None, float | int | None]


@dataclass(frozen=True)
class Stamp:
    """What makes a number checkable: which definition, on which data, over how many."""

    metric: str
    version: str  # "3"
    definition_hash: str
    label: str
    window: Period
    zone: str
    n: int | None  # None: too few behind it to say
    as_of: dt.datetime | None  # watermark of the data
    generation: str
    coverage: Mapping[str, float] = field(default_factory=dict)  # e.g. {"identified callers": 0.47}
    notes: Sequence[str] = ()  # e.g. "25-31 July left out: younger than the 7-day window"


@dataclass(frozen=True)
class MetricResult:
    """Rows in the interface's column order: ``by`` dimensions, ``period`` | ``window``, then value and n per metric.

    ``suppressed`` holds [row, column] of cells hidden for small n or as complements. Shares 0-1, nps -100..100,
    durations seconds, money in the catalog's currency. ``parts``: per row and metric what a
    shown value is made of. ``min_n``: how many had to stand behind each figure for this viewer.
    """

    query: MetricQuery
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    suppressed: tuple[tuple[int, int], ...]
    stamps: tuple[Stamp, ...]
    compare_period: Period | None = None
    is_unfinished: bool = False
    warnings: tuple[str, ...] = ()
    parts: tuple[tuple[Fraction, ...], ...] = ()
    min_n: int = 0
    statements: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def sql(self) -> tuple[str, ...]:
        """The SQL of every metric and window, written out when it is looked at."""
        return self.statements()
