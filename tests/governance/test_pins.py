"""Pins are one person's own: six at most, seen by nobody else, gone when the person goes."""

from __future__ import annotations

import pytest

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.governance import membership, people, pins
from frontline.store.work import Store

ADA = Actor(key="per_ada", handle="ada", roles=frozenset({Role.ADMIN}))
MARIA = Actor(key="per_maria", handle="maria", roles=frozenset({Role.AGENT}))
QUERY = {"metrics": ["csat"]}


@pytest.fixture
def floor(store: Store) -> Store:
    with store.unit() as unit:
        people.add_person(unit, "ada", roles=[Role.ADMIN], key="per_ada")
        people.add_person(unit, "maria", roles=[Role.AGENT], key="per_maria")
        unit.commit()
    return store


def pin(store: Store, actor: Actor, same_as: str) -> str:
    with store.unit() as unit:
        row = pins.keep(unit, actor, pins.draft(actor, QUERY, same_as, at=unit.now))
        unit.commit()
        return row.pin_id


def own(store: Store, actor: Actor) -> list[str]:
    with store.read() as session:
        return [row.pin_id for row in pins.list_own(session, actor)]


def test_a_pin_is_seen_and_taken_away_by_its_person_alone(floor: Store) -> None:
    mine = pin(floor, MARIA, "a")
    assert own(floor, MARIA) == [mine]
    assert own(floor, ADA) == []
    with floor.unit() as unit, pytest.raises(NotFound):
        pins.drop(unit, ADA, mine)
    with floor.unit() as unit:
        pins.drop(unit, MARIA, mine)
        unit.commit()
    assert own(floor, MARIA) == []


def test_six_fit_and_the_same_question_fits_once(floor: Store) -> None:
    for place in range(pins.MOST):
        pin(floor, MARIA, f"q{place}")
    with pytest.raises(Conflict, match="pinned already"):
        pin(floor, MARIA, "q0")
    with pytest.raises(Conflict, match="more do not fit"):
        pin(floor, MARIA, "q6")
    pin(floor, ADA, "q0")
    assert len(own(floor, MARIA)) == pins.MOST


def test_who_leaves_leaves_no_pin_behind(floor: Store) -> None:
    pin(floor, MARIA, "a")
    kept = pin(floor, ADA, "a")
    with floor.unit() as unit:
        membership.leave(unit, ADA, "maria")
        unit.commit()
    with floor.unit() as unit:
        membership.come_back(unit, ADA, "maria")
        unit.commit()
    assert own(floor, MARIA) == []
    assert own(floor, ADA) == [kept]


def test_strangers_and_roles_of_the_terminal_pin_nothing(floor: Store) -> None:
    stranger = Actor(key="nobody", handle="nobody", kind=ActorKind.UNKNOWN)
    with pytest.raises(NotPermitted):
        pin(floor, stranger, "a")
    with pytest.raises(UsageError, match="App Home"):
        pin(floor, Actor(key="role:agent", handle="agent", roles=frozenset({Role.AGENT})), "a")
