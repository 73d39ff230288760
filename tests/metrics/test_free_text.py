"""A word of a file is said only beside a number of its own; n and as-of of a stamp are those of the answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.periods import Grain
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, MetricResult, PeriodSpec
from tests.metrics.world import NOW, OpenDoor, SmallFacts, write_facts

MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
NAME = "jan jansen 0612345678"
SIZES = {"billing": 40, "refunds": 30, NAME: 2, "piet 0687654321": 1, "my bill again": 4, "vip line": 20}


@pytest.fixture
def engine(catalog: Catalog, tmp_path: Path) -> MetricEngine:
    rows = [
        {
            "case_id": f"{topic}{n}",
            "opened_at": dt.datetime(2026, 5, 4, 9),
            "first_response_at": dt.datetime(2026, 5, 4, 10),
            "closed_at": dt.datetime(2026, 5, 4 + n % 2, 11),
            "topic": topic,
            "channel": "phone" if n % 4 else "chat",
            "escalated_at": dt.datetime(2026, 5, 5) if n % 2 else None,
        }
        for topic, count in SIZES.items()
        for n in range(count)
    ]
    return MetricEngine(
        catalog, SmallFacts(write_facts(tmp_path / "f.duckdb", {"cases": rows})), FrozenClock(NOW), OpenDoor()
    )


def ask(engine: MetricEngine, metric: str, **rest: object) -> MetricResult:
    return engine.run(SYSTEM, MetricQuery.model_validate({"metrics": (metric,), "period": MAY, **rest}))


def test_rare_words_of_a_file_are_one_row(engine: MetricEngine) -> None:
    rows = ask(engine, "case_volume", by=("topic",)).rows
    assert set(rows) == {("billing", 40, 40), ("refunds", 30, 30), ("vip line", 20, 20), ("other", 7, 7)}


def test_a_ratio_over_rare_words_is_taken_from_its_parts(catalog: Catalog, tmp_path: Path) -> None:
    rows = [
        {
            "case_id": f"{topic}{n}",
            "opened_at": dt.datetime(2026, 5, 4, 9),
            "topic": topic,
            "escalated_at": dt.datetime(2026, 5, 5) if topic == "a" else None,
        }
        for topic, count in {"billing": 40, "a": 6, "b": 9}.items()
        for n in range(count)
    ]
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"cases": rows}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    rates = {row[0]: row[1:] for row in ask(engine, "escalation_rate", by=("topic",)).rows}

    assert rates == {"billing": (0.0, 40), "other": (pytest.approx(0.4), 15)}


@pytest.mark.parametrize("metric", ["case_volume", "resolution_time", "escalation_rate"])
@pytest.mark.parametrize(
    "rest",
    [
        {"by": ("topic",)},
        {"by": ("topic", "channel")},
        {"by": ("topic",), "compare": {"start": "2026-04-01", "end": "2026-05-01"}, "kind": "comparison"},
        {"by": ("topic",), "order": "asc", "limit": 5, "kind": "ranking"},
        {"by": ("topic",), "filters": (Filter(dim="channel", values=("chat",)),)},
        {"by": ("topic",), "filters": (Filter(dim="topic", op="not_in", values=("billing",)),)},
        {"by": ("topic",), "filters": (Filter(dim="topic", values=(NAME, "refunds")),)},
        {"by": ("topic",), "period": MAY.model_copy(update={"grain": Grain.DAY})},
    ],
)
def test_a_name_in_a_topic_is_never_said(engine: MetricEngine, metric: str, rest: dict[str, object]) -> None:
    result = ask(engine, metric, **rest)
    assert result.rows
    assert not any(word in str(result.rows) for word in ("jan", "piet", "my bill"))


def test_a_median_over_rare_words_stays_hidden(engine: MetricEngine) -> None:
    rows = {row[0]: row[1:] for row in ask(engine, "resolution_time", by=("topic",)).rows}
    assert rows["other"] == (None, None)
    assert rows["billing"][1] == 40


def test_the_n_of_a_backlog_by_channel_is_that_of_the_whole(catalog: Catalog, tmp_path: Path) -> None:
    rows = [
        {"case_id": f"{channel}{n}", "opened_at": dt.datetime(2026, 5, 4 + n % 2, 9), "channel": channel}
        for channel, count in {"phone": 44, "chat": 20, "email": 12}.items()
        for n in range(count)
    ]
    closed = {**rows[0], "case_id": "closed", "closed_at": dt.datetime(2026, 5, 4, 10)}
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"cases": [*rows, closed]}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    assert ask(engine, "backlog", by=("channel",)).stamps[0].n == 76
    daily = MAY.model_copy(update={"grain": Grain.DAY})
    assert ask(engine, "backlog", by=("channel",), period=daily).stamps[0].n == 76
    assert ask(engine, "backlog", filters=(Filter(dim="channel", values=("chat",)),)).stamps[0].n == 20


def test_a_stamp_says_no_n_where_all_is_hidden(engine: MetricEngine) -> None:
    few = (Filter(dim="topic", values=(NAME,)),)
    assert ask(engine, "case_volume", filters=few).stamps[0].n is None
    nobody = (Filter(dim="topic", values=("roaming",)),)
    assert ask(engine, "case_volume", filters=nobody).stamps[0].n == 0


def test_data_after_now_are_not_what_the_answer_reaches_to(catalog: Catalog, facts: SmallFacts) -> None:
    then = dt.datetime(2026, 5, 5, tzinfo=dt.UTC)
    result = ask(MetricEngine(catalog, facts, FrozenClock(then), OpenDoor()), "contact_volume")
    assert result.stamps[0].as_of == then
