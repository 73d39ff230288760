"""Cue cards and practice: what may be said, what special categories are never used for, what comes again when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.catalog.schema_cues import Cues
from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import CatalogError, NotFound, NotPermitted, UsageError
from frontline.governance import practice
from frontline.store.models.people import Person
from frontline.store.work import Store
from handlers.cues import find_cue

CUES: Cues = load_catalog().cues
ANNA = Actor("per_anna", "anna", roles=frozenset({Role.AGENT}))
BEN = Actor("per_ben", "ben", roles=frozenset({Role.AGENT}))
TOMAS = Actor("per_tomas", "tomas", roles=frozenset({Role.TRAINER}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
LEA = Actor("per_lea", "lea", roles=frozenset({Role.LEADER}))
TODAY = dt.date(2026, 6, 17)
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state.sqlite3", FrozenClock(NOW))
    opened.create_schema()
    with opened.unit() as unit:
        for actor in (ANNA, BEN, TOMAS):
            unit.session.add(Person(key=actor.key, handle=actor.handle, kind=ActorKind.HUMAN, added_at=NOW))
        unit.commit()
    yield opened
    opened.close()


def answer(store: Store, actor: Actor, case: str, *, right: bool, today: dt.date = TODAY) -> tuple[int, dt.date]:
    chosen = next(place for place, option in enumerate(CUES.cases[case].options) if option.is_right is right)
    with store.unit() as unit:
        row = practice.answer(unit, actor, CUES, case, chosen, today=today)
        unit.commit()
        return row.box, row.due_on


def test_the_cue_of_the_cancel_page_asks_openly_and_never_mentions_browsing() -> None:
    for said in ("visited cancel page", "visited_cancel_page", "cancellation page", "Visited  Cancel Page"):
        key, cue = find_cue(CUES, said)
        assert (key, cue.cue_class) == ("visited_cancel_page", "ask")
    assert "Ask an open question, never mention browsing" in cue.why
    assert all("?" in line for line in cue.says)
    assert not any("page" in line or "saw" in line for line in cue.says)


def test_what_lets_one_guess_a_special_category_is_always_never() -> None:
    special = [cue for cue in CUES.cues.values() if cue.infers]
    assert {cue.infers for cue in special} >= {"health", "religion", "minors", "ethnicity"}
    assert {cue.cue_class for cue in special} == {"never"}
    assert not any(cue.says for cue in special)


CARD = "cues:\n  x:\n    title: x\n    why: c\n    never_says: [b]\n"
OPTIONS = "[{{text: a, right: true, because: b}}, {{text: c, right: {}, because: d}}]"
CASE = "cases:\n  x:\n    situation: a\n    options: " + OPTIONS + "\n"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (CARD + "    class: ask\n    infers: religion\n    says: [a]\n", "must be never"),
        (CARD + "    class: ok\n", "may be said is missing"),
        (CASE.format("false") + "    cue: nothing\n", "there is no cue nothing"),
        (CASE.format("true") + "    cue: open_case\n", "exactly one option"),
    ],
)
def test_a_faulty_card_of_an_organisation_is_named_with_its_line(tmp_path: Path, own: str, said: str) -> None:
    (tmp_path / "cues.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_catalog(tmp_path)
    assert any(said in str(fault) and fault.line for fault in caught.value.faults), caught.value.faults


def test_an_unknown_cue_is_not_used() -> None:
    with pytest.raises(NotFound, match="not used"):
        find_cue(CUES, "zodiac sign")


def test_a_right_answer_moves_a_case_on_and_a_wrong_one_back(store: Store) -> None:
    assert answer(store, ANNA, "churn_1", right=True) == (1, TODAY + dt.timedelta(days=1))
    with store.read() as session:
        rows = {practice.next_case(session, ANNA, CUES, today=TODAY + dt.timedelta(days=days)) for days in (0, 1)}
    assert "churn_1" in rows
    store.clock.move_to(NOW + dt.timedelta(days=1))  # type: ignore[attr-defined]
    assert answer(store, ANNA, "churn_1", right=True, today=TODAY + dt.timedelta(days=1))[0] == 2
    store.clock.move_to(NOW + dt.timedelta(days=4))  # type: ignore[attr-defined]
    box, due = answer(store, ANNA, "churn_1", right=False, today=TODAY + dt.timedelta(days=4))
    assert (box, due) == (1, TODAY + dt.timedelta(days=5))


def test_every_case_comes_once_and_then_none_is_due(store: Store) -> None:
    seen = []
    for _ in range(len(CUES.cases)):
        with store.read() as session:
            case = practice.next_case(session, ANNA, CUES, today=TODAY)
        assert case is not None
        seen.append(case)
        answer(store, ANNA, case, right=True)
    assert sorted(seen) == sorted(CUES.cases)
    with store.read() as session:
        assert practice.next_case(session, ANNA, CUES, today=TODAY) is None
        assert practice.next_case(session, BEN, CUES, today=TODAY) == seen[0]


def test_a_result_is_seen_by_the_person_and_by_trainers_and_by_nobody_else(store: Store) -> None:
    answer(store, ANNA, "churn_1", right=True)
    answer(store, ANNA, "late_1", right=False)
    with store.read() as session:
        own = practice.score(session, ANNA, ANNA.key, CUES, today=TODAY)
        assert own.by_class == {"ask": (0, 1), "never": (1, 1)}
        assert own.weak == ("late_payment",)
        assert practice.score(session, TOMAS, ANNA.key, CUES, today=TODAY) == own
        assert practice.list_practising(session, TOMAS) == [ANNA.key]
        for other in (BEN, SAM, LEA):
            with pytest.raises(NotPermitted):
                practice.score(session, other, ANNA.key, CUES, today=TODAY)
        with pytest.raises(NotPermitted):
            practice.list_practising(session, ANNA)


def test_a_role_of_the_terminal_and_a_case_that_is_gone_are_refused(store: Store) -> None:
    role = Actor("role:agent", "agent", roles=frozenset({Role.AGENT}))
    with store.unit() as unit:
        with pytest.raises(UsageError):
            practice.answer(unit, role, CUES, "churn_1", 0, today=TODAY)
        with pytest.raises(NotFound):
            practice.answer(unit, ANNA, CUES, "gone", 0, today=TODAY)
        with pytest.raises(NotFound):
            practice.answer(unit, ANNA, CUES, "churn_1", 9, today=TODAY)
