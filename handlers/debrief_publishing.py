"""The end of a debrief: into the corpus, its lessons with owners, and what became of them."""

from __future__ import annotations

import datetime as dt

from frontline.catalog.debriefs import LESSONS
from frontline.catalog.workdays import workdays_of
from frontline.core.actor import PRIVATE, SYSTEM, Actor
from frontline.core.errors import Conflict, NotFound, PrivacyError, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Part, Reply, Tone
from frontline.core.request import Request
from frontline.governance import commitments, debriefs, outbox, people
from frontline.governance.quiet import BETWEEN_PEOPLE
from frontline.store.models.debriefs import Debrief, DebriefEntry
from frontline.store.models.governance import Commitment
from handlers.commitment_lines import find_owner, kinds_of, tell_owner
from handlers.debrief_lint import rules_of
from handlers.debrief_search import lesson_commitment, standing
from handlers.debrief_text import document_of
from handlers.debriefs import DebriefArguments
from handlers.desk import Work
from handlers.own import past_due
from handlers.registry import Arguments
from handlers.words import read_date

KIND = "lesson"


class PublishArguments(Arguments):
    """What is kept (ids, a line each), who verifies the lessons and by when.

    ``value``: the debrief, and how many contributions the form showed ("dbf_x 7").
    """

    value: str = ""
    lessons: str = ""
    kept: str = ""
    owner: str = ""
    due: str = ""
    led_only: str = ""


class FollowArguments(Arguments):
    """The lessons of a debrief; with a number and a person that lesson is given to them."""

    value: str = ""
    number: int = 0
    owner: str = ""
    due: str = ""


def ask(work: Work, arguments: DebriefArguments) -> Reply:
    """Open the form of the publication, or say what is missing."""
    row, rules = _row(work, arguments.value), rules_of(work)
    debriefs.check_publication(work.session, row, rules=rules, is_led_only_fine=True)
    entries = debriefs.entries_of(work.session, row)
    lessons = [entry for entry in entries if entry.section == LESSONS]
    others = [entry for entry in entries if entry.section != LESSONS]
    due = workdays_of(work.desk.catalog.calendar).add(work.today, rules.lesson_days)
    fields = [_choices("lessons", "Lessons, each becomes a commitment", lessons)]
    if others:
        fields.append(_choices("kept", "What else is published", others, optional=True))
    if _may_assign(work):
        hint = "Empty means you; change single ones later."
        fields.append(Field("owner", "Who verifies them", kind="person", optional=True, hint=hint))
    fields.append(Field("due", "Verified by", kind="date", initial=due.isoformat()))
    if debriefs.voices_of(work.session, row).is_led_only:
        hint = "Only people who lead others have written. Publish it all the same."
        fields.append(Field("led_only", "Who wrote", kind="checkbox", hint=hint))
    intro = (
        "It goes into the corpus without names. Nobody can contribute afterwards, and the count by role is all that "
    )
    intro += "remains of who wrote."
    state = f"{row.debrief_id} {len(entries)}"
    return Reply("Publish", form=Form("debrief.publish", "Publish a debrief", fields, "Publish", intro, state))


def publish(work: Work, arguments: PublishArguments) -> Reply:
    """Publish into the corpus and make each lesson a commitment."""
    rules = rules_of(work)
    debrief_id, _, seen = arguments.value.partition(" ")
    row = _row(work, debrief_id)
    owner = find_owner(work, arguments.owner) if arguments.owner else work.actor
    if owner.key != work.actor.key and not _may_assign(work):
        raise UsageError(
            "You can take the lessons yourself, and give them to nobody else.",
            next_step=f"Leave the person out; a supervisor hands them over: `/ops debrief follow {row.debrief_id}`.",
        )
    due = read_date(arguments.due, today=work.today) if arguments.due else None
    due = due or workdays_of(work.desk.catalog.calendar).add(work.today, rules.lesson_days)
    chosen = {*arguments.lessons.split(), *arguments.kept.split()}
    entries = debriefs.entries_of(work.session, row)
    if seen.isdigit() and int(seen) != len(entries) and row.state == debriefs.OPEN:
        raise Conflict(
            "Somebody has contributed since the form was opened, and their words were not in it.",
            next_step=f"Nothing was published. Look again: `/ops debrief publish {row.debrief_id}`.",
        )
    row = debriefs.publish(
        work.unit,
        work.actor,
        row.debrief_id,
        doc_id=f"debrief-{row.debrief_id}",
        left_out={entry.entry_id for entry in entries if entry.entry_id not in chosen},
        is_led_only_fine=bool(arguments.led_only),
        vault=work.desk.vault(),
        rules=rules,
        policy=work.desk.policy,
    )
    lessons = [entry for entry in entries if entry.section == LESSONS and not entry.is_left_out]
    if not lessons:
        raise UsageError("Choose at least one lesson.", next_step="A debrief without a lesson changes nothing.")
    _keep_document(work, row, entries)
    made = [_promise(work, entry, owner, due) for entry in lessons]
    if owner.key != work.actor.key:
        _tell(work, owner, row, made)
    return Reply(
        f"Published as {row.doc_id}, with {len(made)} lesson{'s' if len(made) > 1 else ''} to be verified.",
        context=f"It is found from now on: `/ops debrief find`. Lessons: `/ops debrief follow {row.debrief_id}`.",
        parts=[Item(promise.title, detail=standing(work, promise)) for promise in made],
        buttons=[Button("Take it back", "debrief.withdraw", row.debrief_id)],
    )


def follow(work: Work, arguments: FollowArguments) -> Reply:
    """Say what became of the lessons; with a number, a person and a date, hand one over."""
    if not arguments.value:
        return _follow_all(work)
    row = _row(work, arguments.value)
    lessons = _lessons(work, row)
    if not lessons:
        raise NotFound("It has no lessons yet.", next_step="They become commitments when it is published.")
    if arguments.number and arguments.owner:
        return _hand_over(work, arguments, lessons)
    return Reply(
        f"{_closed(lessons)} verified.",
        context=f"Give one to somebody: `/ops debrief follow {row.debrief_id} 1 @maria due 30 jun`",
        parts=[
            Item(promise.title, detail=f"{number} · {standing(work, promise)}")
            for number, promise in enumerate(lessons, start=1)
        ],
        outcome=Outcome.ANSWERED,
    )


def withdraw(work: Work, arguments: DebriefArguments) -> Reply:
    """Take a published debrief out of what is found; its lessons stand."""
    row = debriefs.withdraw(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(
        "It is not found any more. Its lessons stand.",
        parts=[Item(row.title, detail=row.debrief_id)],
        buttons=[Button("Undo", "debrief.restore", row.debrief_id)],
    )


def restore(work: Work, arguments: DebriefArguments) -> Reply:
    """Let a withdrawn debrief be found again."""
    row = debriefs.withdraw(work.unit, work.actor, arguments.value, back=True, policy=work.desk.policy)
    return Reply("It is found again.", parts=[Item(row.title, detail=row.debrief_id)], replaces=True)


def validate(request: Request, *, today: dt.date) -> FormErrors:
    """Check the form of the publication before the ack."""
    errors = {} if request.values.get("lessons") else {"lessons": "Choose at least one lesson."}
    return errors | past_due(request, today=today)


def _keep_document(work: Work, row: Debrief, entries: list[DebriefEntry]) -> None:
    """Put the text through the gate into the corpus, in this commit; nothing is published when it is held back."""
    document = document_of(row, entries, rules=rules_of(work), zone=work.desk.zone)
    decision = work.desk.corpus().keep(work.unit, SYSTEM, document)
    if decision in ("quarantined", "refused"):
        raise PrivacyError(
            "The debrief was held back: somebody may still be recognised in it. Leave out what names them."
        )


def _promise(work: Work, entry: DebriefEntry, owner: Actor, due: dt.date) -> Commitment:
    return commitments.create(
        work.unit,
        work.actor,
        kind=KIND,
        title=entry.text,
        owner_key=owner.key,
        due=due,
        source_key=entry.entry_id,
        today=work.today,
        policy=work.desk.policy,
        kinds=kinds_of(work),
    )


def _tell(work: Work, owner: Actor, row: Debrief, made: list[Commitment]) -> None:
    """Ask the owner once for all lessons; a person without Slack sees them in ``/own``."""
    account = people.slack_account(work.session, owner.key)
    if account is None:
        return
    parts: list[Part] = [
        Item(
            promise.title,
            detail=f"verify by {promise.due.isoformat()} · {promise.commitment_id}",
            buttons=[Button("Accept", "commitment.accept", promise.commitment_id, Tone.PRIMARY)],
        )
        for promise in made
    ]
    reply = Reply(f"@{work.actor.handle} asks you to see to the lessons of a debrief.", parts=parts)
    outbox.enqueue(work.unit, f"{BETWEEN_PEOPLE}{row.debrief_id}/lessons", account[1], reply, audience=PRIVATE)


def _hand_over(work: Work, arguments: FollowArguments, lessons: list[Commitment]) -> Reply:
    if not 0 < arguments.number <= len(lessons):
        raise NotFound(f"There is no lesson {arguments.number}.", next_step=f"It has {len(lessons)}.")
    owner = find_owner(work, arguments.owner)
    due = read_date(arguments.due, today=work.today) if arguments.due else None
    promise = commitments.assign(
        work.unit,
        work.actor,
        lessons[arguments.number - 1].commitment_id,
        owner_key=owner.key,
        due=due,
        today=work.today,
        policy=work.desk.policy,
        kinds=kinds_of(work),
    )
    if owner.key != work.actor.key:
        tell_owner(work, owner, promise)
    return Reply("Handed over.", parts=[Item(promise.title, detail=standing(work, promise))])


def _follow_all(work: Work) -> Reply:
    rows = debriefs.list_debriefs(work.session, work.actor, policy=work.desk.policy, audience=work.audience)
    parts: list[Part] = []
    everything: list[Commitment] = []
    for row in rows:
        if lessons := _lessons(work, row):
            everything += lessons
            title = row.title if row.state != debriefs.WITHDRAWN else "A debrief that was taken back"
            parts.append(Item(title, detail=f"{row.debrief_id} · {_closed(lessons)} verified"))
    if not everything:
        raise NotFound("No debrief has lessons yet.", next_step="They become commitments when one is published.")
    return Reply(f"{_closed(everything)} verified in all.", parts=parts[:20], outcome=Outcome.ANSWERED)


def _lessons(work: Work, row: Debrief) -> list[Commitment]:
    entries = [entry for entry in debriefs.entries_of(work.session, row) if entry.section == LESSONS]
    found = [lesson_commitment(work, entry.entry_id) for entry in entries if not entry.is_left_out]
    return [promise for promise in found if promise is not None]


def _closed(lessons: list[Commitment]) -> str:
    done = sum(promise.state == "done" for promise in lessons)
    return f"{done} of {len(lessons)} lesson{'s' if len(lessons) != 1 else ''}"


def _choices(key: str, label: str, entries: list[DebriefEntry], *, optional: bool = False) -> Field:
    options = [(entry.entry_id, entry.text.show()[:75]) for entry in entries]
    initial = "\n".join(value for value, _ in options)
    return Field(key, label, kind="choices", options=options, initial=initial, optional=optional)


def _may_assign(work: Work) -> bool:
    return work.desk.policy.is_allowed(work.actor, "commitment.assign", audience=work.audience)


def _row(work: Work, value: str) -> Debrief:
    return debriefs.access_debrief(work.session, work.actor, value, policy=work.desk.policy)
