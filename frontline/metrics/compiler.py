"""MetricQuery -> one SELECT per metric and slice, of the same shape for every kind of metric.

Columns: ``d0``.. (the breakdown), ``bucket`` (series only), ``num``, ``den`` (null where there is none) and ``n``, the
rows behind the cell. The value is num / den * scale, or num alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.elements import KeyedColumnElement

from frontline.catalog.lint import columns_of
from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import Aggregate, Measure
from frontline.core.errors import NotFound
from frontline.core.periods import Grain, units
from frontline.metrics.dialects import ONE, Expression, Hooks, bucket, local_offset, naive
from frontline.metrics.query import Filter
from frontline.metrics.sources import FilledView, Rows, all_of
from frontline.metrics.together import Together
from frontline.metrics.windows import Bucket, Slice, buckets


@dataclass(frozen=True)
class LoadedSpan:
    """Contiguous loaded days of a table in UTC; data after ``end`` are not there (yet)."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Scope:
    """What compiling needs to know besides the question."""

    catalog: Catalog
    filled: FilledView
    hooks: Hooks
    zone: ZoneInfo
    now: dt.datetime
    generation: str
    spans: Callable[[str], Sequence[LoadedSpan]]
    watermark: Callable[[str], dt.datetime | None]
    literal: Mapping[str, sa.FromClause] = field(default_factory=dict)  # in the place of a fact table (``live``)
    recorded: Scope | None = None  # the same scope without the live readings, for what was before
    together: Together | None = None  # what is asked beside it, to be read from the same rows at once

    def rows(self, model: str, source: sa.FromClause | None = None) -> Rows:
        """Return a FROM clause over ``model`` (or over ``source`` with the same columns)."""
        return Rows(self.catalog, self.filled, model, self.literal.get(model) if source is None else source)


@dataclass(frozen=True)
class Ask:
    """One metric over one slice."""

    key: str
    metric: Metric
    piece: Slice
    by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    grain: Grain | None = None
    sets: tuple[tuple[int, ...], ...] = ()  # several breakdowns in one statement, each as places in ``by``


Builder = Callable[[Scope, Ask], "sa.Select[tuple[object, ...]]"]
Outer = tuple[Expression, Expression, Expression]  # num, den, n over the rows


def compile_measures(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Compile a simple metric or a ratio: flags per row, summed outside."""
    rows = scope.rows(ask.metric.model)
    measures = scope.catalog.measures
    placed = ""
    if ask.metric.kind is MetricKind.SIMPLE:
        measure = measures[ask.metric.measure]
        values = {"a": _value(scope, measure, rows)}
        conditions = [*all_of(measure.where, rows.column)]
        numerator = aggregate(scope, measure, sa.column("a"))
        outer: Outer = (numerator, sa.null(), sa.func.count(sa.column("a")))
        if measure.aggregate is Aggregate.PERCENTILE:
            placed = "a"
    else:
        above, below = measures[ask.metric.numerator], measures[ask.metric.denominator]
        values = {"a": _flagged(scope, above, rows), "b": _flagged(scope, below, rows)}
        conditions = []
        denominator = aggregate(scope, below, sa.column("b"))
        outer = (aggregate(scope, above, sa.column("a")), denominator, denominator)
    return grouped(scope, ask, rows, time_of(scope, ask.metric), values, outer, conditions, placed=placed)


def grouped(
    scope: Scope,
    ask: Ask,
    rows: Rows,
    time: str,
    values: Mapping[str, Expression],
    outer: Outer,
    conditions: Sequence[Expression] = (),
    *,
    placed: str = "",
) -> sa.Select[tuple[object, ...]]:
    """Return ``outer`` (num, den, n) over ``values`` of the rows in the slice, by breakdown and bucket.

    The inner SELECT names every expression once: two copies of one date_trunc would not meet in GROUP BY. ``placed``
    names the value of which ``outer`` takes a percentile.
    """
    instant = rows.column(time)
    names = [f"d{at}" for at in range(len(ask.by))]
    inner = [rows.dimension(key).label(name) for key, name in zip(ask.by, names, strict=True)]
    if ask.grain is not None:
        inner.append(_bucket(scope, instant, ask.piece, ask.grain).label("bucket"))
        names.append("bucket")
    inner += [expression.label(name) for name, expression in values.items()]
    tests = [instant >= naive(ask.piece.start), instant < naive(ask.piece.end), *conditions]
    tests += [*all_of(ask.metric.where, rows.column), *rows.where(ask.filters)]
    seen: sa.FromClause = sa.select(*inner).select_from(rows.from_clause).where(*tests).subquery("seen")
    if placed:
        seen = scope.hooks.placed(seen, names, placed)
    return select_cells(seen, names, outer, ask.sets)


def select_cells(
    source: sa.FromClause, names: Sequence[str], outer: Outer, sets: Sequence[Sequence[int]] = ()
) -> sa.Select[tuple[object, ...]]:
    """Return num, den and n of ``source`` grouped by ``names``.

    With ``sets`` (places in ``names``) once by each of them in one pass over the rows: the column ``left_out`` before
    the cells has a bit for every name, the last name the lowest, that is 1 where a row is not grouped by it.
    """
    cells = [expression.label(name) for name, expression in zip(("num", "den", "n"), outer, strict=True)]
    keys = [source.c[name] for name in names]
    if not sets:
        return sa.select(*keys, *cells).select_from(source).group_by(*keys)
    groups = sa.func.grouping_sets(*(sa.tuple_(*(keys[at] for at in places)) for places in sets))
    return sa.select(*keys, sa.func.grouping(*keys).label("left_out"), *cells).select_from(source).group_by(groups)


def aggregate(scope: Scope, measure: Measure, value: KeyedColumnElement[Any]) -> Expression:
    """Return the aggregate of ``measure`` over the per-row ``value``."""
    match measure.aggregate:
        case Aggregate.COUNT:
            return sa.func.count(value)
        case Aggregate.SUM | Aggregate.NET:
            return sa.func.sum(value)
        case Aggregate.MIN:
            return sa.func.min(value)
        case Aggregate.MAX:
            return sa.func.max(value)
        case Aggregate.DISTINCT:
            return sa.func.count(sa.distinct(value))
        case Aggregate.PERCENTILE:
            return scope.hooks.percentile(value, measure.percentile)


def measured(scope: Scope, measure: Measure, rows: Rows) -> Expression:
    """Return the per-row value of ``measure``, null for rows that it does not take."""
    return _flagged(scope, measure, rows)


def time_of(scope: Scope, metric: Metric) -> str:
    """Return the time column of a metric."""
    time = metric.time or scope.catalog.models[metric.model].time
    assert time is not None  # the linter faults a metric without one
    return time


def bucket_table(found: Sequence[Bucket], name: str = "units") -> sa.FromClause:
    """Return the units of a series as literal rows (label, starts, ends), for joins on ranges."""
    label, starts, ends = (
        sa.column("label", sa.String),
        sa.column("starts", sa.DateTime),
        sa.column("ends", sa.DateTime),
    )
    rows = [(item.label, naive(item.start), naive(item.end)) for item in found]
    # A CTE: SQLite names the columns of literal rows only there.
    return sa.values(label, starts, ends).data(rows).cte(name)


def slice_buckets(scope: Scope, ask: Ask) -> list[Bucket]:
    """Return the units of the series, or the slice as the only one."""
    if ask.grain is None:
        return [Bucket("", ask.piece.start, ask.piece.end)]
    return buckets(ask.piece, ask.grain, scope.zone)


def require_data(scope: Scope, key: str, metric: Metric) -> None:
    """Raise where the table or a column that the metric needs holds nothing.

    Raises:
        NotFound: says what to load. Never a zero for something that was not measured.
    """
    model = scope.catalog.models[metric.model]
    missing = [name for name in needed_columns(scope.catalog, metric) if not _any_filled(scope, metric.model, name)]
    if scope.filled.rows(metric.model) == 0:
        missing = [model.title]
    if missing:
        what = ", ".join(name.replace("|", " or ") for name in missing)
        unlocks = metric.unlocks or f"load {metric.model} with {what}"
        raise NotFound(
            f"There are no data for {metric.title.lower()}: {what} is missing.",
            next_step=f"{unlocks[0].upper()}{unlocks[1:]}, then ask again.",
        )


def needed_columns(catalog: Catalog, metric: Metric) -> tuple[str, ...]:
    """Return the columns without which a metric says nothing (``a|b``: one of them is enough)."""
    if metric.requires:
        return metric.requires
    names: dict[str, None] = {}
    for name in (metric.measure, metric.numerator, metric.denominator):
        measure = catalog.measures.get(name)
        if measure is not None:
            read = [measure.column, measure.minus, *(part for item in measure.where for part in columns_of(item))]
            names |= dict.fromkeys(column for column in read if column and column not in ("queued", "scale_max"))
    return tuple(names)


def _any_filled(scope: Scope, model: str, names: str) -> bool:
    return any(scope.filled.of(model, name) for name in names.split("|"))


def _named_unit(scope: Scope, instant: Expression, piece: Slice, grain: Grain) -> Expression:
    """Return the first day of the fiscal unit: engines cut calendar years alone, and these are few."""
    found = buckets(piece, grain, scope.zone)
    labels = [sa.literal_column(f"'{item.label}'", sa.String) for item in found]
    whens = [(instant < naive(item.end), label) for item, label in zip(found[:-1], labels, strict=False)]
    return sa.case(*whens, else_=labels[-1]) if whens else labels[-1]


def _bucket(scope: Scope, instant: Expression, piece: Slice, grain: Grain) -> Expression:
    if grain in (Grain.QUARTER, Grain.YEAR) and units().first_month != 1:
        return _named_unit(scope, instant, piece, grain)
    offset = local_offset(instant, scope.zone, start=piece.start, end=piece.end)
    return bucket(scope.hooks, instant, grain, offset=offset)


def _flagged(scope: Scope, measure: Measure, rows: Rows) -> Expression:
    value = _value(scope, measure, rows)
    if not measure.where:
        return value
    return sa.case((sa.and_(*all_of(measure.where, rows.column)), value))


def _value(scope: Scope, measure: Measure, rows: Rows) -> Expression:
    if measure.aggregate is Aggregate.COUNT:
        return ONE
    if measure.aggregate is Aggregate.NET:
        plus = sa.and_(*all_of(measure.plus, rows.column))
        less = sa.and_(*all_of(measure.less, rows.column))
        return sa.case((plus, ONE), (less, sa.literal_column("-1")), else_=sa.literal_column("0"))
    column = rows.column(measure.column)
    return scope.hooks.seconds_between(column, rows.column(measure.minus)) if measure.minus else column
