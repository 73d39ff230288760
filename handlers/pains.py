"""Pain points: the form of supervisors, what is said twice, and the decisions with an answer to each sender."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from pydantic import Field as Limited

from frontline.core.actor import PRIVATE, SYSTEM
from frontline.core.errors import Conflict, EngineError, NotFound, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.periods import Period
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
from handlers.impact import SIZES, Ranked, costs_for, rank, rank_words
from handlers.registry import Arguments, GateChecked
from handlers.themes import KIND, last_month
from retrieval.theme_registry import GROWING, ThemeView, access_theme, family_of, list_themes

# Two titles this close say the same; a person decides whether they do.
ALIKE = 0.75
MOST_THEMES = 50
# What stands under a list of pain points that has ranks.
WSJF = (
    "_WSJF: weighted shortest job first, what the theme of a matter cost in the month over the weeks that the change "
    "takes (a few days 0.6, weeks 3, months 13)._"
)
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
    size: str = Limited(default="", pattern="^(days|weeks|months)?$")
    theme: str = ""


class DecideArguments(Arguments):
    """A pain point and why it is declined."""

    value: str = ""
    reason: AnonymizedText | None = None


class AcceptArguments(own.AddArguments):
    """The form of the commitment that an accepted pain point becomes; ``value`` is the pain point."""


def open_form(work: Work, arguments: SubmitArguments) -> Reply:
    """Open the form; the themes of last month are offered, growing ones first, worked out now where nobody has yet."""
    try:
        found = work.desk.themes().month(work.actor, kind=KIND, period=last_month(work)).themes
    except (EngineError, NotFound):
        found = ()  # what hurts can be said without them
    fields = [
        Field("title", "What hurts, in one line", limit=150),
        Field("evidence", "How do you know", kind="text", optional=True, hint="No names needed.", limit=1000),
        Field("frequency", "How often", kind="choice", options=FREQUENCIES, optional=True),
        Field("segment", "Which customers", optional=True, limit=80),
        Field("ask", "What would help", kind="text", optional=True, limit=1000),
        Field("size", "How long would that take", kind="choice", options=SIZES, optional=True, hint="A guess will do."),
    ]
    if found:
        options = [(theme.key, _offered(theme)) for theme in found[:MOST_THEMES]]
        hint = "What customers complain about: what it costs comes from here."
        fields.insert(1, Field("theme", "Its theme", kind="choice", options=options, optional=True, hint=hint))
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
        arguments.title,
        arguments.evidence,
        arguments.ask,
        arguments.frequency,
        arguments.segment,
        theme,
        arguments.size,
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
    ranked = _ranked(work, views)
    currency = work.desk.catalog.calendar.currency
    parts: list[Part] = [item_of(row, currency, may_decide=_may_decide(work)) for row in ranked[:15]]
    parts += [Paragraph(WSJF)] if any(row.score is not None for row in ranked[:15]) else []
    parts += alike(work, views)
    count = len(views)
    return Reply(
        f"{count} pain point{'s' if count > 1 else ''} for the digest of {month}.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def show(work: Work, arguments: PainArguments) -> Reply:
    """Show one matter as it was submitted, to one person: every wording, how they know and what would help."""
    row = pain_points.access_pain(work.session, work.actor, arguments.value, policy=work.desk.policy)
    views = pain_points.list_pains(work.session, work.actor, month=row.month, policy=work.desk.policy)
    [ranked] = _ranked(work, [view for view in views if view.row.pain_id == row.pain_id])
    currency = work.desk.catalog.calendar.currency
    parts: list[Part] = [item_of(ranked, currency, may_decide=_may_decide(work), may_show=False)]
    parts += [Item(other.title, detail="in other words") for other in ranked.view.merged]
    for source in (row, *ranked.view.merged):
        parts += [Item(source.evidence, detail="how they know")] if source.evidence else []
        parts += [Item(source.ask, detail="what would help")] if source.ask else []
    if row.reason:
        parts.append(Item(row.reason, detail="the reason"))
    return Reply(f"A pain point of the digest of {row.month}.", parts=parts, outcome=Outcome.ANSWERED, for_one=True)


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


def item_of(ranked: Ranked, currency: str, *, may_decide: bool = True, may_show: bool = True) -> Item:
    """Return one line: what hurts, how many said so, how often, whom it touches, its rank, and what was decided."""
    row, count = ranked.view.row, len(ranked.view.submitters)
    said = [f"{count} source{'s' if count != 1 else ''}", row.frequency, row.segment, rank_words(ranked, currency)]
    words = [*said, STATES[row.state], row.pain_id]
    buttons = decision_buttons(row.pain_id) if may_decide and row.state in UNDECIDED else []
    buttons += [Button("Show", "pain.show", row.pain_id)] if may_show else []
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


def _offered(theme: ThemeView) -> str:
    return f"{theme.label.show()[:64]}{' · growing' if theme.state == GROWING else ''}"


def _ranked(work: Work, views: list[PainView]) -> list[Ranked]:
    """Rank by last month: the month that the digest reads may not be over yet."""
    month = last_month(work)
    found = list_themes(
        work.session, work.actor, kind=KIND, period=month, policy=work.desk.policy, audience=work.audience
    )
    if found is None or not any(row.theme_key for view in views for row in (view.row, *view.merged)):
        return rank(views, None, {})
    first = dt.date.fromisoformat(f"{month}-01")
    return rank(views, found, costs_for(work, Period(first, first + relativedelta(months=1))))


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
