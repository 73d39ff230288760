"""A roster is judged as a whole before anything is written; who left keeps what they promised."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import UserError
from frontline.core.request import PersonRef
from frontline.governance import audit, commitments, people, roster
from frontline.governance.roster import RosterPlan, RosterRow
from frontline.store.work import Store

ADA = Actor(key="per_ada", handle="ada", roles=frozenset({Role.ADMIN}))
TODAY = dt.date(2026, 6, 17)
TEAM = "T0HARBOR01"


def row(line: int, handle: str, *roles: str, **more: Any) -> RosterRow:
    return RosterRow(line, handle, roles or ("agent",), **more)


@pytest.fixture
def office(store: Store) -> Store:
    with store.unit() as unit:
        people.add_person(unit, "ada", roles=[Role.ADMIN], key="per_ada")
        people.add_person(unit, "anna", roles=[Role.AGENT], key="per_anna")
        people.bind(unit, "anna", team_id=TEAM, user_id="U0AGENT001")
        unit.commit()
    return store


def planned(store: Store, *rows: RosterRow, **options: Any) -> RosterPlan:
    with store.read() as session:
        return roster.plan(session, rows, today=TODAY, own_team=TEAM, **options)


def write(store: Store, plan: RosterPlan) -> None:
    with store.unit() as unit:
        roster.apply(unit, ADA, plan)
        unit.commit()


def test_people_join_change_and_the_second_time_nothing_changes(office: Store) -> None:
    rows = (
        row(2, "Anna", "agent", "trainer", team="Aurora", slack="U0AGENT001", agent_id="a01", manager="@sam"),
        row(3, "sam", "supervisor", slack="U0SUPER001"),
        row(4, "ada", "admin"),
    )
    plan = planned(office, *rows)
    assert [change.handle for change in plan.joins] == ["sam"]
    assert [change.handle for change in plan.changes] == ["anna"]
    write(office, plan)
    assert planned(office, *rows).is_empty
    with office.read() as session:
        anna = people.resolve(session, PersonRef(user_id="U0AGENT001", team_id=TEAM))
        assert people.person_of(session, "anna").manager == "sam"
        entries = [entry for entry in audit.entries(session, limit=5) if entry.action == "people.manage"]
    assert (anna.roles, anna.team, anna.agent_id) == (frozenset({Role.AGENT, Role.TRAINER}), "Aurora", "a01")
    assert sorted(entry.resource for entry in entries) == ["person:anna", "person:sam"]


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ([row(2, "sam"), row(5, "@Sam")], 5, "@sam stands in line 2 already"),
        (
            [row(2, "sam", slack="U0SUPER001"), row(3, "tom", slack="U0SUPER001")],
            3,
            "account of @sam (line 2)",
        ),
        ([row(2, "sam", "wizard")], 2, "there is no role 'wizard'"),
        ([RosterRow(2, "sam")], 2, "has no role"),
        ([row(2, "sam@example.org")], 2, "e-mail address"),
        ([row(2, "sam", slack="sam@example.org")], 2, "an e-mail address is no Slack account"),
        ([row(2, "sam smith")], 2, "is no handle"),
        ([row(2, "anna", slack="U0OTHER001")], 2, "linked to another Slack account (T0HARBOR01:U0AGENT001)"),
        ([row(2, "sam", slack="U0AGENT001")], 2, "this Slack account is @anna's already"),
        ([row(2, "sam", manager="sam")], 2, "their own manager"),
        ([row(2, "sam", manager="nobody")], 2, "the manager @nobody is nobody here"),
        ([row(2, "ada", active=False)], 0, "nobody would be left as admin"),
    ],
)
def test_a_faulty_list_is_named_by_line_and_nothing_is_written(
    office: Store, rows: list[RosterRow], line: int, said: str
) -> None:
    plan = planned(office, *rows)
    [fault] = plan.faults
    assert fault.line == line
    assert said in fault.message
    with office.unit() as unit, pytest.raises(UserError):
        roster.apply(unit, ADA, plan)


@pytest.mark.parametrize("gone", [{"active": False}, {"end_at": dt.date(2026, 6, 17)}])
def test_the_departed_are_deactivated_and_what_they_owe_is_named(office: Store, gone: dict[str, Any]) -> None:
    with office.unit() as unit:
        anna = people.actor_by_key(unit.session, "per_anna")
        due = dt.date(2099, 1, 1)
        made = commitments.create(unit, anna, kind="promise", title="call back", owner_key=anna.key, due=due)
        unit.commit()
    plan = planned(office, row(2, "anna", **gone), row(3, "ada", "admin"), row(4, "ghost", **gone))
    assert [change.handle for change in plan.leaves] == ["anna"]
    assert made.commitment_id in plan.leaves[0].what
    assert any("@ghost left and was never here" in note for note in plan.notes)
    write(office, plan)
    with office.read() as session:
        assert people.resolve(session, PersonRef(handle="anna")).kind is ActorKind.UNKNOWN
        assert session.get(commitments.Commitment, made.commitment_id) is not None
    back = planned(office, row(2, "anna"), row(3, "ada", "admin"))
    assert "is back" in back.changes[0].what


def test_who_will_leave_later_stays_until_then(office: Store) -> None:
    plan = planned(office, row(2, "anna", end_at=dt.date(2026, 6, 18)), row(3, "ada", "admin"))
    assert not plan.leaves


def test_a_shorter_list_closes_nobody_unless_asked(office: Store) -> None:
    shorter = row(2, "ada", "admin")
    assert planned(office, shorter).missing == ["anna"]
    assert planned(office, shorter).is_empty
    assert [change.handle for change in planned(office, shorter, prune=True).leaves] == ["anna"]
    assert planned(office).is_empty  # no list at all is no list of nobody


def test_the_list_gives_admins_and_takes_none(office: Store) -> None:
    plan = planned(office, row(2, "ada", "leader"))
    assert plan.changes[0].what == "roles admin, leader (before: admin)"


def test_an_admin_known_by_account_alone_gets_a_name(office: Store) -> None:
    with office.unit() as unit:
        people.ensure_admins(unit, [f"{TEAM}:U0ADMIN001"])
        unit.commit()
    plan = planned(office, row(2, "olga", "admin", slack="U0ADMIN001"), row(3, "anna"), row(4, "ada", "admin"))
    assert plan.faults == []
    write(office, plan)
    with office.unit() as unit:
        people.ensure_admins(unit, [f"{TEAM}:U0ADMIN001"])
        unit.commit()
    with office.read() as session:
        olga = people.resolve(session, PersonRef(user_id="U0ADMIN001", team_id=TEAM))
        handles = [person.handle for person in people.list_people(session)]
    assert (olga.handle, olga.roles) == ("olga", frozenset({Role.ADMIN}))
    assert handles == ["ada", "anna", "olga"]
