"""People come, change and leave one at a time; each change is audited, and an admin always stays."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import Conflict, NotFound, UsageError, UserError
from frontline.core.request import PersonRef
from frontline.governance import audit, commitments, membership, people
from frontline.store.work import Store

ADA = Actor(key="per_ada", handle="ada", roles=frozenset({Role.ADMIN}))
DUE = dt.date(2099, 1, 1)


@pytest.fixture
def floor(store: Store) -> Store:
    with store.unit() as unit:
        people.add_person(unit, "ada", roles=[Role.ADMIN], key="per_ada")
        people.add_person(unit, "maria", roles=[Role.AGENT], key="per_maria")
        people.bind(unit, "maria", team_id="T1", user_id="U1")
        unit.commit()
    return store


def roles_of(store: Store, handle: str) -> frozenset[Role]:
    with store.read() as session:
        return people.resolve(session, PersonRef(handle=handle)).roles


def test_who_is_added_by_account_can_speak_at_once(floor: Store) -> None:
    with floor.unit() as unit:
        membership.add(unit, ADA, "@Sam", roles=[Role.SUPERVISOR], team="Aurora", account="T1:U2")
        unit.commit()
    with floor.read() as session:
        sam = people.resolve(session, PersonRef(user_id="U2", team_id="T1"))
        entry = audit.entries(session, limit=1)[0]
    assert (sam.handle, sam.team, sam.roles) == ("sam", "Aurora", frozenset({Role.SUPERVISOR}))
    assert (entry.action, entry.resource, entry.actor_key) == ("people.manage", "person:sam", "per_ada")


def test_a_taken_handle_or_account_is_refused_by_name(floor: Store) -> None:
    with floor.unit() as unit:
        with pytest.raises(Conflict, match="@maria is here already"):
            membership.add(unit, ADA, "maria", roles=[Role.AGENT])
        with pytest.raises(Conflict, match="This Slack account is @maria's"):
            membership.add(unit, ADA, "sam", roles=[Role.AGENT], account="T1:U1")
        with pytest.raises(UsageError, match="e-mail address"):
            membership.add(unit, ADA, "sam@example.org", roles=[Role.AGENT])


def test_roles_are_given_and_taken_and_no_change_is_said(floor: Store) -> None:
    with floor.unit() as unit:
        now = membership.change_roles(unit, ADA, "maria", give=[Role.SUPERVISOR], take=[Role.AGENT])
        unit.commit()
    assert now == "supervisor"
    assert roles_of(floor, "maria") == {Role.SUPERVISOR}
    with floor.unit() as unit, pytest.raises(Conflict, match="already"):
        membership.change_roles(unit, ADA, "maria", give=[Role.SUPERVISOR])
    with floor.unit() as unit, pytest.raises(NotFound):
        membership.change_roles(unit, ADA, "nobody", give=[Role.AGENT])


def test_the_last_admin_stays(floor: Store) -> None:
    with floor.unit() as unit:
        with pytest.raises(UserError, match="@ada is the last admin"):
            membership.change_roles(unit, ADA, "ada", take=[Role.ADMIN])
        with pytest.raises(UserError, match="the last admin"):
            membership.leave(unit, ADA, "ada")
    assert roles_of(floor, "ada") == {Role.ADMIN}
    with floor.unit() as unit:
        membership.change_roles(unit, ADA, "maria", give=[Role.ADMIN])
        membership.leave(unit, ADA, "ada")
        unit.commit()
    assert roles_of(floor, "ada") == frozenset()


def test_who_leaves_keeps_their_rows_and_what_they_owe_is_named(floor: Store) -> None:
    with floor.unit() as unit:
        actor = people.actor_by_key(unit.session, "per_maria")
        made = [
            commitments.create(unit, actor, kind="promise", title=f"thing {n}", owner_key="per_maria", due=DUE)
            for n in range(4)
        ]
        person, owed = membership.leave(unit, ADA, "maria")
        unit.commit()
    assert (owed.count, len(owed.ids)) == (4, 3)
    assert set(owed.ids) <= {row.commitment_id for row in made}
    assert str(owed).endswith("and 1 more)")
    with floor.read() as session:
        assert people.resolve(session, PersonRef(user_id="U1", team_id="T1")).kind is ActorKind.UNKNOWN
    with floor.unit() as unit:
        with pytest.raises(Conflict):
            membership.leave(unit, ADA, "maria")
        membership.come_back(unit, ADA, "maria")
        with pytest.raises(Conflict):
            membership.come_back(unit, ADA, "maria")
        unit.commit()
    assert roles_of(floor, "maria") == {Role.AGENT}
    assert person.handle == "maria"


def test_another_account_is_linked_only_on_purpose(floor: Store) -> None:
    with floor.unit() as unit:
        with pytest.raises(Conflict, match="another Slack account"):
            membership.link(unit, ADA, "maria", "T1:U9")
        with pytest.raises(Conflict, match="already"):
            membership.link(unit, ADA, "maria", "T1:U1")
        membership.link(unit, ADA, "maria", "T1:U9", replace=True)
        unit.commit()
    with floor.read() as session:
        assert people.resolve(session, PersonRef(user_id="U9", team_id="T1")).handle == "maria"
        assert people.resolve(session, PersonRef(user_id="U1", team_id="T1")).kind is ActorKind.UNKNOWN


def test_an_admin_of_the_configuration_is_found_by_account_after_a_new_name(floor: Store) -> None:
    with floor.unit() as unit:
        people.ensure_admins(unit, ["T1:U1"])
        unit.commit()
    assert roles_of(floor, "maria") == {Role.AGENT, Role.ADMIN}
    with floor.read() as session:
        assert "u1" not in [person.handle for person in people.list_people(session)]
