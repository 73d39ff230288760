"""Somebody writes whom nobody has added: they hear whom to ask, and an admin gets the click that adds them.

At most one message a week about each of them, in business hours; never about guests, bots, closed accounts or people
of other organisations. What they wrote is not kept and not told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from frontline.catalog.workdays import next_opening
from frontline.core.actor import PRIVATE, Actor, ActorKind, AudienceKind
from frontline.core.reply import Button, Outcome, Reply, Tone
from frontline.core.request import Request
from frontline.governance import membership, outbox
from frontline.store.models.people import Person
from handlers.desk import Desk

QUIET = dt.timedelta(days=7)
MOST_ADMINS = 3
_HANDLE = re.compile(r"^[a-z0-9][a-z0-9._-]{0,78}$")


def answer(desk: Desk, request: Request, actor: Actor) -> Reply | None:
    """Return what an unknown account hears, having told the admins where that is right; None for everybody else."""
    who = request.who
    if actor.kind is not ActorKind.UNKNOWN or not (who.user_id and who.team_id):
        return None
    with desk.store.read() as session:
        admins = membership.list_admins(session)
        holder = membership.holder(session, f"{who.team_id}:{who.user_id}")
    if request.audience.kind is AudienceKind.EXTERNAL or who.team_id not in _own_teams(desk, admins):
        return None
    asked = f"@{admins[0].handle}" if admins else "the person who runs Frontline"
    if holder is not None:
        return _refusal("Your account here is closed.", f"Ask {asked} if that is a mistake.")
    is_told = _tell(desk, who.team_id, who.user_id, admins)
    step = f"Ask {asked} to add you; they hear of it from me too." if is_told else f"Ask {asked} to add you."
    return _refusal("Frontline does not know you yet.", step)


def _own_teams(desk: Desk, admins: Sequence[Person]) -> set[str]:
    own = desk.catalog.organisation.slack_team
    return {own} if own else {bound.team_id for admin in admins for bound in admin.bindings}


def _tell(desk: Desk, team_id: str, user_id: str, admins: Sequence[Person]) -> bool:
    """Put the message for the admins into the outbox, unless there was one this week; whether they know."""
    account, now = f"{team_id}:{user_id}", desk.store.clock.now()
    topic = f"people/stranger/{account}/"
    with desk.store.read() as session:
        if outbox.was_told(session, topic, since=now - QUIET):
            return True
    reachable = [admin for admin in admins if admin.bindings][:MOST_ADMINS]
    profile = desk.profile_of(team_id, user_id) if reachable else None
    if profile is None or profile.kind != "member":
        return False
    handle = profile.handle.lower() if _HANDLE.match(profile.handle.lower()) else user_id.lower()
    reply = _proposal(account, handle)
    opening = next_opening(desk.catalog.calendar, now)
    with desk.store.unit() as unit:
        for admin in reachable:
            key = f"{topic}{now.date().isoformat()}/{admin.handle}"[:200]
            outbox.enqueue(unit, key, admin.bindings[0].user_id, reply, audience=PRIVATE, not_before=opening)
        unit.commit()
    return True


def _proposal(account: str, handle: str) -> Reply:
    return Reply(
        f"@{handle} wrote to me and is nobody here yet.",
        context=f"Slack account {account.partition(':')[2]}. What they wrote was not kept. I say this once a week.",
        buttons=[
            Button("Add as agent", "people.admit", f"{account}|{handle}|agent", Tone.PRIMARY),
            Button("Add as supervisor", "people.admit", f"{account}|{handle}|supervisor"),
        ],
    )


def _refusal(headline: str, step: str) -> Reply:
    return Reply(headline, context=step, outcome=Outcome.DENIED, exit_code=3)
