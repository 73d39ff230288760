import pytest

from frontline.core.actor import ActorKind, Role
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.request import PersonRef
from frontline.governance import people
from frontline.store.work import Store


@pytest.fixture
def team(store: Store) -> Store:
    with store.unit() as unit:
        people.add_person(unit, "Maria", roles=[Role.AGENT], team="aurora", agent_id="a01")
        people.add_person(unit, "sam", roles=[Role.SUPERVISOR, Role.ADMIN])
        people.add_person(unit, "guest", roles=[Role.AGENT], kind=ActorKind.GUEST)
        people.bind(unit, "maria", team_id="T1", user_id="U1")
        unit.commit()
    return store


def kind_of(store: Store, who: PersonRef) -> ActorKind:
    with store.read() as session:
        return people.resolve(session, who).kind


def test_a_binding_becomes_an_actor_with_roles_team_and_agent(team: Store) -> None:
    with team.read() as session:
        maria = people.resolve(session, PersonRef(user_id="U1", team_id="T1"))
    assert (maria.handle, maria.team, maria.agent_id, maria.slack_user_id) == ("maria", "aurora", "a01", "U1")
    assert maria.roles == {Role.AGENT}
    assert maria.kind is ActorKind.HUMAN


@pytest.mark.parametrize(
    "who",
    [
        PersonRef(),
        PersonRef(handle="nobody"),
        PersonRef(user_id="U9", team_id="T1"),
        PersonRef(user_id="U1", team_id="T2"),  # the same user id in another workspace is somebody else
        PersonRef(user_id="U9", team_id="T1", handle="sam"),  # a claimed handle never helps a Slack account
        PersonRef(user_id="U9", team_id="T1", handle="role:admin"),
    ],
)
def test_everybody_else_is_unknown(team: Store, who: PersonRef) -> None:
    assert kind_of(team, who) is ActorKind.UNKNOWN


def test_handles_work_in_a_terminal_with_or_without_an_at_sign(team: Store) -> None:
    for handle in ("maria", "@Maria", " maria "):
        assert kind_of(team, PersonRef(handle=handle)) is ActorKind.HUMAN


def test_a_slack_id_works_in_a_terminal_unless_two_workspaces_share_it(team: Store) -> None:
    assert kind_of(team, PersonRef(user_id="U1")) is ActorKind.HUMAN
    with team.unit() as unit:
        people.bind(unit, "sam", team_id="T2", user_id="U1")
        unit.commit()
    assert kind_of(team, PersonRef(user_id="U1")) is ActorKind.UNKNOWN


def test_the_deactivated_are_unknown_from_the_commit_on(team: Store) -> None:
    with team.unit() as unit:
        people.deactivate(unit, "maria")
        unit.commit()
    assert kind_of(team, PersonRef(user_id="U1", team_id="T1")) is ActorKind.UNKNOWN
    assert kind_of(team, PersonRef(handle="maria")) is ActorKind.UNKNOWN
    with team.read() as session:
        assert [person.handle for person in people.list_people(session)] == ["guest", "sam"]


def test_a_guest_stays_a_guest(team: Store) -> None:
    assert kind_of(team, PersonRef(handle="guest")) is ActorKind.GUEST


def test_role_pseudo_actors_hold_that_role_alone(team: Store) -> None:
    with team.read() as session:
        actor = people.resolve(session, PersonRef(handle="role:supervisor"))
        assert actor.roles == {Role.SUPERVISOR}
        assert people.actor_by_key(session, actor.key) == actor
        with pytest.raises(UsageError, match="There is no role wizard"):
            people.resolve(session, PersonRef(handle="role:wizard"))


def test_adding_again_replaces_roles_and_reopens(team: Store) -> None:
    with team.unit() as unit:
        people.deactivate(unit, "maria")
        people.add_person(unit, "maria", roles=[Role.TRAINER], team="breeze")
        unit.commit()
    with team.read() as session:
        maria = people.resolve(session, PersonRef(user_id="U1", team_id="T1"))
    assert maria.roles == {Role.TRAINER}
    assert maria.team == "breeze"


def test_an_account_belongs_to_one_person(team: Store) -> None:
    with team.unit() as unit:
        people.bind(unit, "maria", team_id="T1", user_id="U1")  # again: harmless
        with pytest.raises(Conflict):
            people.bind(unit, "sam", team_id="T1", user_id="U1")
        people.unbind(unit, team_id="T1", user_id="U1")
        people.bind(unit, "sam", team_id="T1", user_id="U1")
        unit.commit()
    with team.read() as session:
        sam = people.resolve(session, PersonRef(user_id="U1", team_id="T1"))
        assert sam.handle == "sam"
        assert people.slack_account(session, sam.key) == ("T1", "U1")


@pytest.mark.parametrize("handle", ["", "two words", "role:admin", "@"])
def test_what_is_no_handle_is_refused(store: Store, handle: str) -> None:
    with store.unit() as unit, pytest.raises(UsageError):
        people.add_person(unit, handle)


def test_an_unknown_handle_is_not_found(store: Store) -> None:
    with store.unit() as unit, pytest.raises(NotFound):
        people.bind(unit, "nobody", team_id="T1", user_id="U1")


def test_the_first_admins_come_from_the_configuration_once_and_reopen_nobody(team: Store) -> None:
    for _ in range(2):
        with team.unit() as unit:
            people.ensure_admins(unit, ["@maria", "olga", "T1:U77"])
            unit.commit()
    with team.read() as session:
        assert people.resolve(session, PersonRef(handle="maria")).roles == {Role.AGENT, Role.ADMIN}
        assert people.resolve(session, PersonRef(handle="olga")).roles == {Role.ADMIN}
        assert people.resolve(session, PersonRef(user_id="U77", team_id="T1")).roles == {Role.ADMIN}
        assert people.resolve(session, PersonRef(user_id="U77", team_id="T2")).kind is ActorKind.UNKNOWN
    with team.unit() as unit:
        people.deactivate(unit, "olga")
        people.ensure_admins(unit, ["olga"])
        unit.commit()
    assert kind_of(team, PersonRef(handle="olga")) is ActorKind.UNKNOWN
