"""Fact tables, how they join, the measures taken on them, and the dimensions that cut them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from frontline.catalog.schema import Header
from frontline.catalog.yamlfile import Definition

UNKNOWN = "unknown"  # the label of rows in which a dimension is missing


class Join(Definition):
    """A many-to-one join: every local row meets at most one row of ``model``."""

    model: str
    keys: Mapping[str, str]  # local column -> column of the joined model


class FactModel(Definition):
    """A fact table. ``time`` is the column that decides in which period a row falls."""

    title: str
    key: str
    time: str | None
    joins: Mapping[str, Join] = {}
    columns: tuple[str, ...]


class Condition(Definition):
    """One test on a column, or a choice of tests (``any_of``). ``not_in`` lets a missing value through."""

    column: str = ""
    among: tuple[str, ...] | None = None
    not_in: tuple[str, ...] | None = None
    equals: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    is_null: bool | None = None
    is_true: bool | None = None  # false: false or missing
    is_false: bool | None = None  # false: true or missing
    not_after: str | None = None  # another column: this one lies at or before it
    any_of: tuple[Condition, ...] = ()
    all_of: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        tests: list[object] = [self.among, self.not_in, self.at_least, self.at_most, self.is_null, self.not_after]
        tests += [self.is_true, self.is_false, self.equals, self.above]
        given = sum(test is not None for test in tests)
        if self.any_of or self.all_of:
            if given or self.column or (self.any_of and self.all_of):
                raise ValueError("any_of and all_of stand alone")
        elif given != 1 or not self.column:
            raise ValueError("needs a column and exactly one test")
        return self


class Aggregate(StrEnum):
    """How rows become a number."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    NET = "net"  # rows that meet ``plus`` less rows that meet ``less``
    PERCENTILE = "percentile"


class Measure(Definition):
    """A number taken over the rows of one model."""

    model: str
    aggregate: Aggregate
    column: str = ""
    minus: str = ""  # seconds from this instant column to ``column``
    where: tuple[Condition, ...] = ()
    plus: tuple[Condition, ...] = ()
    less: tuple[Condition, ...] = ()
    percentile: float = Field(default=0.5, gt=0, lt=1)

    @model_validator(mode="after")
    def _has_column(self) -> Measure:
        if self.aggregate is not Aggregate.COUNT and not self.column:
            raise ValueError(f"{self.aggregate} needs a column")
        return self


class Value(Definition):
    """One value of a dimension as the facts hold it, with the word that people read."""

    key: str
    label: str = ""


class Dimension(Header):
    """What a metric can be cut by.

    ``columns`` tells per model where the value stands: a column, a path through joins (``agents.teams.name``), or a
    constant (``=portal``). Several paths are tried in order, row by row.
    """

    values: tuple[Value, ...] = ()
    is_person: bool = False
    folds_case: bool = False  # the facts hold the word in its own spelling (team names)
    columns: Mapping[str, tuple[str, ...]]

    @field_validator("values", mode="before")
    @classmethod
    def _words(cls, values: Any) -> Any:
        return [{"key": value} if isinstance(value, str) else value for value in values]

    @field_validator("columns", mode="before")
    @classmethod
    def _paths(cls, columns: Any) -> Any:
        return {model: [path] if isinstance(path, str) else path for model, path in columns.items()}

    def canonical(self, word: str) -> str:
        """Return the catalog's spelling of ``word`` (case and underscore never matter), or the folded word."""
        return self._by_fold(word) or fold(word)

    def spelled(self, word: str) -> str:
        """Return the catalog's spelling of a value of the facts, or the value as it stands there."""
        return self._by_fold(word) or word

    def label_of(self, value: object) -> str:
        """Return a value of the facts as people read it; one that the catalog does not list as it stands there."""
        if value is None or value == UNKNOWN:
            return "not known"
        known = next((item for item in self.values if item.key == value), None)
        return (known.label or known.key) if known else str(value)

    def _by_fold(self, word: str) -> str | None:
        folded = fold(word)
        return next((value.key for value in self.values if fold(value.key) == folded), None)


class ModelsFile(Definition):
    """models.yaml."""

    models: Mapping[str, FactModel]
    measures: Mapping[str, Measure]


class DimensionsFile(Definition):
    """dimensions.yaml."""

    dimensions: Mapping[str, Dimension]


Direction = Literal["higher", "lower", "none"]


def fold(word: str) -> str:
    """Return ``word`` in the spelling in which values are compared."""
    return " ".join(word.replace("_", " ").lower().split())
