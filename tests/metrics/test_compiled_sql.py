"""Every statement is one SELECT over fact tables, on DuckDB and PostgreSQL; simple ones also run on SQLite."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
import sqlglot
from sqlglot import exp

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MetricKind
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC, FrozenClock
from frontline.core.periods import Grain, Period
from frontline.metrics.compiler import Ask, LoadedSpan, Scope
from frontline.metrics.dialects import hooks_of, zone_changes
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from frontline.metrics.reading import BUILDERS
from frontline.metrics.sources import FilledView
from frontline.metrics.windows import Slice
from tests.metrics.world import NOW, ZONE, OpenDoor, World

PERIOD = PeriodSpec(start=dt.date(2026, 3, 1), end=dt.date(2026, 5, 1), grain=Grain.WEEK)


def test_every_metric_is_one_select_over_fact_tables(engine: MetricEngine, catalog: Catalog) -> None:
    for key, metric in catalog.metrics.items():
        if metric.kind is MetricKind.LATEST:
            continue
        dims = [dim for dim in catalog.allowed_dimensions(key) if dim in ("channel", "segment", "team")]
        filters = tuple(Filter(dim=dim, op="not_in", values=("unheard of",)) for dim in dims[:1])
        query = MetricQuery(metrics=(key,), by=tuple(dims), filters=filters, period=PERIOD)
        for statement in engine.run(SYSTEM, query).sql[0].split(";\n"):
            _assert_is_one_select(statement, catalog, dialect="duckdb")


@pytest.mark.parametrize("key", ["csat", "recontact_rate", "resolution_time", "backlog", "occupancy", "total_cost"])
def test_the_same_compiler_speaks_postgresql(catalog: Catalog, key: str) -> None:
    from sqlalchemy.dialects import postgresql

    select = BUILDERS[catalog.metrics[key].kind](_scope(catalog, "postgresql"), _ask(catalog, key))
    text = str(select.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    _assert_is_one_select(text, catalog, dialect="postgres")


def _assert_is_one_select(text: str, catalog: Catalog, *, dialect: str) -> None:
    statements = sqlglot.parse(text, read=dialect)
    assert len(statements) == 1
    (tree,) = statements
    assert isinstance(tree, exp.Select)
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table) if table.name}
    assert tables - named <= set(catalog.models)
    assert not list(tree.find_all(exp.Command, exp.Insert, exp.Update, exp.Delete, exp.Drop, exp.Create))


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


def test_sqlite_gives_the_same_daily_counts_and_ratios(catalog: Catalog, engine: MetricEngine, world: World) -> None:
    database = sa.create_engine("sqlite://")
    with database.connect() as connection:
        for name in ("interactions", "surveys"):
            model = catalog.models[name]
            instants = {column for column in model.columns if column in ("ts", "sent_at")}
            table = sa.Table(
                name,
                sa.MetaData(),
                *(
                    sa.Column(
                        key,
                        sa.DateTime()
                        if key in instants
                        else sa.Numeric(asdecimal=False)
                        if key.endswith(("_s", "score", "scale_max"))
                        else sa.Boolean()
                        if key in ("queued", "resolved")
                        else sa.String(),
                    )
                    for key in model.columns
                ),
            )
            table.create(connection)
            rows = [{key: row.get(key) for key in model.columns} for row in world[name]]
            connection.execute(table.insert(), rows)
        small = MetricEngine(catalog, _Sqlite(connection), FrozenClock(NOW), OpenDoor())
        for key in ("contact_volume", "service_level", "csat", "nps", "aht"):
            for grain in (None, Grain.DAY, Grain.WEEK, Grain.MONTH):
                period = PeriodSpec(start=dt.date(2026, 3, 16), end=dt.date(2026, 5, 1), grain=grain)
                query = MetricQuery(metrics=(key,), by=("channel",), period=period)
                assert small.run(SYSTEM, query).rows == engine.run(SYSTEM, query).rows


class _Sqlite:
    generation = "lite"

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def connect(self) -> _Sqlite:
        return self

    def __enter__(self) -> sa.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        return None

    def watermark(self, table: str) -> dt.datetime | None:
        return NOW


def test_changes_of_clocks_are_found_to_the_second() -> None:
    start, end = dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC)
    assert zone_changes(ZONE, start=start, end=end) == [
        (dt.datetime(2026, 3, 29, 1, tzinfo=UTC), 3600.0, 7200.0),
        (dt.datetime(2026, 10, 25, 1, tzinfo=UTC), 7200.0, 3600.0),
    ]
