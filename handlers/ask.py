"""``/ask``, a mention, a direct message, a follow-up in a thread, and the buttons of an answer card."""

from __future__ import annotations

from pydantic import ValidationError

from frontline.core.clock import local_midnight
from frontline.core.errors import UsageError
from frontline.core.reply import Button, Outcome, Paragraph, Reply
from frontline.core.text import QuestionText
from frontline.governance import threads
from frontline.metrics.query import Kind, MetricQuery
from frontline.metrics.questions import Parsed
from handlers import evidence, periods, pins
from handlers.assistant import chain, wording
from handlers.assistant.card import Card
from handlers.assistant.execute import execute
from handlers.assistant.proposal import read_confirmed
from handlers.assistant.turn import Turn
from handlers.assistant.unknown import note_gaps
from handlers.desk import Work
from handlers.ops import HelpArguments, show_help
from handlers.registry import Arguments

LONGEST = 2000


class AskArguments(Arguments):
    """A question in the person's own words."""

    question: QuestionText | None = None


class QueryArguments(Arguments):
    """A typed query that travelled in a button."""

    value: str


def ask(work: Work, arguments: AskArguments) -> Reply:
    """Answer a question, ask back, or say what was not understood; remember the query for follow-ups."""
    question = arguments.question
    if question is None or not question:
        return show_help(work, HelpArguments()).with_(headline="Ask me something.")
    if len(question) > LONGEST:
        raise UsageError("That question is too long for me.", next_step=f"Say it in under {LONGEST} characters.")
    thread = work.request.thread
    # "How's service level?" in this morning's direct message is not about yesterday.
    day_began = local_midnight(work.today, work.desk.zone)
    previous = threads.recall(work.session, thread, since=day_began) if thread else None
    turn = Turn(work, question, previous=MetricQuery.model_validate(previous.query) if previous else None)
    reply = chain.answer(turn)
    note_gaps(turn)
    _remember(turn)
    return reply


def show(work: Work, arguments: QueryArguments) -> Reply:
    """Answer a typed query from a button: a chosen reading."""
    return _run(work, _query(arguments.value))


def confirm(work: Work, arguments: QueryArguments) -> Reply:
    """Compute what a model proposed and a person confirmed: as the one who clicked, under that person's policy."""
    confirmed = read_confirmed(arguments.value)
    work.audit |= {"model": confirmed.by, "model_outcome": "confirmed"}
    reply = _run(work, confirmed.query)
    note = f"read by the model {confirmed.by}, confirmed by a click"
    return reply.with_(context=f"{reply.context} · {note}" if reply.context else note)


def show_why(work: Work, arguments: QueryArguments) -> Reply:
    """Explain what changed against the period before."""
    return _run(work, _query(arguments.value).model_copy(update={"kind": Kind.WHY}))


def break_down(work: Work, arguments: QueryArguments) -> Reply:
    """Offer the dimensions that the metric takes."""
    query = _query(arguments.value)
    buttons = []
    for key in work.desk.catalog.allowed_dimensions(query.metrics[0])[:6]:
        split = query.model_copy(update={"by": (key,)})
        buttons.append(Button(work.desk.catalog.dimensions[key].title, "metric.show", evidence.as_state(split)))
    return Reply("Break it down by what?", buttons=buttons, outcome=Outcome.CLARIFY)


def show_details(work: Work, arguments: QueryArguments) -> Reply:
    """Show the full stamp: definition, window, filters, coverage, as-of, generation, SQL."""
    query = _query(arguments.value)
    turn = Turn(work, QuestionText(""), parsed=_parsed(query))
    execute(turn)
    result = turn.results[0]
    zone = work.desk.catalog.calendar.zone
    parts = [
        Paragraph("\n".join(f"• {line}" for line in wording.describe_stamp(stamp, zone_name=zone)))
        for stamp in result.stamps
    ]
    parts += [Paragraph(f"```{sql[:2500]}```") for sql in result.sql[:2]]
    return Reply("How this figure is made.", parts=parts, buttons=_further(turn, query), outcome=Outcome.ANSWERED)


def _further(turn: Turn, query: MetricQuery) -> list[Button]:
    """Return what can be done with a figure beyond the three buttons of its card."""
    work, value = turn.work, evidence.as_state(query)
    buttons = []
    if wording.may_investigate(turn):
        buttons.append(Button("Investigate", "metric.investigate", value))
    if periods.offers_periods(query, work):
        buttons.append(Button("Change period", "metric.period", value))
    if pins.may_pin(work, query):
        buttons.append(Button("Pin", "pin.add", value))
    buttons += [
        Button("Make it a commitment", "commitment.about.form", value),
        Button("CSV", "metric.csv", value),
        Button("Helpful", "metric.helpful", value),
        Button("Not right", "metric.not_right", value),
    ]
    if work.desk.policy.is_allowed(work.actor, "question.verify", audience=work.audience):
        buttons.append(Button("Verify", "question.verify.form", value))
    return buttons


def change_period(work: Work, arguments: QueryArguments) -> Reply:
    """Offer the same question over the usual periods."""
    return periods.choose(work, _query(arguments.value))


def judge_helpful(work: Work, arguments: QueryArguments) -> Reply:
    """Keep in the audit log that an answer helped: its metrics, no words of the question."""
    work.audit |= {"metrics": list(_query(arguments.value).metrics), "feedback": "helpful"}
    return Reply("Noted, thank you.", outcome=Outcome.ANSWERED)


def judge_not_right(work: Work, arguments: QueryArguments) -> Reply:
    """Keep in the audit log that an answer was not what was meant, and say what to do about it."""
    query = _query(arguments.value)
    work.audit |= {"metrics": list(query.metrics), "feedback": "not right"}
    return Reply(
        "Noted. Ask it again in other words, or see what the figure means.",
        context=f"/ops metric show {query.metrics[0]} says how it is defined and who owns it.",
        outcome=Outcome.ANSWERED,
    )


def send_csv(work: Work, arguments: QueryArguments) -> Reply:
    """Send every row of an answer as a file; hidden cells are empty."""
    query = _query(arguments.value)
    turn = Turn(work, QuestionText(""), parsed=_parsed(query))
    execute(turn)
    card = Card(work.desk.catalog, turn.results[0])
    name = f"{query.metrics[0]}.csv"
    return Reply(card.headline(), context=card.context(), csv=card.csv(), csv_name=name, outcome=Outcome.ANSWERED)


def ask_again(work: Work, arguments: QueryArguments) -> Reply:
    """Answer a suggestion that was offered as a button."""
    return ask(work, AskArguments(question=QuestionText(arguments.value)))


def _query(value: str) -> MetricQuery:
    try:
        return MetricQuery.model_validate_json(value)
    except ValidationError:
        raise UsageError("That button is from an older version.", next_step="Ask the question again.") from None


def _parsed(query: MetricQuery) -> Parsed:
    return Parsed(outcome=Outcome.ANSWERED, intent="metric", query=query)


def _run(work: Work, query: MetricQuery) -> Reply:
    turn = Turn(work, QuestionText(""), parsed=_parsed(query))
    execute(turn)
    reply = wording.word(turn)
    _remember(turn)
    return reply


def _remember(turn: Turn) -> None:
    work, thread, query = turn.work, turn.work.request.thread, turn.plan.query
    work.audit |= {"intent": turn.plan.intent, "understood": turn.plan.outcome.value}
    if turn.proposal is not None:
        work.audit |= {"model": turn.proposal.by, "model_outcome": "proposed"}
    elif turn.model_outcome:
        work.audit["model_outcome"] = turn.model_outcome
    if query is not None:
        work.audit["metrics"] = list(query.metrics)
    if thread and query is not None and turn.results:
        kept, asker = query.as_state(), work.actor
        work.effects.append(lambda unit: threads.remember(unit, thread, kept, asker))
