"""Commitments from outside: what a team owns, what is overdue, and the history of one."""

from __future__ import annotations

from frontline.core.actor import Role
from frontline.core.reply import Item, Outcome, Paragraph, Part, Reply
from frontline.governance import commitments, people
from frontline.store.models.governance import Commitment, CommitmentEvent
from handlers import evidence
from handlers.commitment_lines import kinds_of, line
from handlers.desk import Work
from handlers.handing import CommitmentArguments
from handlers.registry import Arguments

MOST = 20
_SAID = {
    "created": "made it",
    "accepted": "accepted it",
    "done": "closed it as done",
    "dropped": "gave it up",
    "assigned": "handed it over",
    "moved": "moved the date",
    "blocked": "blocked it",
    "unblocked": "unblocked it",
    "reopened": "opened it again",
    "linked": "changed the link",
}


def show(work: Work, arguments: CommitmentArguments) -> Reply:
    """Show one commitment: what it is about, its figures, and every change with who and when."""
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    names = people.handles(
        work.session,
        {row.owner_key, row.creator_key, *(event.actor_key for event in row.events), *_handed(row.events)},
    )
    kind = kinds_of(work).kinds.get(row.kind)
    about = f" · about {row.source_key}" if row.source_key else ""
    parts: list[Part] = [line(row, work, owner=names.get(row.owner_key, row.owner_key))]
    if figures := evidence.sentence(row.evidence):
        parts.append(Paragraph(figures))
    for event in row.events[-MOST:]:
        parts.append(_history_line(work, event, names))
    state = "blocked" if row.blocked_at is not None else row.state
    owner = names.get(row.owner_key, row.owner_key)
    return Reply(
        f"@{owner} owns it; it is {state}.",
        context=f"{kind.title if kind else row.kind} · {row.commitment_id}{about}",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def list_team(work: Work, arguments: Arguments) -> Reply:
    """List what the team owns, the longest overdue first; leaders and keepers see everybody's."""
    rows = _in_reach(work)
    return _listed(work, rows, whose=_whose(work), empty=f"{_whose(work)} has no open commitments.")


def list_overdue(work: Work, arguments: Arguments) -> Reply:
    """List what is past its date, the longest overdue first."""
    rows = [row for row in _in_reach(work) if row.due < work.today]
    return _listed(work, rows, whose=_whose(work), empty="No open commitments are overdue.")


def _in_reach(work: Work) -> list[Commitment]:
    rows = commitments.list_for(work.session, work.actor, audience=work.audience, policy=work.desk.policy)
    team = _team(work)
    if team is None:
        return rows
    mates = {person.key for person in people.list_people(work.session) if (person.team or "").lower() == team}
    return [row for row in rows if row.owner_key in mates]


def _team(work: Work) -> str | None:
    """The team whose commitments are meant; None for who answers for more than one."""
    is_above = work.actor.has(Role.LEADER, Role.ADMIN, Role.STEWARD, Role.ANALYST)
    return None if is_above or work.actor.team is None else work.actor.team.lower()


def _whose(work: Work) -> str:
    team = _team(work)
    return "The company" if team is None else f"Team {team.title()}"


def _listed(work: Work, rows: list[Commitment], *, whose: str, empty: str) -> Reply:
    if not rows:
        return Reply(empty, outcome=Outcome.ANSWERED, exit_code=4)
    names = people.handles(work.session, {row.owner_key for row in rows})
    late = sum(row.due < work.today for row in rows)
    count = f"{len(rows)} open commitment{'s' if len(rows) != 1 else ''}"
    parts: list[Part] = [line(row, work, owner=names.get(row.owner_key, row.owner_key)) for row in rows[:MOST]]
    blocked = sum(row.blocked_at is not None for row in rows)
    hidden = f"{len(rows) - MOST} more are not shown. " if len(rows) > MOST else ""
    return Reply(
        f"{whose} has {count}, {late} overdue.",
        context=f"{hidden}{blocked} blocked. /own show ID tells the history of one.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def _handed(events: list[CommitmentEvent]) -> set[str]:
    return {str(event.detail["to"]) for event in events if event.event == "assigned"}


def _history_line(work: Work, event: CommitmentEvent, names: dict[str, str]) -> Item:
    at = event.at.astimezone(work.desk.zone)
    who = names.get(event.actor_key, event.actor_key)
    said = f"{at:%a %-d %b %H:%M} · @{who} {_SAID.get(event.event, event.event)}"
    if event.event == "assigned":
        to = str(event.detail["to"])
        said += f" to @{names.get(to, to)}"
    if event.event == "moved":
        said += f" from {event.detail['from']} to {event.detail['to']}"
    if event.note is not None:
        return Item(event.note, detail=said)
    return Item(said)
