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

# Other dates, of the same weekdays and of no period that anybody names.
_EARLIER = dt.timedelta(days=7 * 61)


def plan(turn: Turn) -> Turn:
    """Fill ``turn.parsed``. The question is parsed raw in memory and never stored."""
    if turn.parsed is not None:  # the planner before the rules has asked them already
        return turn
    question, pins = take_pins(turn.question, turn.work.desk.catalog)
    parsed = _pinned(_parse(turn, question), pins, turn.previous)
    turn.parsed = _moving(turn, question, parsed)
    return turn


def _parse(turn: Turn, question: QuestionText, *, days: int = 0) -> Parsed:
    """Read the question as of now, or of noon so many ``days`` later."""
    now, previous = turn.work.now, turn.previous
    if days:  # hours of another day differ where clocks change in between
        zone = turn.work.desk.catalog.calendar.zone_info
        now = dt.datetime.combine(turn.work.today + dt.timedelta(days=days), dt.time(12), tzinfo=zone)
    if previous is not None:
        previous = _meant_as(previous, None)
    return turn.work.desk.parser().parse(question, now=now, previous=previous)


def _moving(turn: Turn, question: QuestionText, parsed: Parsed) -> Parsed:
    """Keep with each query how its period was meant: the question is read again as of other days."""
    if parsed.intent != "metric" or (parsed.query is None and not parsed.readings):
        return parsed
    if parsed.left_aside:  # what was talk today may be read otherwise as of another day: its dates stay
        return parsed
    today, read = turn.work.today, dict[int, Parsed]()

    def then(day: dt.date) -> Parsed:
        days = (day - today).days
        if days not in read:
            read[days] = _parse(turn, question, days=days)
        return read[days]

    def said(query: MetricQuery, place: int | None) -> MetricQuery:
        moves = meant(query.period.period, today=today, again=lambda day: _period(then(day), query, place))
        return _meant_as(query, moves or _kept(turn, question, query))

    query = said(parsed.query, None) if parsed.query is not None else None
    readings = tuple(replace(item, query=said(item.query, place)) for place, item in enumerate(parsed.readings))
    return replace(parsed, query=query, readings=readings)


def _period(parsed: Parsed, query: MetricQuery, place: int | None) -> Period | None:
    """Return the period of the same question as of another day; None where it is not the same any more."""
    found = [parsed.query] if place is None else [item.query for item in parsed.readings[place : place + 1]]
    other = found[0] if found else None
    return other.period.period if other is not None and other.metrics == query.metrics else None


def _kept(turn: Turn, question: QuestionText, query: MetricQuery) -> Relative | None:
    """Return what a follow-up keeps of how the period of the question before was meant.

    It keeps it where its dates come from that question (of other dates before, it would have others), and only while
    counting back from today still gives these dates: a week later "last week" is another one than the answer shows.
    """
    previous = turn.previous
    if previous is None or previous.period.moves is None or previous.period.period != query.period.period:
        return None
    try:
        if previous.period.moves.period(turn.work.today) != query.period.period:
            return None
    except ValueError:
        return None
    earlier = {side: getattr(previous.period, side) - _EARLIER for side in ("start", "end")}
    other = previous.model_copy(update={"period": previous.period.model_copy(update={**earlier, "moves": None})})
    read = turn.work.desk.parser().parse(question, now=turn.work.now, previous=other)
    is_from_there = read.query is not None and read.query.period.period == other.period.period
    return previous.period.moves if is_from_there else None


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
