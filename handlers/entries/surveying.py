"""Surveys, effort and cost: what customers say, what it takes them, what it costs."""

from __future__ import annotations

from handlers import cost, effort, equity, voice, voice_agents
from handlers.entries.kinds import ACTION, COMMAND
from handlers.readers import whole
from handlers.registry import Entry
from handlers.survey_words import ViewArguments


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "voice"),
            "voice.read",
            voice.show,
            ViewArguments,
            whole("words"),
            summary="shows what customers say in surveys: your own, your team's or everybody's, by your role.",
            examples=("/ops voice last month",),
        ),
        Entry(
            COMMAND,
            ("ops", "voice agents"),
            "voice.agents",
            voice_agents.list_agents,
            ViewArguments,
            whole("words"),
            summary="lists the agents of your team, or shows one, where agreed; they see that you looked.",
            examples=("/ops voice agents last quarter", "/ops voice agents @anna last quarter"),
        ),
        Entry(
            COMMAND,
            ("ops", "voice contest"),
            "voice.contest",
            voice_agents.contest,
            voice_agents.ContestArguments,
            whole("why"),
            writes=True,
            summary="tells your supervisor that a figure about you is wrong.",
            examples=("/ops voice contest three of these were transfers",),
        ),
        Entry(
            COMMAND,
            ("ops", "effort"),
            "effort.read",
            effort.show,
            ViewArguments,
            whole("words"),
            summary="shows ease by channel beside repeats and transfers, and where effort hides.",
            examples=("/ops effort last month",),
        ),
        Entry(
            COMMAND,
            ("ops", "cost"),
            "cost.read",
            cost.show,
            ViewArguments,
            whole("words"),
            summary="shows cost per case by group, with the mix of work taken out, against the ledger.",
            examples=("/ops cost by segment last month",),
        ),
        Entry(
            COMMAND,
            ("ops", "cost equity"),
            "cost.read",
            equity.show,
            ViewArguments,
            whole("words"),
            summary="shows who gets worse service and less money than what they ask for explains.",
            examples=("/ops cost equity by language last quarter",),
        ),
        Entry(ACTION, ("cost.csv",), "cost.read", cost.send_csv, ViewArguments),
        Entry(ACTION, ("cost.equity",), "cost.read", equity.show, ViewArguments),
        Entry(ACTION, ("effort.csv",), "effort.read", effort.send_csv, ViewArguments),
        Entry(ACTION, ("voice.csv",), "voice.read", voice.send_csv, ViewArguments),
    ]
