"""What is decided about tiles, and who looked: counted by person and day, told without persons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.actor import Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotPermitted, UsageError
from frontline.governance import audit, dashboards
from frontline.governance.dashboards import ADDED, KEPT, RETIRED
from frontline.store.models.people import Person, PersonRole
from frontline.store.work import Store

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
TODAY = NOW.date()
CARDS = load_catalog().scorecards
TEAM, RULES = CARDS.dashboard("team"), CARDS.review
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
LEA = Actor("per_lea", "lea", roles=frozenset({Role.LEADER}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "state.sqlite3", FrozenClock(NOW))
    made.create_schema()
    with made.unit() as unit:
        for actor in (SAM, LEA):
            roles = [PersonRole(person_key=actor.key, role=role.value) for role in actor.roles]
            unit.session.add(Person(key=actor.key, handle=actor.handle, added_at=NOW, roles=roles))
        unit.commit()
    return made


def decide(store: Store, actor: Actor, metric: str, decision: str) -> list[str]:
    with store.unit() as unit:
        dashboards.decide(unit, actor, "team", TEAM, metric, decision, rules=RULES, today=TODAY)
        unit.commit()
    with store.read() as session:
        return dashboards.tiles_of(session, "team", TEAM)


def test_what_is_retired_goes_and_comes_back_and_what_is_added_stays(store: Store) -> None:
    assert "csat" not in decide(store, SAM, "csat", RETIRED)
    assert "csat" in decide(store, SAM, "csat", ADDED)
    assert decide(store, SAM, "nps", ADDED)[-1] == "nps"
    assert "csat" in decide(store, SAM, "csat", KEPT)
    with pytest.raises(Conflict, match="already"):
        decide(store, SAM, "nps", ADDED)
    with pytest.raises(Conflict, match="any more"):
        decide(store, SAM, "ces", RETIRED)


def test_an_added_tile_that_is_kept_stays_and_goes_when_retired(store: Store) -> None:
    decide(store, SAM, "nps", ADDED)
    assert "nps" in decide(store, SAM, "nps", KEPT)
    assert "nps" not in decide(store, SAM, "nps", RETIRED)
    assert "nps" in decide(store, SAM, "nps", ADDED)


def test_a_full_dashboard_takes_nothing_more(store: Store) -> None:
    extra = [name for name in load_catalog().metrics if name not in TEAM.tiles]
    for metric in extra[: RULES.cap - len(TEAM.tiles)]:
        decide(store, SAM, metric, ADDED)
    with pytest.raises(UsageError, match="12 are the most"):
        decide(store, SAM, extra[-1], ADDED)


def test_only_the_role_that_owns_it_decides(store: Store) -> None:
    with pytest.raises(NotPermitted, match="supervisors"):
        decide(store, LEA, "csat", RETIRED)


def test_a_look_at_a_dashboard_counts_as_a_question_does(store: Store) -> None:
    with store.unit() as unit:
        audit.record(unit, SAM, "metric.ask", detail={"metrics": ["csat"]})
        audit.record(unit, SAM, "dashboard.read", detail={"metrics": ["csat", "nps"]})
        audit.record(unit, LEA, "floor.read", detail={"metrics": ["nps"]})
        unit.commit()
    with store.read() as session:
        usage = dashboards.read_usage(session, since=NOW - dt.timedelta(days=90), rules=RULES)
    assert {key: uses.looks for key, uses in usage.by_metric.items()} == {"csat": 1, "nps": 2}


def test_a_look_counts_once_a_person_and_day_and_by_the_weight_of_the_role(store: Store) -> None:
    with store.unit() as unit:
        for actor in (SAM, SAM, LEA):
            audit.record(unit, actor, "metric.ask", detail={"metrics": ["csat", "nps"]})
        audit.record(unit, SAM, "metric.ask", outcome="denied", detail={"metrics": ["ces"]})
        audit.record(unit, SAM, "help.read", detail={})
        unit.commit()
    with store.read() as session:
        usage = dashboards.read_usage(session, since=NOW - dt.timedelta(days=90), rules=RULES)
    assert usage.since == TODAY
    assert set(usage.by_metric) == {"csat", "nps"}
    assert usage.by_metric["csat"].looks == 2
    assert usage.by_metric["csat"].weighted == 1 + RULES.weights[Role.LEADER]
