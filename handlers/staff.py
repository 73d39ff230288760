"""``/ops people``: who belongs and in which roles. Admins only, in private, each change audited and reversible."""

from __future__ import annotations

import re
from collections.abc import Iterable

from frontline.core.actor import ActorKind, Role
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.reply import Button, Item, Part, Reply
from frontline.governance import membership, people
from frontline.store.models.people import Person
from handlers.desk import Work
from handlers.registry import Arguments

SHOWN = 40
ACCOUNT = re.compile(r"^[UW][A-Z0-9]{6,}$")


class PersonArguments(Arguments):
    """One person: a handle, or a mention (its Slack id)."""

    value: str = ""


class AddArguments(Arguments):
    """``@slack-user as HANDLE ROLE ... [team TEAM]``."""

    account: str = ""
    handle: str = ""
    roles: str = ""
    team: str = ""


class RoleArguments(Arguments):
    """A person and changes such as ``+supervisor -agent``."""

    value: str = ""
    changes: str = ""


class LinkArguments(Arguments):
    """A person and the Slack account that becomes theirs."""

    value: str = ""
    account: str = ""


def list_people(work: Work, arguments: Arguments) -> Reply:
    """List everybody active with their roles, and how they speak."""
    everybody = people.list_people(work.session, also_departed=True)
    active = [person for person in everybody if person.deactivated_at is None]
    gone = len(everybody) - len(active)
    items: list[Part] = [Item(f"@{person.handle}", detail=describe(person)) for person in active[:SHOWN]]
    context = f"{gone} deactivated." if gone else ""
    if len(active) > SHOWN:
        context = f"The first {SHOWN}; all of them: frontline people list. {context}".strip()
    return Reply(f"{len(active)} people use Frontline.", context=context, parts=items)


def add(work: Work, arguments: AddArguments) -> Reply:
    """Add somebody with a handle, roles and, where mentioned, their Slack account."""
    if not arguments.handle or not arguments.roles.strip():
        raise UsageError("Who, under which handle, in which roles?", next_step="/ops people add @maria as maria agent")
    account = _account(work, arguments.account)
    roles = read_roles(arguments.roles.split())
    person = membership.add(
        work.unit, work.actor, arguments.handle, roles=roles, team=arguments.team or None, account=account
    )
    work.audit["person"] = person.handle
    speaks = "They can write to me now." if account else f"Link Slack: /ops people link @{person.handle} @slack-user"
    return Reply(f"@{person.handle} was added as {_listed(roles)}.", context=speaks)


def admit(work: Work, arguments: PersonArguments) -> Reply:
    """The click under "somebody unknown wrote": ``TEAM:USER|handle|role``."""
    account, _, rest = arguments.value.partition("|")
    handle, _, role = rest.partition("|")
    with_role = read_roles([role])
    if membership.holder(work.session, account) is not None:
        raise Conflict("Somebody has added them already.", next_step="See /ops people list.")
    free = handle if membership.is_free(work.session, handle) else account.partition(":")[2].lower()
    person = membership.add(work.unit, work.actor, free, roles=with_role, account=account)
    work.audit["person"] = person.handle
    undo = Button("Undo", "people.deactivate", person.handle)
    return Reply(f"@{person.handle} was added as {role}.", context="They can write to me now.", buttons=[undo])


def change_roles(work: Work, arguments: RoleArguments) -> Reply:
    """Give (+role) and take (-role) roles."""
    words = arguments.changes.replace(",", " ").split()
    if not words or any(word[0] not in "+-" for word in words):
        raise UsageError("Which roles?", next_step="Say + to give and - to take: /ops people role @maria +supervisor")
    person = find_person(work, arguments.value)
    give = read_roles(word[1:] for word in words if word[0] == "+")
    take = read_roles(word[1:] for word in words if word[0] == "-")
    now = membership.change_roles(work.unit, work.actor, person.handle, give=give, take=take)
    return Reply(f"@{person.handle} is {now} now.", context="It holds from their next message on.")


def deactivate(work: Work, arguments: PersonArguments) -> Reply:
    """Close somebody's access; what they promised stays theirs until it is handed over."""
    person, owed = membership.leave(work.unit, work.actor, find_person(work, arguments.value).handle)
    work.audit["person"] = person.handle
    context = f"They have {owed}."
    if owed.count:
        context += " The reminders ask for a new owner; hand over with the button there."
    undo = Button("Undo", "people.restore", person.handle)
    return Reply(f"@{person.handle} has no access any more.", context=context, buttons=[undo])


def restore(work: Work, arguments: PersonArguments) -> Reply:
    """Open a closed account again."""
    person = membership.come_back(work.unit, work.actor, find_person(work, arguments.value).handle)
    return Reply(f"@{person.handle} is back, with the same roles.", replaces=True)


def link(work: Work, arguments: LinkArguments) -> Reply:
    """Bind a Slack account to somebody who has none."""
    account = _account(work, arguments.account)
    if not account:
        raise UsageError("Which Slack account?", next_step="/ops people link @maria @slack-user, by mention.")
    person = membership.link(work.unit, work.actor, find_person(work, arguments.value).handle, account)
    return Reply(f"@{person.handle} speaks from this Slack account now.")


def find_person(work: Work, named: str) -> Person:
    """Return the person of a handle or of a mention, also a deactivated one.

    Raises:
        NotFound: nobody is meant by it.
        UsageError: nothing was named.
    """
    word = named.strip().lstrip("@")
    if not word:
        raise UsageError("Who?", next_step="Name somebody: /ops people deactivate @maria")
    if not ACCOUNT.match(word):
        return people.person_of(work.session, word)
    found = membership.holder(work.session, f"{work.slack_team}:{word}")
    if found is None:
        raise NotFound("This Slack account is nobody's here.", next_step="/ops people add @them as handle agent")
    return found


def read_roles(words: Iterable[str]) -> list[Role]:
    """Return roles by name, without doubles.

    Raises:
        UsageError: a word is no role.
    """
    found: dict[Role, None] = {}
    for word in words:
        name = word.strip(" ,+").lower()
        if name not in set(Role):
            known = ", ".join(role.value for role in Role)
            raise UsageError(f"There is no role {name or 'without a name'}.", next_step=f"Roles: {known}.")
        found[Role(name)] = None
    return list(found)


def describe(person: Person) -> str:
    """Return roles, team and how somebody speaks, in one line."""
    kind = "" if person.kind == ActorKind.HUMAN else f"{person.kind}, "
    roles = ", ".join(sorted(row.role for row in person.roles)) or "no role"
    team = f" · team {person.team}" if person.team else ""
    slack = "in Slack" if person.bindings else "no Slack account"
    return f"{kind}{roles}{team} · {slack}"


def _account(work: Work, mentioned: str) -> str:
    """Return TEAM:USER for a mention; only its id counts, the name beside it is the profile's."""
    user = mentioned.strip().lstrip("@")
    if not user:
        return ""
    if not ACCOUNT.match(user) or not work.slack_team:
        raise UsageError(
            "That is no Slack account.", next_step="Mention the person with @, or use `frontline people link` there."
        )
    return f"{work.slack_team}:{user}"


def _listed(roles: list[Role]) -> str:
    return " and ".join(role.value for role in roles)
