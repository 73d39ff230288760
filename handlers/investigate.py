"""``/ops investigate``: a finding about one figure, in which each figure names the query that it came from.

Made by the rules for everyone: what moved, where, since when, what to look at, who promised what. Where a model may
look into figures, its checked text stands before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontline.core.errors import NotPermitted, UsageError
from frontline.core.reply import Outcome, Paragraph, Part, Reply
from frontline.core.text import QuestionText
from frontline.governance import commitments
from frontline.governance.commitments import THEN
from frontline.metrics.query import Kind, MetricQuery
from frontline.metrics.questions import Parsed
from handlers import ask, commitment_lines, evidence
from handlers.assistant import chain, wording
from handlers.assistant.agent import Finding, look_into
from handlers.assistant.execute import execute
from handlers.assistant.facts import facts_of, source_of_result
from handlers.assistant.model import ModelUnavailable
from handlers.assistant.plan import plan
from handlers.assistant.tools import Notebook
from handlers.assistant.turn import Turn
from handlers.registry import Arguments

if TYPE_CHECKING:
    from handlers.desk import Work

MOST_PROMISES = 3


class InvestigateArguments(Arguments):
    """A question in the person's own words."""

    question: QuestionText | None = None


def investigate(work: Work, arguments: InvestigateArguments) -> Reply:
    """Look into the figure that a question is about; what is no such question is answered as any other."""
    question = arguments.question
    if question is None or not question:
        raise UsageError("What shall I look into?", next_step="For example: /ops investigate recontact rate in May")
    if len(question) > ask.LONGEST:
        raise UsageError("That question is too long for me.", next_step=f"Say it in under {ask.LONGEST} characters.")
    turn = plan(Turn(work, question))
    if turn.plan.outcome is not Outcome.ANSWERED or turn.plan.query is None:
        return chain.answer(turn)
    return _finding(work, turn.plan.query, question)


def about(work: Work, arguments: ask.QueryArguments) -> Reply:
    """Look into the figure of an answer."""
    query = evidence.read_query(arguments.value)
    if query is None:
        raise UsageError("That button is from an older version.", next_step="Ask the question again.")
    return _finding(work, query, QuestionText(""))


def _finding(work: Work, query: MetricQuery, question: QuestionText) -> Reply:
    if len(query.metrics) != 1:
        raise UsageError("I look into one metric at a time.", next_step="Name one of them.")
    compare = query.compare or "previous"
    changes = {"kind": Kind.WHY, "by": (), "order": None, "limit": None, "compare": compare}
    period = query.period.model_copy(update={"grain": None})
    why = query.model_copy(update={**changes, "period": period})
    turn = Turn(work, QuestionText(""), parsed=Parsed(outcome=Outcome.ANSWERED, intent="metric", query=why))
    execute(turn)
    reply = wording.word(turn)
    if not turn.results:
        return reply
    result = turn.results[0]
    work.audit["metrics"] = list(query.metrics)
    notebook = Notebook()
    notebook.take(source_of_result(result, work.desk.catalog), facts_of(result, work.desk.catalog, source=1))
    found = _by_model(work, why, question, notebook)
    parts: list[Part] = [] if found is None else _words_of(found)
    parts += [*reply.parts, *_promises(work, query.metrics[0]), _sources(notebook, found)]
    return reply.with_(parts=parts)


def _by_model(work: Work, query: MetricQuery, question: QuestionText, notebook: Notebook) -> Finding | None:
    """Return the model's finding; None, with the reason in the audit entry, where the rules' one has to do."""
    model = work.desk.model()
    if model is None or not model.may("investigate"):
        return None
    try:
        found = look_into(work, query, question, notebook, model=model)
    except ModelUnavailable as error:
        work.audit |= {"model": model.name, "model_outcome": error.reason}
        return None
    work.audit |= {"model": model.name, "model_outcome": "found"}
    return found


def _words_of(found: Finding) -> list[Part]:
    note = f"_Written by the model {found.by}; each figure is of the query behind its number._"
    return [Paragraph(f"*Finding*\n{found.text}\n{note}")]


def _sources(notebook: Notebook, found: Finding | None) -> Paragraph:
    cited = found.sources if found is not None else []
    known = {number for number, _ in cited} | {1}
    lines = [
        f"[{number}] {source.label} ({source.definition})"
        for number, source in enumerate(notebook.sources, start=1)
        if number in known
    ]
    return Paragraph("\n".join(["*Queries behind these figures*", *lines, "Groups and days: query [1], cut further."]))


def _promises(work: Work, metric: str) -> list[Part]:
    """Return the open promises that were made on this metric and that the speaker may see."""
    try:
        rows = commitments.list_for(work.session, work.actor, policy=work.desk.policy, audience=work.audience)
    except NotPermitted:
        return []
    mine = [row for row in rows if (row.evidence.get(THEN) or {}).get("metric") == metric][:MOST_PROMISES]
    if not mine:
        return []
    return [Paragraph("*Promised about it*"), *(commitment_lines.line(row, work) for row in mine)]
