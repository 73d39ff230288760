"""The facts as the compiler sees them: tables, what is filled in them, and joins made when a path needs one."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_models import UNKNOWN, Condition, fold
from frontline.core.errors import NotFound, UsageError
from frontline.metrics.dialects import Expression
from frontline.metrics.query import Filter

Made = TypeVar("Made")


class FactsSource(Protocol):
    """Where facts come from (``frontline.store.generations.Facts``)."""

    @property
    def generation(self) -> str:
        """The id of the current generation."""
        ...

    def connect(self) -> AbstractContextManager[Connection]:
        """Return a read-only connection to the current generation."""
        ...

    def watermark(self, table: str) -> dt.datetime | None:
        """Return the newest instant of ``table`` (aware), or None."""
        ...


class Memo:
    """What is true of a whole generation, worked out once. Another generation forgets the one before."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def recall(self, generation: str, kind: str, name: str, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives, made at most once per generation (twice if two threads meet)."""
        key = (generation, kind, name)
        with self._lock:
            if key in self._known:
                known: Made = self._known[key]
                return known
        made = make()
        with self._lock:
            self._known = {old: value for old, value in self._known.items() if old[0] == generation}
            self._known[key] = made
        return made


def count_filled(catalog: Catalog, connection: Connection, table: str) -> Mapping[str, int]:
    """Return how many rows hold every column of ``table``; the key "" is the number of rows."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(table):
        return {"": 0}
    present = {column["name"] for column in inspector.get_columns(table)}
    wanted = [name for name in catalog.models[table].columns if name in present]
    counts = [sa.func.count().label("_rows"), *(sa.func.count(sa.column(name)).label(name) for name in wanted)]
    row = connection.execute(sa.select(*counts).select_from(sa.table(table))).one()
    return {"" if name == "_rows" else name: int(count) for name, count in row._mapping.items()}


class FilledView:
    """How many rows hold what, in one generation."""

    def __init__(self, read: Callable[[str], Mapping[str, int]]) -> None:
        self._read = cache(read)

    def counts(self, table: str) -> Mapping[str, int]:
        """Return how many rows hold every column of ``table``; the key "" is the number of rows."""
        return self._read(table)

    def rows(self, table: str) -> int:
        """Return the number of rows."""
        return self._read(table).get("", 0)

    def of(self, table: str, column: str) -> int:
        """Return how many rows hold ``column``."""
        return self._read(table).get(column, 0)

    def is_full(self, table: str, column: str) -> bool:
        """Whether every row holds ``column``."""
        return 0 < self.rows(table) == self.of(table, column)


class Rows:
    """A FROM clause under construction: one fact table, and the joins that paths have asked for."""

    def __init__(self, catalog: Catalog, filled: FilledView, model: str, source: sa.FromClause | None = None) -> None:
        self.model = model
        self._catalog = catalog
        self._filled = filled
        base = source if source is not None else fact_table(catalog, model)
        self._aliases: dict[str, sa.FromClause] = {"": base}
        self.from_clause: sa.FromClause = base

    def column(self, path: str) -> Expression:
        """Return the column at ``path`` (``agents.teams.name``), joining what leads there."""
        *joins, name = path.split(".")
        prefix, model = "", self.model
        for step in joins:
            join = self._catalog.models[model].joins[step]
            before, prefix = prefix, f"{prefix}.{step}" if prefix else step
            if prefix not in self._aliases:
                other = fact_table(self._catalog, join.model).alias(prefix.replace(".", "_"))
                near = self._aliases[before]
                on = sa.and_(*(near.c[local] == other.c[remote] for local, remote in join.keys.items()))
                self._aliases[prefix] = other
                self.from_clause = self.from_clause.outerjoin(other, on)
            model = join.model
        return self._aliases[prefix].c[name]

    def dimension(self, key: str) -> Expression:
        """Return the value of a dimension, row by row the first of its paths that has one.

        Raises:
            UsageError: the model does not carry the dimension.
            NotFound: nothing is loaded on any of its paths.
        """
        dimension = self._catalog.dimensions[key]
        title = self._catalog.models[self.model].title
        if self.model not in dimension.columns:
            raise UsageError(
                f"{title.capitalize()} cannot be cut by {dimension.title.lower()}.",
                next_step="Ask without it, or for another metric.",
            )
        paths = dimension.columns[self.model]
        usable = [path for path in paths if path.startswith("=") or self._count(path)]
        if not usable:
            raise NotFound(
                f"No {dimension.title.lower()} is recorded for {title}.",
                next_step=f"Load {' or '.join(paths)} to unlock figures by {dimension.title.lower()}.",
            )
        for at, path in enumerate(usable):
            if path.startswith("=") or self._is_complete(path):
                usable = usable[: at + 1]
                break
        parts = [sa.literal(path[1:]) if path.startswith("=") else self.column(path) for path in usable]
        return parts[0] if len(parts) == 1 else sa.func.coalesce(*parts)

    def has(self, key: str) -> bool:
        """Whether the facts hold anything on a path of a dimension."""
        paths = self._catalog.dimensions[key].columns.get(self.model, ())
        return any(path.startswith("=") or self._count(path) for path in paths)

    def where(self, filters: Iterable[Filter]) -> list[Expression]:
        """Return the tests of ``filters``; values in any case, ``unknown`` for rows without one."""
        return [self._filter(item) for item in filters]

    def _filter(self, item: Filter) -> Expression:
        dimension = self._catalog.dimensions[item.dim]
        value = self.dimension(item.dim)
        words = [fold(word.removeprefix("@")) for word in item.values]
        known = [word for word in words if word != UNKNOWN]
        # A person is named by handle or by id; anything else only by the word that is shown.
        named = [self.column(path) for path in dimension.columns[self.model]] if dimension.is_person else [value]
        tests: list[Expression] = [
            (sa.func.lower(name) if dimension.folds_case else name).in_(known) for name in named if known
        ]
        if UNKNOWN in words:
            tests.append(value.is_(None))
        inside = sa.or_(*tests)
        # A row without a value is not one of the excluded ones, unless "unknown" was excluded.
        return inside if item.op == "in" else sa.func.coalesce(sa.not_(inside), sa.true())

    def _count(self, path: str) -> int:
        """Return how many rows hold the last column of ``path``, 0 when any key on the way is empty."""
        model = self.model
        *joins, name = path.split(".")
        least = self._filled.rows(model)
        for step in joins:
            join = self._catalog.models[model].joins[step]
            least = min(least, *(self._filled.of(model, local) for local in join.keys))
            model = join.model
        return min(least, self._filled.of(model, name))

    def _is_complete(self, path: str) -> bool:
        """Whether every row surely has a value there (only known for columns of the table itself)."""
        return "." not in path and self._filled.is_full(self.model, path)


def fact_table(catalog: Catalog, model: str) -> sa.TableClause:
    """Return the table of ``model`` with its catalog columns."""
    return sa.table(model, *(sa.column(name) for name in catalog.models[model].columns))


def meets(condition: Condition, column: Callable[[str], Expression]) -> Expression:
    """Return a catalog condition as SQL. A missing value fails every test but ``not_in`` and the null tests."""
    if condition.any_of:
        return sa.or_(*(meets(part, column) for part in condition.any_of))
    if condition.all_of:
        return sa.and_(*(meets(part, column) for part in condition.all_of))
    value = column(condition.column)
    if condition.among is not None:
        return value.in_(condition.among)
    if condition.not_in is not None:
        return sa.or_(value.is_(None), value.not_in(condition.not_in))
    if condition.equals is not None:
        return value == sa.literal(condition.equals)
    if condition.at_least is not None:
        return value >= sa.literal(condition.at_least)
    if condition.at_most is not None:
        return value <= sa.literal(condition.at_most)
    if condition.above is not None:
        return value > sa.literal(condition.above)
    if condition.is_null is not None:
        return value.is_(None) if condition.is_null else value.is_not(None)
    if condition.is_true is not None:
        return value.is_(sa.true()) if condition.is_true else sa.func.coalesce(value, sa.false()).is_(sa.false())
    if condition.is_false is not None:
        return value.is_(sa.false()) if condition.is_false else sa.func.coalesce(value, sa.true()).is_(sa.true())
    assert condition.not_after is not None
    return value <= column(condition.not_after)


def all_of(conditions: Iterable[Condition], column: Callable[[str], Expression]) -> list[Expression]:
    """Return the tests of several conditions."""
    return [meets(condition, column) for condition in conditions]


def label_of(catalog: Catalog, dimension: str, value: Any) -> str:
    """Return the catalog's word for a value of the facts."""
    return UNKNOWN if value is None else catalog.dimensions[dimension].spelled(str(value))
