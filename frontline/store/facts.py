"""The read-only door to the facts: follows the pointer, so that a flip is seen by the next question."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from frontline.core.errors import NotFound
from frontline.store.engines import facts_engine
from frontline.store.generations import Generation, Generations

# Where a dimension stands when it is not a column of its own name.
_ELSEWHERE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "team": (("teams", "name"),),
    "agent": (("agents", "handle"),),
}
_NOT_DIMENSIONS = {"source", "source_row", "load_id"}


@dataclass(frozen=True)
class LoadSpan:
    """Contiguous loaded days of one table, ``end`` exclusive, in the zone of the calendar."""

    table: str
    start: dt.date
    end: dt.date


class Facts:
    """Reads the live generation. Safe to share between threads; every connection stays on one generation."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._guard = threading.Lock()
        self._opened: tuple[Generation, Engine] | None = None
        self._values: dict[str, tuple[str, ...]] = {}

    @property
    def generation(self) -> str:
        """The id of the live generation, "" before the first load."""
        live = self._generations.current()
        return live.id if live is not None else ""

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a read-only connection to the live generation.

        Raises:
            NotFound: nothing has been loaded yet.
        """
        with self._engine().connect() as connection:
            yield connection

    def tables(self) -> dict[str, int]:
        """Return the fact tables that have rows, with how many; empty before the first load."""
        if not self.generation:
            return {}
        with self.connect() as connection:
            names = connection.execute(text("SELECT DISTINCT table_name FROM loads ORDER BY 1")).scalars().all()
            counts = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}
        return {name: int(count) for name, count in counts.items() if count}

    def watermark(self, table: str) -> dt.datetime | None:
        """Return the latest instant (aware, UTC) that ``table`` knows of, or None when it has none."""
        if not self.generation:
            return None
        with self.connect() as connection:
            query = text("SELECT max_ts FROM watermarks WHERE table_name = :name")
            latest = connection.execute(query, {"name": table}).scalar_one_or_none()
        return None if latest is None else latest.replace(tzinfo=dt.UTC)

    def load_spans(self, table: str) -> tuple[LoadSpan, ...]:
        """Return the contiguous loaded spans of ``table``, oldest first; maturity is judged inside one of them."""
        if not self.generation:
            return ()
        with self.connect() as connection:
            query = text("SELECT span_start, span_end FROM load_spans WHERE table_name = :name ORDER BY 1")
            return tuple(LoadSpan(table, *row) for row in connection.execute(query, {"name": table}))

    def meta(self, key: str) -> str | None:
        """Return one entry of the meta table, such as ``zone``."""
        if not self.generation:
            return None
        with self.connect() as connection:
            query = text("SELECT value FROM meta WHERE key = :key")
            found: str | None = connection.execute(query, {"key": key}).scalar_one_or_none()
        return found

    def distinct_values(self, dimension: str) -> tuple[str, ...]:
        """Return the values that the facts hold for ``dimension``, sorted; remembered until the next flip."""
        key = f"{self.generation}|{dimension}"
        if key not in self._values:
            self._values = {name: values for name, values in self._values.items() if name.startswith(self.generation)}
            self._values[key] = self._read_values(dimension)
        return self._values[key]

    def agent_names(self) -> dict[str, str]:
        """Return every handle and agent id of the facts, mapped to the value of the agent dimension."""
        if not self.generation:
            return {}
        with self.connect() as connection:
            rows = connection.execute(text("SELECT agent_id, handle FROM agents")).all()
        return {word: handle or agent_id for agent_id, handle in rows for word in (agent_id, handle) if word}

    def customers_who(self, column: str, *, is_: bool) -> frozenset[str]:
        """Return the keys of customers whose flag ``column`` says so; unknown is neither yes nor no."""
        if not self.generation:
            return frozenset()
        with self.connect() as connection:
            known = text("SELECT 1 FROM duckdb_columns() WHERE table_name = 'customers' AND column_name = :name")
            if connection.execute(known, {"name": column}).scalar_one_or_none() is None:
                return frozenset()
            query = text(f'SELECT customer_key FROM customers WHERE "{column}" = :value AND customer_key IS NOT NULL')
            return frozenset(connection.execute(query, {"value": is_}).scalars())

    def customers_since(self, at: dt.datetime) -> frozenset[str]:
        """Return the keys of customers with whom anything happened, or will, at or after an instant (aware)."""
        if not self.generation:
            return frozenset()
        with self.connect() as connection:
            columns = connection.execute(
                text(
                    "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type IN ('TIMESTAMP', 'DATE') "
                    "AND table_name IN (SELECT table_name FROM duckdb_columns() WHERE column_name = 'customer_key')"
                )
            ).all()
            found: set[str] = set()
            for table, column in columns:
                query = text(f'SELECT DISTINCT customer_key FROM "{table}" WHERE "{column}" >= :at')
                found.update(connection.execute(query, {"at": at.astimezone(dt.UTC).replace(tzinfo=None)}).scalars())
        return frozenset(key for key in found if key)

    def opened_on(self, cases: Collection[str]) -> dict[str, dt.date]:
        """Return case id -> local day of its opening, of those among ``cases`` that are known."""
        if not cases or "cases" not in self.tables():
            return {}
        zone = ZoneInfo(self.meta("zone") or "UTC")
        wanted = sorted(cases)
        with self.connect() as connection:
            query = text("SELECT case_id, opened_at FROM cases WHERE list_contains(:wanted, case_id)")
            rows = connection.execute(query, {"wanted": wanted}).all()
        local = {str(case): at.replace(tzinfo=dt.UTC).astimezone(zone) for case, at in rows if at is not None}
        return {case: at.date() for case, at in local.items()}

    def agents_of_surveys(self, surveys: Collection[str]) -> dict[str, str]:
        """Return survey id -> agent id of those among ``surveys`` that are about an agent."""
        if not surveys or "surveys" not in self.tables():
            return {}
        wanted = set(surveys)
        with self.connect() as connection:
            rows = connection.execute(text("SELECT survey_id, agent_id FROM surveys WHERE agent_id IS NOT NULL")).all()
        return {str(survey): str(agent) for survey, agent in rows if str(survey) in wanted}

    def close(self) -> None:
        """Close the engine; the next connection opens it again."""
        with self._guard:
            if self._opened is not None:
                self._opened[1].dispose()
            self._opened = None

    def _engine(self) -> Engine:
        live = self._generations.current()
        if live is None:
            raise NotFound(
                "No data has been loaded yet.",
                next_step="Load a file with `frontline ingest FILE`, or try the demo: `frontline demo --prepare`.",
            )
        with self._guard:
            if self._opened is None or self._opened[0] != live:
                if self._opened is not None:
                    # Connections in use finish on the old generation; they are closed when they come back.
                    self._opened[1].dispose()
                self._opened = (live, facts_engine(live.path))
            return self._opened[1]

    def _read_values(self, dimension: str) -> tuple[str, ...]:
        if not self.generation or dimension in _NOT_DIMENSIONS:
            return ()
        with self.connect() as connection:
            places = _ELSEWHERE.get(dimension) or [
                (row.table_name, dimension)
                for row in connection.execute(
                    text("SELECT table_name FROM duckdb_columns() WHERE column_name = :name AND data_type = 'VARCHAR'"),
                    {"name": dimension},
                )
            ]
            found: set[str] = set()
            for table, column in places:
                query = text(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
                found.update(connection.execute(query).scalars())
        return tuple(sorted(found))
