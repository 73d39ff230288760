"""How things stand: the floor now, scorecards and dashboards."""

from __future__ import annotations

from handlers import dashboards, floor, ops, scorecards
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_floor(), *_dashboards()]


def _dashboards() -> list[Entry]:
    one, tile = dashboards.DashboardArguments, dashboards.TileArguments
    return [
        Entry(
            COMMAND,
            ("ops", "dashboard list"),
            "dashboard.read",
            dashboards.list_dashboards,
            summary="lists the dashboards with their tiles.",
            examples=("/ops dashboard list",),
            aliases=("ops dashboard",),
        ),
        Entry(
            COMMAND,
            ("ops", "dashboard show"),
            "dashboard.read",
            dashboards.show_dashboard,
            one,
            whole("value"),
            summary="shows the tiles of a dashboard.",
            examples=("/ops dashboard show leadership",),
        ),
        Entry(
            COMMAND,
            ("ops", "dashboard review"),
            "dashboard.read",
            dashboards.review,
            one,
            whole("value"),
            summary="proposes which tiles to keep, merge or retire.",
            examples=("/ops dashboard review", "/ops dashboard review floor"),
            aliases=("ops review dashboards",),
        ),
        *(
            Entry(
                COMMAND,
                ("ops", f"dashboard {verb}"),
                "dashboard.decide",
                run,
                tile,
                whole("value"),
                writes=True,
                summary=summary,
                examples=(f"/ops dashboard {verb} leadership {example}",),
            )
            for verb, run, summary, example in (
                ("add", dashboards.add_tile, "puts a metric on a dashboard.", "handoff_sla"),
                ("retire", dashboards.retire_tile, "takes a metric off a dashboard.", "nps"),
            )
        ),
        Entry(ACTION, ("dashboard.show",), "dashboard.read", dashboards.show_dashboard, one),
        Entry(ACTION, ("dashboard.review",), "dashboard.read", dashboards.review, one),
        Entry(ACTION, ("dashboard.decide",), "dashboard.decide", dashboards.decide, tile, writes=True),
    ]


def _floor() -> list[Entry]:
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
