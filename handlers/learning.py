"""Words nobody had taught: what a click says they mean, the owner's yes or no, and the list of what was missed."""

from __future__ import annotations

import json

from frontline.core.actor import PRIVATE, Role
from frontline.core.errors import UsageError
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import learned, outbox, people
from frontline.store.models.definitions import LearnedWord
from frontline.store.work import Unit
from handlers import ask
from handlers.arguments import take_impersonal
from handlers.desk import Desk, Work
from handlers.registry import Arguments


class MeaningArguments(Arguments):
    """A button: the word, the metric that it may mean, and the whole query that this makes."""

    value: str
    word: AnonymizedText | None = None


class WordArguments(Arguments):
    """The learned word that is meant."""

    value: str = ""


def look(desk: Desk, arguments: MeaningArguments) -> MeaningArguments:
    """Keep the word only where the gate finds nothing personal in it; the answer comes all the same."""
    word = str(_said(arguments.value)["word"])
    return arguments.model_copy(update={"word": take_impersonal(RawText(word), gate=desk.gate)})


def mean(work: Work, arguments: MeaningArguments) -> Reply:
    """Answer what the person meant, and ask the metric's owner whether the word always means that."""
    said = _said(arguments.value)
    word, metric = arguments.word, str(said["metric"])
    reply = ask.show(work, ask.QueryArguments(value=json.dumps(said["query"])))
    if word is None or metric not in work.desk.catalog.metrics:
        return reply
    kept = word

    def keep(unit: Unit) -> None:
        row, is_new = learned.propose_word(unit, work.actor, kept, metric)
        if is_new:
            _ask_owner(work, unit, row)

    work.effects.append(keep)
    owner = work.desk.catalog.metrics[metric].owner.value
    note = f"its owner ({owner}) is asked whether that word always means it"
    return reply.with_(context=f"{reply.context} · {note}" if reply.context else note)


def approve(work: Work, arguments: WordArguments) -> Reply:
    """Let a word mean a metric, for everybody."""
    row = learned.decide(
        work.unit, work.actor, arguments.value, approve=True, catalog=work.desk.catalog, policy=work.desk.policy
    )
    work.unit.after_commit(work.desk.renew)
    work.audit |= {"word": row.word_id, "metric": row.metric}
    return Reply(
        f"From now on it means {work.desk.catalog.metrics[row.metric].title}, for everybody.",
        context=f"/ops words drop {row.word_id} takes it back.",
        parts=[Item(row.word, detail=row.metric)],
        buttons=[Button("Undo", "word.drop", row.word_id)],
        outcome=Outcome.DONE,
    )


def reject(work: Work, arguments: WordArguments) -> Reply:
    """Say that a word does not mean it; nobody is asked again."""
    row = learned.decide(
        work.unit, work.actor, arguments.value, approve=False, catalog=work.desk.catalog, policy=work.desk.policy
    )
    work.audit |= {"word": row.word_id, "metric": row.metric}
    return Reply("It stays a word that I ask about.", context="Nobody is asked again.", outcome=Outcome.DONE)


def drop(work: Work, arguments: WordArguments) -> Reply:
    """Take an approved word back."""
    row = learned.drop(work.unit, work.actor, arguments.value, catalog=work.desk.catalog, policy=work.desk.policy)
    work.unit.after_commit(work.desk.renew)
    work.audit |= {"word": row.word_id, "metric": row.metric}
    return Reply("That word is not understood any more.", context="It can be proposed again.", outcome=Outcome.DONE)


def list_words(work: Work, arguments: Arguments) -> Reply:
    """List the learned words, those that wait for an owner first."""
    rows = learned.list_words(work.session, work.actor, policy=work.desk.policy)
    if not rows:
        return Reply(
            "No word was learned yet.",
            context="Where a word is not understood, the buttons under it propose its meaning to the owner.",
            exit_code=4,
        )
    waiting = sum(row.state == "proposed" for row in rows)
    known = len(rows) - waiting
    return Reply(
        f"{known} learned word{'' if known == 1 else 's'}, {waiting} waiting for the owner.",
        parts=[_item(row) for row in rows[:40]],
        outcome=Outcome.ANSWERED,
        answer={"words": [{"id": row.word_id, "metric": row.metric, "state": row.state} for row in rows]},
    )


def list_gaps(work: Work, arguments: Arguments) -> Reply:
    """List words that nobody could answer to."""
    rows, alone = learned.list_gaps(work.session, work.actor, policy=work.desk.policy)
    more = f"{alone} more, each asked by one person alone, {'is' if alone == 1 else 'are'} not shown." if alone else ""
    if not rows:
        return Reply("No word was missed by two people yet.", context=more, exit_code=4)
    items: list[Part] = [
        Item(row.word, detail=f"{row.times} times, {len(row.asked_by)} people · nearest: {', '.join(row.nearest)}")
        for row in rows
    ]
    return Reply(
        f"{len(rows)} word{'' if len(rows) == 1 else 's'} that I could not answer to.",
        context=more,
        parts=items,
        outcome=Outcome.ANSWERED,
        answer={"gaps": [{"word": row.word.show(), "times": row.times, "people": len(row.asked_by)} for row in rows]},
    )


def _item(row: LearnedWord) -> Item:
    detail = (
        f"means {row.metric} · {row.state} · clicked {row.times} time{'' if row.times == 1 else 's'} · {row.word_id}"
    )
    if row.state == "proposed":
        return Item(row.word, detail=detail, buttons=_choice(row))
    return Item(row.word, detail=detail, buttons=[Button("Drop", "word.drop", row.word_id)])


def _choice(row: LearnedWord) -> list[Button]:
    return [
        Button("Approve", "word.approve", row.word_id, Tone.PRIMARY),
        Button("Reject", "word.reject", row.word_id),
    ]


def _ask_owner(work: Work, unit: Unit, row: LearnedWord) -> None:
    """Ask the people who own the metric (stewards where nobody does), each by direct message."""
    metric = work.desk.catalog.metrics[row.metric]
    for role in (metric.owner, Role.STEWARD, Role.ADMIN):
        owners = [person.key for person in people.of_role(unit.session, role)]
        if owners:
            break
    card = Reply(
        f"@{work.actor.handle} took a new word for {metric.title}.",
        context="Approved, everybody may use it; rejected, I go on asking. Both can be taken back.",
        parts=[Item(row.word, detail=f"means {row.metric}?"), Paragraph("Does it always mean that?")],
        buttons=_choice(row),
        outcome=Outcome.ANSWERED,
    )
    for key in owners:
        account = people.slack_account(unit.session, key)
        if account is not None:
            name = f"word/{row.word_id}/{row.times}/{key}"
            outbox.enqueue(unit, name, account[1], card, audience=PRIVATE, is_prompted=key == work.actor.key)


def _said(value: str) -> dict[str, object]:
    try:
        said = json.loads(value)
        return {"word": said["word"], "metric": said["metric"], "query": said["query"]}
    except (ValueError, KeyError, TypeError):
        raise UsageError("That button is from an older version.", next_step="Ask the question again.") from None
