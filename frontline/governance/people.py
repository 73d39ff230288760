"""Who speaks: a binding of (team id, user id) or a handle becomes an ``Actor``; everybody else is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, lazyload

from frontline.core.actor import SYSTEM, Actor, ActorKind, Role
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.core.request import PersonRef
from frontline.store.models.people import Binding, Person, PersonRole
from frontline.store.models.pins import PinnedFigure
from frontline.store.work import Unit

UNKNOWN: Final = Actor(key="unknown", handle="unknown", kind=ActorKind.UNKNOWN)
ROLE_PREFIX: Final = "role:"


def resolve(session: Session, who: PersonRef) -> Actor:
    """Return the actor behind ``who``; UNKNOWN for strangers and for the deactivated.

    With a user id only bindings count, whatever handle the sender claims; ``team_id`` may be empty in a terminal
    alone, where nobody can forge it. ``role:supervisor`` is a pseudo-actor of the terminal.
    """
    if who.user_id:
        return _of(_by_binding(session, who), who.user_id)
    handle = who.handle.strip().lstrip("@").lower()
    if handle.startswith(ROLE_PREFIX):
        return role_actor(handle.removeprefix(ROLE_PREFIX))
    if not handle:
        return UNKNOWN
    return _of(session.scalar(select(Person).where(Person.handle == handle)), None)


def role_actor(name: str) -> Actor:
    """Return the pseudo-actor of a role, for ``--as role:NAME`` in a terminal.

    Raises:
        UsageError: no such role.
    """
    try:
        role = Role(name)
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise UsageError(f"There is no role {name}.", next_step=f"Roles: {known}.") from error
    return Actor(key=f"{ROLE_PREFIX}{role.value}", handle=f"{ROLE_PREFIX}{role.value}", roles=frozenset({role}))


def add_person(
    unit: Unit,
    handle: str,
    *,
    roles: Iterable[Role] = (),
    kind: ActorKind = ActorKind.HUMAN,
    team: str | None = None,
    agent_id: str | None = None,
    key: str | None = None,
) -> Person:
    """Add somebody, or update the one with this handle (roles are replaced). ``handle`` is a work name.

    Raises:
        UsageError: the handle is empty, holds spaces, or looks like a role.
    """
    name = read_handle(handle)
    person = unit.session.scalar(select(Person).where(Person.handle == name))
    if person is None:
        person = Person(key=key or new_id("per"), handle=name, added_at=unit.now)
        unit.session.add(person)
    person.kind, person.team, person.agent_id, person.deactivated_at = kind.value, team, agent_id, None
    wanted = {role.value for role in roles}
    person.roles = [held for held in person.roles if held.role in wanted] + [
        PersonRole(role=role) for role in sorted(wanted - {held.role for held in person.roles})
    ]
    unit.session.flush()
    return person


def read_handle(handle: str) -> str:
    """Return a handle as it is kept: without its @, in lower case.

    Raises:
        UsageError: it is empty, holds spaces, looks like a role, or is an e-mail address.
    """
    name = handle.strip().lstrip("@").lower()
    if "@" in name:
        # Slack profiles are edited by their owners: an address proves nothing about who speaks.
        raise UsageError("An e-mail address is no handle.", next_step="A handle is a work name, such as maria.")
    if not name or len(name) > 80 or any(letter.isspace() for letter in name) or ":" in name:
        raise UsageError(f"{handle!r} is no handle.", next_step="A handle is one word, such as maria or m.silva.")
    return name


def ensure_admins(unit: Unit, named: Iterable[str]) -> None:
    """Make sure that the first admins of the configuration exist: handles, or ``TEAM:USER`` for a Slack account.

    Nobody is reopened and no role is taken away: whoever was deactivated here stays out.

    Raises:
        UsageError: an entry is neither a handle nor TEAM:USER.
    """
    for entry in named:
        team_id, separator, user_id = entry.strip().partition(":")
        handle = (user_id if separator else team_id).strip().lstrip("@").lower()
        bound = unit.session.get(Binding, (team_id, user_id)) if separator else None
        # Whoever has the account is meant, whatever they are called by now.
        query = select(Person).where(Person.key == bound.person_key if bound else Person.handle == handle)
        person = unit.session.scalar(query)
        if person is None:
            person = add_person(unit, handle, roles=[Role.ADMIN])
        elif all(held.role != Role.ADMIN for held in person.roles):
            person.roles.append(PersonRole(role=Role.ADMIN.value))
        if separator and bound is None:
            bind(unit, handle, team_id=team_id, user_id=user_id)
    unit.session.flush()


def bind(unit: Unit, handle: str, *, team_id: str, user_id: str) -> None:
    """Bind a Slack account to a person; binding the same account again is harmless.

    Raises:
        NotFound: nobody has this handle.
        Conflict: the account belongs to somebody else.
        UsageError: an id is empty.
    """
    if not team_id or not user_id:
        raise UsageError("A binding needs a team id and a user id.")
    person = person_of(unit.session, handle)
    bound = unit.session.get(Binding, (team_id, user_id))
    if bound is None:
        unit.session.add(Binding(team_id=team_id, user_id=user_id, person_key=person.key, bound_at=unit.now))
        unit.session.flush()
    elif bound.person_key != person.key:
        raise Conflict("This Slack account belongs to another person.", next_step="Unbind it there first.")


def unbind(unit: Unit, *, team_id: str, user_id: str) -> None:
    """Take a binding away; an absent one is harmless."""
    if (bound := unit.session.get(Binding, (team_id, user_id))) is not None:
        unit.session.delete(bound)
        unit.session.flush()


def deactivate(unit: Unit, handle: str) -> None:
    """Close somebody's access from this commit on. Their rows stay, but for what only they ever saw: their pins."""
    person = person_of(unit.session, handle)
    unit.session.execute(delete(PinnedFigure).where(PinnedFigure.person_key == person.key))
    person.deactivated_at = person.deactivated_at or unit.now


def person_of(session: Session, handle: str) -> Person:
    """Return the person with this handle.

    Raises:
        NotFound: nobody has it.
    """
    name = handle.strip().lstrip("@").lower()
    person = session.scalar(select(Person).where(Person.handle == name))
    if person is None:
        raise NotFound(f"Nobody here is called {name}.", next_step="Check the spelling of the handle.")
    return person


def actor_by_key(session: Session, key: str) -> Actor:
    """Return the actor of a stored key (owners, authors); UNKNOWN when it is nobody active."""
    if key == SYSTEM.key:
        return SYSTEM
    if key.startswith(ROLE_PREFIX):
        return role_actor(key.removeprefix(ROLE_PREFIX))
    return _of(session.get(Person, key), None)


def slack_account(session: Session, key: str) -> tuple[str, str] | None:
    """Return (team id, user id) of a person's first binding, for direct messages; None without one."""
    bound = session.scalar(select(Binding).where(Binding.person_key == key).order_by(Binding.bound_at).limit(1))
    return (bound.team_id, bound.user_id) if bound is not None else None


def owner_of_account(session: Session, user_id: str) -> Person | None:
    """Return whose Slack account this is, active or not; None for a stranger's."""
    return session.scalar(select(Person).join(Binding).where(Binding.user_id == user_id).limit(1))


def admin_accounts(session: Session) -> dict[str, str]:
    """Return key -> Slack user id of the active admins who have an account."""
    found = {person.key: slack_account(session, person.key) for person in of_role(session, Role.ADMIN)}
    return {key: account[1] for key, account in found.items() if account is not None}


def list_people(session: Session, *, also_departed: bool = False) -> list[Person]:
    """Return everybody active, by handle. The caller has authorized ``people.manage``."""
    query = select(Person).order_by(Person.handle)
    return list(session.scalars(query if also_departed else query.where(Person.deactivated_at.is_(None))))


def of_role(session: Session, role: Role) -> list[Person]:
    """Return the active people, no machines, who hold a role, by handle: whom something is sent to."""
    everybody = [person for person in list_people(session) if person.kind == ActorKind.HUMAN]
    return [person for person in everybody if any(held.role == role for held in person.roles)]


def handles(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Return key -> handle for those of ``keys`` that are people."""
    rows = session.execute(select(Person.key, Person.handle).where(Person.key.in_(set(keys))))
    return dict(rows.tuples().all())


def _by_binding(session: Session, who: PersonRef) -> Person | None:
    # One statement for every request, roles and all; the account is known.
    query = (
        select(Person)
        .join(Binding)
        .where(Binding.user_id == who.user_id)
        .options(joinedload(Person.roles), lazyload(Person.bindings))
    )
    if who.team_id:
        query = query.where(Binding.team_id == who.team_id)
    found = list(session.scalars(query).unique())
    return found[0] if len(found) == 1 else None


def _of(person: Person | None, user_id: str | None) -> Actor:
    if person is None or person.deactivated_at is not None:
        return UNKNOWN
    account = user_id or (person.bindings[0].user_id if person.bindings else None)
    return Actor(
        key=person.key,
        handle=person.handle,
        kind=ActorKind(person.kind),
        roles=frozenset(Role(held.role) for held in person.roles),
        team=person.team,
        agent_id=person.agent_id,
        slack_user_id=account,
    )
