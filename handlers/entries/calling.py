"""The buttons of the churn list."""

from __future__ import annotations

from handlers import outreach
from handlers.entries.kinds import ACTION
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(ACTION, ("outreach.start",), "outreach.work", outreach.start, outreach.ListedArguments, writes=True),
        Entry(ACTION, ("outreach.later",), "outreach.work", outreach.later, outreach.ListedArguments, writes=True),
        Entry(ACTION, ("outreach.wrong",), "outreach.work", outreach.mark_wrong, outreach.ListedArguments, writes=True),
        Entry(
            ACTION,
            ("outreach.outcome",),
            "outreach.work",
            outreach.record_outcome,
            outreach.OutcomeArguments,
            writes=True,
        ),
        Entry(
            ACTION,
            ("outreach.identify",),
            "outreach.identify",
            outreach.identify,
            outreach.CallArguments,
            writes=True,
        ),
    ]
