"""From ``typed`` rows to the next generation: newest per key, only what differs, then checks, spans and watermarks.

The scratch database has the facts attached as ``cur``: read-only until something differs, the writable copy after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from frontline.catalog.records import SQL_TYPES, ColumnType, Records, RecordTable
from frontline.core.errors import EngineError
from frontline.store.intake.columns import Plan
from frontline.store.intake.sql import keyed_hash, literal, name

DIGEST = "identity_digest"
_BLOCK = 10_000  # rows
_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS cur.loads (load_id VARCHAR, table_name VARCHAR, source VARCHAR, loaded_at TIMESTAMP,
  rows_read BIGINT, rows_ok BIGINT, rows_fixed BIGINT, rows_quarantined BIGINT, codes JSON, findings JSON,
  rows_skipped BIGINT, rows_added BIGINT, rows_changed BIGINT, columns JSON, digest VARCHAR, zone VARCHAR,
  preset VARCHAR);
CREATE TABLE IF NOT EXISTS cur.load_spans (table_name VARCHAR, span_start DATE, span_end DATE);
CREATE TABLE IF NOT EXISTS cur.watermarks (table_name VARCHAR, max_ts TIMESTAMP);
CREATE TABLE IF NOT EXISTS cur.meta (key VARCHAR, value VARCHAR);
"""


@dataclass(frozen=True)
class Delta:
    """How many rows differ from what is loaded, and how many were duplicates inside the file."""

    added: int
    changed: int
    duplicates: int
    duplicate_rows: tuple[int, ...] = ()


def create_tables(con: Any, records: Records) -> None:
    """Make every fact table and column that is missing, so that a reader may count on all of them."""
    known = _known_columns(con)
    tables = {table for table, _ in known}
    for key, spec in records.tables.items():
        types = _stored_types(spec)
        if key not in tables:
            columns = ", ".join(f"{name(column)} {kind}" for column, kind in types.items())
            con.execute(f"CREATE TABLE cur.{name(key)} ({columns})")
            continue
        # A column that this version of the product added: older rows hold nothing in it.
        for column in (column for column in types if (key, column) not in known):
            con.execute(f"ALTER TABLE cur.{name(key)} ADD COLUMN {name(column)} {types[column]}")
    for statement in _OWN_TABLES.split(";"):
        if statement.strip():
            con.execute(statement)


def is_behind(con: Any, records: Records) -> bool:
    """Whether ``cur`` lacks a table or a column of the schema: it is new, or an older version made it."""
    known = _known_columns(con)
    needed = {(key, column) for key, spec in records.tables.items() for column in _stored_types(spec)}
    return ("loads", "load_id") not in known or not needed <= known


def is_empty(con: Any, table: str) -> bool:
    """Whether a table of ``cur`` holds no row."""
    has_rows: bool = con.execute(f"SELECT EXISTS (SELECT 1 FROM cur.{name(table)})").fetchone()[0]
    return not has_rows


def zone_of_file(con: Any, digest: str) -> str:
    """Return the zone in which the times of the same file were read before, "" for a file that is new."""
    query = "SELECT zone FROM cur.loads WHERE digest = ? AND zone <> '' LIMIT 1"
    found = con.execute(query, [digest]).fetchone()
    return found[0] if found else ""


def find_delta(con: Any, plan: Plan) -> Delta:
    """Make ``kept`` (good rows, newest per key) and ``delta`` (those of them that differ from ``cur``)."""
    keys = ", ".join(name(column) for column in _fed_key(plan))
    digest = _digest_sql(plan)
    good, distinct = con.execute(
        f"SELECT count(*), count(DISTINCT ({keys})) FROM typed WHERE _fault IS NULL"
    ).fetchone()
    # Sorting a whole file by its key costs more than counting it: only a file with doubled keys needs it.
    newest = f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _row DESC) = 1" if distinct != good else ""
    con.execute("DROP VIEW IF EXISTS kept")
    con.execute(f"CREATE VIEW kept AS SELECT *{digest} FROM typed WHERE _fault IS NULL{newest}")
    duplicates: list[Any] = []
    if newest:
        duplicates = con.execute(
            "SELECT _row FROM typed WHERE _fault IS NULL AND _row NOT IN (SELECT _row FROM kept) ORDER BY 1 LIMIT 5"
        ).fetchall()
    table = f"cur.{name(plan.table)}"
    compared = [*plan.stored, *([DIGEST] if digest else [])]
    differs = " OR ".join(f"k.{name(column)} IS DISTINCT FROM c.{name(column)}" for column in compared)
    if not newest and is_empty(con, plan.table):
        # Everything is new: nothing is compared, and no second copy of the rows is made.
        con.execute("CREATE OR REPLACE VIEW delta AS SELECT *, false AS _exists FROM kept")
        return Delta(int(good), 0, 0)
    con.execute(
        f"CREATE OR REPLACE TABLE differing AS SELECT k.*, c.load_id IS NOT NULL AS _exists "
        f"FROM kept k LEFT JOIN {table} c ON {_same_key(plan, 'k', 'c')} WHERE c.load_id IS NULL OR {differs}"
    )
    con.execute("CREATE OR REPLACE VIEW delta AS SELECT * FROM differing")
    added, changed = con.execute(
        "SELECT count(*) FILTER (NOT _exists), count(*) FILTER (_exists) FROM delta"
    ).fetchone()
    return Delta(int(added), int(changed), int(good - distinct), tuple(row[0] for row in duplicates))


def find_gone(con: Any, plan: Plan, *, since: dt.datetime | None) -> int:
    """Make ``gone``: the loaded rows from ``since`` on that ``kept`` does not name any more; return how many."""
    time = plan.spec.time
    table, keys = f"cur.{name(plan.table)}", ", ".join(f"c.{name(column)}" for column in plan.spec.key)
    test = "false"
    if since is not None and time is not None:
        moment = literal(since.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" "))
        test = f"c.{name(time)} >= CAST({moment} AS TIMESTAMP)"
    con.execute(
        f"CREATE OR REPLACE TABLE gone AS SELECT {keys} FROM {table} c "
        f"WHERE {test} AND NOT EXISTS (SELECT 1 FROM kept k WHERE {_same_key(plan, 'k', 'c')})"
    )
    return int(con.execute("SELECT count(*) FROM gone").fetchone()[0])


def remove_gone(con: Any, plan: Plan) -> None:
    """Remove the rows of ``gone`` from ``cur``."""
    same = " AND ".join(f"g.{name(column)} IS NOT DISTINCT FROM c.{name(column)}" for column in plan.spec.key)
    con.execute(f"DELETE FROM cur.{name(plan.table)} AS c USING gone g WHERE {same}")


def apply_delta(con: Any, plan: Plan, *, source: str, load_id: str) -> None:
    """Write ``delta`` into ``cur``. Columns that the file does not have keep what they hold."""
    table = f"cur.{name(plan.table)}"
    fed = [*plan.stored, *([DIGEST] if plan.identities else [])]
    origin = {"source": literal(source), "source_row": "d._row", "load_id": literal(load_id)}
    setting = ", ".join(
        [f"{name(column)} = d.{name(column)}" for column in fed]
        + [f"{column} = {value}" for column, value in origin.items()]
    )
    con.execute(f"UPDATE {table} AS c SET {setting} FROM delta d WHERE d._exists AND {_same_key(plan, 'd', 'c')}")
    targets = ", ".join([name(column) for column in fed] + list(origin))
    values = ", ".join([f"d.{name(column)}" for column in fed] + list(origin.values()))
    order = "" if _is_in_order(con) else " ORDER BY d._row"
    con.execute(f"INSERT INTO {table} ({targets}) SELECT {values} FROM delta d WHERE NOT d._exists{order}")


def _is_in_order(con: Any) -> bool:
    """Whether ``delta`` stands in the order of the file: sorting a million rows that do costs as much as storing them.

    Two threads may leave a few long blocks in another order; inside a block rows stay together, as readers want it.
    """
    rows = "SELECT _row, lag(_row) OVER () AS before FROM delta WHERE NOT _exists"
    steps_back, count = con.execute(f"SELECT count(*) FILTER (_row < before), count(*) FROM ({rows})").fetchone()
    in_order: bool = steps_back * _BLOCK <= count
    return in_order


def check_table(con: Any, plan: Plan) -> None:
    """Prove that keys are present and unique before anybody reads the new generation.

    Raises:
        EngineError: they are not; the load is dropped.
    """
    keys = ", ".join(name(column) for column in plan.spec.key)
    table = f"cur.{name(plan.table)}"
    doubled = con.execute(
        f"SELECT count(*) FROM (SELECT {keys} FROM {table} GROUP BY ALL HAVING count(*) > 1)"
    ).fetchone()[0]
    first = name(plan.spec.key[0])
    empty = con.execute(f"SELECT count(*) FROM {table} WHERE {first} IS NULL").fetchone()[0]
    if doubled or empty:
        raise EngineError(
            f"The load of {plan.table} broke its keys and was dropped; please report this.", permanent=True
        )


def count_orphans(con: Any, plan: Plan) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Return per column how many kept rows refer to something that is not loaded (V08), with the first rows.

    A table that is empty says nothing: an organisation need not load its agents.
    """
    found = {}
    for column in plan.stored:
        target = plan.spec.columns[column].refers_to
        if not target:
            continue
        other, other_column = target.split(".")
        other_table = f"cur.{name(other)}"
        if not con.execute(f"SELECT EXISTS (SELECT 1 FROM {other_table})").fetchone()[0]:
            continue
        orphans = (
            f"FROM kept k WHERE k.{name(column)} IS NOT NULL AND NOT EXISTS "
            f"(SELECT 1 FROM {other_table} o WHERE o.{name(other_column)} = k.{name(column)})"
        )
        count = con.execute(f"SELECT count(*) {orphans}").fetchone()[0]
        if count:
            rows = con.execute(f"SELECT k._row {orphans} ORDER BY 1 LIMIT 5").fetchall()
            found[column] = (int(count), tuple(row[0] for row in rows))
    return found


def refresh_spans(con: Any, tables: Iterable[str], records: Records, *, zone: str, gap_days: int) -> None:
    """Write the contiguous loaded days and the watermark of each table anew. Days are those of ``zone``."""
    # An hour of UTC touches two local days at most: its first and its last row name both.
    for table in tables:
        spec = records.tables[table]
        con.execute("DELETE FROM cur.load_spans WHERE table_name = ?", [table])
        con.execute("DELETE FROM cur.watermarks WHERE table_name = ?", [table])
        if spec.time is None:
            continue
        column = name(spec.time)
        is_day = spec.columns[spec.time].type is ColumnType.DAY
        local = column if is_day else f"timezone({literal(zone)}, timezone('UTC', {column}))"
        step = "INTERVAL 1 MONTH" if spec.grain == "month" else "INTERVAL 1 DAY"
        con.execute(
            f"""
            INSERT INTO cur.load_spans
            WITH hours AS (
              SELECT unnest([min({column}), max({column})]) AS {column} FROM cur.{name(table)}
              WHERE {column} IS NOT NULL GROUP BY date_trunc('hour', {column})
            ), days AS (
              SELECT DISTINCT CAST({local} AS DATE) AS first, CAST(CAST({local} AS DATE) + {step} AS DATE) AS next
              FROM hours
            ), marked AS (
              SELECT *, coalesce(first - lag(next) OVER (ORDER BY first) > {gap_days}, true) AS starts FROM days
            ), numbered AS (SELECT *, sum(CAST(starts AS INTEGER)) OVER (ORDER BY first) AS span FROM marked)
            SELECT {literal(table)}, min(first), max(next) FROM numbered GROUP BY span ORDER BY 2
            """
        )
        con.execute(
            f"INSERT INTO cur.watermarks SELECT {literal(table)}, max({column}) FROM cur.{name(table)} "
            f"HAVING max({column}) IS NOT NULL"
        )


def read_spans(con: Any) -> dict[str, tuple[tuple[dt.date, dt.date], ...]]:
    """Return the loaded spans by table."""
    spans: dict[str, tuple[tuple[dt.date, dt.date], ...]] = {}
    for table, start, end in con.execute("SELECT * FROM cur.load_spans ORDER BY 1, 2").fetchall():
        spans[table] = (*spans.get(table, ()), (start, end))
    return spans


def set_meta(con: Any, key: str, value: str) -> None:
    """Set one entry of the meta table."""
    con.execute("DELETE FROM cur.meta WHERE key = ?", [key])
    con.execute("INSERT INTO cur.meta VALUES (?, ?)", [key, value])


def get_meta(con: Any, key: str) -> str:
    """Return one entry of the meta table, "" when it is not there."""
    found = con.execute("SELECT value FROM cur.meta WHERE key = ?", [key]).fetchone()
    return found[0] if found else ""


def _known_columns(con: Any) -> set[tuple[str, str]]:
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'cur'"
    return set(con.execute(query).fetchall())


def _stored_types(spec: RecordTable) -> dict[str, str]:
    types = {column: SQL_TYPES[described.type] for column, described in spec.stored.items()}
    if spec.identities:
        types[DIGEST] = "VARCHAR"
    return types | {"source": "VARCHAR", "source_row": "BIGINT", "load_id": "VARCHAR"}


def _fed_key(plan: Plan) -> list[str]:
    return [column for column in plan.spec.key if column in plan.feeds]


def _same_key(plan: Plan, left: str, right: str) -> str:
    tests = []
    for column in plan.spec.key:
        quoted = name(column)
        if column not in plan.feeds:
            tests.append(f"{right}.{quoted} IS NULL")
        elif plan.spec.columns[column].required:
            tests.append(f"{left}.{quoted} = {right}.{quoted}")
        else:
            tests.append(f"{left}.{quoted} IS NOT DISTINCT FROM {right}.{quoted}")
    return " AND ".join(tests)


def _digest_sql(plan: Plan) -> str:
    # A keyed hash of the identities tells whether they changed, without the facts holding any of them.
    if not plan.identities:
        return ""
    fields = ", ".join(f"{name(column)} := {name(column)}" for column in plan.identities)
    present = " OR ".join(f"{name(column)} IS NOT NULL" for column in plan.identities)
    hashed = keyed_hash("identity", f"CAST(to_json(struct_pack({fields})) AS VARCHAR)")
    return f", CASE WHEN {present} THEN {hashed} END AS {DIGEST}"
