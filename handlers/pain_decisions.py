"""What leaders decide about pain points and themes: and the answer to each sender."""

from __future__ import annotations

from frontline.core.actor import PRIVATE, SYSTEM
from frontline.core.errors import Conflict
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import commitments, outbox, pain_points, people
from frontline.store.models.governance import Commitment
from frontline.store.models.themes import PainPoint
from handlers import own
from handlers.commitment_lines import handle_of
from handlers.desk import Work
from handlers.registry import Arguments
from retrieval.theme_registry import access_theme, family_of

UNDECIDED = (pain_points.OPEN, pain_points.NEEDS_DATA)
# What those who submitted it read.
ANSWERS = {
    pain_points.ACCEPTED: "Your pain point was accepted; it has an owner now.",
    pain_points.DECLINED: "Your pain point was declined.",
    pain_points.NEEDS_DATA: "The leaders ask for more data on your pain point before they decide. "
    "Submit it again with what you know: /ops theme submit",
}


class PainArguments(Arguments):
    """A pain point, or a theme of the digest."""

    value: str = ""


class DecideArguments(Arguments):
    """A pain point and why it is declined."""

    value: str = ""
    reason: AnonymizedText | None = None


class AcceptArguments(own.AddArguments):
    """The form of the commitment that an accepted pain point becomes; ``value`` is the pain point."""


def ask_accept(work: Work, arguments: PainArguments) -> Reply:
    """Open the form of the commitment that follows from accepting."""
    value = arguments.value.strip()
    title = _title(work, value)
    form = own.open_form(work, value)
    fields = [
        Field(**{**vars(field), "initial": title.show()[:300]}) if field.key == "title" else field
        for field in form.fields
    ]
    return Reply("Accept", form=Form("pain.accept", "Accept and assign", fields, state=value))


def accept(work: Work, arguments: AcceptArguments) -> Reply:
    """Accept: a commitment with an owner and a date, and an answer to who submitted it."""
    row = _row(work, arguments.value)
    # Said twice and merged since, it is one matter with one owner.
    taken = [key for key in sorted(pain_points.ids_of(work.session, row)) if _open_about(work, key)]
    reply = own.add(work, arguments.model_copy(update={"value": (taken or [value_of(row)])[0]}))
    _decide(work, row, pain_points.ACCEPTED)
    return reply


def ask_reason(work: Work, arguments: PainArguments) -> Reply:
    """Open the form for the reason of a decline."""
    value = arguments.value.strip()
    _title(work, value)
    _refuse_if_taken(work, value)
    reason = Field("reason", "Why not", kind="text", hint="It goes to those who submitted it, and is kept.", limit=500)
    return Reply("Decline", form=Form("pain.decline", "Decline", [reason], "Decline", state=value))


def decline(work: Work, arguments: DecideArguments) -> Reply:
    """Decline with a reason, which is kept and sent to who submitted it."""
    _refuse_if_taken(work, arguments.value.strip())
    row = _row(work, arguments.value)
    _decide(work, row, pain_points.DECLINED, arguments.reason)
    parts = [Item(row.title), *([Item(arguments.reason, detail="the reason")] if arguments.reason else [])]
    return Reply("Declined; the reason is kept.", parts=parts)


def need_data(work: Work, arguments: PainArguments) -> Reply:
    """Ask who submitted it for figures first."""
    _refuse_if_taken(work, arguments.value.strip())
    row = _row(work, arguments.value)
    _decide(work, row, pain_points.NEEDS_DATA)
    return Reply("Noted: it needs data first.", parts=[Item(row.title)])


def decision_buttons(value: str) -> list[Button]:
    """Return the three decisions about a pain point or a theme."""
    return [
        Button("Accept", "pain.ask_accept", value, Tone.PRIMARY),
        Button("Decline", "pain.ask_reason", value),
        Button("Need data", "pain.need_data", value),
    ]


def value_of(row: PainPoint) -> str:
    """Return what a button about it carries: the theme of a decision about a theme, else the pain point."""
    return row.theme_key if row.submitter_key == pain_points.FROM_THEME and row.theme_key else row.pain_id


def validate_reason(request: Request) -> FormErrors:
    """Check the form of a decline before the ack."""
    return {} if request.values.get("reason") else {"reason": "Say why; it goes to those who submitted it."}


def answer_senders(work: Work, row: PainPoint, words: str) -> None:
    """Tell everybody who submitted it, in the same commit; a person without Slack sees it in the list."""
    for key in pain_points.submitters_of(work.session, row):
        account = people.slack_account(work.session, key)
        if account is None or key == work.actor.key:
            continue
        parts = [Item(row.title, detail=row.pain_id), *([Item(row.reason, detail="the reason")] if row.reason else [])]
        at = row.decided_at or work.now
        message = f"pain/{row.pain_id}/{row.state}/{key}/{at:%Y-%m-%dT%H:%M:%S}"
        outbox.enqueue(work.unit, message, account[1], Reply(words, parts=parts), audience=PRIVATE)


def _row(work: Work, value: str) -> PainPoint:
    """Return the pain point that is meant, or the row of a decision about a theme."""
    value = value.strip()
    if not value.startswith("thm_"):
        return pain_points.access_pain(work.session, work.actor, value, policy=work.desk.policy)
    theme = access_theme(work.session, work.actor, value, policy=work.desk.policy)
    month = f"{work.today:%Y-%m}"
    return pain_points.for_theme(
        work.unit, work.actor, theme.theme_key, theme.label, month=month, policy=work.desk.policy
    )


def _decide(work: Work, row: PainPoint, state: str, reason: AnonymizedText | None = None) -> None:
    """Keep a decision and tell who submitted it; one about a theme holds for what was submitted about it too."""
    before = (row.state, row.reason)
    matters = [row]
    if row.submitter_key == pain_points.FROM_THEME and row.theme_key:
        themes = family_of(work.session, row.theme_key)
        for other in pain_points.about_themes(work.session, themes, until=row.month):
            if other.state in UNDECIDED or (other.state, other.reason) == before:
                matters.append(other)
    for matter in matters:
        if (matter.state, matter.reason) == (state, reason):
            continue  # pressed twice, or by two
        pain_points.decide(work.unit, work.actor, matter.pain_id, state=state, reason=reason, policy=work.desk.policy)
        answer_senders(work, matter, ANSWERS[state])


def _refuse_if_taken(work: Work, value: str) -> None:
    """A matter that somebody has taken on is theirs until they give it up.

    Raises:
        Conflict: there is an open commitment about it.
    """
    if value.startswith("thm_"):
        sources = family_of(work.session, value)
    else:
        row = pain_points.access_pain(work.session, work.actor, value, policy=work.desk.policy)
        sources = pain_points.ids_of(work.session, row)
        if row.state == pain_points.ACCEPTED and row.theme_key:
            sources |= family_of(work.session, row.theme_key)
    for source in sorted(sources):
        for found in _open_about(work, source)[:1]:
            raise Conflict(
                f"@{handle_of(work, found.owner_key)} has it, due {found.due.day} {found.due:%b}.",
                next_step=f"`/own drop {found.commitment_id} reason` gives it up first.",
            )


def _open_about(work: Work, source: str) -> list[Commitment]:
    return commitments.list_for(work.session, SYSTEM, source_key=source, policy=work.desk.policy)


def _title(work: Work, value: str) -> AnonymizedText:
    if value.startswith("thm_"):
        return access_theme(work.session, work.actor, value, policy=work.desk.policy).label
    return pain_points.access_pain(work.session, work.actor, value, policy=work.desk.policy).title
