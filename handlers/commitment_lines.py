"""How a commitment is shown, and how somebody is asked to own one."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.catalog.commitment_kinds import CommitmentKinds
from frontline.core.actor import PRIVATE, Actor, ActorKind
from frontline.core.errors import NotFound
from frontline.core.reply import Button, Item, Reply, Tone
from frontline.core.request import PersonRef
from frontline.governance import outbox, people
from frontline.governance.quiet import BETWEEN_PEOPLE
from frontline.store.models.governance import Commitment
from handlers.desk import Work


def kinds_of(work: Work) -> CommitmentKinds:
    """Return the kinds of this organisation."""
    kinds = work.desk.catalog.commitment_kinds
    assert isinstance(kinds, CommitmentKinds)
    return kinds


def line(row: Commitment, work: Work, *, owner: str = "") -> Item:
    """Return one line: what, when, how it stands; with the buttons of its owner. ``owner`` is shown where given."""
    late = (work.today - row.due).days
    when = f"due {row.due:%a} {row.due.day} {row.due:%b}"
    when = f"{late} days overdue" if late > 1 else "due yesterday" if late == 1 else "due today" if late == 0 else when
    if row.closed_at is not None:
        when = f"{row.state} {row.closed_at.astimezone(work.desk.zone):%a %-d %b}"
    state = "blocked" if row.blocked_at is not None else row.state
    said = (when, f"@{owner}" if owner else "", "" if row.closed_at else state, row.commitment_id, row.link)
    return Item(row.title, detail=" · ".join(part for part in said if part), buttons=_buttons(row, work))


def find_owner(work: Work, named: str) -> Actor:
    """Return the person that was named by handle or mention.

    Raises:
        NotFound: nobody active here is called that.
    """
    is_slack_id = named[:1] in "UW" and named.isupper() and len(named) > 6
    who = PersonRef(user_id=named, team_id=work.slack_team) if is_slack_id else PersonRef(handle=named.lstrip("@"))
    actor = people.resolve(work.session, who)
    if actor.kind is not ActorKind.HUMAN:
        raise NotFound(f"I do not know {named}.", next_step="Name somebody who works here, such as @maria.")
    return actor


def tell_owner(work: Work, owner: Actor, row: Commitment) -> None:
    """Ask the owner in a direct message, in the same commit; a person without Slack sees it in ``/own``."""
    account = people.slack_account(work.session, owner.key)
    if account is None:
        return
    buttons = [Button("Accept", "commitment.accept", row.commitment_id, Tone.PRIMARY)]
    item = Item(row.title, detail=f"due {row.due.isoformat()} · {row.commitment_id}", buttons=buttons)
    reply = Reply(f"@{work.actor.handle} asks you to own this.", parts=[item])
    # Handed on twice, the same commitment is asked about twice: its history is longer by then.
    key = f"{BETWEEN_PEOPLE}{row.commitment_id}/asked/{len(row.events)}"
    outbox.enqueue(work.unit, key, account[1], reply, audience=PRIVATE)


def handle_of(work: Work, key: str) -> str:
    """Return the handle behind a key."""
    return people.handles(work.session, [key]).get(key, key)


def _buttons(row: Commitment, work: Work) -> Sequence[Button]:
    if row.owner_key != work.actor.key or row.closed_at is not None:
        return []
    done = Button("Done", "commitment.done", row.commitment_id, Tone.PRIMARY)
    if row.state == "proposed":
        return [Button("Accept", "commitment.accept", row.commitment_id, Tone.PRIMARY), done]
    return [done]
