"""Looks at SQL as sqlglot understands it: one SELECT over fact tables, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlglot import exp

# What intake leaves beside the fact tables: which days are loaded, when, and how far.
ABOUT_LOADS = {"load_spans", "loads", "watermarks"}

_READS = {"duckdb": "duckdb", "postgresql": "postgres", "sqlite": "sqlite"}
_WRITES = (exp.Command, exp.Insert, exp.Update, exp.Delete, exp.Drop, exp.Create, exp.Alter, exp.Merge, exp.Into)
_OWN_CATALOG = re.compile(r"\bpg_catalog\.|\bduckdb_\w+\(|^PRAGMA |^show ")
# An execution option of those who make the facts of a test.
LOADS_FACTS = "loads_facts"


def assert_is_one_select(text: str, allowed: Set[str], *, dialect: str) -> None:
    """Fail unless ``text`` is a single SELECT that reads tables of ``allowed`` and calls no file and no setting."""
    statements = sqlglot.parse(text, read=_READS[dialect])
    assert len(statements) == 1, f"{len(statements)} statements: {text}"
    (tree,) = statements
    assert isinstance(tree, exp.Select), f"no SELECT: {text}"
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = {table.name or table.sql() for table in tree.find_all(exp.Table)}
    assert tables - named <= allowed, f"{sorted(tables - named - allowed)} in {text}"
    assert not [node.sql() for node in tree.find_all(*_WRITES)], text


class Watch:
    """Notes every statement that goes to a database and is not the driver's look at its own catalog."""

    def __init__(self) -> None:
        self.new: list[tuple[str, str]] = []
        self._seen: set[tuple[str, str]] = set()

    def listen(self) -> Callable[[], None]:
        """Begin; return how to stop."""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._note)
        return lambda: sa.event.remove(sa.Engine, "before_cursor_execute", self._note)

    def take(self) -> list[tuple[str, str]]:
        """Return (dialect, statement) not looked at yet, each once a run."""
        found, self.new = self.new, []
        return found

    def _note(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        name = connection.dialect.name
        if connection.get_execution_options().get(LOADS_FACTS):
            return
        # The places of values as sqlglot reads them in every dialect.
        text = re.sub(
            r"(%\(\w+\)s|%s|\$\d+)(::[A-Z]+( WITHOUT TIME ZONE| PRECISION)?(\(\d+\))?)?", "NULL", statement
        ).replace("%%", "%")
        if name not in _READS or (name, text) in self._seen or _OWN_CATALOG.search(text):
            return
        self._seen.add((name, text))
        self.new.append((name, text))
