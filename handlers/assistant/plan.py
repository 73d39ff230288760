"""Text -> typed plan, by rules alone: intent, query, readings or a reason why not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from frontline.core.periods import Period
from frontline.core.text import QuestionText
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions import Parsed
from frontline.metrics.relative import Relative, meant
from frontline.metrics.versions import take_pins
from handlers.assistant.turn import Turn


def plan(turn: Turn) -> Turn:
    """Fill ``turn.parsed``. The question is parsed raw in memory and never stored."""
    if turn.parsed is not None:  # the planner before the rules has asked them already
        return turn
    question, pins = take_pins(turn.question, turn.work.desk.catalog)
    parsed = _pinned(_parse(turn, question), pins, turn.previous)
    turn.parsed = _moving(turn, question, parsed)
    return turn


def _parse(turn: Turn, question: QuestionText, *, days: int = 0) -> Parsed:
    """Read the question as of today, or of ``days`` later."""
    now, previous = turn.work.now + dt.timedelta(days=days), turn.previous
    if previous is not None:
        previous = _meant_as(previous, None)
    return turn.work.desk.parser().parse(question, now=now, previous=previous)


def _moving(turn: Turn, question: QuestionText, parsed: Parsed) -> Parsed:
    """Keep with each query how its period was meant: the question is read again as of other days."""
    if parsed.intent != "metric" or (parsed.query is None and not parsed.readings):
        return parsed
    today, read = turn.work.today, dict[int, Parsed]()

    def then(day: dt.date) -> Parsed:
        days = (day - today).days
        if days not in read:
            read[days] = _parse(turn, question, days=days)
        return read[days]

    def said(query: MetricQuery, place: int | None) -> MetricQuery:
        moves = meant(query.period.period, today=today, again=lambda day: _period(then(day), query, place))
        return _meant_as(query, moves or _kept(turn.previous, query))

    query = said(parsed.query, None) if parsed.query is not None else None
    readings = tuple(replace(item, query=said(item.query, place)) for place, item in enumerate(parsed.readings))
    return replace(parsed, query=query, readings=readings)


def _period(parsed: Parsed, query: MetricQuery, place: int | None) -> Period | None:
    """Return the period of the same question as of another day; None where it is not the same any more."""
    found = [parsed.query] if place is None else [item.query for item in parsed.readings[place : place + 1]]
    other = found[0] if found else None
    return other.period.period if other is not None and other.metrics == query.metrics else None


def _kept(previous: MetricQuery | None, query: MetricQuery) -> Relative | None:
    """Return what a follow-up keeps: over the same dates as the question before, they are meant as there."""
    if previous is None or previous.period.period != query.period.period:
        return None
    return previous.period.moves


def _meant_as(query: MetricQuery, moves: Relative | None) -> MetricQuery:
    return query.model_copy(update={"period": query.period.model_copy(update={"moves": moves})})


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
