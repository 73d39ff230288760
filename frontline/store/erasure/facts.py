"""The facts without a person: rows stay and count, under a tombstone that nothing leads back from.

Why rows stay: see docs/decisions (erasure). Files are written anew, because DuckDB leaves old bytes in free blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frontline.store.erasure.cells import naming_tests
from frontline.store.erasure.traces import ERASED, Traces
from frontline.store.generations import Generations
from frontline.store.intake.merge import DIGEST
from frontline.store.intake.sql import literal, name

CUSTOMER = "customer_key"
# Ids of the source system by which documents and tags are tied to a person.
_REFERENCES = ("case_id", "interaction_id", "survey_id", "handoff_id")
_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def count_rows(generations: Generations, subject: str) -> dict[str, int]:
    """Return table -> rows of a person in the live generation, tables without any left out."""
    live = generations.current()
    if live is None:
        return {}
    with _open(live.path) as con:
        return _counts(con, subject)


def references_of(generations: Generations, subject: str) -> list[str]:
    """Return the ids of a person's cases, contacts, surveys and handoffs in every kept generation."""
    found: dict[str, None] = {}
    for generation in generations.list():
        with _open(generation.path) as con:
            tables = _columns(con)
            for table, columns in tables.items():
                if CUSTOMER not in columns:
                    continue
                for column in (column for column in _REFERENCES if column in columns):
                    query = (
                        f"SELECT DISTINCT {name(column)} FROM old.{name(table)} "
                        f"WHERE {name(CUSTOMER)} = ? AND {name(column)} IS NOT NULL ORDER BY 1"
                    )
                    found |= dict.fromkeys(str(row[0]) for row in con.execute(query, [subject]).fetchall())
    return list(found)


def erase_facts(generations: Generations, traces: Traces) -> tuple[str, ...]:
    """Put the tombstone in the place of the person's key in every generation; return those that were written anew.

    Contact and quote consent of the person become false: nobody is called under a tombstone.

    Raises:
        Conflict: a load is running.
        EngineError: the disk is full.
    """

    def is_wanted(path: Path) -> bool:
        with _open(path) as con:
            return bool(_counts(con, traces.subject)) or any(_texts_with(con, traces))

    return generations.rewrite(lambda old, new: _rewrite(old, new, traces), is_wanted)


def _rewrite(old: Path, new: Path, traces: Traces) -> None:
    with _open(old) as con:
        con.execute(f"ATTACH {literal(str(new))} AS new")
        con.execute("COPY FROM DATABASE old TO new (SCHEMA)")
        named = set(_texts_with(con, traces))
        for table, columns in _columns(con).items():
            changes = _changes(table, columns, traces, named)
            stars = f"* REPLACE ({', '.join(changes)})" if changes else "*"
            con.execute(f"INSERT INTO new.{name(table)} SELECT {stars} FROM old.{name(table)}")
        con.execute("CHECKPOINT new")
        con.execute("DETACH new")


def _changes(table: str, columns: dict[str, str], traces: Traces, named: set[tuple[str, str]]) -> list[str]:
    is_theirs = f"{name(CUSTOMER)} = {literal(traces.subject)}"
    changes = []
    if CUSTOMER in columns:
        changes.append(
            f"CASE WHEN {is_theirs} THEN {literal(traces.tombstone)} ELSE {name(CUSTOMER)} END AS {CUSTOMER}"
        )
        for flag in (column for column in columns if column.startswith("consent_")):
            changes.append(f"CASE WHEN {is_theirs} THEN false ELSE {name(flag)} END AS {name(flag)}")
        if DIGEST in columns:
            changes.append(f"CASE WHEN {is_theirs} THEN NULL ELSE {DIGEST} END AS {DIGEST}")
    for column in (column for where, column in named if where == table and column != CUSTOMER):
        test = " OR ".join(naming_tests(name(column), traces))
        changes.append(f"CASE WHEN {test} THEN {literal(ERASED)} ELSE {name(column)} END AS {name(column)}")
    return changes


def _texts_with(con: Any, traces: Traces) -> Iterator[tuple[str, str]]:
    """Yield (table, column) of free cells that name the person, where the masks of the intake missed it."""
    if traces.pattern is None:
        return
    for table, columns in _columns(con).items():
        for column in (column for column, kind in columns.items() if kind == "VARCHAR"):
            test = " OR ".join(naming_tests(name(column), traces))
            if con.execute(f"SELECT EXISTS (SELECT 1 FROM old.{name(table)} WHERE {test})").fetchone()[0]:
                yield table, column


def _counts(con: Any, subject: str) -> dict[str, int]:
    found = {}
    for table, columns in _columns(con).items():
        if CUSTOMER in columns:
            query = f"SELECT count(*) FROM old.{name(table)} WHERE {name(CUSTOMER)} = ?"
            found[table] = int(con.execute(query, [subject]).fetchone()[0])
    return {table: count for table, count in found.items() if count}


def _columns(con: Any) -> dict[str, dict[str, str]]:
    """Return table -> column -> type, in the order of the columns."""
    query = (
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'old' "
        "AND NOT internal ORDER BY table_name, column_index"
    )
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(query).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _open(path: Path) -> Any:
    """Return a DuckDB connection (a context manager) with the file attached read-only as ``old``."""
    import duckdb

    con = duckdb.connect(":memory:", config=dict(_CONFIG))
    con.execute("SET enable_progress_bar = false")
    con.execute(f"ATTACH {literal(str(path))} AS old (READ_ONLY)")
    return con
