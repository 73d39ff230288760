"""A figure asked for by version, ``aht@9``: what it shows less what is in force must not tell of too few."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.app.wiring import House
from frontline.catalog.definitions import Version
from frontline.catalog.loader import Catalog
from frontline.catalog.proposals import propose
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound
from frontline.core.periods import Grain
from frontline.governance import definitions
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery, MetricResult, PeriodSpec
from tests.definitions.test_sign_offs import proposed, say
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World, make_world, person, write_facts

SPRING = PeriodSpec(start=dt.date(2026, 4, 1), end=dt.date(2026, 6, 1))
MONTHLY = PeriodSpec(start=SPRING.start, end=SPRING.end, grain=Grain.MONTH)


class OneVersion:
    """Knows a single version."""

    def __init__(self, version: Version) -> None:
        self._version = version

    def find(self, key: str, number: int) -> Version | None:
        return self._version if (key, number) == (self._version.key, self._version.number) else None


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> SmallFacts:
    """Three answered calls of May stand in a queue of their own, seven of the spring in a topic of their own."""
    world: World = make_world()
    spring = [
        row
        for row in world["interactions"]
        if row["outcome"] == "answered" and dt.datetime(2026, 5, 2) <= row["ts"] < dt.datetime(2026, 5, 30)
    ]
    vip, rare = spring[:3], spring[3:10]
    rows = [
        {**row, "queue": "vip"} if row in vip else {**row, "topic": "esim"} if row in rare else row
        for row in world["interactions"]
    ]
    return SmallFacts(write_facts(tmp_path_factory.mktemp("facts") / "facts-6.duckdb", {**world, "interactions": rows}))


def by_version(
    catalog: Catalog, facts: SmallFacts, options: dict[str, str], **asked: object
) -> tuple[MetricResult, MetricResult]:
    """Return what ``aht`` in force answers, and what ``aht@9`` with ``options`` does."""
    source = OneVersion(propose(catalog, "aht", options, number=9).version)
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor(), versions=source)
    query = MetricQuery.model_validate({"metrics": ("aht",), "period": SPRING, **asked})
    analyst = person(Role.ANALYST)
    return engine.run(analyst, query), engine.run(analyst, query.model_copy(update={"pins": ("aht@9",)}))


def test_a_version_that_leaves_three_calls_out_is_hidden(catalog: Catalog, facts: SmallFacts) -> None:
    current, pinned = by_version(catalog, facts, {"where": "queue not in vip"})
    assert current.rows[0][0] is not None
    assert pinned.rows == ((None, None),)
    assert pinned.stamps[0].n is None
    assert pinned.parts == (((None, None),),)
    assert any("would tell of them" in warning for warning in pinned.warnings)


def test_one_month_that_differs_by_three_calls_hides_the_others_too(catalog: Catalog, facts: SmallFacts) -> None:
    current, pinned = by_version(catalog, facts, {"where": "queue not in vip"}, period=MONTHLY)
    assert all(row[1] is not None for row in current.rows)
    assert [row[0] for row in pinned.rows] == ["2026-04-01", "2026-05-01"]
    assert all(row[1:] == (None, None) for row in pinned.rows)


def test_a_version_with_a_lower_floor_shows_no_smaller_groups(catalog: Catalog, facts: SmallFacts) -> None:
    _, pinned = by_version(catalog, facts, {"min-n": "5"}, by=("topic",))
    shown = {row[0]: row[2] for row in pinned.rows if row[1] is not None}
    assert shown
    assert "esim" not in shown
    assert min(shown.values()) >= catalog.metrics["aht"].min_n.group


def test_a_version_that_differs_by_many_is_answered(catalog: Catalog, facts: SmallFacts) -> None:
    current, pinned = by_version(catalog, facts, {"where": "channel in phone"})
    assert pinned.rows[0][0] is not None
    assert pinned.rows[0][1] < current.rows[0][1]


def test_a_ranking_that_is_hidden_does_not_keep_its_order(catalog: Catalog, facts: SmallFacts) -> None:
    _, pinned = by_version(catalog, facts, {"where": "queue not in vip"}, by=("channel",), order="desc")
    assert all(row[1:] == (None, None) for row in pinned.rows)
    assert [row[0] for row in pinned.rows] == sorted(row[0] for row in pinned.rows)


def test_what_was_never_adopted_is_not_counted(house: House) -> None:
    name = proposed(house)
    known = definitions.KnownVersions(lambda: house.store)
    with pytest.raises(NotFound, match="never adopted") as refused:
        known.find("fcr_rate", 3)
    assert f"metric diff {name}" in (refused.value.next_step or "")
    assert "never adopted" in house.ask("ops", f"metric show {name}", person="sam").context

    say(house, "sam", f"adopt {name} yes")
    say(house, "lena", f"adopt {name} yes")
    say(house, "lena", "undo fcr_rate")
    found = known.find("fcr_rate", 3)  # it was in force for a while, and can be asked for
    assert found is not None


def test_a_version_that_came_with_a_file_beside_the_running_bot_is_known_when_another_follows(house: House) -> None:
    assert house.doorway
    known, number = definitions.KnownVersions(lambda: house.store), house.catalog.metrics["fcr_rate"].version
    for window in (number + 1, number + 2):
        house.catalog_folder.mkdir(exist_ok=True)
        said = f"metrics: {{fcr_rate: {{version: {window}, title: FCR of file {window}}}}}\n"
        (house.catalog_folder / "metrics.yaml").write_text(said)
        house.refresh()
        assert house.catalog.metrics["fcr_rate"].version == window
    assert known.find("fcr_rate", number + 1) is not None


def test_a_version_of_the_files_is_found_beside_a_proposal_of_the_same_number(house: House) -> None:
    definitions.remember_in(house.store, house.catalog)
    known = definitions.KnownVersions(lambda: house.store)
    number = house.catalog.metrics["fcr_rate"].version
    found = known.find("fcr_rate", number)
    assert found is not None
    assert found.hash == house.catalog.definition_hashes["fcr_rate"]
    assert known.find("fcr_rate", 99) is None
