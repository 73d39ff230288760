"""Questions, the buttons of an answer card, help, status and App Home."""

from __future__ import annotations

from handlers import ask, investigate, ops
from handlers.assistant import tools
from handlers.entries.kinds import ACTION, COMMAND, HOME
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ask",),
            "metric.ask",
            ask.ask,
            ask.AskArguments,
            whole("question"),
            summary="answers a question about your numbers.",
            examples=("/ask fcr by channel last month", "/ask how's service level?"),
        ),
        Entry(
            COMMAND,
            ("ops", "investigate"),
            "metric.ask",
            investigate.investigate,
            investigate.InvestigateArguments,
            whole("question"),
            summary="looks into a figure: where it moved, since when, what to look at, who promised what.",
            examples=("/ops investigate recontact rate in May",),
        ),
        Entry(
            COMMAND,
            ("ops", "help"),
            "help.read",
            ops.show_help,
            ops.HelpArguments,
            whole("topic"),
            summary="shows what you can do.",
            examples=("/ops help",),
            aliases=("ops",),
        ),
        Entry(
            COMMAND,
            ("ops", "status"),
            "status.read",
            ops.show_status,
            summary="says how the machine is.",
            examples=("/ops status",),
        ),
        Entry(ACTION, ("help.show",), "help.read", ops.show_help, ops.HelpArguments),
        Entry(ACTION, ("ask.again",), "metric.ask", ask.ask_again, ask.QueryArguments),
        Entry(ACTION, ("metric.show",), "metric.ask", ask.show, ask.QueryArguments, tool=tools.COMPUTE),
        Entry(ACTION, ("metric.investigate",), "metric.ask", investigate.about, ask.QueryArguments),
        Entry(ACTION, ("metric.confirm",), "metric.ask", ask.confirm, ask.QueryArguments),
        Entry(ACTION, ("metric.why",), "metric.ask", ask.show_why, ask.QueryArguments, tool=tools.SPLIT),
        Entry(ACTION, ("metric.break_down",), "metric.ask", ask.break_down, ask.QueryArguments),
        Entry(ACTION, ("metric.details",), "metric.ask", ask.show_details, ask.QueryArguments),
        Entry(ACTION, ("metric.period",), "metric.ask", ask.change_period, ask.QueryArguments),
        Entry(ACTION, ("metric.helpful",), "metric.ask", ask.judge_helpful, ask.QueryArguments),
        Entry(ACTION, ("metric.not_right",), "metric.ask", ask.judge_not_right, ask.QueryArguments),
        Entry(ACTION, ("metric.csv",), "metric.ask", ask.send_csv, ask.QueryArguments),
        Entry(HOME, ("home",), "help.read", ops.show_home),
    ]
