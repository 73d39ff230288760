"""Who was erased is not loaded again: the person's own row is left out, their contacts count without them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from frontline.store.intake.columns import Plan
from frontline.store.intake.sql import listing, name
from frontline.store.subjects import lookups_of_word, suppressed_among, suppressed_customers
from frontline.store.work import Store

_CUSTOMER = "customer_key"


def leave_out(con: Any, plan: Plan, store: Store) -> int:
    """Take erased customers out of ``typed``; return how many rows were left out or lost their customer.

    A row that is loaded already keeps the tombstone that it has; a new one counts without a customer. Faulty rows of
    an erased customer go at once: they would be kept for the steward.
    """
    if _CUSTOMER not in plan.feeds:
        return 0
    with store.read() as session:
        erased = suppressed_customers(session)
    if not erased:
        return 0
    test = f"{_CUSTOMER} IN {listing(erased)}"
    count = int(con.execute(f"SELECT count(*) FROM typed WHERE {test}").fetchone()[0])
    if not count:
        return 0
    if plan.table == "customers":
        con.execute(f"DELETE FROM typed WHERE {test}")
        return count
    con.execute(f"DELETE FROM typed WHERE {test} AND _fault IS NOT NULL")
    con.execute(f"UPDATE typed SET {_CUSTOMER} = {_loaded(con, plan)} WHERE {test}")
    return count


def names_erased(cells: Iterable[object], *, key: bytes, store: Store) -> bool:
    """Whether a raw row holds an identifier of somebody who was erased."""
    words = [piece for cell in cells if cell is not None for piece in (str(cell), *re.split(r"[,;\t|\"]", str(cell)))]
    lookups = {lookup for word in words for lookup in lookups_of_word(key, word)}
    with store.read() as session:
        return bool(suppressed_among(session, lookups))


def has_erased(store: Store) -> bool:
    """Whether anybody was erased in this home."""
    with store.read() as session:
        return bool(suppressed_customers(session))


def _loaded(con: Any, plan: Plan) -> str:
    """The SQL of the customer under which the same row is loaded, NULL for a new one."""
    query = "SELECT 1 FROM duckdb_columns() WHERE database_name = 'cur' AND table_name = ? AND column_name = ?"
    if not con.execute(query, [plan.table, _CUSTOMER]).fetchone():
        return "NULL"
    same = " AND ".join(f"c.{name(column)} = typed.{name(column)}" for column in plan.spec.key if column in plan.feeds)
    return f"(SELECT any_value(c.{_CUSTOMER}) FROM cur.{name(plan.table)} c WHERE {same})"
