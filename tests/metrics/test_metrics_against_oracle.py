"""Every kind of metric equals an independent recomputation in plain Python, whatever the filters and the breakdown."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from frontline.core.actor import SYSTEM
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from tests.metrics.oracle import Oracle, utc
from tests.metrics.world import CHANNELS, NOW, SEGMENTS, TOPICS, Row

TABLES = {
    "recontact_rate": "interactions",
    "fcr_rate": "interactions",
    "service_level": "interactions",
    "aht": "interactions",
    "contact_volume": "interactions",
    "csat": "surveys",
    "nps": "surveys",
    "backlog": "cases",
    "resolution_time": "cases",
    "containment_rate": "cases",
    "churn_rate": "customers",
}
DIMS = {
    "interactions": {
        "channel": CHANNELS,
        "topic": TOPICS,
        "segment": SEGMENTS,
        "priority": ["low", "high"],
        "team": ["Aurora"],
    },
    "surveys": {"channel": CHANNELS, "topic": TOPICS, "segment": SEGMENTS},
    "cases": {"channel": CHANNELS, "topic": TOPICS, "segment": SEGMENTS, "queue": ["care"]},
    "customers": {"segment": SEGMENTS, "tier": ["gold"]},
}
PERIODS = [
    (dt.date(2026, 1, 1), dt.date(2026, 6, 18)),
    (dt.date(2026, 3, 1), dt.date(2026, 4, 1)),  # a gap in it, and the change of clocks
    (dt.date(2026, 2, 9), dt.date(2026, 3, 2)),
    (dt.date(2026, 3, 29), dt.date(2026, 3, 30)),  # 23 hours
    (dt.date(2026, 6, 1), dt.date(2026, 6, 18)),  # unfinished
]


@pytest.mark.parametrize("metric", sorted(TABLES))
@pytest.mark.parametrize("seed", range(4))
def test_a_random_question_has_the_answer_of_the_oracle(
    engine: MetricEngine, oracle: Oracle, metric: str, seed: int
) -> None:
    dice = random.Random(f"{metric}{seed}")
    table = TABLES[metric]
    start, end = dice.choice(PERIODS)
    filters: tuple[Filter, ...] = ()
    if dice.random() < 0.7:
        dim, values = dice.choice(sorted(DIMS[table].items()))
        chosen = tuple(dice.sample(values, k=min(len(values), dice.choice([1, 2]))))
        filters = (Filter(dim=dim, op=dice.choice(["in", "not_in"]), values=chosen),)
    by = (dice.choice(sorted(DIMS[table])),)
    query = MetricQuery(metrics=(metric,), by=by, filters=filters, period=PeriodSpec(start=start, end=end))

    result = engine.run(SYSTEM, query)

    hidden = {row for row, _ in result.suppressed}
    shown = {row[0]: row[1:] for at, row in enumerate(result.rows) if at not in hidden}
    assert shown or hidden
    for label, (value, n) in shown.items():

        def keep(row: Row, label: str = label) -> bool:
            passes = oracle.dimension(table, row, by[0]) == label
            for item in filters:
                inside = oracle.dimension(table, row, item.dim) in item.values
                passes = passes and inside == (item.op == "in")
            return passes

        expected, count = oracle.measure(metric, utc(start), min(utc(end), NOW.replace(tzinfo=None)), keep)
        assert n == count
        assert value == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(
    "metric", ["contact_volume", "csat", "recontact_rate", "backlog", "churn_rate", "service_level"]
)
def test_a_weekly_series_has_the_values_of_its_weeks(engine: MetricEngine, oracle: Oracle, metric: str) -> None:
    period = PeriodSpec(start=dt.date(2026, 3, 9), end=dt.date(2026, 6, 18), grain="week")
    result = engine.run(SYSTEM, MetricQuery(kind="trend", metrics=(metric,), period=period))

    hidden = {row for row, _ in result.suppressed}
    assert [row[0] for row in result.rows] == [
        (dt.date(2026, 3, 9) + dt.timedelta(weeks=n)).isoformat() for n in range(15)
    ]
    for at, (label, value, n) in enumerate(result.rows):
        if at in hidden:
            continue
        start = dt.date.fromisoformat(label)
        cut = min(utc(start + dt.timedelta(days=7)), NOW.replace(tzinfo=None))
        expected, count = oracle.measure(metric, utc(start), cut, lambda row: True)
        assert n == count
        assert value == (pytest.approx(expected) if expected is not None else None)
