"""A typed question to its answer on five million cases and as many contacts, per kind of question, beside SQL by hand.

Run: python -m benchmarks.metric_questions [rows]. Reading the question, the small cells and the stamp are in our time;
the figures of both are compared before anything is timed. One figure is how long reading a question takes alone.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.figures import Figure, show
from benchmarks.metrics_engine import _Facts, _OpenDoor
from frontline.catalog.loader import load_catalog
from frontline.catalog.records import SQL_TYPES, load_records
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC, FrozenClock
from frontline.core.text import QuestionText
from frontline.metrics.engine import MetricEngine
from frontline.metrics.questions.parser import QuestionParser

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)
ROWS = 5_000_000
RUNS = 7
ALLOWED_MS = 60
PARSE_MS = 30

# Local days of Amsterdam in summer as UTC.
MAY = "{0} >= TIMESTAMP '2026-04-30 22:00' AND {0} < TIMESTAMP '2026-05-31 22:00'"
APRIL = "{0} >= TIMESTAMP '2026-03-31 22:00' AND {0} < TIMESTAMP '2026-04-30 22:00'"
OPENED, CLOSED = MAY.format("opened_at"), MAY.format("closed_at")

# (kind, what is typed, the same by hand: labels, then value and n)
QUESTIONS: list[tuple[str, str, str]] = [
    ("lookup", "SLA attainment last month",
     f"SELECT count(*) FILTER (sla_met) / count(*), count(*) FROM cases WHERE {CLOSED} AND sla_met IS NOT NULL"),
    ("lookup by two dimensions", "escalation rate last month by channel and region",
     f"SELECT channel, region, count(escalated_at) / count(*), count(*) FROM cases WHERE {OPENED} GROUP BY 1, 2"),
    ("lookup with filters", "case volume last month by topic for smb without email",
     f"SELECT topic, count(*), count(*) FROM cases WHERE {OPENED} AND segment = 'smb' AND channel <> 'email'"
     " GROUP BY 1"),
    ("trend", "weekly case volume from 6 April to 31 May 2026",
     "SELECT date_trunc('week', opened_at + INTERVAL 2 HOUR), count(*), count(*) FROM cases"
     " WHERE opened_at >= TIMESTAMP '2026-04-05 22:00' AND opened_at < TIMESTAMP '2026-05-31 22:00' GROUP BY 1"),
    ("comparison", "escalation rate May vs April",
     "SELECT count(escalated_at) / count(*), count(*) FROM cases"
     f" WHERE {OPENED} OR ({APRIL.format('opened_at')}) GROUP BY opened_at < TIMESTAMP '2026-04-30 22:00'"),
    ("ranking", "top 5 topics by case volume last month",
     f"SELECT topic, count(*) AS n, count(*) FROM cases WHERE {OPENED} GROUP BY 1 ORDER BY n DESC LIMIT 5"),
    ("percentile", "resolution time last month by queue",
     "SELECT queue, median(epoch(closed_at) - epoch(opened_at)), count(*) FROM cases"
     f" WHERE {CLOSED} GROUP BY 1"),
    ("snapshot", "backlog at the end of May by queue",
     "SELECT queue, count(*), count(*) FROM cases WHERE opened_at < TIMESTAMP '2026-05-31 22:00'"
     " AND (closed_at IS NULL OR closed_at >= TIMESTAMP '2026-05-31 22:00') GROUP BY 1"),
    ("event window", "recontact rate last month by channel",
     "SELECT channel, avg((next_ts <= ts + INTERVAL 7 DAY AND next_ts IS NOT NULL)::INT), count(*) FROM (SELECT ts,"
     " channel, lead(ts) OVER (PARTITION BY customer_key ORDER BY ts, interaction_id) AS next_ts FROM interactions"
     " WHERE outcome IN ('answered', 'transferred') AND direction IS DISTINCT FROM 'outbound' AND customer_key"
     " IS NOT NULL AND ts >= TIMESTAMP '2026-04-30 22:00' AND ts < TIMESTAMP '2026-06-07 22:00')"
     f" WHERE {MAY.format('ts')} GROUP BY 1"),
]  # fmt: skip


def measure(rows: int = ROWS) -> list[Figure]:
    """Type each question and write the SQL; the figures must be equal before the times count."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.duckdb"
        write_facts(path, rows)
        clock, catalog = FrozenClock(NOW), load_catalog()
        engine, parser = MetricEngine(catalog, _Facts(path), clock, _OpenDoor()), QuestionParser(catalog)
        reading: list[float] = []
        # DuckDB allows one configuration per file and process: the hand-written SQL shares the read-only engine.
        with _Facts(path).connect() as hand:
            for kind, text, sql in QUESTIONS:

                def ask(text: str = text) -> Sequence[Sequence[Any]]:
                    clock.advance(dt.timedelta(minutes=1))  # another minute is another cache key
                    begun = time.perf_counter()
                    parsed = parser.parse(QuestionText(text), now=NOW)
                    reading.append((time.perf_counter() - begun) * 1000)
                    assert parsed.query is not None, f"{text}: {parsed.message}"
                    return engine.run(SYSTEM, parsed.query).rows

                def by_hand(sql: str = sql) -> Sequence[Sequence[Any]]:
                    return [tuple(row) for row in hand.exec_driver_sql(sql).fetchall()]

                assert figures_of(ask()) == figures_of(by_hand()), f"{text}: the figures differ"
                ours_ms, hand_ms = timed(ask, by_hand)
                allowed = 1.3 * hand_ms + ALLOWED_MS
                note = f"{ours_ms:.0f} ms against {hand_ms:.0f} ms by hand: {text}"
                figures.append(Figure(f"of 1.3 x by hand + 60 ms: {kind}", ours_ms / allowed, target=1.0, note=note))
    reading.sort()
    p95 = reading[int(0.95 * len(reading))]
    return [*figures, Figure("reading a question, p95", p95, "ms", PARSE_MS, note=f"{len(reading)} readings")]


def figures_of(rows: Sequence[Sequence[Any]]) -> list[tuple[float, ...]]:
    """Return value and n of every row, whatever the order."""
    return sorted(tuple(round(float(value), 6) for value in row[-2:]) for row in rows)


def timed(ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[float, float]:
    """Return the median milliseconds of both, asked in turns so that whoever else works slows both down."""
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(RUNS + 1):
        for work, taken in ((ours, spent[0]), (theirs, spent[1])):
            begun = time.perf_counter()
            work()
            if turn:
                taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent[0]), statistics.median(spent[1])


def write_facts(path: Path, rows: int) -> None:
    """Write ``rows`` cases and ``rows`` contacts of 1.5 years, set-based."""
    connection = duckdb.connect(str(path))
    for name, table in load_records().tables.items():
        columns = ", ".join(f'"{key}" {SQL_TYPES[column.type]}' for key, column in table.stored.items())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
    connection.execute("SELECT setseed(0.5)")
    words = {
        "channel": ["phone", "chat", "email", "social", "portal"],
        "topic": ["billing", "refunds", "router", "pricing", "outage", "roaming", "cancellation"],
        "segment": ["consumer", "smb", "enterprise"],
        "region": ["north", "east", "south", "west"],
        "tier": ["bronze", "silver", "gold"],
        "queue": ["care", "tech", "business"],
    }
    picked = ", ".join(f"{found}[1 + floor(random() * {len(found)})::INT] AS {key}" for key, found in words.items())
    when = "TIMESTAMP '2025-01-01' + to_seconds(floor(random() * 532 * 86400))"
    connection.execute(
        f"""
        INSERT INTO cases BY NAME SELECT *,
          CASE WHEN random() < 0.95 THEN opened_at + to_seconds(floor(random() * 900000)) END AS closed_at,
          CASE WHEN random() < 0.1 THEN opened_at + to_seconds(90000) END AS escalated_at,
          CASE WHEN random() < 0.9 THEN random() < 0.8 END AS sla_met
        FROM (SELECT 'k' || n AS case_id, 'c' || floor(random() * {rows // 5})::INT AS customer_key,
          {when} AS opened_at, {picked} FROM range({rows}) AS numbers(n))
        """
    )
    connection.execute(
        f"""
        INSERT INTO interactions BY NAME
        SELECT 'i' || n AS interaction_id, {when} AS ts, 'inbound' AS direction, {picked},
          CASE WHEN random() < 0.9 THEN 'c' || floor(random() * {rows // 10})::INT END AS customer_key,
          floor(random() * 90) AS wait_s, 60 + floor(random() * 900) AS handle_s,
          CASE WHEN random() < 0.85 THEN 'answered' ELSE 'abandoned' END AS outcome, true AS queued
        FROM range({rows}) AS numbers(n)
        """
    )
    connection.execute(
        "CREATE TABLE load_spans AS SELECT unnest(['cases', 'interactions']) AS table_name, DATE '2025-01-01' AS"
        " span_start, DATE '2026-06-17' AS span_end"
    )
    connection.close()


if __name__ == "__main__":
    sys.stdout.write(show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)))
