"""The small company once more, in SQLite and in PostgreSQL, in the shape of the facts."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from frontline.catalog.records import ColumnType, load_records
from frontline.core.clock import UTC
from tests.metrics.statements import LOADS_FACTS
from tests.metrics.world import NOW, SPANS, Row, World

POSTGRES = "FRONTLINE_TEST_POSTGRES"

_TYPES: dict[ColumnType, sa.types.TypeEngine[Any]] = {
    ColumnType.INSTANT: sa.DateTime(),
    ColumnType.DAY: sa.Date(),
    ColumnType.NUMBER: sa.Double(),
    ColumnType.INTEGER: sa.Integer(),
    ColumnType.MONEY: sa.Numeric(18, 2, asdecimal=False),
    ColumnType.FLAG: sa.Boolean(),
}


class Database:
    """Facts in any database that SQLAlchemy speaks to."""

    generation = "1"

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextlib.contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._engine.connect() as connection:
            yield connection

    def watermark(self, table: str) -> dt.datetime | None:
        marks = sa.table("watermarks", sa.column("table_name"), sa.column("max_ts", sa.DateTime()))
        with self.connect() as connection:
            found = connection.execute(sa.select(marks.c.max_ts).where(marks.c.table_name == table)).scalar()
        return None if found is None else found.replace(tzinfo=UTC)


@contextlib.contextmanager
def sqlite_facts(folder: Path, world: World) -> Iterator[Database]:
    """The world in a SQLite file."""
    engine = sa.create_engine(f"sqlite:///{folder / 'facts.sqlite3'}")
    with engine.execution_options(**{LOADS_FACTS: True}).begin() as connection:
        for table, rows in _tables(world):
            table.create(connection)
            if rows:
                connection.execute(table.insert(), rows)
    yield Database(engine)
    engine.dispose()


@contextlib.contextmanager
def postgres_facts(world: World) -> Iterator[Database]:
    """The world in a schema of its own of the PostgreSQL that the environment names; gone afterwards."""
    schema = f"frontline_{os.getpid()}"
    engine = sa.create_engine(os.environ[POSTGRES])

    @sa.event.listens_for(engine, "connect")
    def look_there(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET search_path TO {schema}")
        connection.commit()

    with engine.execution_options(**{LOADS_FACTS: True}).begin() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
        for table, rows in _tables(world):
            table.create(connection)
            _copy(connection, table, rows)
    yield Database(engine)
    with engine.execution_options(**{LOADS_FACTS: True}).begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def _tables(world: World) -> Iterator[tuple[sa.Table, list[Row]]]:
    """Every fact table with its rows, and what intake leaves behind about them."""
    spans: list[Row] = []
    loads: list[Row] = []
    marks: list[Row] = []
    for name, table in load_records().tables.items():
        columns = {key: _TYPES.get(column.type, sa.String()) for key, column in table.stored.items()}
        rows = [{key: row.get(key) for key in columns} for row in world.get(name, [])]
        yield _table(name, columns), rows
        if not rows:
            continue
        if table.time:
            spans += [{"table_name": name, "span_start": start, "span_end": end} for start, end in SPANS]
        loads.append({"load_id": "l1", "table_name": name, "loaded_at": NOW.replace(tzinfo=None)})
        times = [row[table.time] for row in rows if table.time and row[table.time]]
        if times:
            newest = max(times)
            newest = newest if isinstance(newest, dt.datetime) else dt.datetime.combine(newest, dt.time())
            marks.append({"table_name": name, "max_ts": newest})
    day, instant, text = sa.Date(), sa.DateTime(), sa.String()
    yield _table("load_spans", {"table_name": text, "span_start": day, "span_end": day}), spans
    yield _table("loads", {"load_id": text, "table_name": text, "loaded_at": instant}), loads
    yield _table("watermarks", {"table_name": text, "max_ts": instant}), marks


def _table(name: str, columns: dict[str, Any]) -> sa.Table:
    return sa.Table(name, sa.MetaData(), *(sa.Column(key, kind) for key, kind in columns.items()))


def _copy(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    if not rows:
        return
    text = io.StringIO()
    csv.writer(text).writerows([["" if value is None else value for value in row.values()] for row in rows])
    text.seek(0)
    cursor = connection.connection.cursor()
    cursor.execute(f"COPY {table.name} FROM STDIN WITH (FORMAT csv)", stream=text)
