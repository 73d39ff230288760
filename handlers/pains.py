"""Pain points: the form of supervisors, the list with its ranks, and what is said twice."""

from __future__ import annotations

import contextlib
import datetime as dt

from pydantic import Field as Limited

from frontline.core.actor import SYSTEM
from frontline.core.errors import EngineError, NotFound, NotPermitted, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.periods import Grain, local_date, unit_period
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import pain_points
from frontline.governance.pain_points import PainView, Submission
from handlers.desk import Desk, Work
from handlers.impact import SIZES, WEEKS, Ranked, costs_for, rank, rank_words
from handlers.pain_decisions import ANSWERS, UNDECIDED, PainArguments, answer_senders, decision_buttons
from handlers.registry import Arguments, GateChecked
from handlers.themes import KIND, last_month, month_before
from retrieval.theme_registry import GROWING, ThemeView, access_theme, list_themes

# Two titles this close say the same; a person decides whether they do.
ALIKE = 0.75
MOST_THEMES = 50
LONGEST_TITLE = 300  # the form takes 150, and masks may be longer than what they stand for
# What stands under a list of pain points that has ranks.
WSJF = (
    "_WSJF: weighted shortest job first, what the theme of a matter cost in the month over the weeks that the change "
    f"takes (a few {', '.join(f'{size} {weeks:g}' for size, weeks in WEEKS.items())})._"
)
FREQUENCIES = (("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"), ("once", "Once or twice"))
STATES = {
    pain_points.OPEN: "not decided yet",
    pain_points.ACCEPTED: "accepted",
    pain_points.DECLINED: "declined",
    pain_points.NEEDS_DATA: "needs data",
}


class SubmitArguments(Arguments):
    """The form of a pain point."""

    title: AnonymizedText | None = None
    evidence: AnonymizedText | None = None
    ask: AnonymizedText | None = None
    frequency: str = Limited(default="", max_length=40)
    segment: GateChecked = Limited(default="", max_length=80)
    size: str = Limited(default="", pattern="^(days|weeks|months)?$")
    theme: str = ""


def look(desk: Desk, arguments: SubmitArguments) -> SubmitArguments:
    """Work the themes of last month out for the form, where nobody has yet: before the lock."""
    if arguments.title is None:
        month = month_before(local_date(desk.store.clock.now(), desk.zone))
        with desk.store.read() as session:
            known = list_themes(session, SYSTEM, kind=KIND, period=month, policy=desk.policy)
        if known is None:
            # What hurts can be said without them, also where the policy of texts lets nobody count themes.
            with contextlib.suppress(EngineError, NotFound, NotPermitted):
                desk.themes().month(SYSTEM, kind=KIND, period=month)
    return arguments


def submit_or_ask(work: Work, arguments: SubmitArguments) -> Reply:
    """Keep a pain point that was said in one line; without words, open the form."""
    return submit(work, arguments) if arguments.title is not None else open_form(work)


def open_form(work: Work) -> Reply:
    """Open the form; the themes of last month are offered, growing ones first."""
    month = list_themes(
        work.session, work.actor, kind=KIND, period=last_month(work), policy=work.desk.policy, audience=work.audience
    )
    found = month.themes if month else ()
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
    if len(arguments.title) > LONGEST_TITLE:
        raise UsageError(
            f"One line has up to {LONGEST_TITLE} characters.",
            next_step="`/ops theme submit` opens the form, which takes how you know and what would help beside it.",
        )
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
        answer_senders(work, row, ANSWERS[row.state])
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
    return rank(views, found, costs_for(work, unit_period(first, Grain.MONTH)))


def _may_decide(work: Work) -> bool:
    return work.desk.policy.is_allowed(work.actor, "pain.decide", audience=work.audience)
