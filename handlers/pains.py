"""Pain points: the form of supervisors, what is said twice, and the decisions with an answer to each sender."""

from __future__ import annotations

from pydantic import Field as Limited

from frontline.core.actor import PRIVATE, SYSTEM
from frontline.core.errors import Conflict, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import commitments, outbox, pain_points, people
from frontline.governance.pain_points import PainView, Submission
from frontline.store.models.governance import Commitment
from frontline.store.models.themes import PainPoint
from handlers import own
from handlers.commitment_lines import handle_of
from handlers.desk import Work
from handlers.registry import Arguments, GateChecked
from handlers.themes import KIND, last_month
from retrieval.theme_registry import GROWING, access_theme, family_of, list_themes

# Two titles this close say the same; a person decides whether they do.
ALIKE = 0.75
FREQUENCIES = (("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"), ("once", "Once or twice"))
STATES = {
    pain_points.OPEN: "not decided yet",
    pain_points.ACCEPTED: "accepted",
    pain_points.DECLINED: "declined",
    pain_points.NEEDS_DATA: "needs data",
}


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


class SubmitArguments(Arguments):
    """The form of a pain point."""

    title: AnonymizedText | None = None
    evidence: AnonymizedText | None = None
    ask: AnonymizedText | None = None
    frequency: str = Limited(default="", max_length=40)
    segment: GateChecked = Limited(default="", max_length=80)
    theme: str = ""


class DecideArguments(Arguments):
    """A pain point and why it is declined."""

    value: str = ""
    reason: AnonymizedText | None = None


class AcceptArguments(own.AddArguments):
    """The form of the commitment that an accepted pain point becomes; ``value`` is the pain point."""


def open_form(work: Work, arguments: SubmitArguments) -> Reply:
    """Open the form; the growing themes of last month are offered."""
    found = list_themes(
        work.session, work.actor, kind=KIND, period=last_month(work), policy=work.desk.policy, audience=work.audience
    )
    growing = [theme for theme in (found.themes if found else ()) if theme.state == GROWING][:10]
    fields = [
        Field("title", "What hurts, in one line", limit=150),
        Field("evidence", "How do you know", kind="text", optional=True, hint="No names needed.", limit=1000),
        Field("frequency", "How often", kind="choice", options=FREQUENCIES, optional=True),
        Field("segment", "Which customers", optional=True, limit=80),
        Field("ask", "What would help", kind="text", optional=True, limit=1000),
    ]
    if growing:
        options = [(theme.key, theme.label.show()[:70]) for theme in growing]
        fields.insert(1, Field("theme", "A growing theme", kind="choice", options=options, optional=True))
    intro = "It is read in the next digest of the leaders, and the answer comes back to you."
    return Reply("Submit a pain point", form=Form("pain.submit", "Submit a pain point", fields, "Submit", intro))


def submit(work: Work, arguments: SubmitArguments) -> Reply:
    """Keep a pain point for the next digest."""
    if arguments.title is None:
        raise UsageError("Say what hurts in one line.", next_step="`/ops theme submit` opens the form.")
    theme = None
    if arguments.theme:
        theme = access_theme(work.session, work.actor, arguments.theme, policy=work.desk.policy).theme_key
    given = Submission(
        arguments.title, arguments.evidence, arguments.ask, arguments.frequency, arguments.segment, theme
    )
    row = pain_points.submit(work.unit, work.actor, given, month=next_digest(work), policy=work.desk.policy)
    work.audit["pain"] = row.pain_id
    return Reply(
        f"Submitted for the digest of {row.month}.",
        context=f"{row.pain_id} · you hear what was decided.",
        parts=[Item(row.title)],
    )


def list_pains(work: Work, arguments: Arguments) -> Reply:
    """List what was submitted for the next digest, a line per matter with its sources; what sounds alike is offered."""
    month = next_digest(work)
    views = pain_points.list_pains(
        work.session, work.actor, month=month, policy=work.desk.policy, audience=work.audience
    )
    views = [view for view in views if view.submitters != (pain_points.FROM_THEME,)]
    if not views:
        return Reply(
            f"No pain point was submitted for the digest of {month} yet.",
            context="`/ops theme submit` opens the form.",
            outcome=Outcome.ANSWERED,
        )
    parts: list[Part] = [item_of(view, may_decide=_may_decide(work)) for view in views[:15]]
    parts += alike(work, views)
    count = len(views)
    return Reply(
        f"{count} pain point{'s' if count > 1 else ''} for the digest of {month}.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def merge(work: Work, arguments: PainArguments) -> Reply:
    """Make two that say the same one line; ``value`` holds both ids."""
    one, _, other = arguments.value.strip().partition(" ")
    row = pain_points.merge(work.unit, work.actor, one, into=other, policy=work.desk.policy)
    gone = one if row.pain_id != one else other
    if row.state in ANSWERS:
        _answer_senders(work, row, ANSWERS[row.state])
    sources = len(pain_points.submitters_of(work.session, row))
    return Reply(
        f"One line with {sources} source{'s' if sources != 1 else ''}.",
        parts=[Item(row.title, detail=row.pain_id)],
        buttons=[Button("Undo", "pain.undo_merge", gone)],
    )


def undo_merge(work: Work, arguments: PainArguments) -> Reply:
    """Make them two lines again."""
    row = pain_points.undo_merge(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply("It stands on its own again.", parts=[Item(row.title)], replaces=True)


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


def next_digest(work: Work) -> str:
    """Return the slot of the digest in which what is submitted now is read."""
    schedule = next(row for row in work.desk.catalog.routines.routines if row.key == "pain_point_digest").schedule
    return pain_points.month_of_digest(work.now.astimezone(work.desk.zone), day=schedule.day, at=schedule.at)


def item_of(view: PainView, *, may_decide: bool = True) -> Item:
    """Return one line: what hurts, how many said so, how often, whom it touches, and what was decided."""
    row, count = view.row, len(view.submitters)
    words = [f"{count} source{'s' if count != 1 else ''}", row.frequency, row.segment, STATES[row.state], row.pain_id]
    buttons = decision_buttons(row.pain_id) if may_decide and row.state in UNDECIDED else []
    return Item(row.title, detail=" · ".join(word for word in words if word), buttons=buttons)


def decision_buttons(value: str) -> list[Button]:
    """Return the three decisions about a pain point or a theme."""
    return [
        Button("Accept", "pain.ask_accept", value, Tone.PRIMARY),
        Button("Decline", "pain.ask_reason", value),
        Button("Need data", "pain.need_data", value),
    ]


def alike(work: Work, views: list[PainView]) -> list[Part]:
    """Return an offer to merge for each pair that sounds the same."""
    rows = [view.row for view in views]
    if len(rows) < 2:
        return []
    vectors = work.desk.corpus().encode([row.title for row in rows])
    cosines = vectors @ vectors.T
    pairs = [
        (float(cosines[i, j]), rows[i], rows[j]) for j in range(len(rows)) for i in range(j) if cosines[i, j] >= ALIKE
    ]
    parts: list[Part] = []
    for _, kept, other in sorted(pairs, key=lambda pair: -pair[0])[:3]:
        button = Button("Yes, merge them", "pain.merge", f"{other.pain_id} {kept.pain_id}")
        parts += [Paragraph("*Do these two say the same?*"), Item(kept.title), Item(other.title, buttons=[button])]
    return parts


def validate_submission(request: Request) -> FormErrors:
    """Check the form of a pain point before the ack."""
    return {} if request.values.get("title") else {"title": "Say in one line what hurts."}


def validate_reason(request: Request) -> FormErrors:
    """Check the form of a decline before the ack."""
    return {} if request.values.get("reason") else {"reason": "Say why; it goes to those who submitted it."}


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
        _answer_senders(work, matter, ANSWERS[state])


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


def value_of(row: PainPoint) -> str:
    """Return what a button about it carries: the theme of a decision about a theme, else the pain point."""
    return row.theme_key if row.submitter_key == pain_points.FROM_THEME and row.theme_key else row.pain_id


def _may_decide(work: Work) -> bool:
    return work.desk.policy.is_allowed(work.actor, "pain.decide", audience=work.audience)


def _answer_senders(work: Work, row: PainPoint, words: str) -> None:
    """Tell everybody who submitted it, in the same commit; a person without Slack sees it in the list."""
    for key in pain_points.submitters_of(work.session, row):
        account = people.slack_account(work.session, key)
        if account is None or key == work.actor.key:
            continue
        parts = [Item(row.title, detail=row.pain_id), *([Item(row.reason, detail="the reason")] if row.reason else [])]
        at = row.decided_at or work.now
        message = f"pain/{row.pain_id}/{row.state}/{key}/{at:%Y-%m-%dT%H:%M:%S}"
        outbox.enqueue(work.unit, message, account[1], Reply(words, parts=parts), audience=PRIVATE)
