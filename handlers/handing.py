"""An open commitment moves on: accepted, another date, another owner, blocked, tracked elsewhere."""

from __future__ import annotations

from frontline.core.errors import UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form
from frontline.core.reply import Button, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import commitment_states, commitments
from handlers.commitment_lines import find_owner, kinds_of, line, tell_owner
from handlers.desk import Work
from handlers.registry import Arguments, TicketLink
from handlers.words import read_date


class CommitmentArguments(Arguments):
    """The commitment that is meant."""

    value: str = ""


class DateArguments(Arguments):
    """Another date for a commitment; ``value`` is its id."""

    value: str
    due: str = ""


class OwnerArguments(Arguments):
    """Another owner for a commitment, and why; ``value`` is its id."""

    value: str
    owner: str = ""
    note: AnonymizedText | None = None


class BlockArguments(Arguments):
    """What a commitment waits for; ``value`` is its id."""

    value: str
    note: AnonymizedText | None = None


class LinkArguments(Arguments):
    """Where the work is tracked; ``value`` is the commitment."""

    value: str
    link: TicketLink = ""


def accept(work: Work, arguments: CommitmentArguments) -> Reply:
    """The owner says yes to what was proposed to her."""
    row = commitments.accept(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    return Reply("Accepted.", parts=[line(row, work)], replaces=True)


def ask_date(work: Work, arguments: CommitmentArguments) -> Reply:
    """Open the form for another date."""
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    due = Input("due", "New date", kind="date", initial=row.due.isoformat())
    return Reply("New date", form=Form("commitment.date", "New date", [due], state=row.commitment_id))


def move_date(work: Work, arguments: DateArguments) -> Reply:
    """Move the date of one's own commitment; the move stays visible in its history."""
    due = read_date(arguments.due, today=work.today)
    if due is None:
        raise UsageError("That is no date.", next_step="For example: /own move ID due friday.")
    row = commitments.move_due(
        work.unit, work.actor, arguments.value.strip(), due=due, today=work.today, policy=work.desk.policy
    )
    return Reply(f"Due {due:%A} {due.day} {due:%B} now.", parts=[line(row, work)])


def ask_owner(work: Work, arguments: CommitmentArguments) -> Reply:
    """Open the form for another owner."""
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    fields = [
        Input("owner", "Who is accountable from now on", kind="person", hint="They are asked to accept it."),
        Input("note", "Why", optional=True, limit=300),
    ]
    return Reply("Hand over", form=Form("commitment.owner", "Hand over", fields, state=row.commitment_id))


def hand_over(work: Work, arguments: OwnerArguments) -> Reply:
    """Ask somebody else to own a commitment; until they accept it is proposed to them."""
    if not arguments.owner:
        raise UsageError("Say who owns it from now on.", next_step="For example: /own hand ID @maria because ...")
    owner = find_owner(work, arguments.owner)
    row = commitments.assign(
        work.unit,
        work.actor,
        arguments.value.strip(),
        owner_key=owner.key,
        note=arguments.note,
        today=work.today,
        policy=work.desk.policy,
        kinds=kinds_of(work),
    )
    work.audit["commitment"] = row.commitment_id
    if owner.key == work.actor.key:
        return Reply("You own it now.", parts=[line(row, work)])
    tell_owner(work, owner, row)
    return Reply(f"@{owner.handle} was asked to own it.", parts=[line(row, work)])


def block(work: Work, arguments: BlockArguments) -> Reply:
    """Say that a commitment waits, and for what; it stays open, and its owner's."""
    if arguments.note is None:
        raise UsageError("Say what it waits for.", next_step="For example: /own block ID waiting for IT.")
    row = commitment_states.block(
        work.unit, work.actor, arguments.value.strip(), reason=arguments.note, policy=work.desk.policy
    )
    return Reply(
        "Noted: it is blocked.",
        context="The reminders say so; the date stands. Move it with /own move ID due DATE.",
        parts=[line(row, work)],
        buttons=[Button("Unblock", "commitment.unblock", row.commitment_id)],
    )


def unblock(work: Work, arguments: CommitmentArguments) -> Reply:
    """Say that a commitment can move on again."""
    row = commitment_states.unblock(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    return Reply("It can move on again.", parts=[line(row, work)])


def attach_link(work: Work, arguments: LinkArguments) -> Reply:
    """Keep the address of the ticket where the work is done; without one, take it away."""
    row = commitment_states.attach_link(
        work.unit, work.actor, arguments.value.strip(), link=arguments.link, policy=work.desk.policy
    )
    return Reply("Linked." if row.link else "The link is gone.", parts=[line(row, work)])
