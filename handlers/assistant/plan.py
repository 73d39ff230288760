"""Text -> typed plan, by rules alone: intent, query, readings or a reason why not."""

from __future__ import annotations

from handlers.assistant.turn import Turn


def plan(turn: Turn) -> Turn:
    """Fill ``turn.parsed``. The question is parsed raw in memory and never stored."""
    if turn.parsed is not None:  # the planner before the rules has asked them already
        return turn
    parser = turn.work.desk.parser()
    turn.parsed = parser.parse(turn.question, now=turn.work.now, previous=turn.previous)
    return turn
