"""Alerts and what is done about them."""

from __future__ import annotations

from handlers import alerts, root_cause
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "alert list"),
            "alert.list",
            alerts.list_open,
            summary="lists open alerts.",
            examples=("/ops alert list",),
            aliases=("ops alert",),
        ),
        Entry(
            COMMAND,
            ("ops", "alert ack"),
            "alert.acknowledge",
            alerts.acknowledge,
            alerts.AlertArguments,
            whole("value"),
            writes=True,
            summary="acknowledges an alert.",
            examples=("/ops alert ack alr_4k7q0z2m9x",),
        ),
        Entry(
            ACTION, ("alert.acknowledge",), "alert.acknowledge", alerts.acknowledge, alerts.AlertArguments, writes=True
        ),
        Entry(ACTION, ("alert.snooze",), "alert.snooze", alerts.snooze, alerts.AlertArguments, writes=True),
        Entry(ACTION, ("alert.root_cause",), "commitment.create", root_cause.start, alerts.AlertArguments),
    ]
