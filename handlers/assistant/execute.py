"""Typed plan -> facts: the metrics engine for numbers, the corpus for words, the register for owners."""

from __future__ import annotations

from frontline.core.errors import UsageError
from frontline.core.reply import Outcome, Reply
from frontline.metrics.insights.series import without_pins
from frontline.metrics.query import Kind, MetricQuery
from handlers import debrief_search, examples, floor, own, standing
from handlers.assistant.outlook import look_ahead
from handlers.assistant.pace import against_target
from handlers.assistant.turn import Turn
from handlers.assistant.why import explain_change
from handlers.looks import note_looks
from handlers.ops import HelpArguments, show_help
from handlers.registry import NoArguments


def execute(turn: Turn) -> Turn:
    """Fill ``turn.results``, or ``turn.reply`` where no number is involved."""
    plan, work = turn.plan, turn.work
    if plan.outcome is Outcome.DENIED and plan.query is not None:
        # A question about single agents: the engine knows the agreement, the team and the audience, and refuses
        # with the rule that decided.
        turn.results = (work.run(computable(plan.query)),)
        note_looks(work, turn.results[0])
        return turn
    if plan.outcome is not Outcome.ANSWERED:
        return turn
    if plan.intent == "metric" and plan.query is not None:
        _compute(turn, plan.query)
    elif plan.intent == "examples":
        work.desk.policy.authorize(work.actor, "example.find", audience=work.audience)
        turn.reply = examples.show(work, turn.question, count=5, kind="complaint")
    elif plan.intent == "debriefs":
        turn.reply = debrief_search.answer(work, turn.question)
    elif plan.intent == "ownership":
        turn.reply = own.find_owners(work, turn.question)
    elif plan.intent == "floor":
        turn.reply = floor.show_floor(work, floor.FloorArguments(value=plan.place))
    elif plan.intent == "standing" and plan.group is not None:
        turn.reply = standing.show_group(work, *plan.group)
    elif plan.intent == "help":
        turn.reply = show_help(work, HelpArguments())
    elif plan.intent == "command":
        turn.reply = _point_to_command(turn)
    return turn


def _compute(turn: Turn, query: MetricQuery) -> None:
    work = turn.work
    try:
        if query.kind in (Kind.WHY, Kind.FORECAST, Kind.TARGET):
            query = without_pins(work.desk.catalog, query)
        if query.kind is Kind.FORECAST:
            look_ahead(turn, query)
            return
        turn.results = (work.run(computable(query)),)
    except UsageError as error:
        # The question was understood, and there is no such figure: the query still travels with the answer.
        turn.reply = _declined(error.message, error.next_step)
        return
    note_looks(work, turn.results[0])
    if query.kind is Kind.WHY:
        turn.notes += explain_change(turn, turn.results[0])
    elif query.kind is Kind.TARGET:
        turn.notes += against_target(work, turn.results[0])


def _declined(message: str, next_step: str) -> Reply:
    return Reply(message, context=next_step, outcome=Outcome.ABSTAINED)


def computable(query: MetricQuery) -> MetricQuery:
    """Return the query that the engine runs for kinds that build on a simpler one."""
    if query.kind is Kind.WHY:
        compare = query.compare or "previous"
        return query.model_copy(update={"kind": Kind.COMPARISON, "compare": compare, "by": ()})
    if query.kind in (Kind.TARGET, Kind.FORECAST):
        return query.model_copy(update={"kind": Kind.LOOKUP, "compare": None})
    return query


def _point_to_command(turn: Turn) -> Reply:
    reply = show_help(turn.work, HelpArguments(**NoArguments().model_dump()))
    return reply.with_(
        headline="That changes something, so it has a command of its own.",
        outcome=Outcome.ABSTAINED,
        answer={"intent": "command"},
    )
