"""A roster: who belongs, from a list that the organisation keeps; what of it can be taken, and what it changes.

``plan`` reads and judges, ``apply`` writes what was planned. Nobody is deleted: who left is deactivated, and what they
still owe is named. A list that has become shorter closes nobody's access unless that is asked for (``prune``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from frontline.core.actor import Actor, ActorKind, Role
from frontline.core.errors import UsageError, UserError
from frontline.governance import audit, membership, people
from frontline.store.models.people import Person, PersonRole
from frontline.store.work import Unit

_ACCOUNT = re.compile(r"^(?:([TE][A-Z0-9]{6,20}):)?([UW][A-Z0-9]{6,20})$")


@dataclass(frozen=True)
class RosterRow:
    """One person of the list as it was written; ``line`` counts from 1 in its file. "" = not said."""

    line: int
    handle: str
    roles: tuple[str, ...] = ()
    team: str = ""
    slack: str = ""
    agent_id: str = ""
    manager: str = ""
    name: str = ""
    active: bool = True
    end_at: dt.date | None = None


@dataclass(frozen=True)
class RosterFault:
    """Why a row cannot be taken."""

    line: int
    message: str


@dataclass(frozen=True)
class Change:
    """What happens to one person, in words (``what``) and as rows."""

    handle: str
    what: str
    row: RosterRow | None = None
    account: str = ""
    # The handle under which the person stands now, where a Slack account was known before the name was.
    known_as: str = ""


@dataclass
class RosterPlan:
    """What the list would change, and what is wrong with it. Nothing is written while there are ``faults``."""

    faults: list[RosterFault] = field(default_factory=list)
    joins: list[Change] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    leaves: list[Change] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the list says nothing new."""
        return not (self.joins or self.changes or self.leaves)

    def lines(self) -> list[str]:
        """One sentence a line: what changes, who is missing, what deserves a look."""
        said = [f"@{change.handle}: {change.what}" for change in (*self.joins, *self.changes, *self.leaves)]
        if self.missing:
            listed = ", ".join(f"@{handle}" for handle in self.missing)
            said.append(f"Not in the list, left as they are (--prune deactivates them): {listed}")
        return said + self.notes


def read_account(named: str, *, own_team: str) -> tuple[str, str]:
    """Return (``TEAM:USER``, "") or ("", what is wrong). A bare user id is of ``own_team``; "" is no account."""
    word = named.strip()
    if not word:
        return "", ""
    if "@" in word:
        return "", "an e-mail address is no Slack account: profiles are edited by their owners"
    found = _ACCOUNT.match(word)
    if found is None:
        return "", f"{word!r} is no Slack account such as U0123456789 or T0123456789:U0123456789"
    team = found[1] or own_team
    if not team:
        return "", f"{word} lacks its workspace: write TEAM:USER, or say slack_team once"
    return f"{team}:{found[2]}", ""


def plan(
    session: Session,
    rows: Sequence[RosterRow],
    *,
    today: dt.date,
    own_team: str = "",
    admins: Sequence[str] = (),
    prune: bool = False,
) -> RosterPlan:
    """Judge a list against who is known. ``admins`` are handles that become admins besides what the list says."""
    result = RosterPlan()
    known = {person.handle: person for person in people.list_people(session, also_departed=True)}
    taken = _Judge(session, result, known, own_team=own_team)
    for row in rows:
        taken.take(row, is_gone=not row.active or (row.end_at is not None and row.end_at <= today))
    listed = {change.handle for change in (*result.joins, *result.changes, *result.leaves)} | taken.seen
    listed |= {change.known_as for change in result.changes}
    _check_managers(rows, result, set(known) | listed)
    if rows:
        _plan_missing(result, [p for p in known.values() if p.handle not in listed], set(admins), prune=prune)
    _check_admin(session, result, {name.lstrip("@").lower() for name in admins})
    return result


def apply(unit: Unit, actor: Actor, planned: RosterPlan) -> None:
    """Write a plan without faults, each change with its audit entry.

    Raises:
        UserError: the plan has faults.
    """
    if planned.faults:
        raise UserError(planned.faults[0].message)
    for change in (*planned.joins, *planned.changes):
        _write(unit, change)
        _record(unit, actor, change)
    for change in planned.leaves:
        people.deactivate(unit, change.handle)
        _record(unit, actor, change)
    unit.session.flush()


class _Judge:
    """Takes rows one by one and remembers what was taken."""

    def __init__(self, session: Session, result: RosterPlan, known: dict[str, Person], *, own_team: str) -> None:
        self._session, self._result, self._known, self._own_team = session, result, known, own_team
        self._lines: dict[str, int] = {}
        self._accounts: dict[str, tuple[str, int]] = {}
        self.seen: set[str] = set()

    def take(self, row: RosterRow, *, is_gone: bool) -> None:
        try:
            handle = people.read_handle(row.handle)
        except UsageError as error:
            return self._fault(row, str(error))
        if handle in self._lines:
            return self._fault(row, f"@{handle} stands in line {self._lines[handle]} already")
        self._lines[handle] = row.line
        self.seen.add(handle)
        account, wrong = read_account(row.slack, own_team=self._own_team)
        if wrong:
            return self._fault(row, f"@{handle}: {wrong}")
        if account and account in self._accounts:
            other, line = self._accounts[account]
            return self._fault(row, f"@{handle} has the Slack account of @{other} (line {line})")
        if account:
            self._accounts[account] = (handle, row.line)
        if is_gone:
            return self._leave(handle, row)
        if not self._roles_are_right(handle, row):
            return None
        return self._stay(handle, row, account)

    def _roles_are_right(self, handle: str, row: RosterRow) -> bool:
        known = ", ".join(role.value for role in Role)
        unknown = [role for role in row.roles if role not in set(Role)]
        if unknown:
            self._fault(row, f"@{handle}: there is no role {unknown[0]!r}; roles are {known}")
        elif not row.roles:
            self._fault(row, f"@{handle} has no role; roles are {known}")
        return bool(row.roles) and not unknown

    def _leave(self, handle: str, row: RosterRow) -> None:
        person = self._known.get(handle)
        if person is None:
            self._result.notes.append(f"@{handle} left and was never here: not added (line {row.line}).")
        elif person.deactivated_at is None:
            owed = membership.owed(self._session, person.key)
            self._result.leaves.append(Change(handle, f"left, is deactivated; {owed}"))

    def _stay(self, handle: str, row: RosterRow, account: str) -> None:
        holder = membership.holder(self._session, account) if account else None
        person = self._known.get(handle)
        known_as = ""
        if holder is not None and holder.handle != handle:
            if person is not None or holder.handle != account.partition(":")[2].lower():
                return self._fault(row, f"@{handle}: this Slack account is @{holder.handle}'s already")
            person, known_as = holder, holder.handle  # known by the account alone until now
        others = [f"{b.team_id}:{b.user_id}" for b in person.bindings] if person is not None else []
        if account and others and account not in others:
            step = f"frontline people link {handle} {account} --replace"
            return self._fault(row, f"@{handle} is linked to another Slack account ({others[0]}); to change it: {step}")
        if row.name:
            self._result.names[handle] = row.name
        if person is None:
            words = f"joins as {' and '.join(row.roles)}"
            self._result.joins.append(Change(handle, words, row, account))
        elif what := _difference(person, row, account, known_as):
            self._result.changes.append(Change(handle, what, row, account, known_as))
        return None

    def _fault(self, row: RosterRow, message: str) -> None:
        self._result.faults.append(RosterFault(row.line, message))


def _difference(person: Person, row: RosterRow, account: str, known_as: str) -> str:
    held, wanted = {role.role for role in person.roles}, _wanted_roles(person, row)
    said = []
    if known_as:
        said.append(f"was known as {known_as}")
    if person.deactivated_at is not None:
        said.append("is back")
    if held != wanted:
        said.append(f"roles {', '.join(sorted(wanted))} (before: {', '.join(sorted(held)) or 'none'})")
    for name in ("team", "agent_id", "manager"):
        given = getattr(row, name).lstrip("@").lower() if name == "manager" else getattr(row, name)
        if given and given != (getattr(person, name) or ""):
            said.append(f"{name} {given}")
    if account and not person.bindings:
        said.append("linked to Slack")
    return ", ".join(said)


def _wanted_roles(person: Person, row: RosterRow) -> set[str]:
    # The list gives admins; it takes none: whoever runs the machine must not fall out of it by a missing word.
    kept = {role.role for role in person.roles if role.role == Role.ADMIN.value}
    return set(row.roles) | kept


def _check_managers(rows: Sequence[RosterRow], result: RosterPlan, somebody: set[str]) -> None:
    for row in rows:
        manager, handle = row.manager.strip().lstrip("@").lower(), row.handle.strip().lstrip("@").lower()
        if manager and manager == handle:
            result.faults.append(RosterFault(row.line, f"@{handle} cannot be their own manager"))
        elif manager and manager not in somebody:
            result.faults.append(RosterFault(row.line, f"@{handle}: the manager @{manager} is nobody here"))


def _plan_missing(result: RosterPlan, absent: Sequence[Person], admins: set[str], *, prune: bool) -> None:
    for person in absent:
        if person.deactivated_at is not None or person.kind != ActorKind.HUMAN or person.handle in admins:
            continue
        if prune:
            result.leaves.append(Change(person.handle, "is not in the list any more, is deactivated"))
        else:
            result.missing.append(person.handle)


def _check_admin(session: Session, result: RosterPlan, named: set[str]) -> None:
    leaving = {change.handle for change in result.leaves}
    staying = {person.handle for person in membership.list_admins(session)} - leaving
    coming = {
        change.handle for change in (*result.joins, *result.changes) if change.row and Role.ADMIN in change.row.roles
    }
    if leaving and not (staying | coming | named):
        gone = ", ".join(f"@{handle}" for handle in sorted(leaving))
        result.faults.append(RosterFault(0, f"nobody would be left as admin once {gone} is deactivated"))


def _write(unit: Unit, change: Change) -> None:
    row = change.row
    assert row is not None
    if change.known_as:
        people.person_of(unit.session, change.known_as).handle = change.handle
        unit.session.flush()
    is_new = membership.is_free(unit.session, change.handle)
    person = people.add_person(unit, change.handle) if is_new else people.person_of(unit.session, change.handle)
    wanted = _wanted_roles(person, row)
    person.roles = [held for held in person.roles if held.role in wanted] + [
        PersonRole(role=role) for role in sorted(wanted - {held.role for held in person.roles})
    ]
    person.deactivated_at = None
    person.team, person.agent_id = row.team or person.team, row.agent_id or person.agent_id
    person.manager = row.manager.strip().lstrip("@").lower() or person.manager
    unit.session.flush()
    if change.account:
        team_id, _, user_id = change.account.partition(":")
        people.bind(unit, change.handle, team_id=team_id, user_id=user_id)


def _record(unit: Unit, actor: Actor, change: Change) -> None:
    audit.record(
        unit, actor, membership.ACTION, resource=f"person:{change.handle}", detail={"roster": change.what[:300]}
    )
