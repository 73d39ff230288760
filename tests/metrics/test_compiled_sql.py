"""Every statement is one SELECT over fact tables (``conftest`` looks at all that the tests of this folder send)."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MetricKind
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC
from frontline.core.periods import Grain, Period
from frontline.metrics.compiler import Ask, LoadedSpan, Scope
from frontline.metrics.dialects import hooks_of, zone_changes
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from frontline.metrics.reading import BUILDERS
from frontline.metrics.sources import FilledView
from frontline.metrics.windows import Slice
from tests.metrics.statements import assert_is_one_select
from tests.metrics.world import NOW, ZONE

PERIOD = PeriodSpec(start=dt.date(2026, 3, 1), end=dt.date(2026, 5, 1), grain=Grain.WEEK)


def test_every_metric_is_one_select_over_fact_tables(engine: MetricEngine, catalog: Catalog) -> None:
    for key, metric in catalog.metrics.items():
        if metric.kind is MetricKind.LATEST:
            continue
        dims = [dim for dim in catalog.allowed_dimensions(key) if dim in ("channel", "segment", "team")]
        filters = tuple(Filter(dim=dim, op="not_in", values=("unheard of",)) for dim in dims[:1])
        query = MetricQuery(metrics=(key,), by=tuple(dims), filters=filters, period=PERIOD)
        for statement in engine.run(SYSTEM, query).sql[0].split(";\n"):
            assert_is_one_select(statement, set(catalog.models), dialect="duckdb")


@pytest.mark.parametrize("key", ["csat", "recontact_rate", "resolution_time", "backlog", "occupancy", "total_cost"])
def test_the_same_compiler_speaks_postgresql(catalog: Catalog, key: str) -> None:
    from sqlalchemy.dialects import postgresql

    select = BUILDERS[catalog.metrics[key].kind](_scope(catalog, "postgresql"), _ask(catalog, key))
    text = str(select.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert_is_one_select(text, set(catalog.models), dialect="postgresql")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM cases; DROP TABLE cases",
        "DELETE FROM cases",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM 'other.parquet'",
        "SELECT n FROM (SELECT 1 AS n FROM people) AS seen",
        "WITH gone AS (DELETE FROM cases RETURNING *) SELECT * FROM gone",
        "SELECT a INTO copied FROM cases",
    ],
)
def test_what_is_no_plain_reading_of_facts_is_noticed(text: str) -> None:
    with pytest.raises(AssertionError):
        assert_is_one_select(text, {"cases"}, dialect="duckdb")


def _scope(catalog: Catalog, dialect: str) -> Scope:
    full = {name: {"": 9, **dict.fromkeys(model.columns, 9)} for name, model in catalog.models.items()}
    span = LoadedSpan(dt.datetime(2026, 1, 1, tzinfo=UTC), NOW)
    return Scope(
        catalog=catalog,
        filled=FilledView(lambda table: full[table]),
        hooks=hooks_of(dialect),
        zone=ZONE,
        now=NOW,
        generation="1",
        spans=lambda table: [span],
        watermark=lambda table: NOW,
    )


def _ask(catalog: Catalog, key: str) -> Ask:
    period = Period(dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    return Ask(key, catalog.metrics[key], Slice(period, *period.instants(ZONE)), ("team",), (), Grain.DAY)


def test_changes_of_clocks_are_found_to_the_second() -> None:
    start, end = dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC)
    assert zone_changes(ZONE, start=start, end=end) == [
        (dt.datetime(2026, 3, 29, 1, tzinfo=UTC), 3600.0, 7200.0),
        (dt.datetime(2026, 10, 25, 1, tzinfo=UTC), 7200.0, 3600.0),
    ]
