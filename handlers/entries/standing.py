"""How things stand: the floor now, and scorecards."""

from __future__ import annotations

from handlers import floor, ops, scorecards
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "floor"),
            "metric.ask",
            floor.show_floor,
            floor.FloorArguments,
            whole("value"),
            summary="shows today's floor beside last week's; also of one queue, site or team.",
            examples=("/ops floor", "/ops floor care"),
        ),
        Entry(
            COMMAND,
            ("ops", "scorecard"),
            "scorecard.read",
            scorecards.show_scorecard,
            scorecards.ScorecardArguments,
            whole("value"),
            summary="shows a metric with its guardrails, and where it gets better at their price.",
            examples=("/ops scorecard", "/ops scorecard fcr"),
        ),
        Entry(ACTION, ("scorecard.show",), "scorecard.read", scorecards.show_scorecard, scorecards.ScorecardArguments),
        Entry(ACTION, ("floor.refresh",), "metric.ask", floor.refresh, floor.FloorArguments),
        Entry(ACTION, ("home.refresh",), "help.read", ops.refresh_home),
    ]
