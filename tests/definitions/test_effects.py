"""The effect of another definition, on rows that are known one by one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.definitions import version_of
from frontline.catalog.loader import Catalog
from frontline.catalog.proposals import propose
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound
from frontline.core.periods import Grain, Period
from frontline.metrics.effects import Contest, Effect, last_days, measure_effect
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World, make_world, person, write_facts

SPRING = Period(dt.date(2026, 4, 1), dt.date(2026, 6, 1))
ANALYST = person(Role.ANALYST)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def engine(catalog: Catalog, world: World, tmp_path_factory: pytest.TempPathFactory) -> MetricEngine:
    facts = SmallFacts(write_facts(tmp_path_factory.mktemp("facts") / "facts-7.duckdb", world))
    return MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())


def effect(
    engine: MetricEngine, catalog: Catalog, key: str, options: dict[str, str], filters: tuple[Filter, ...] = ()
) -> Effect:
    proposal = propose(catalog, key, options, number=9)
    return measure_effect(engine, catalog, ANALYST, Contest(proposal.base, proposal.version, filters), SPRING)


def rows(world: World) -> list[dict[str, object]]:
    start, end = (dt.datetime(2026, month, 1) - dt.timedelta(hours=2) for month in (4, 6))
    return [row for row in world["interactions"] if start <= row["ts"] < end]


def test_old_and_new_are_what_each_definition_counts(engine: MetricEngine, catalog: Catalog, world: World) -> None:
    found = effect(engine, catalog, "aht", {"where": "channel in phone"})
    handled = [
        row for row in rows(world) if row["outcome"] in ("answered", "transferred") and row["handle_s"] is not None
    ]
    phone = [row for row in handled if row["channel"] == "phone"]
    for side, among in ((found.total.old, handled), (found.total.new, phone)):
        assert side.n == len(among)
        assert side.value == pytest.approx(sum(row["handle_s"] for row in among) / len(among))  # type: ignore[misc]
    assert found.total.change == pytest.approx(found.total.new.value - found.total.old.value)  # type: ignore[operator]


def test_months_and_weeks_add_up_and_the_movers_really_move(engine: MetricEngine, catalog: Catalog) -> None:
    found = effect(engine, catalog, "service_level", {"threshold": "wait_s=60"})
    for grain in (Grain.MONTH, Grain.WEEK):
        assert sum(pair.new.n or 0 for pair in found.series[grain]) == found.total.new.n
    assert [pair.label for pair in found.series[Grain.MONTH]] == ["2026-04-01", "2026-05-01"]
    changes = [abs(pair.change or 0) for pair in found.movers]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > 0


def test_the_definitions_in_force_answer_as_before(engine: MetricEngine, catalog: Catalog) -> None:
    query = MetricQuery(metrics=("service_level",), period=PeriodSpec(start=SPRING.start, end=SPRING.end))
    before = engine.run(ANALYST, query).rows
    effect(engine, catalog, "service_level", {"threshold": "wait_s=60"})
    assert engine.run(ANALYST, query).rows == before


def test_a_proposal_with_a_lower_floor_is_measured_under_the_old_one(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    few = {**world, "interactions": [row for row in world["interactions"] if row["topic"] != "router"]}
    few["interactions"] += [row for row in rows(world) if row["topic"] == "router"][:7]
    facts = SmallFacts(write_facts(tmp_path / "facts-8.duckdb", few))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    found = effect(engine, catalog, "aht", {"min-n": "5"})
    assert all(pair.label != "router" or pair.new.value is None for pair in found.movers)
    open_engine = engine.under(catalog)
    assert open_engine.explain("aht").version == catalog.metrics["aht"].version


def test_a_difference_of_a_few_rows_is_not_shown(catalog: Catalog, world: World, tmp_path: Path) -> None:
    handled = [row for row in rows(world) if row["outcome"] == "answered" and row["handle_s"] is not None]
    rare = [{**row, "queue": "vip"} if row in handled[:3] else row for row in world["interactions"]]
    facts = SmallFacts(write_facts(tmp_path / "facts-9.duckdb", {**world, "interactions": rare}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    found = effect(engine, catalog, "aht", {"where": "queue not in vip"})
    assert found.total.new.is_hidden  # three calls make the difference: it would tell of them
    assert found.total.new.value is None
    assert found.total.old.value is not None


def test_one_month_that_differs_by_a_few_does_not_follow_from_the_total(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    handled = [row for row in rows(world) if row["outcome"] == "answered" and row["handle_s"] is not None]
    april = [row for row in handled if row["ts"] < dt.datetime(2026, 4, 29)]  # type: ignore[operator]
    may = [row for row in handled if row["ts"] > dt.datetime(2026, 5, 2)]  # type: ignore[operator]
    apart = [*april[::4], *may[10:13]]
    rare = [{**row, "queue": "vip"} if row in apart else row for row in world["interactions"]]
    facts = SmallFacts(write_facts(tmp_path / "facts-4.duckdb", {**world, "interactions": rare}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    found = effect(engine, catalog, "aht", {"where": "queue not in vip"})
    assert len(apart) > 30
    april_pair, may_pair = found.series[Grain.MONTH]
    assert may_pair.new.is_hidden  # three calls
    assert april_pair.new.value is None  # the total less April would be May
    assert april_pair.old.value is not None
    assert found.total.new.value is None


def test_a_topic_that_differs_by_a_few_does_not_follow_from_the_total_and_the_other_topics(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    handled = [row for row in rows(world) if row["outcome"] == "answered" and row["handle_s"] is not None]
    router = [row for row in handled if row["topic"] == "router"]
    apart = [*[row for row in handled if row not in router][::4], *router[:3]]
    rare = [{**row, "queue": "vip"} if row in apart else row for row in world["interactions"]]
    facts = SmallFacts(write_facts(tmp_path / "facts-6.duckdb", {**world, "interactions": rare}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    found = effect(engine, catalog, "aht", {"where": "queue not in vip"})
    assert found.total.new.value is not None  # many calls make that difference
    assert not [pair for pair in found.movers if pair.dim == "topic"]  # of the topics one differs by three calls
    for topic in {str(row["topic"]) for row in handled}:
        for op in ("in", "not_in"):
            only = (Filter(dim="topic", op=op, values=(topic,)),)
            part = effect(engine, catalog, "aht", {"where": "queue not in vip"}, only)
            assert part.total.new.is_hidden, (op, topic)
            assert all(pair.new.value is None for pairs in part.series.values() for pair in pairs)
            assert part.movers == ()


def test_few_met_and_not_met_are_as_few_as_few_rows(catalog: Catalog, world: World, tmp_path: Path) -> None:
    phone = [row for row in rows(world) if row["channel"] == "phone" and row["wait_s"] is not None]
    late = phone[:4]
    waits = [
        {**row, "wait_s": 30.0 if row in late else 5.0 if row["wait_s"] is not None else None}
        for row in world["interactions"]
    ]
    facts = SmallFacts(write_facts(tmp_path / "facts-5.duckdb", {**world, "interactions": waits}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
    found = effect(engine, catalog, "service_level", {"threshold": "wait_s=60"})
    assert found.total.old.n  # as many calls on both sides, and four of them judged another way
    assert found.total.new.is_hidden


def test_nothing_to_measure_is_said(engine: MetricEngine, catalog: Catalog) -> None:
    contest = Contest(version_of(catalog, "aht"), version_of(catalog, "acw"))
    with pytest.raises(NotFound, match="nothing to measure"):
        measure_effect(engine, catalog, ANALYST, contest, Period(dt.date(2020, 1, 1), dt.date(2020, 2, 1)))


def test_the_last_days_end_where_the_data_end() -> None:
    today = dt.date(2026, 6, 17)
    assert last_days(90, today=today, data_to=dt.date(2026, 6, 17)) == Period(dt.date(2026, 3, 19), today)
    assert last_days(90, today=today, data_to=dt.date(1999, 12, 31)).end == dt.date(2000, 1, 1)
