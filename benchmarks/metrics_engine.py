"""Metric answers against the same SQL written by hand in DuckDB, on 600,000 generated contacts.

Run: python benchmarks/metrics_engine.py [rows]. Prints one JSON line per question: milliseconds of both (median of
runs, cache off by moving the clock), and their ratio. The figures of both are compared before anything is timed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Connection

from benchmarks.figures import Figure
from frontline.catalog.loader import load_catalog
from frontline.catalog.records import SQL_TYPES, load_records
from frontline.core.actor import PRIVATE, SYSTEM, Actor, Audience
from frontline.core.clock import UTC, FrozenClock
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from frontline.store.engines import facts_engine

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)
RUNS = 15
UTC_DAYS = "ts >= TIMESTAMP '{0} 00:00:00' AND ts < TIMESTAMP '{1} 00:00:00'"

# (name, query, the same by hand)
QUESTIONS: list[tuple[str, dict[str, Any], str]] = [
    (
        "service level by channel, one quarter",
        {"metrics": ("service_level",), "by": ("channel",), "period": ("2026-01-01", "2026-04-01")},
        "SELECT channel, count(*) FILTER (outcome IN ('answered', 'transferred') AND wait_s <= 20) / count(*), count(*)"
        " FROM interactions WHERE {days} AND channel IN ('phone', 'chat') AND (outcome IN ('answered', 'transferred')"
        " OR (outcome = 'abandoned' AND queued IS NOT FALSE)) GROUP BY 1",
    ),
    (
        "recontact rate, one month",
        {"metrics": ("recontact_rate",), "period": ("2026-04-01", "2026-05-01")},
        "SELECT avg((next_ts <= ts + INTERVAL 7 DAY AND next_ts IS NOT NULL)::INT), count(*) FROM (SELECT ts,"
        " lead(ts) OVER (PARTITION BY customer_key ORDER BY ts, interaction_id) AS next_ts FROM interactions"
        " WHERE outcome IN ('answered', 'transferred') AND direction IS DISTINCT FROM 'outbound'"
        " AND customer_key IS NOT NULL) WHERE {days}",
    ),
    (
        "recontact rate by week, one year",
        {"metrics": ("recontact_rate",), "period": ("2025-06-02", "2026-06-01", "week")},
        "SELECT date_trunc('week', ts) AS week, avg((next_ts <= ts + INTERVAL 7 DAY AND next_ts IS NOT NULL)::INT),"
        " count(*) FROM (SELECT ts, lead(ts) OVER (PARTITION BY customer_key ORDER BY ts, interaction_id) AS next_ts"
        " FROM interactions WHERE outcome IN ('answered', 'transferred') AND direction IS DISTINCT FROM 'outbound'"
        " AND customer_key IS NOT NULL) WHERE {days} GROUP BY 1 ORDER BY 1",
    ),
    (
        "average handle time by topic, one segment, half a year",
        {
            "metrics": ("aht",),
            "by": ("topic",),
            "filters": (Filter(dim="segment", values=("smb",)),),
            "period": ("2026-01-01", "2026-06-01"),
        },
        "SELECT topic, avg(handle_s), count(handle_s) FROM interactions WHERE {days} AND segment = 'smb'"
        " AND outcome IN ('answered', 'transferred') GROUP BY 1",
    ),
]


class _Facts:
    generation = "1"

    def __init__(self, path: Path) -> None:
        self._engine = facts_engine(path)

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    def watermark(self, table: str) -> dt.datetime | None:
        return NOW if table == "interactions" else None


class _OpenDoor:
    def authorize(self, actor: Actor, action: str, resource: str = "", audience: Audience = PRIVATE) -> None:
        return None


def write_facts(path: Path, rows: int) -> None:
    """Write ``rows`` contacts of 1.5 years, set-based."""
    connection = duckdb.connect(str(path))
    for name, table in load_records().tables.items():
        columns = ", ".join(f'"{key}" {SQL_TYPES[column.type]}' for key, column in table.stored.items())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
    connection.execute("SELECT setseed(0.5)")
    connection.execute(
        f"""
        INSERT INTO interactions BY NAME
        SELECT 'i' || n AS interaction_id,
          TIMESTAMP '2025-01-01' + to_seconds(floor(random() * 532 * 86400)) AS ts,
          CASE WHEN random() < 0.9 THEN 'c' || floor(random() * {rows // 10})::INT END AS customer_key,
          ['phone', 'chat', 'email'][1 + floor(random() * 3)::INT] AS channel,
          ['billing', 'refunds', 'router', 'pricing'][1 + floor(random() * 4)::INT] AS topic,
          ['consumer', 'smb'][1 + floor(random() * 2)::INT] AS segment,
          'inbound' AS direction, floor(random() * 90) AS wait_s, 60 + floor(random() * 900) AS handle_s,
          CASE WHEN random() < 0.85 THEN 'answered' ELSE 'abandoned' END AS outcome, true AS queued
        FROM range({rows}) AS numbers(n)
        """
    )
    connection.execute(
        "CREATE TABLE load_spans AS SELECT 'interactions' AS table_name, DATE '2025-01-01' AS span_start,"
        " DATE '2026-06-17' AS span_end"
    )
    connection.close()


def timed(work: Callable[[], Any]) -> float:
    """Return the median milliseconds of ``RUNS`` runs, after two to warm up."""
    spent = []
    for _ in range(RUNS + 2):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent[2:])


def measure(rows: int = 600_000) -> list[Figure]:
    """Ask each question through the engine and by hand; the figures must be equal before the times count."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        path, overlay = Path(folder) / "facts.duckdb", Path(folder) / "catalog"
        overlay.mkdir()
        (overlay / "calendar.yaml").write_text("zone: UTC\n")
        write_facts(path, rows)
        clock = FrozenClock(NOW)
        engine = MetricEngine(load_catalog(overlay), _Facts(path), clock, _OpenDoor())
        # DuckDB allows one configuration per file and process: the hand-written SQL shares the read-only engine.
        with _Facts(path).connect() as hand:
            for name, asked, sql in QUESTIONS:
                start, end, *grain = asked["period"]
                period = PeriodSpec.model_validate({"start": start, "end": end, "grain": (grain or [None])[0]})
                query = MetricQuery.model_validate({**asked, "period": period})
                text = sql.format(days=UTC_DAYS.format(start, end))

                def ask(query: MetricQuery = query) -> Any:
                    clock.advance(dt.timedelta(minutes=1))  # another minute is another cache key
                    return engine.run(SYSTEM, query)

                def by_hand(text: str = text) -> Any:
                    return hand.exec_driver_sql(text).fetchall()

                ours = sorted(tuple(round(x, 9) for x in row if isinstance(x, float)) for row in ask().rows)
                theirs = sorted(tuple(round(x, 9) for x in row if isinstance(x, float)) for row in by_hand())
                assert ours == theirs, f"{name}: the figures differ"
                engine_ms, hand_ms = timed(ask), timed(by_hand)
                note = f"{engine_ms:.1f} ms against {hand_ms:.1f} ms, {rows:,} contacts"
                figures.append(Figure(f"metric answer / SQL by hand: {name}", engine_ms / hand_ms, note=note))
                # A filtered answer pays for a second look (what would a subtraction reveal?): a fixed allowance.
                allowed = 1.3 * hand_ms + 60
                figures.append(Figure(f"  of 1.3 x by hand + 60 ms: {name}", engine_ms / allowed, target=1.0))
    return figures
