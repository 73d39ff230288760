"""The queues of now come from the live state where it is fresher, and answer as the loaded readings would."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, Kind, MetricQuery, MetricResult, PeriodSpec, Span
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World, write_facts

TODAY = PeriodSpec(start=dt.date(2026, 6, 17), end=dt.date(2026, 6, 18))
QUEUE_METRICS = ("contacts_waiting", "longest_wait", "agents_available")
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Told:
    as_of: dt.datetime
    queue: str
    channel: str
    waiting: int
    longest_wait_s: float | None
    available: int | None


def engine_with(catalog: Catalog, facts: SmallFacts, told: list[Told], *, at: dt.datetime = NOW) -> MetricEngine:
    return MetricEngine(catalog, facts, FrozenClock(at), OpenDoor(), live=lambda: told)


def ask(
    engine: MetricEngine, *metrics: str, by: tuple[str, ...] = (), filters: tuple[Filter, ...] = ()
) -> MetricResult:
    return engine.run(SYSTEM, MetricQuery(metrics=metrics, by=by, filters=filters, period=TODAY))


def told_at(as_of: dt.datetime) -> list[Told]:
    return [
        Told(as_of, "care", "phone", 9, 180.0, 0),
        Told(as_of, "care", "chat", 1, 15.0, 2),
        Told(as_of, "tech", "phone", 0, 0.0, 4),
    ]


def test_a_fresher_live_state_answers_and_the_stamp_says_so(catalog: Catalog, facts: SmallFacts) -> None:
    engine = engine_with(catalog, facts, told_at(NOW - dt.timedelta(seconds=40)))
    result = ask(engine, "contacts_waiting", by=("queue",))
    assert result.rows == (("care", 10, 2), ("tech", 0, 1))
    assert result.stamps[0].as_of == NOW - dt.timedelta(seconds=40)
    assert "live state, less than a minute old" in result.stamps[0].notes
    assert ask(engine, "longest_wait").rows[0][0] == 180.0
    only_chat = (Filter(dim="channel", values=("chat",)),)
    assert ask(engine, "agents_available", filters=only_chat).rows[0][0] == 2


def test_an_older_live_state_leaves_the_answer_to_the_loaded_readings(catalog: Catalog, facts: SmallFacts) -> None:
    plain = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    engine = engine_with(catalog, facts, told_at(NOW - 3 * MINUTE))
    for metric in QUEUE_METRICS:
        assert ask(engine, metric).rows == ask(plain, metric).rows
    assert "loaded readings, 2 minutes old" in ask(engine, "contacts_waiting").stamps[0].notes


def test_the_same_readings_give_the_same_answers_from_either_source(
    catalog: Catalog, facts: SmallFacts, world: World
) -> None:
    newest = max(row["ts"] for row in world["queue_now"])
    told = [
        Told(NOW - MINUTE, row["queue"], row["channel"], row["waiting"], row["longest_wait_s"], row["available"])
        for row in world["queue_now"]
        if row["ts"] == newest
    ]
    plain = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    live = engine_with(catalog, facts, told)
    tech = (Filter(dim="queue", op="not_in", values=("tech",)),)
    for by in ((), ("queue",), ("channel",), ("queue", "channel")):
        for filters in ((), tech):
            expected = ask(plain, *QUEUE_METRICS, by=by, filters=filters)
            found = ask(live, *QUEUE_METRICS, by=by, filters=filters)
            assert (found.columns, found.rows, found.suppressed) == (
                expected.columns,
                expected.rows,
                expected.suppressed,
            )


def test_what_is_older_than_a_few_minutes_is_called_stale_and_after_half_an_hour_nothing_is_said(
    catalog: Catalog, facts: SmallFacts
) -> None:
    told = told_at(NOW)
    at_seven = ask(engine_with(catalog, facts, told, at=NOW + 7 * MINUTE), "contacts_waiting")
    assert "stale: the live state is 7 minutes old" in at_seven.stamps[0].notes
    at_five = ask(engine_with(catalog, facts, told, at=NOW + 5 * MINUTE), "contacts_waiting")
    assert "live state, 5 minutes old" in at_five.stamps[0].notes
    from_facts = ask(engine_with(catalog, facts, [], at=NOW + 7 * MINUTE), "contacts_waiting")
    assert "stale: the loaded readings are 9 minutes old" in from_facts.stamps[0].notes
    with pytest.raises(NotFound, match="no fresh reading"):
        ask(engine_with(catalog, facts, told, at=NOW + 31 * MINUTE), "contacts_waiting")


def test_a_question_about_an_earlier_now_does_not_see_the_live_state(catalog: Catalog, facts: SmallFacts) -> None:
    engine = engine_with(catalog, facts, told_at(NOW + 10 * MINUTE))
    assert ask(engine, "contacts_waiting").rows[0][0] == 7


def test_live_readings_stand_beside_figures_of_the_day(catalog: Catalog, facts: SmallFacts) -> None:
    engine = engine_with(catalog, facts, told_at(NOW - dt.timedelta(seconds=5)))
    result = ask(engine, "contacts_waiting", "contact_volume")
    assert result.rows[0][0] == 10
    assert result.rows[0][2] == ask(engine, "contact_volume").rows[0][0]


def test_a_report_without_channel_or_free_agents_still_says_who_waits(catalog: Catalog, facts: SmallFacts) -> None:
    engine = engine_with(catalog, facts, [Told(NOW, "care", "", 3, None, None)])
    assert ask(engine, "contacts_waiting").rows[0][0] == 3
    with pytest.raises(NotFound, match="no data for agents available"):
        ask(engine, "agents_available")


def test_the_live_queues_stand_beside_the_loaded_readings_of_the_same_time_last_week(
    catalog: Catalog, facts: SmallFacts
) -> None:
    """The live state knows only now: a week ago is what was loaded then, and nothing where nothing was."""
    later = NOW + dt.timedelta(days=7)
    engine = engine_with(catalog, facts, told_at(later), at=later)
    today = PeriodSpec(start=dt.date(2026, 6, 24), end=dt.date(2026, 6, 25))

    def beside(day: dt.date, *filters: Filter) -> tuple[object, object]:
        query = MetricQuery(
            kind=Kind.COMPARISON,
            metrics=("contacts_waiting",),
            filters=filters,
            period=today,
            compare=Span(start=day, end=day + dt.timedelta(days=1)),
        )
        rows = {row[0]: row[1] for row in engine.run(SYSTEM, query).rows}
        return rows["current"], rows.get("compare")

    then = ask(MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor()), "contacts_waiting").rows[0][0]
    assert beside(dt.date(2026, 6, 17)) == (10, then)
    assert beside(dt.date(2026, 6, 10)) == (10, None)


def test_how_a_figure_is_made_leaves_out_the_week_ago_in_which_nothing_was_ever_loaded(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    never = SmallFacts(write_facts(tmp_path / "facts-7.duckdb", {**world, "queue_now": []}))
    query = MetricQuery(
        kind=Kind.COMPARISON, metrics=("contacts_waiting",), by=("queue",), period=TODAY,
        compare=Span(start=dt.date(2026, 6, 10), end=dt.date(2026, 6, 11)),
    )  # fmt: skip
    result = engine_with(catalog, never, told_at(NOW)).run(SYSTEM, query)
    assert [row[2] for row in result.rows if row[1] == "current"] == [10, 0]
    assert len(result.sql) == 1
