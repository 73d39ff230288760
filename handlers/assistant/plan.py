"""Text -> typed plan, by rules alone: intent, query, readings or a reason why not."""

from __future__ import annotations

from dataclasses import replace

from frontline.metrics.query import MetricQuery
from frontline.metrics.questions import Parsed
from frontline.metrics.versions import take_pins
from handlers.assistant.turn import Turn


def plan(turn: Turn) -> Turn:
    """Fill ``turn.parsed``. The question is parsed raw in memory and never stored."""
    if turn.parsed is not None:  # the planner before the rules has asked them already
        return turn
    question, pins = take_pins(turn.question, turn.work.desk.catalog)
    parsed = turn.work.desk.parser().parse(question, now=turn.work.now, previous=turn.previous)
    turn.parsed = _pinned(parsed, pins, turn.previous)
    return turn


def _pinned(parsed: Parsed, pins: tuple[str, ...], previous: MetricQuery | None) -> Parsed:
    """Keep the versions that were asked for with the query; what a follow-up keeps, it counts in the same way."""
    kept = previous.pins if previous is not None and parsed.kept else ()
    named = {pin.partition("@")[0]: pin for pin in (*kept, *pins)}
    if not named and (parsed.query is None or not parsed.query.pins):
        return parsed

    def pin(query: MetricQuery) -> MetricQuery:
        return query.model_copy(update={"pins": tuple(named[key] for key in query.metrics if key in named)})

    readings = tuple(replace(reading, query=pin(reading.query)) for reading in parsed.readings)
    return replace(parsed, query=pin(parsed.query) if parsed.query is not None else None, readings=readings)
