"""The live state takes reports in any order, keeps nobody's name, and lets closed cases leave."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound, NotPermitted
from frontline.core.ids import keyed_hash
from frontline.governance.live import access_live_case, list_live_cases
from frontline.store.live import CASES, QUEUES, Taken, list_readings, take
from frontline.store.work import Store

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
KEY = b"k" * 32
SAM = Actor("p1", "sam", ActorKind.HUMAN, roles=frozenset({Role.SUPERVISOR}), team="aurora")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "state.sqlite3", FrozenClock(NOW))
    made.create_schema()
    yield made
    made.close()


def report(store: Store, table: str, *rows: dict[str, Any], at: dt.datetime = NOW, is_whole: bool = False) -> Taken:
    with store.unit() as unit:
        taken = take(unit, table, rows, at, key=KEY, is_whole=is_whole)
        unit.commit()
    return taken


def open_cases(store: Store) -> list[str]:
    with store.read() as session:
        return [case.case_id for case in list_live_cases(session, SAM)]


def case(case_id: str, **more: Any) -> dict[str, Any]:
    return {"case_id": case_id, "opened_at": "2026-06-17T08:00:00Z", "tier": "Gold", "team_id": "aurora", **more}


def test_the_same_report_twice_changes_nothing(store: Store) -> None:
    assert report(store, CASES, case("C1"), case("C2")) == Taken(kept=2)
    assert report(store, CASES, case("C1"), case("C2")) == Taken(unchanged=2)
    assert open_cases(store) == ["C1", "C2"]


def test_closed_cases_leave_and_an_older_report_does_not_bring_them_back(store: Store) -> None:
    report(store, CASES, case("C1"), at=NOW - dt.timedelta(minutes=2))
    assert report(store, CASES, {"case_id": "C1", "status": "Closed"}).left == 1
    assert report(store, CASES, case("C1"), at=NOW - dt.timedelta(minutes=1)).unchanged == 1
    assert open_cases(store) == []
    # A case that was opened again is a newer report.
    assert report(store, CASES, case("C1"), at=NOW + dt.timedelta(minutes=1)).kept == 1
    assert open_cases(store) == ["C1"]


def test_a_whole_list_lets_what_it_does_not_name_leave(store: Store) -> None:
    report(store, CASES, case("C1"), case("C2"))
    assert report(store, CASES, case("C2"), at=NOW + dt.timedelta(minutes=1), is_whole=True).left == 1
    assert open_cases(store) == ["C2"]


def test_nothing_personal_is_kept(store: Store) -> None:
    report(
        store,
        CASES,
        case("C1", customer_id="CU-000017", customer_name="Ann Bee", topic="ann.bee@example.org", queue="+31 612345678",
             subject="Ann Bee cannot log in"),
    )  # fmt: skip
    with store.read() as session:
        kept = access_live_case(session, SAM, "C1")
    assert kept.customer_key == keyed_hash(KEY, "customer", "CU-000017")
    assert (kept.topic, kept.queue, kept.tier, kept.team) == (None, None, "gold", "aurora")
    stored = b"".join(path.read_bytes() for path in Path(str(store.engine.url.database)).parent.iterdir())
    for trace in (b"Ann", b"ann.bee", b"12345678", b"CU-000017"):
        assert trace not in stored


def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_taken(store: Store) -> None:
    taken = report(store, CASES, {"tier": "gold"}, case("C2", opened_at="yesterday"), case("C3"))
    assert (taken.kept, [number for number, _ in taken.refused]) == (1, [1, 2])
    taken = report(
        store, QUEUES, {"queue": "care"}, {"queue": "tech", "waiting": "-1"}, {"queue": "care", "waiting": 2}
    )
    assert (taken.kept, len(taken.refused)) == (1, 2)
    with store.unit() as unit, pytest.raises(NotFound, match="no live table"):
        take(unit, "cases", [], NOW, key=KEY)


def test_queues_hold_the_newest_report_and_since_when_the_first_waits(store: Store) -> None:
    row = {"queue": "care", "channel": "phone", "waiting": 3, "longest_wait_s": 90, "available": 1, "busy": 7}
    report(store, QUEUES, row)
    assert report(store, QUEUES, row | {"waiting": 9}, at=NOW - dt.timedelta(minutes=1)).unchanged == 1
    with store.read() as session:
        (reading,) = list_readings(session)
    assert (reading.waiting, reading.longest_wait_s, reading.available, reading.as_of) == (3, 90.0, 1, NOW)
    report(store, QUEUES, {"queue": "care", "channel": "phone", "waiting": 0}, at=NOW + dt.timedelta(minutes=1))
    with store.read() as session:
        (reading,) = list_readings(session)
    assert (reading.waiting, reading.longest_wait_s) == (0, 0.0)


def test_agents_see_the_open_cases_of_their_team_and_trainers_none(store: Store) -> None:
    report(store, CASES, case("C1"), case("C2", team_id="breeze"))
    agent = Actor("p2", "lee", ActorKind.HUMAN, roles=frozenset({Role.AGENT}), team="aurora")
    trainer = Actor("p3", "tess", ActorKind.HUMAN, roles=frozenset({Role.TRAINER}))
    with store.read() as session:
        assert [found.case_id for found in list_live_cases(session, agent)] == ["C1"]
        with pytest.raises(NotFound):
            access_live_case(session, agent, "C2")
        with pytest.raises(NotPermitted):
            list_live_cases(session, trainer)
