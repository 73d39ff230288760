"""``/ops question verify | list | drop`` and the badge on answers: who vouches for this figure, and since when."""

from __future__ import annotations

import datetime as dt

from pydantic import ValidationError

from frontline.core.errors import UsageError, UserError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form
from frontline.core.reply import Button, Item, Outcome, Part, Reply
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import people, verified
from frontline.metrics.checks import canonical_key
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions.restate import restate
from frontline.store.models.definitions import VerifiedQuestion
from frontline.store.work import Unit
from handlers.desk import Work
from handlers.registry import Arguments


class VerifyArguments(Arguments):
    """The question in words, the query of an answer (``value``), or both."""

    words: AnonymizedText | None = None
    value: str = ""


class QuestionArguments(Arguments):
    """The verified question that is meant."""

    value: str = ""


def badge(work: Work, query: MetricQuery) -> str:
    """Return ``verified by @finn on 17 Jun 2026`` where somebody vouches for the answer to this very question.

    The same question asked next month is the same question: its words are read again as of today.
    """
    rows = verified.of_shape(work.session, verified.shape_of(query.as_json()))
    for row in rows:
        if verified.is_current(row, work.desk.catalog.definition_hashes) and _is_same(work, row, query):
            handle = people.handles(work.session, [row.verified_by]).get(row.verified_by, row.verified_by)
            return f"verified by @{handle} on {row.verified_at.astimezone(work.desk.zone):%-d %b %Y}"
    return ""


def verify(work: Work, arguments: VerifyArguments) -> Reply:
    """Vouch for the answer to a question: every metric in it, under today's definitions."""
    query, words = _meant(work, arguments)
    hashes = {key: work.desk.catalog.definition_hashes[key] for key in query.metrics}
    said = query.as_json()
    names = ", ".join(f"{key}@{work.desk.catalog.metrics[key].version}" for key in query.metrics)

    def keep(unit: Unit) -> None:
        row = verified.verify(unit, work.actor, query=said, hashes=hashes, words=words, policy=work.desk.policy)
        work.audit["question"] = row.question_id

    work.effects.append(keep)
    lasts = "Asked in these words, it carries your name" if words is not None else "This very query carries your name"
    return Reply(
        f"Verified: {restate(query, work.desk.catalog)}.",
        context=f"{lasts} as long as {names} stays what it is. /ops question list shows all of them.",
        outcome=Outcome.DONE,
    )


def ask_words(work: Work, arguments: QuestionArguments) -> Reply:
    """Open the form that asks for the question in words."""
    query = _query(arguments.value)
    intro = f"You vouch for the answer to: {restate(query, work.desk.catalog)}."
    hint = "As people ask it, such as: fcr by channel last month. Empty: only these very dates."
    fields = [Input("words", "The question in words", kind="text", hint=hint, optional=True)]
    return Reply("Verify", form=Form("question.verify", "Verify an answer", fields, intro=intro, state=arguments.value))


def list_questions(work: Work, arguments: Arguments) -> Reply:
    """List the verified questions, and what became of them."""
    rows = verified.list_verified(work.session, work.actor, policy=work.desk.policy)
    if not rows:
        return Reply(
            "No question is verified yet.",
            context="Verify stands under Details, or: /ops question verify ...",
            exit_code=4,
        )
    handles = people.handles(work.session, [row.verified_by for row in rows])
    items: list[Part] = []
    changed = 0
    for row in rows:
        faults = judge(work, row)
        changed += bool(faults)
        state = "; ".join(faults) or "holds"
        said = (
            f"@{handles.get(row.verified_by, row.verified_by)} · {row.verified_at.astimezone(work.desk.zone):%-d %b %Y}"
        )
        button = Button("Drop", "question.drop", row.question_id, confirm="Take the mark back?")
        title = (
            row.words if row.words is not None else restate(MetricQuery.model_validate(row.query), work.desk.catalog)
        )
        items.append(Item(title, detail=f"{said} · {state} · {row.question_id}", buttons=[button]))
    return Reply(
        f"{len(rows)} verified question{'' if len(rows) == 1 else 's'}, {changed} changed.",
        context="A mark expires when a definition changes: look at the answer, and verify it again.",
        parts=items[:40],
        outcome=Outcome.ANSWERED,
        answer={"questions": [describe(work, row) for row in rows], "changed": changed},
    )


def check_questions(work: Work, arguments: Arguments) -> Reply:
    """Ask every verified question again: is it read as it was, by the same definitions, and is there an answer?"""
    rows = verified.list_verified(work.session, work.actor, policy=work.desk.policy)
    found = [(row, [*judge(work, row), *_unanswered(work, row)]) for row in rows]
    faulty = [(row, faults) for row, faults in found if faults]
    catalog = work.desk.catalog
    items: list[Part] = [
        Item(
            row.words if row.words is not None else restate(MetricQuery.model_validate(row.query), catalog),
            detail=f"{'; '.join(faults)} · {row.question_id}",
        )
        for row, faults in faulty
    ]
    return Reply(
        f"{len(rows)} verified questions asked again, {len(faulty)} changed.",
        parts=items[:40],
        outcome=Outcome.ANSWERED,
        answer={"asked": len(rows), "changed": [{**describe(work, row), "changed": faults} for row, faults in faulty]},
        exit_code=1 if faulty else 0,
    )


def drop(work: Work, arguments: QuestionArguments) -> Reply:
    """Take a mark back."""
    row = verified.drop(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    work.audit["question"] = row.question_id
    return Reply(
        "The mark is taken back.", context="The question is answered as before, without it.", outcome=Outcome.DONE
    )


def judge(work: Work, row: VerifiedQuestion) -> list[str]:
    """Return what has changed since a question was verified: a definition, or how its words are read."""
    catalog = work.desk.catalog
    faults = [
        f"the definition of {key} changed" if key in catalog.metrics else f"there is no metric {key} any more"
        for key, value in row.hashes.items()
        if catalog.definition_hashes.get(key) != value
    ]
    if row.words is not None:
        known = MetricQuery.model_validate(row.query)
        read = _read(work, row.words, row.verified_at)
        if read is None:
            faults.append("it is not understood any more")
        elif canonical_key(read) != canonical_key(known):
            faults.append(f"it is read as {restate(read, catalog)} now")
    return faults


def describe(work: Work, row: VerifiedQuestion) -> dict[str, object]:
    """Return one verified question as JSON."""
    return {
        "id": row.question_id,
        "question": row.words.show() if row.words is not None else None,
        "query": row.query,
        "verified_at": row.verified_at.isoformat(),
        "changed": judge(work, row),
    }


def _meant(work: Work, arguments: VerifyArguments) -> tuple[MetricQuery, AnonymizedText | None]:
    words = arguments.words
    answered = _query(arguments.value) if arguments.value else None
    if words is None or not words:
        if answered is None:
            raise UsageError("Which question?", next_step="For example: /ops question verify fcr by channel last month")
        return answered, None
    if words.provenance.counts:
        raise UsageError(
            "The question may not name a person or a place.",
            next_step="Ask it, and press Verify under Details: then the query alone is marked.",
        )
    read = _read(work, words, work.now)
    if read is None:
        raise UsageError("I do not answer that question by myself.", next_step="Ask it first; verify what is answered.")
    if answered is not None and canonical_key(read) != canonical_key(answered):
        raise UsageError(
            f"In these words it is {restate(read, work.desk.catalog)}, not what was answered.",
            next_step="Say it so that it is read as the answer you looked at.",
        )
    return read, words


def _unanswered(work: Work, row: VerifiedQuestion) -> list[str]:
    try:
        work.run(MetricQuery.model_validate(row.query))
    except UserError as error:
        return [f"no answer: {error.message.rstrip('.').lower()}"]
    return []


def _is_same(work: Work, row: VerifiedQuestion, query: MetricQuery) -> bool:
    wanted = canonical_key(query)
    if canonical_key(MetricQuery.model_validate(row.query)) == wanted:
        return True
    if row.words is None:
        return False
    read = _read(work, row.words, work.now)
    return read is not None and canonical_key(read) == wanted


def _read(work: Work, words: AnonymizedText, now: dt.datetime) -> MetricQuery | None:
    parsed = work.desk.parser().parse(QuestionText(words.show()), now=now)
    return parsed.query if parsed.outcome is Outcome.ANSWERED and not parsed.left_aside else None


def _query(value: str) -> MetricQuery:
    try:
        return MetricQuery.model_validate_json(value)
    except ValidationError:
        raise UsageError("That button is from an older version.", next_step="Ask the question again.") from None
