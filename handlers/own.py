"""``/own``: who promised what by when."""

from __future__ import annotations

import datetime as dt
import re

from pydantic import Field

from frontline.core.actor import PRIVATE, Actor, ActorKind
from frontline.core.errors import NotFound, UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Part, Reply, Tone
from frontline.core.request import PersonRef, Request
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import commitments, outbox, people
from frontline.store.models.governance import Commitment
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.words import read_date

DEFAULT_DAYS = 7
_WORD = re.compile(r"[a-z]{3,}")
_ASKING = frozenset(
    (
        "who",
        "whose",
        "whom",
        "owns",
        "own",
        "owner",
        "owned",
        "the",
        "is",
        "are",
        "for",
        "has",
        "ball",
        "accountable",
        "responsible",
        "theme",
        "action",
        "issue",
    )
)
# What a commitment is about, by the prefix of the id that it came from.
KINDS = {"alr": "root_cause", "thm": "theme", "tag": "change_request"}


class AddArguments(Arguments):
    """What ``/own add`` takes."""

    title: AnonymizedText | None = None
    owner: str = ""
    due: str = ""
    value: str = ""  # what it is about: an alert or a theme, from a button or a form's state


class DoneArguments(Arguments):
    """What ``/own done`` takes."""

    value: str = Field(default="")
    note: AnonymizedText | None = None


def list_mine(work: Work, arguments: Arguments) -> Reply:
    """List the actor's open commitments, overdue first."""
    rows = commitments.list_for(work.session, work.actor, owner_key=work.actor.key, policy=work.desk.policy)
    if not rows:
        return Reply(
            "You owe nobody anything.", context='Promise something with /own add "..." due friday.', exit_code=4
        )
    overdue = [row for row in rows if row.due < work.today]
    items: list[Part] = [_item(row, work) for row in rows[:20]]
    headline = f"You own {len(rows)} open commitment{'s' if len(rows) != 1 else ''}"
    headline += f", {len(overdue)} overdue." if overdue else "."
    return Reply(headline, parts=items, outcome=Outcome.ANSWERED)


def add(work: Work, arguments: AddArguments) -> Reply:
    """Create a commitment with one accountable owner and a due date; without words, open the form."""
    if arguments.title is None:
        return Reply("Make a commitment", form=form(work.today, about=arguments.value))
    owner = work.actor
    if arguments.owner:
        owner = _find_owner(work, arguments.owner)
    due = read_date(arguments.due, today=work.today) if arguments.due else None
    due = due or work.today + dt.timedelta(days=DEFAULT_DAYS)
    row = commitments.create(
        work.unit,
        work.actor,
        kind=KINDS.get(arguments.value.partition("_")[0], "promise"),
        title=arguments.title,
        owner_key=owner.key,
        due=due,
        source_key=arguments.value or None,
        today=work.today,
        policy=work.desk.policy,
    )
    work.audit["commitment"] = row.commitment_id
    if owner.key != work.actor.key:
        _ask_owner(work, owner, row)
    whose = "You own" if owner.key == work.actor.key else f"@{owner.handle} was asked to own"
    return Reply(
        f"{whose} it until {due:%A} {due.day} {due:%B}.",
        context=f"{row.commitment_id} · a reminder comes before the date, and when it has passed.",
        parts=[_item(row, work)],
    )


def done(work: Work, arguments: DoneArguments) -> Reply:
    """Close a commitment with a word on what came of it."""
    row = commitments.done(work.unit, work.actor, arguments.value.strip(), note=arguments.note, policy=work.desk.policy)
    work.audit["commitment"] = row.commitment_id
    context = "" if arguments.note else "Say what came of it next time: /own done ID what changed."
    return Reply(
        "Done. A promise kept.", context=context, parts=[Item(row.title, detail=row.commitment_id)], replaces=True
    )


def accept(work: Work, arguments: DoneArguments) -> Reply:
    """The owner says yes to what was proposed to her."""
    row = commitments.accept(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    return Reply("Accepted.", parts=[_item(row, work)], replaces=True)


class DateArguments(Arguments):
    """Another date for a commitment; ``value`` is its id."""

    value: str
    due: str


class OwnerArguments(Arguments):
    """Another owner for a commitment; ``value`` is its id."""

    value: str
    owner: str


def ask_date(work: Work, arguments: DoneArguments) -> Reply:
    """Open the form for another date."""
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    due = Input("due", "New date", kind="date", initial=row.due.isoformat())
    return Reply("New date", form=Form("commitment.date", "New date", [due], state=row.commitment_id))


def ask_owner(work: Work, arguments: DoneArguments) -> Reply:
    """Open the form for another owner."""
    row = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    owner = Input("owner", "Who is accountable from now on", kind="person", hint="They are asked to accept it.")
    return Reply("Hand over", form=Form("commitment.owner", "Hand over", [owner], state=row.commitment_id))


def move_date(work: Work, arguments: DateArguments) -> Reply:
    """Move the date of one's own commitment; the move stays visible in its history."""
    due = read_date(arguments.due, today=work.today)
    if due is None:
        raise UsageError("That is no date.", next_step="Choose a day from the calendar.")
    row = commitments.move_due(
        work.unit, work.actor, arguments.value.strip(), due=due, today=work.today, policy=work.desk.policy
    )
    return Reply(f"Due {due:%A} {due.day} {due:%B} now.", parts=[_item(row, work)])


def hand_over(work: Work, arguments: OwnerArguments) -> Reply:
    """Ask somebody else to own a commitment; until they accept it is proposed to them."""
    owner = _find_owner(work, arguments.owner)
    row = commitments.assign(
        work.unit, work.actor, arguments.value.strip(), owner_key=owner.key, today=work.today, policy=work.desk.policy
    )
    return Reply(f"@{owner.handle} was asked to own it.", parts=[_item(row, work)])


def form(today: dt.date, *, about: str = "") -> Form:
    """Return the form that makes a commitment."""
    due = today + dt.timedelta(days=DEFAULT_DAYS)
    return Form(
        action="commitment.create",
        title="Make a commitment",
        state=about,
        fields=[
            Input("title", "What will be done", limit=300),
            Input("owner", "Who is accountable", kind="person", optional=True, hint="One person. Empty means you."),
            Input("due", "Due", kind="date", initial=due.isoformat()),
        ],
    )


def validate(request: Request, *, today: dt.date) -> FormErrors:
    """Check the form before the ack, without engines."""
    errors: dict[str, str] = {}
    title, due = request.values.get("title"), request.values.get("due")
    if not title:
        errors["title"] = "Say what will be done."
    if due and (day := read_date(due.reveal(), today=today)) is not None and day < today:
        errors["due"] = "That day has passed. Choose one that is still to come."
    return errors


def find_owners(work: Work, question: QuestionText) -> Reply:
    """Answer "who owns the refund theme?" from the register: commitments whose title shares the question's words."""
    asked = set(_WORD.findall(question.reveal().lower())) - _ASKING
    rows = commitments.list_for(work.session, work.actor, audience=work.audience, policy=work.desk.policy)
    scored = [(len(asked & set(_WORD.findall(row.title.show().lower()))), row) for row in rows]
    found = [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score]
    if not found:
        return Reply(
            "I know of no open commitment about that.",
            context='Make one: /own add "what will be done" @owner due friday.',
            outcome=Outcome.ABSTAINED,
            answer={"intent": "ownership"},
        )
    names = people.handles(work.session, [row.owner_key for row in found])
    items = [
        Item(row.title, detail=f"@{names.get(row.owner_key, row.owner_key)} · due {row.due.isoformat()} · {row.state}")
        for row in found[:5]
    ]
    owner = names.get(found[0].owner_key, found[0].owner_key)
    return Reply(f"@{owner} owns it.", parts=items, outcome=Outcome.ANSWERED, answer={"intent": "ownership"})


def _ask_owner(work: Work, owner: Actor, row: Commitment) -> None:
    """Tell the owner in a direct message, in the same commit; a person without Slack sees it in ``/own``."""
    account = people.slack_account(work.session, owner.key)
    if account is None:
        return
    buttons = [Button("Accept", "commitment.accept", row.commitment_id, Tone.PRIMARY)]
    item = Item(row.title, detail=f"due {row.due.isoformat()} · {row.commitment_id}", buttons=buttons)
    reply = Reply(f"@{work.actor.handle} asks you to own this.", parts=[item])
    outbox.enqueue(work.unit, f"commitment/{row.commitment_id}/asked", account[1], reply, audience=PRIVATE)


def _find_owner(work: Work, named: str) -> Actor:
    is_slack_id = named[:1] in "UW" and named.isupper() and len(named) > 6
    who = PersonRef(user_id=named, team_id=work.slack_team) if is_slack_id else PersonRef(handle=named.lstrip("@"))
    actor = people.resolve(work.session, who)
    if actor.kind is not ActorKind.HUMAN:
        raise NotFound(f"I do not know {named}.", next_step="Name somebody who works here, such as @maria.")
    return actor


def _item(row: Commitment, work: Work) -> Item:
    late = (work.today - row.due).days
    when = f"due {row.due:%a} {row.due.day} {row.due:%b}"
    when = f"{late} days overdue" if late > 1 else "due yesterday" if late == 1 else "due today" if late == 0 else when
    is_mine = row.owner_key == work.actor.key
    buttons = [Button("Done", "commitment.done", row.commitment_id, Tone.PRIMARY)] if is_mine else []
    if is_mine and row.state == "proposed":
        buttons.insert(0, Button("Accept", "commitment.accept", row.commitment_id, Tone.PRIMARY))
    return Item(row.title, detail=f"{when} · {row.state} · {row.commitment_id}", buttons=buttons)
