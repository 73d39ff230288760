"""Alerts: see them, acknowledge, snooze, start the root cause."""

from __future__ import annotations

import datetime as dt

from frontline.core.errors import Conflict
from frontline.core.reply import Button, Item, Outcome, Reply, Tone
from frontline.governance import alerts, people
from frontline.store.models.governance import Alert
from handlers import outreach
from handlers.desk import Work
from handlers.registry import Arguments

SNOOZE = dt.timedelta(hours=4)


class AlertArguments(Arguments):
    """The alert that is meant."""

    value: str


def list_open(work: Work, arguments: Arguments) -> Reply:
    """List open and acknowledged alerts."""
    rows = alerts.list_alerts(work.session, work.actor, policy=work.desk.policy)
    # Customers on the churn list have their own post and buttons; twenty a day would flood this one.
    rows = [row for row in rows if row.rule != outreach.LISTED]
    if not rows:
        return Reply("No open alerts.", outcome=Outcome.ANSWERED, exit_code=4)
    return Reply(f"{len(rows)} open alert{'s' if len(rows) != 1 else ''}.", parts=[_item(row) for row in rows[:20]])


def acknowledge(work: Work, arguments: AlertArguments) -> Reply:
    """Say that somebody is on it: the ladder stops, the next person who clicks is told who was first."""
    try:
        row = alerts.acknowledge(work.unit, work.actor, arguments.value.strip(), policy=work.desk.policy)
    except Conflict as conflict:
        raise _named(work, conflict) from None
    work.audit["alert"] = row.alert_id
    return Reply(
        f"@{work.actor.handle} acknowledged it.",
        parts=[Item(row.headline, detail=row.alert_id)],
        context="Nobody else is asked. Start the root cause when you know who owns it.",
        buttons=[Button("Start root cause", "alert.root_cause", row.alert_id, Tone.PRIMARY)],
        in_channel=True,
    )


def snooze(work: Work, arguments: AlertArguments) -> Reply:
    """Keep an alert quiet for four hours."""
    until = work.now + SNOOZE
    row = alerts.snooze(work.unit, work.actor, arguments.value.strip(), until, policy=work.desk.policy)
    local = until.astimezone(work.desk.zone)
    return Reply(f"Quiet until {local:%H:%M}.", parts=[Item(row.headline)], in_channel=True)


def _named(work: Work, conflict: Conflict) -> Conflict:
    keys = list(conflict.choices)
    if not keys or keys[0] == work.actor.key:
        return Conflict(conflict.message)
    handle = people.handles(work.session, keys).get(keys[0], keys[0])
    return Conflict(f"@{handle} was faster: it is acknowledged.")


def _item(row: Alert) -> Item:
    buttons = []
    if row.state == "open":
        buttons = [
            Button("Acknowledge", "alert.acknowledge", row.alert_id, Tone.PRIMARY),
            Button("Snooze 4 h", "alert.snooze", row.alert_id),
        ]
    return Item(row.headline, detail=f"{row.state} · {row.rule} · {row.alert_id}", buttons=buttons)
