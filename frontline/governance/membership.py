"""Who belongs, and in which roles: changes of people one at a time, each audited, never without an admin left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import Conflict, UserError
from frontline.governance import audit, people
from frontline.governance.commitments import OPEN
from frontline.store.models.governance import Commitment
from frontline.store.models.people import Binding, Person, PersonRole
from frontline.store.work import Unit

ACTION = "people.manage"


@dataclass(frozen=True)
class Owed:
    """What somebody still has open when they leave: how many, and the ids of the first few."""

    count: int
    ids: tuple[str, ...]

    def __str__(self) -> str:
        if not self.count:
            return "no open commitments"
        more = f" and {self.count - len(self.ids)} more" if self.count > len(self.ids) else ""
        return f"{self.count} open commitment{'s' if self.count != 1 else ''} ({', '.join(self.ids)}{more})"


def list_admins(session: Session) -> list[Person]:
    """Return the active human admins, the longest serving first. A name to ask is no secret: no actor is asked for."""
    query = (
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.ADMIN.value, Person.deactivated_at.is_(None), Person.kind == ActorKind.HUMAN)
        .order_by(Person.added_at, Person.handle)
    )
    return list(session.scalars(query))


def add(
    unit: Unit, actor: Actor, handle: str, *, roles: Iterable[Role], team: str | None = None, account: str = ""
) -> Person:
    """Add somebody. ``account`` is ``TEAM:USER`` of Slack, or "" for the terminal alone.

    Raises:
        Conflict: the handle or the Slack account is somebody's already.
        UsageError: the handle is none.
    """
    name = people.read_handle(handle)
    known = unit.session.scalar(select(Person).where(Person.handle == name))
    if known is not None:
        verb = "restore" if known.deactivated_at else "role"
        raise Conflict(f"@{name} is here already.", next_step=f"Say /ops people {verb} @{name} instead.")
    _free_account(unit.session, account, name)
    person = people.add_person(unit, name, roles=roles, team=team)
    if account:
        team_id, _, user_id = account.partition(":")
        people.bind(unit, name, team_id=team_id, user_id=user_id)
    _record(unit, actor, name, change="added", roles=sorted(role.value for role in roles))
    return person


def change_roles(unit: Unit, actor: Actor, handle: str, *, give: Iterable[Role] = (), take: Iterable[Role] = ()) -> str:
    """Give and take roles; return the roles held afterwards, in words.

    Raises:
        NotFound: nobody has this handle.
        Conflict: nothing would change.
        UserError: nobody would be left as admin.
    """
    person = people.person_of(unit.session, handle)
    held = {row.role for row in person.roles}
    wanted = (held | {role.value for role in give}) - {role.value for role in take}
    if wanted == held:
        raise Conflict(f"@{person.handle} has these roles already.", next_step=f"Roles: {', '.join(sorted(held))}.")
    if Role.ADMIN.value in held - wanted:
        keep_an_admin(unit.session, without=[person.key])
    person.roles = [row for row in person.roles if row.role in wanted] + [
        PersonRole(role=role) for role in sorted(wanted - held)
    ]
    unit.session.flush()
    _record(unit, actor, person.handle, change="roles", roles=sorted(wanted), before=sorted(held))
    return ", ".join(sorted(wanted)) or "none"


def leave(unit: Unit, actor: Actor, handle: str) -> tuple[Person, Owed]:
    """Close somebody's access from this commit on; return them and what they still owe. Their rows stay.

    Raises:
        NotFound: nobody has this handle.
        Conflict: they left already.
        UserError: nobody would be left as admin.
    """
    person = people.person_of(unit.session, handle)
    if person.deactivated_at is not None:
        raise Conflict(f"@{person.handle} is deactivated already.")
    keep_an_admin(unit.session, without=[person.key])
    people.deactivate(unit, person.handle)
    open_ones = owed(unit.session, person.key)
    _record(unit, actor, person.handle, change="deactivated", open=open_ones.count)
    return person, open_ones


def come_back(unit: Unit, actor: Actor, handle: str) -> Person:
    """Open a closed account again, with the roles it had.

    Raises:
        NotFound: nobody has this handle.
        Conflict: they are active.
    """
    person = people.person_of(unit.session, handle)
    if person.deactivated_at is None:
        raise Conflict(f"@{person.handle} is active.")
    person.deactivated_at = None
    _record(unit, actor, person.handle, change="restored")
    return person


def link(unit: Unit, actor: Actor, handle: str, account: str, *, replace: bool = False) -> Person:
    """Bind a Slack account (``TEAM:USER``) to somebody; ``replace`` gives up the account they had.

    Raises:
        NotFound: nobody has this handle.
        Conflict: the account is somebody else's, or they have another one and ``replace`` is not said.
    """
    person = people.person_of(unit.session, handle)
    team_id, _, user_id = account.partition(":")
    others = [row for row in person.bindings if (row.team_id, row.user_id) != (team_id, user_id)]
    if len(others) < len(person.bindings):
        raise Conflict(f"@{person.handle} is linked to this Slack account already.")
    if others and not replace:
        raise Conflict(
            f"@{person.handle} is linked to another Slack account ({others[0].user_id}).",
            next_step=f"To change it: frontline people link {person.handle} {account} --replace",
        )
    _free_account(unit.session, account, person.handle)
    person.bindings = [
        *(row for row in person.bindings if not others),
        Binding(team_id=team_id, user_id=user_id, bound_at=unit.now),
    ]
    unit.session.flush()
    _record(unit, actor, person.handle, change="linked", account=account)
    return person


def holder(session: Session, account: str) -> Person | None:
    """Return whose Slack account ``TEAM:USER`` is, active or not."""
    team_id, _, user_id = account.partition(":")
    bound = session.get(Binding, (team_id, user_id))
    return session.get(Person, bound.person_key) if bound is not None else None


def is_free(session: Session, handle: str) -> bool:
    """Whether a handle can be given."""
    return session.scalar(select(Person.key).where(Person.handle == handle.lower())) is None


def owed(session: Session, key: str) -> Owed:
    """Return what a person has open."""
    ids = session.scalars(
        select(Commitment.commitment_id)
        .where(Commitment.owner_key == key, Commitment.state.in_(OPEN))
        .order_by(Commitment.due, Commitment.commitment_id)
    ).all()
    return Owed(len(ids), tuple(ids[:3]))


def keep_an_admin(session: Session, *, without: Sequence[str]) -> None:
    """Make sure that somebody stays admin once ``without`` (keys) are not.

    Raises:
        UserError: nobody would; Frontline could then only be changed from the terminal.
    """
    admins = list_admins(session)
    leaving = [person for person in admins if person.key in set(without)]
    if leaving and len(leaving) == len(admins):
        raise UserError(
            f"@{leaving[0].handle} is the last admin.",
            next_step="Make somebody else admin first: /ops people role @somebody +admin.",
        )


def _free_account(session: Session, account: str, handle: str) -> None:
    """Refuse a Slack account that somebody else has, by name: the generic refusal does not say whose it is."""
    owner = holder(session, account)
    if owner is not None and owner.handle != handle:
        raise Conflict(f"This Slack account is @{owner.handle}'s.", next_step="Deactivate or link that person first.")


def _record(unit: Unit, actor: Actor, handle: str, **detail: object) -> None:
    audit.record(unit, actor, ACTION, resource=f"person:{handle}", detail=detail)
