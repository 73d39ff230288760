"""The shapes that no simple aggregate gives: open at the end, the newest reading, lost of those there, staffed time."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from frontline.metrics.compiler import (
    Ask,
    Scope,
    aggregate,
    bucket_table,
    grouped,
    measured,
    select_cells,
    slice_buckets,
    time_of,
)
from frontline.metrics.dialects import ONE, Expression, naive
from frontline.metrics.sources import Rows

# Two plain inequalities join by ranges; an OR with IS NULL makes DuckDB compare every row with every unit.
ALWAYS = naive(dt.datetime(1, 1, 2, tzinfo=dt.UTC))
NEVER = naive(dt.datetime(9999, 1, 1, tzinfo=dt.UTC))


def compile_snapshot(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Count the rows that are open at the end of the slice (a series is made of it by ``compile_changes``)."""
    assert ask.metric.snapshot is not None
    rows = scope.rows(ask.metric.model)
    opens, closes = rows.column(ask.metric.snapshot.opens), rows.column(ask.metric.snapshot.closes)
    names, inner = _breakdown(rows, ask)
    end = naive(ask.piece.end)
    is_open = [opens < end, sa.func.coalesce(closes, NEVER) >= end, *rows.where(ask.filters)]
    seen = sa.select(*inner, ONE.label("a")).select_from(rows.from_clause).where(*is_open).subquery("seen")
    return select_cells(seen, names, (sa.func.count(), sa.null(), sa.func.count()), ask.sets)


def compile_changes(scope: Scope, ask: Ask) -> tuple[sa.Select[tuple[object, ...]], sa.Select[tuple[object, ...]]]:
    """Count the rows opened and the rows closed in each unit of a series: open at the end of a unit is open at the
    start, plus what opened, less what closed. A join of every row with every later unit would be quadratic."""
    spec = ask.metric.snapshot
    assert spec is not None
    outer = (sa.func.count(), sa.null(), sa.func.count())
    opened, closed = scope.rows(ask.metric.model), scope.rows(ask.metric.model)
    return (
        grouped(scope, ask, opened, spec.opens, {}, outer),
        grouped(scope, ask, closed, spec.closes, {}, outer),
    )


def compile_latest(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Aggregate the newest reading of every place; older readings say nothing about now."""
    latest = ask.metric.latest
    assert latest is not None
    rows = scope.rows(ask.metric.model)
    names, inner = _breakdown(rows, ask)
    instant = rows.column(time_of(scope, ask.metric))
    measure = scope.catalog.measures[ask.metric.measure]
    rank = sa.func.row_number().over(partition_by=[rows.column(name) for name in latest.per], order_by=instant.desc())
    newest = ask.piece.end - dt.timedelta(minutes=latest.stale_minutes)
    ranked = (
        sa.select(*inner, measured(scope, measure, rows).label("a"), rank.label("place"))
        .select_from(rows.from_clause)
        .where(instant <= naive(ask.piece.end), instant > naive(newest), *rows.where(ask.filters))
        .subquery("ranked")
    )
    seen = sa.select(*ranked.c).where(ranked.c.place == 1).subquery("seen")
    value = aggregate(scope, measure, seen.c.a)
    return select_cells(seen, names, (value, sa.null(), sa.func.count(seen.c.a)))


def compile_cohort(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Count the customers lost in each unit, of those there at its start."""
    rows = scope.rows(ask.metric.model)
    since, lost = rows.column("signup_at"), rows.column("churned_at")
    names, inner = _breakdown(rows, ask)
    units = bucket_table(slice_buckets(scope, ask))
    source = _with_buckets(rows, ask, names, inner)
    there = sa.and_(
        sa.func.coalesce(since, ALWAYS) < units.c.starts,
        sa.func.coalesce(lost, NEVER) >= units.c.starts,
    )
    values = [sa.case((lost < units.c.ends, ONE)).label("a"), *_bucket_column(ask, units)]
    joined = source.join(units, there)
    seen = sa.select(*inner, *values).select_from(joined).where(*rows.where(ask.filters)).subquery("seen")
    count = sa.func.count()
    return select_cells(seen, names, (sa.func.count(seen.c.a), count, count))


def compile_state_time(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Divide the seconds in some states by those in all staffed states, cut to the slice and its units."""
    spec = ask.metric.state_time
    assert spec is not None
    rows = scope.rows(ask.metric.model)
    starts, ends, state = (rows.column(name) for name in (spec.starts, spec.ends, spec.column))
    names, inner = _breakdown(rows, ask)
    units = bucket_table(slice_buckets(scope, ask))
    source = _with_buckets(rows, ask, names, inner)
    still = sa.func.coalesce(ends, naive(scope.now))  # a state without an end is the one of now
    last = sa.case((still < units.c.ends, still), else_=units.c.ends)
    first = sa.case((starts > units.c.starts, starts), else_=units.c.starts)
    seconds = scope.hooks.seconds_between(last, first)
    values = [sa.case((state.in_(spec.numerator), seconds)).label("a"), seconds.label("b"), *_bucket_column(ask, units)]
    overlap = sa.and_(starts < units.c.ends, still > units.c.starts)
    tests = [
        starts < naive(ask.piece.end),
        still > naive(ask.piece.start),
        state.in_(spec.denominator),
        *rows.where(ask.filters),
    ]
    seen = sa.select(*inner, *values).select_from(source.join(units, overlap)).where(*tests).subquery("seen")
    return select_cells(seen, names, (sa.func.sum(seen.c.a), sa.func.sum(seen.c.b), sa.func.count()), ask.sets)


def _breakdown(rows: Rows, ask: Ask) -> tuple[list[str], list[Expression]]:
    names = [f"d{at}" for at in range(len(ask.by))]
    return names, [rows.dimension(key).label(name) for key, name in zip(ask.by, names, strict=True)]


def _with_buckets(rows: Rows, ask: Ask, names: list[str], inner: list[Expression]) -> sa.FromClause:
    """Make every join that the filters need before the units are joined, and name the bucket of a series."""
    rows.where(ask.filters)
    if ask.grain is not None:
        names.append("bucket")
    return rows.from_clause


def _bucket_column(ask: Ask, units: sa.FromClause) -> list[Expression]:
    return [units.c.label.label("bucket")] if ask.grain is not None else []
