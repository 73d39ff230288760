"""The SQL of an answer as text, for people. Nobody waits for it: it is written out when somebody looks."""

from __future__ import annotations

import sqlalchemy as sa

from frontline.catalog.schema_metrics import MetricKind
from frontline.metrics.compiler import Ask, Scope
from frontline.metrics.reach import reaches
from frontline.metrics.reading import BUILDERS, added_up, before_series, derived_parts
from frontline.metrics.shapes import compile_changes


def sql_of(scope: Scope, ask: Ask, dialect: sa.Dialect) -> str:
    """Return what is read for ``ask`` with its values in it; several statements stand one below the other.

    Of a cumulative series the last unit's statement stands for all.
    """
    if ask.metric.kind is MetricKind.DERIVED:
        return ";\n".join(sql_of(scope, part, dialect) for part in derived_parts(scope, ask))
    if ask.metric.kind is MetricKind.CUMULATIVE:
        *_, (_, piece) = reaches(scope, ask)
        return sql_of(scope, added_up(scope, ask, piece), dialect)
    if ask.metric.kind is MetricKind.SNAPSHOT and ask.grain is not None:
        changes = [_text(select, dialect) for select in compile_changes(scope, ask)]
        return ";\n".join([sql_of(scope, before_series(ask), dialect), *changes])
    return _text(BUILDERS[ask.metric.kind](scope, ask), dialect)


def _text(select: sa.Select[tuple[object, ...]], dialect: sa.Dialect) -> str:
    return str(select.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
