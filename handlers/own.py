"""``/own``: who promised what by when."""

from __future__ import annotations

import datetime as dt
import re

from frontline.catalog.commitment_kinds import shipped_kinds
from frontline.catalog.workdays import Workdays, workdays_of
from frontline.core.actor import SYSTEM
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Item, Outcome, Part, Reply
from frontline.core.request import Request
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import commitments, people
from frontline.metrics.query import MetricQuery
from frontline.store.models.governance import Commitment
from handlers import evidence
from handlers.commitment_lines import find_owner, handle_of, kinds_of, line, tell_owner
from handlers.desk import Work
from handlers.registry import Arguments, TicketLink
from handlers.words import read_date
from retrieval.theme_registry import counting_key, family_of

_WORD = re.compile(r"[a-z]{3,}")
_ASKING = frozenset(
    """
    who whose whom owns own owner owned the is are for has ball accountable responsible theme action issue
    """.split()  # noqa: SIM905  # a list of strings reads worse
)


class AddArguments(Arguments):
    """What ``/own add`` takes."""

    title: AnonymizedText | None = None
    owner: str = ""
    due: str = ""
    # What it is about, from a button or a form's state: the id of an alert, a tag or a theme, or a question's query.
    value: str = ""
    kind: str = ""
    link: TicketLink = ""


class AboutArguments(Arguments):
    """What a commitment is about."""

    value: str


def list_mine(work: Work, arguments: Arguments) -> Reply:
    """List the actor's open commitments, overdue first."""
    rows = commitments.list_for(work.session, work.actor, owner_key=work.actor.key, policy=work.desk.policy)
    if not rows:
        return Reply(
            "You owe nobody anything.", context='Promise something with /own add "..." due friday.', exit_code=4
        )
    overdue = [row for row in rows if row.due < work.today]
    items: list[Part] = [line(row, work) for row in rows[:20]]
    headline = f"You own {len(rows)} open commitment{'s' if len(rows) != 1 else ''}"
    headline += f", {len(overdue)} overdue." if overdue else "."
    return Reply(headline, parts=items, outcome=Outcome.ANSWERED)


def add(work: Work, arguments: AddArguments) -> Reply:
    """Create a commitment with one accountable owner and a due date; without words, open the form.

    Made from an answer, it keeps the figure as it stands now; closing it shows the figure then.
    """
    if arguments.title is None:
        return Reply("Make a commitment", form=open_form(work, arguments.value))
    query = evidence.read_query(arguments.value)
    source = evidence.source_of(query) if query else counting_key(work.session, arguments.value)
    kind = arguments.kind or kinds_of(work).of_source(source)
    owner = find_owner(work, arguments.owner) if arguments.owner else work.actor
    if known := _known(work, kind, source):
        return _has_owner(work, known)
    due = read_date(arguments.due, today=work.today) if arguments.due else None
    row = commitments.create(
        work.unit,
        work.actor,
        kind=kind,
        title=arguments.title,
        owner_key=owner.key,
        due=due or _usual_due(work, kind),
        evidence=_frozen(work, query, source),
        source_key=source or None,
        link=arguments.link,
        today=work.today,
        policy=work.desk.policy,
        kinds=kinds_of(work),
    )
    work.audit["commitment"] = row.commitment_id
    if owner.key != work.actor.key:
        tell_owner(work, owner, row)
    whose = "You own" if owner.key == work.actor.key else f"@{owner.handle} was asked to own"
    about = f"{evidence.sentence(row.evidence)} " if row.evidence else ""
    return Reply(
        f"{whose} it until {row.due:%A} {row.due.day} {row.due:%B}.",
        context=f"{about}{row.commitment_id} · a reminder comes before the date, and when it has passed.",
        parts=[line(row, work)],
    )


def ask_about(work: Work, arguments: AboutArguments) -> Reply:
    """Open the form about an answer, an alert, a tag or a theme."""
    return Reply("Make a commitment", form=open_form(work, arguments.value.strip()))


def open_form(work: Work, about: str = "") -> Form:
    """Return the form with the usual date of its kind; about an answer it says which figure is kept.

    Raises:
        UsageError, NotPermitted, NotFound: the figure may not stand in a commitment, or there is none.
    """
    query = evidence.read_query(about)
    kind = kinds_of(work).of_source(evidence.source_of(query) if query else about)
    intro = ""
    if query is not None:
        figure = evidence.freeze(work, query)
        intro = f"About {figure['title']} {figure['shown']} for {figure['period']}. The figure is kept as evidence."
    return _form(_usual_due(work, kind), about=about, intro=intro)


def form(today: dt.date, *, about: str = "") -> Form:
    """Return the form that makes a commitment, due after the usual working days of its kind."""
    kinds = shipped_kinds()
    return _form(Workdays().add(today, kinds.kind(kinds.of_source(about)).days), about=about)


def validate(request: Request, *, today: dt.date) -> FormErrors:
    """Check the form before the ack, without engines."""
    errors = {} if request.values.get("title") else {"title": "Say what will be done."}
    return errors | past_due(request, today=today)


def past_due(request: Request, *, today: dt.date) -> dict[str, str]:
    """Return the error of a due day that has passed; nothing without one."""
    due = request.values.get("due")
    day = read_date(due.reveal(), today=today) if due else None
    return {"due": "That day has passed. Choose one that is still to come."} if day is not None and day < today else {}


def find_owners(work: Work, question: QuestionText) -> Reply:
    """Answer "who owns the refund theme?" from the register: commitments whose title shares the question's words."""
    asked = set(_WORD.findall(question.reveal().lower())) - _ASKING
    rows = commitments.list_for(work.session, work.actor, audience=work.audience, policy=work.desk.policy)
    scored = [(len(asked & set(_WORD.findall(row.title.show().lower()))), row) for row in rows]
    found = [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score]
    if not found:
        return Reply(
            "I know of no open commitment about that.",
            context='Make one: /own add "what will be done" @owner due friday.',
            outcome=Outcome.ABSTAINED,
            answer={"intent": "ownership"},
        )
    names = people.handles(work.session, [row.owner_key for row in found])
    items = [
        Item(row.title, detail=f"@{names.get(row.owner_key, row.owner_key)} · due {row.due.isoformat()} · {row.state}")
        for row in found[:5]
    ]
    owner = names.get(found[0].owner_key, found[0].owner_key)
    return Reply(f"@{owner} owns it.", parts=items, outcome=Outcome.ANSWERED, answer={"intent": "ownership"})


def _form(due: dt.date, *, about: str, intro: str = "") -> Form:
    return Form(
        action="commitment.create",
        title="Make a commitment",
        intro=intro,
        state=about,
        fields=[
            Input("title", "What will be done", limit=300),
            Input("owner", "Who is accountable", kind="person", optional=True, hint="One person. Empty means you."),
            Input("due", "Due", kind="date", initial=due.isoformat()),
            Input("link", "Ticket", optional=True, hint="An https address of Jira, Zendesk ...", limit=300),
        ],
    )


def _usual_due(work: Work, kind: str) -> dt.date:
    return workdays_of(work.desk.catalog.calendar).add(work.today, kinds_of(work).kind(kind).days)


def _frozen(work: Work, query: MetricQuery | None, source: str) -> dict[str, object]:
    figure = evidence.freeze(work, query) if query else evidence.freeze_theme(work, source)
    return {commitments.THEN: figure} if figure else {}


def _known(work: Work, kind: str, source: str) -> Commitment | None:
    """Return the open commitment about the same source; the SYSTEM looks, for it may be somebody else's."""
    if not source or not kinds_of(work).kind(kind).one_per_source:
        return None
    for key in sorted(family_of(work.session, source)):
        if found := commitments.list_for(work.session, SYSTEM, kind=kind, source_key=key, policy=work.desk.policy):
            return found[0]
    return None


def _has_owner(work: Work, row: Commitment) -> Reply:
    owner = handle_of(work, row.owner_key)
    whose = "You own" if row.owner_key == work.actor.key else f"@{owner} owns"
    return Reply(
        f"{whose} this already, until {row.due:%A} {row.due.day} {row.due:%B}.",
        context=f"{row.commitment_id} · nothing was added: one thing has one owner.",
        exit_code=4,
    )
