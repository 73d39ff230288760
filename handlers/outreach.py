"""The buttons of the churn list: Reach out, Not now, Wrong; and what came of a call: kept, lost, not reached.

Each listed customer is an alert. Reaching out makes a commitment of whoever clicked, due in working days; its outcome
is what the next list reports.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from frontline.catalog.workdays import workdays_of
from frontline.core.actor import SYSTEM
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.reply import Button, Item, Reply, Tone
from frontline.governance import alerts, commitments, people
from frontline.store.base import product_words
from frontline.store.intake.safekeeping import read_identity
from frontline.store.models.governance import Alert, Commitment
from handlers.cues import panel_of
from handlers.desk import Work
from handlers.registry import Arguments

KIND = "outreach"
# The card that stands beside a call: why somebody is on the list is said to nobody.
CUE = "churn_score"
# Rules of the alerts that stand for one customer: put on a list, or left alone to measure the effect.
LISTED, HELD_OUT = "churn_alerts", "churn_hold_out"
# How a listed customer's alert ended.
REACHED_OUT, NOT_NOW, WRONG = "reached_out", "not_now", "false_alarm"
OUTCOMES = {"kept": "Kept", "lost": "Lost", "not_reached": "Not reached"}


class ListedArguments(Arguments):
    """The listed customer that is meant, by its alert."""

    value: str


class CallArguments(Arguments):
    """A call that somebody has taken on: the id of its commitment."""

    value: str


class OutcomeArguments(Arguments):
    """``<outcome> <commitment id>``."""

    value: str


def start(work: Work, arguments: ListedArguments) -> Reply:
    """Take the call on: a commitment of the clicker, due soon; the others see who has it."""
    alert = _open(work, arguments.value)
    rule = work.desk.catalog.rules.churn
    due = workdays_of(work.desk.catalog.calendar).add(work.today, rule.due_days)
    row = commitments.create(
        work.unit,
        work.actor,
        kind=KIND,
        title=f"Call customer {alert.detail['code']}",
        owner_key=work.actor.key,
        due=due,
        evidence={"alert": alert.alert_id, "points": alert.detail["points"], "reasons": alert.detail["reasons"]},
        source_key=alert.alert_id,
        today=work.today,
        policy=work.desk.policy,
        kinds=work.desk.catalog.commitment_kinds,
    )
    _end(work, alert, REACHED_OUT)
    work.audit["commitment"] = row.commitment_id
    return Reply(
        f"@{work.actor.handle} calls {alert.detail['code']} by {due:%A} {due.day} {due:%B}.",
        context="Say what came of it when you have called.",
        parts=[
            Item(row.title, detail="; ".join(alert.detail["reasons"]), buttons=outcome_buttons(row.commitment_id)),
            *panel_of(work, CUE),
        ],
        in_channel=True,
    )


def later(work: Work, arguments: ListedArguments) -> Reply:
    """Leave a customer off the list for some days."""
    alert = _open(work, arguments.value)
    _end(work, alert, NOT_NOW)
    days = work.desk.catalog.rules.churn.not_now_days
    return Reply(f"{alert.detail['code']} may come back to the list in {days} days.", in_channel=True)


def mark_wrong(work: Work, arguments: ListedArguments) -> Reply:
    """Say that a customer was listed wrongly: it counts against the rule."""
    alert = _open(work, arguments.value)
    _end(work, alert, WRONG)
    return Reply(
        f"Noted: {alert.detail['code']} was no customer to call.",
        context="It counts against the rule; the list says how often it was acted on.",
        in_channel=True,
    )


def record_outcome(work: Work, arguments: OutcomeArguments) -> Reply:
    """Close a call with what came of it."""
    outcome, _, commitment_id = arguments.value.strip().partition(" ")
    if outcome not in OUTCOMES:
        raise UsageError(f"{outcome!r} is no outcome of a call.", next_step="Say kept, lost or not reached.")
    found = commitments.access_commitment(work.session, work.actor, commitment_id, policy=work.desk.policy)
    if found.kind != KIND:
        raise NotFound(f"{commitment_id} is no call to a customer.", next_step="`/own list` shows yours.")
    row = commitments.done(
        work.unit, work.actor, commitment_id, note=product_words(OUTCOMES[outcome]), policy=work.desk.policy
    )
    row.evidence = {**row.evidence, "outcome": outcome}
    work.audit |= {"commitment": row.commitment_id, "outcome": outcome}
    return Reply(f"{OUTCOMES[outcome]}. The call is closed.", parts=[Item(row.title)], replaces=True)


def identify(work: Work, arguments: CallArguments) -> Reply:
    """Show who is to be called: the customer's number in the CRM, to the owner of the open call alone, audited.

    Name and phone stay in the vault; the CRM shows them to who may see them there.
    """
    call = commitments.access_commitment(work.session, work.actor, arguments.value.strip(), policy=work.desk.policy)
    if call.kind != KIND or call.owner_key != work.actor.key:
        raise NotPermitted("Only whoever makes the call sees the customer.", policy_id="outreach.owner")
    if call.state not in commitments.OPEN:
        raise Conflict("This call is closed.", next_step="A closed call needs nobody's number.")
    alert = alerts.access_alert(work.session, SYSTEM, str(call.evidence["alert"]), policy=work.desk.policy)
    found = read_identity(work.unit, work.desk.vault(), work.actor, alert.subject, purpose=f"call {call.commitment_id}")
    number = found.get("customer_number", "")
    if not number:
        raise NotFound("The vault has no customer number.", next_step="Load the customers file once more.")
    work.audit |= {"commitment": call.commitment_id}
    template = work.desk.catalog.rules.churn.crm_url
    link = f" {template.replace('{number}', quote(number, safe=''))}" if template else ""
    return Reply(
        f"{alert.detail['code']} is customer {number}.{link}",
        context="Only you see this, and the look-up is written down. Check in the CRM whether they may be contacted.",
        for_one=True,
    )


def outcome_buttons(commitment_id: str) -> list[Button]:
    """Return a button per outcome of a call, and one that says who is to be called."""
    outcomes = [
        Button(
            label, "outreach.outcome", f"{outcome} {commitment_id}", Tone.PRIMARY if outcome == "kept" else Tone.PLAIN
        )
        for outcome, label in OUTCOMES.items()
    ]
    return [*outcomes, Button("Who is it?", "outreach.identify", commitment_id)]


def ending_of(alert: Alert) -> str:
    """Return how a customer's alert ended, "" while it is open."""
    return alert.transitions[-1].note if alert.closed_at is not None and alert.transitions else ""


def _open(work: Work, alert_id: str) -> Alert:
    # The permission of the entry decides who works the list. SYSTEM reads the row: who works it may see no other alert.
    alert = alerts.access_alert(work.session, SYSTEM, alert_id.strip(), policy=work.desk.policy)
    if alert.rule != LISTED:
        raise NotFound(f"There is no listed customer {alert_id}.", next_step="Use the buttons of today's list.")
    if alert.state not in alerts.LIVE:
        raise Conflict(_answered(work, alert))
    return alert


def _end(work: Work, alert: Alert, ending: str) -> None:
    alerts.resolve_alert(work.unit, SYSTEM, alert.alert_id, note=ending, policy=work.desk.policy)
    work.audit |= {"alert": alert.alert_id, "ending": ending}


def _answered(work: Work, alert: Alert) -> str:
    code = alert.detail["code"]
    match ending_of(alert):
        case "reached_out":
            call = _call_of(work, alert)
            if call is None:
                return f"{code} is being called already."
            if call.owner_key == work.actor.key:
                return f"You have {code} already."
            handle = people.handles(work.session, [call.owner_key]).get(call.owner_key, "somebody")
            return f"@{handle} was faster and calls {code}."
        case "not_now":
            return f"{code} was put off already."
        case "false_alarm":
            return f"{code} was marked as wrong already."
        case _:
            return f"{code} is off the list."


def _call_of(work: Work, alert: Alert) -> Commitment | None:
    states: Any = ("proposed", "accepted", "done", "dropped")
    found = commitments.list_for(
        work.session, SYSTEM, states=states, kind=KIND, source_key=alert.alert_id, policy=work.desk.policy
    )
    return found[-1] if found else None
