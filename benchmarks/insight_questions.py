"""Why, forecast and target on five million cases, beside the plain aggregations that they rest on, written by hand.

Run: python -m benchmarks.insight_questions [rows]. Reading the question, small cells, statistics and the search for
reasons are in our time; theirs is the SQL alone: for a why both periods whole and by every dimension, and the days
before; for a forecast the days; for a target the month, and the days by which its noise is known.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, show
from benchmarks.metric_questions import ALLOWED_MS, APRIL, NOW, OPENED, ROWS, timed, write_facts
from benchmarks.metrics_engine import _Facts, _OpenDoor
from frontline.catalog.loader import Catalog, load_catalog
from frontline.catalog.workdays import public_holidays
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.periods import local_date
from frontline.core.text import QuestionText
from frontline.metrics.engine import MetricEngine
from frontline.metrics.insights.outlook import forecast
from frontline.metrics.insights.pace import judge_pace
from frontline.metrics.insights.why import explain
from frontline.metrics.query import Kind, MetricQuery
from frontline.metrics.questions.parser import QuestionParser
from handlers.assistant.execute import computable

DIMENSIONS = ("channel", "topic", "segment", "region", "tier", "queue")
BOTH = f"({OPENED} OR ({APRIL.format('opened_at')}))"
SIDE = "opened_at < TIMESTAMP '2026-04-30 22:00'"
RATE = "count(escalated_at), count(*) FROM cases"
SERVED = (
    "count(*) FILTER (outcome IN ('answered', 'transferred') AND wait_s <= 20), count(*) FROM interactions WHERE"
    " channel IN ('phone', 'chat') AND (outcome IN ('answered', 'transferred') OR (outcome = 'abandoned' AND queued IS"
    " NOT FALSE))"
)


def day(column: str) -> str:
    """Return the SQL of the local day of Amsterdam, right on both sides of a change of clocks."""
    changes = (("2025-03-30", 1), ("2025-10-26", 2), ("2026-03-29", 1))
    cases = " ".join(f"WHEN {column} < TIMESTAMP '{at} 01:00' THEN INTERVAL {hours} HOUR" for at, hours in changes)
    return f"CAST({column} + CASE {cases} ELSE INTERVAL 2 HOUR END AS DATE)"


# (kind, what is typed, the aggregations by hand)
QUESTIONS: list[tuple[str, str, list[str]]] = [
    ("why", "why did the escalation rate change last month",
     [f"SELECT {SIDE}, {RATE} WHERE {BOTH} GROUP BY 1",
      *(f"SELECT {dim}, {SIDE}, {RATE} WHERE {BOTH} GROUP BY 1, 2" for dim in DIMENSIONS),
      f"SELECT {day('opened_at')}, {RATE} WHERE opened_at >= TIMESTAMP '2025-12-10' AND"
      " opened_at < TIMESTAMP '2026-05-31 22:00' GROUP BY 1"]),
    ("forecast", "forecast case volume for the next 4 weeks",
     [f"SELECT {day('opened_at')}, count(*) FROM cases WHERE opened_at < TIMESTAMP '2026-06-16 22:00' GROUP BY 1"]),
    ("target", "are we on target for service level last month",
     [f"SELECT {SERVED} AND ts >= TIMESTAMP '2026-04-30 22:00' AND ts < TIMESTAMP '2026-05-31 22:00'",
      f"SELECT {day('ts')}, {SERVED} AND ts >= TIMESTAMP '2026-02-05 23:00' AND ts < TIMESTAMP '2026-05-31 22:00'"
      " GROUP BY 1"]),
]  # fmt: skip


def measure(rows: int = ROWS) -> list[Figure]:
    """Type each question and write the SQL; both in turns."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.duckdb"
        write_facts(path, rows)
        clock, catalog = FrozenClock(NOW), load_catalog()
        engine, parser = MetricEngine(catalog, _Facts(path), clock, _OpenDoor()), QuestionParser(catalog)
        with _Facts(path).connect() as hand:
            for kind, text, statements in QUESTIONS:

                def ask(kind: str = kind, text: str = text) -> None:
                    clock.advance(dt.timedelta(minutes=1))  # another minute is another cache key
                    parsed = parser.parse(QuestionText(text), now=NOW)
                    assert parsed.query is not None, f"{text}: {parsed.message}"
                    assert parsed.query.kind is Kind(kind), f"{text}: read as {parsed.query.kind}"
                    answer(engine, catalog, parsed.query)

                def by_hand(statements: list[str] = statements) -> None:
                    for statement in statements:
                        hand.exec_driver_sql(statement).fetchall()

                ours_ms, hand_ms = timed(ask, by_hand)
                allowed = 1.3 * hand_ms + ALLOWED_MS
                note = f"{ours_ms:.0f} ms against {hand_ms:.0f} ms in {len(statements)} statements by hand: {text}"
                figures.append(Figure(f"of 1.3 x by hand + 60 ms: {kind}", ours_ms / allowed, target=1.0, note=note))
    return figures


def answer(engine: MetricEngine, catalog: Catalog, query: MetricQuery) -> None:
    """Do what the assistant does with a question of this kind, without the words."""
    run = partial(engine.run, SYSTEM)
    today = local_date(NOW, catalog.calendar.zone_info)
    is_holiday: Callable[..., Any] = public_holidays(catalog.calendar)
    found: object
    if query.kind is Kind.FORECAST:
        found = forecast(run, catalog, query, today=today, is_holiday=is_holiday)
    elif query.kind is Kind.TARGET:
        found = judge_pace(run, catalog, run(computable(query)), today=today, is_holiday=is_holiday)
    else:
        found = explain(
            run, catalog, run(computable(query)), today=today, together=partial(engine.run_together, SYSTEM)
        )
    assert found is not None, f"nothing was found out about {query.metrics[0]}"


if __name__ == "__main__":
    sys.stdout.write(show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)))
