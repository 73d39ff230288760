"""Running totals and rolling windows: counted anew for every unit, over rows that are known one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.actor import Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import CatalogError, UsageError
from frontline.core.periods import Grain
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery, PeriodSpec, Span
from tests.metrics.world import NOW, ZONE, OpenDoor, Row, SmallFacts, World, make_world, person, write_facts

COMMON = "    owner: analyst\n    model: interactions\n    direction: none\n    kind: cumulative\n"
METRICS = (
    "metrics:\n"
    f"  contacts_so_far:\n    title: Contacts so far\n    definition: x\n{COMMON}"
    "    unit: count\n    format: count\n    cumulative: {of: contact_volume, since: month}\n"
    f"  aht_28d:\n    title: Handle time of 28 days\n    definition: x\n{COMMON}"
    "    unit: seconds\n    format: duration\n    cumulative: {of: aht, days: 28}\n"
)
MAY = Span(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
ANALYST = person(Role.ANALYST)


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "metrics.yaml").write_text(METRICS)
    return load_catalog(folder)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def engine(overlay: Catalog, world: World, tmp_path_factory: pytest.TempPathFactory) -> MetricEngine:
    facts = SmallFacts(write_facts(tmp_path_factory.mktemp("facts") / "facts-7.duckdb", world))
    return MetricEngine(overlay, facts, FrozenClock(NOW), OpenDoor())


def rows(world: World, first: dt.date, last: dt.date, keep: Callable[[Row], bool] = lambda _row: True) -> list[Row]:
    def day(row: Row) -> dt.date:
        found: dt.date = row["ts"].replace(tzinfo=UTC).astimezone(ZONE).date()
        return found

    return [row for row in world["interactions"] if first <= day(row) <= last and keep(row)]


def is_handled(row: Row) -> bool:
    return row["outcome"] in ("answered", "transferred") and row["handle_s"] is not None


def ask(
    engine: MetricEngine, key: str, span: Span, grain: Grain | None, **more: object
) -> tuple[tuple[object, ...], ...]:
    spec = PeriodSpec(start=span.start, end=span.end, grain=grain)
    return engine.run(ANALYST, MetricQuery.model_validate({"metrics": (key,), "period": spec, **more})).rows


def test_a_running_total_begins_anew_each_month(engine: MetricEngine, world: World) -> None:
    span = Span(start=dt.date(2026, 4, 28), end=dt.date(2026, 5, 6))
    found = {row[0]: row[1] for row in ask(engine, "contacts_so_far", span, Grain.DAY)}
    for number in range(8):
        day = span.start + dt.timedelta(days=number)
        assert found[day.isoformat()] == len(rows(world, day.replace(day=1), day))


def test_a_rolling_mean_is_taken_over_the_rows_and_not_over_means(engine: MetricEngine, world: World) -> None:
    for label, value, n in ask(engine, "aht_28d", MAY, Grain.WEEK):
        last = min(dt.date.fromisoformat(str(label)) + dt.timedelta(days=6), MAY.end - dt.timedelta(days=1))
        taken = rows(world, last - dt.timedelta(days=27), last, is_handled)
        assert n == len(taken)
        assert value == pytest.approx(sum(row["handle_s"] for row in taken) / len(taken))


def test_as_a_whole_it_is_what_had_run_up_by_the_end(engine: MetricEngine, world: World) -> None:
    of_may = rows(world, MAY.start, MAY.end - dt.timedelta(days=1))
    assert ask(engine, "contacts_so_far", MAY, None)[0][0] == len(of_may)
    by_channel = {row[0]: row[1] for row in ask(engine, "contacts_so_far", MAY, None, by=("channel",))}
    assert sum(by_channel.values()) == len(of_may)  # type: ignore[arg-type]


def test_compared_with_the_month_before_the_window_moves_with_it(engine: MetricEngine, world: World) -> None:
    found = {row[0]: row[1] for row in ask(engine, "aht_28d", MAY, None, compare="previous", kind="comparison")}
    taken = rows(world, dt.date(2026, 4, 3), dt.date(2026, 4, 30), is_handled)
    assert found["compare"] == pytest.approx(sum(row["handle_s"] for row in taken) / len(taken))


def test_a_step_of_a_few_rows_is_hidden(overlay: Catalog, world: World, tmp_path: Path) -> None:
    day = dt.date(2026, 5, 12)
    that_day = rows(world, day, day)
    dropped = {id(row) for row in that_day[2:]}
    kept = [row for row in world["interactions"] if id(row) not in dropped]
    facts = SmallFacts(write_facts(tmp_path / "facts-8.duckdb", {**world, "interactions": kept}))
    engine = MetricEngine(overlay, facts, FrozenClock(NOW), OpenDoor())
    span = Span(start=dt.date(2026, 5, 10), end=dt.date(2026, 5, 15))
    found = {row[0]: row[1] for row in ask(engine, "contacts_so_far", span, Grain.DAY)}
    assert found[day.isoformat()] is None  # the step from the day before would be these two contacts
    assert found["2026-05-13"] is not None


def test_a_long_series_by_day_is_asked_back(engine: MetricEngine) -> None:
    with pytest.raises(UsageError, match="counted anew"):
        ask(engine, "contacts_so_far", Span(start=dt.date(2025, 6, 1), end=dt.date(2026, 6, 1)), Grain.DAY)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cumulative: {of: backlog, days: 7}", "does not run on"),
        ("cumulative: {of: nothing, days: 7}", "unknown metric"),
        ("cumulative: {of: aht, days: 7}", "another model, unit or scale"),
        ("cumulative: {of: contact_volume}", "either since or days"),
        ("cumulative: {of: contact_volume, since: month, days: 7}", "either since or days"),
    ],
)
def test_what_cannot_run_up_is_a_fault(line: str, said: str, tmp_path: Path) -> None:
    text = METRICS.replace("cumulative: {of: contact_volume, since: month}", line)
    (tmp_path / "metrics.yaml").write_text(text)
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path)
