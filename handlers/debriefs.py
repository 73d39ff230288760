"""``/ops debrief``: open one, contribute without a name, look at it."""

from __future__ import annotations

import re

from frontline.catalog.debriefs import CONDITIONS, DebriefRules
from frontline.core.errors import NotFound, UsageError
from frontline.core.forms import Field, Form
from frontline.core.ids import new_id
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply, Tone
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import debriefs
from frontline.governance.debriefs import Contribution, Opening, Step
from frontline.metrics.timelines import Course, access_course
from frontline.store.base import product_words
from frontline.store.models.debriefs import Debrief, DebriefEntry
from frontline.store.work import Unit
from handlers import debrief_lint, debrief_search
from handlers.arguments import pass_gate
from handlers.debrief_text import clock_of
from handlers.desk import Work
from handlers.registry import Arguments

# How many of one section a card shows; the rest stands in the document.
MOST = 8
_CLOCK = re.compile(r"^\s*(?:[-•*]\s*)?([01]?\d|2[0-3])[:.h]([0-5]\d)\s*(?:[-–:]\s*)?(.*)$")
_STATES = {debriefs.OPEN: "open", debriefs.PUBLISHED: "published", debriefs.WITHDRAWN: "withdrawn"}


class DebriefArguments(Arguments):
    """The debrief that is meant: its id, or the incident it is about."""

    value: str = ""


class OpenArguments(Arguments):
    """What a debrief is opened about: an incident or case, or a title."""

    about: str = ""
    title: AnonymizedText | None = None
    timeline: AnonymizedText | None = None


class AddArguments(Arguments):
    """A contribution; ``value`` is the debrief. ``wording`` says what is done where somebody is blamed."""

    value: str = ""
    section: str = ""
    text: AnonymizedText | None = None
    factor: str = ""
    clock: str = ""
    wording: str = debrief_lint.REPHRASE


class TimelineArguments(Arguments):
    """Steps of a timeline, a line each; ``value`` is the debrief."""

    value: str = ""
    steps: AnonymizedText | None = None


def open_debrief(work: Work, arguments: OpenArguments) -> Reply:
    """Open a debrief about an incident, a case or a title, and show what was learned from one like it."""
    if not arguments.about and arguments.title is None:
        return Reply("Open a debrief", form=_opening_form())
    opening = _opening(work, arguments)
    if opening.about and (known := debriefs.open_about(work.session, opening.about)) is not None:
        return show(work, DebriefArguments(value=known.debrief_id)).with_(
            headline=f"A debrief about {known.about} is open already.", exit_code=4
        )
    debrief_id, actor, policy = new_id("dbf"), work.actor, work.desk.policy

    def write(unit: Unit) -> None:
        debriefs.open_debrief(unit, actor, opening, policy=policy, debrief_id=debrief_id)

    policy.authorize(actor, "debrief.open")
    work.effects.append(write)
    work.audit["debrief"] = debrief_id
    parts: list[Part] = [Item(opening.title, detail=" · ".join(filter(None, (debrief_id, opening.about))))]
    parts += [Item(step.words, detail=clock_of(step, work.desk.zone)) for step in opening.timeline[:MOST]]
    parts += debrief_search.seen_before(work, opening.title)
    timeline = "" if opening.timeline else " It has no timeline yet."
    return Reply(
        f"The debrief {debrief_id} is open.{timeline}",
        context=f"Everybody who was there: `/ops debrief add {debrief_id}`. Nobody sees or stores who wrote.",
        parts=parts,
        buttons=_buttons(debrief_id),
    )


def add(work: Work, arguments: AddArguments) -> Reply:
    """Keep a contribution without its author; without words, open the form."""
    if arguments.text is None:
        return contribute_form(work, DebriefArguments(value=arguments.value))
    rules, text = rules_of(work), arguments.text
    found = debrief_lint.blamed(text, rules)
    if found and arguments.wording == debrief_lint.ROLE_FREE:
        text = debrief_lint.role_free(text, rules, gate=work.desk.gate)
    elif found:
        return Reply(
            f"Nothing was kept yet. {debrief_lint.sentence(found[0])}",
            context="Write it again as a condition, or choose “Write it without persons” in the form.",
            parts=[Quote(text, caption="As it would have been kept")],
            buttons=[Button("Write it again", "debrief.form", arguments.value, Tone.PRIMARY)],
            outcome=Outcome.CLARIFY,
        )
    said = Contribution(_section(arguments.section, rules), text, arguments.factor, _clock(arguments.clock))
    row = debriefs.contribute(
        work.unit,
        work.actor,
        arguments.value,
        said,
        vault=work.desk.vault(),
        rules=rules,
        policy=work.desk.policy,
    )
    return Reply(
        "Kept, without your name.",
        context=_progress(work, row),
        parts=[Quote(text, caption=rules.sections[said.section])],
        buttons=[Button("Add another", "debrief.form", row.debrief_id)],
    )


def contribute_form(work: Work, arguments: DebriefArguments) -> Reply:
    """Open the form of a contribution."""
    row = debriefs.access_debrief(work.session, work.actor, arguments.value, policy=work.desk.policy)
    rules = rules_of(work)
    fields = [
        Field("section", "About", kind="choice", options=list(rules.sections.items()), initial=CONDITIONS),
        Field("text", "In a sentence or two", kind="text", hint="Say the condition, not the person.", limit=1000),
        Field("factor", "What kind of condition", kind="choice", options=list(rules.factors.items()), optional=True),
        Field("clock", "At what time", optional=True, hint="Of a step, such as 06:40.", limit=20),
        Field(
            "wording",
            "Where a person is blamed",
            kind="choice",
            options=[
                (debrief_lint.REPHRASE, "Let me rephrase it"),
                (debrief_lint.ROLE_FREE, "Write it without persons"),
            ],
            initial=debrief_lint.REPHRASE,
        ),
    ]
    intro = "Your name is stored nowhere: not beside your words, not in the audit trail. What is said is shown from "
    intro += f"{rules.contributors} people on."
    return Reply("Contribute", form=Form("debrief.add", "Contribute", fields, "Send", intro, row.debrief_id))


def add_timeline(work: Work, arguments: TimelineArguments) -> Reply:
    """Add steps to the timeline; without words, open the form."""
    if arguments.steps is None:
        return timeline_form(work, DebriefArguments(value=arguments.value))
    row = debriefs.access_debrief(work.session, work.actor, arguments.value, policy=work.desk.policy)
    fresh = _steps(work, arguments.steps)
    row = debriefs.add_steps(work.unit, work.actor, row.debrief_id, fresh, policy=work.desk.policy)
    return Reply(
        f"The timeline has {len(debriefs.steps_of(row))} steps.", context=row.debrief_id, parts=_timeline(work, row)
    )


def timeline_form(work: Work, arguments: DebriefArguments) -> Reply:
    """Open the form for steps of the timeline."""
    row = debriefs.access_debrief(work.session, work.actor, arguments.value, policy=work.desk.policy)
    steps = Field("steps", "Steps, a line each", kind="text", hint="06:40 first alarm", limit=2000)
    return Reply("Timeline", form=Form("debrief.timeline", "Add to the timeline", [steps], state=row.debrief_id))


def show(work: Work, arguments: DebriefArguments) -> Reply:
    """Show a debrief: title, timeline, and what was said once enough people have."""
    value = arguments.value.strip()
    if value.startswith("debrief-"):
        return debrief_search.show_published(work, value)
    row = debriefs.access_debrief(work.session, work.actor, value, policy=work.desk.policy)
    rules, voices = rules_of(work), debriefs.voices_of(work.session, row)
    entries = [entry for entry in debriefs.entries_of(work.session, row) if not entry.is_left_out]
    parts: list[Part] = [Item(row.title, detail=" · ".join(filter(None, (row.debrief_id, row.about))))]
    parts += _timeline(work, row)
    if debriefs.may_show(voices, rules):
        parts += _said(entries, rules)
    who = ", ".join(f"{count} {role}{'s' if count > 1 else ''}" for role, count in voices.roles.items())
    shown = f"Written by {who}." if debriefs.may_show(voices, rules) else _progress(work, row)
    buttons = _buttons(row.debrief_id) if row.state == debriefs.OPEN else []
    return Reply(
        f"The debrief is {_STATES[row.state]}.", context=shown, parts=parts, buttons=buttons, outcome=Outcome.ANSWERED
    )


def list_all(work: Work, arguments: Arguments) -> Reply:
    """List the debriefs, the open ones first."""
    rows = debriefs.list_debriefs(work.session, work.actor, policy=work.desk.policy, audience=work.audience)
    if not rows:
        return Reply(
            "There is no debrief yet.",
            context='`/ops debrief open "what happened"` opens one.',
            outcome=Outcome.ANSWERED,
            exit_code=4,
        )
    parts = [_line(work, row) for row in rows[:20]]
    count = sum(row.state == debriefs.OPEN for row in rows)
    return Reply(f"{count} open, {len(rows) - count} published.", parts=parts, outcome=Outcome.ANSWERED)


def rules_of(work: Work) -> DebriefRules:
    """Return how this organisation leads debriefs."""
    rules = work.desk.catalog.debriefs
    assert isinstance(rules, DebriefRules)
    return rules


def _opening(work: Work, arguments: OpenArguments) -> Opening:
    steps = _steps(work, arguments.timeline) if arguments.timeline is not None else []
    if not arguments.about:
        assert arguments.title is not None
        return Opening(arguments.title, timeline=steps)
    found = access_course(
        work.desk.facts(),
        work.actor,
        arguments.about,
        policy=work.desk.policy,
        action="debrief.open",
        audience=work.audience,
    )
    if found is None:
        raise NotFound(
            "I know no incident and no case with that number.",
            next_step='Open it by a title: `/ops debrief open "fiber outage north"`',
        )
    return _of_course(work, found, steps)


def _of_course(work: Work, found: Course, steps: list[Step]) -> Opening:
    known = [debriefs.product_step(at, words) for at, words in found.steps]
    # The title of a case is made of words of the catalog; that of an incident is somebody's.
    is_ours = found.kind == "case"
    title = product_words(found.title.reveal()) if is_ours else pass_gate(found.title, gate=work.desk.gate)
    return Opening(title, found.key, found.category, found.region, found.started_at, [*known, *steps])


def _opening_form() -> Form:
    fields = [
        Field("title", "What happened, in one line", limit=150),
        Field("timeline", "Steps, a line each", kind="text", optional=True, hint="06:40 first alarm", limit=2000),
    ]
    return Form("debrief.open", "Open a debrief", fields, "Open", "Of an incident or a case: /ops debrief open INC-42")


def _steps(work: Work, text: AnonymizedText) -> list[Step]:
    """Return a step per line that begins with a time; each passes the gate on its own.

    Raises:
        UsageError: no line begins with a time.
    """
    steps = []
    for line in text.show().splitlines():
        if (found := _CLOCK.match(line)) and found[3].strip():
            words = pass_gate(RawText(found[3].strip()), gate=work.desk.gate)
            steps.append(Step(f"{int(found[1]):02d}:{found[2]}", words))
    if not steps:
        raise UsageError("I found no step that begins with a time.", next_step="For example: 06:40 first alarm")
    return steps


def _section(named: str, rules: DebriefRules) -> str:
    if named in rules.sections:
        return named
    close = [key for key, title in rules.sections.items() if named and named.lower() in (key[:-1], title.lower())]
    if not close:
        raise UsageError("Say which section it is about.", next_step=f"Sections: {', '.join(rules.sections)}.")
    return close[0]


def _clock(said: str) -> str:
    found = _CLOCK.match(said)
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def _timeline(work: Work, row: Debrief) -> list[Part]:
    steps = [(clock_of(step, work.desk.zone), step.words) for step in debriefs.steps_of(row)]
    return [Item(words, detail=when) for when, words in sorted(steps, key=lambda pair: pair[0])[:MOST]]


def _said(entries: list[DebriefEntry], rules: DebriefRules) -> list[Part]:
    parts: list[Part] = []
    for key, title in rules.sections.items():
        of_section = sorted((entry for entry in entries if entry.section == key), key=lambda entry: entry.clock)
        if not of_section:
            continue
        parts.append(Paragraph(f"*{title}*"))
        for entry in of_section[:MOST]:
            factor = rules.factors.get(entry.factor, "")
            parts.append(Item(entry.text, detail=" · ".join(filter(None, (entry.clock, factor)))))
    return parts


def _progress(work: Work, row: Debrief) -> str:
    count, wanted = debriefs.voices_of(work.session, row).people, rules_of(work).contributors
    who = {0: "Nobody has", 1: "One person has"}.get(count, f"{count} people have")
    said = f"{who} contributed to {row.debrief_id}"
    return f"{said}; what was said is shown from {wanted} on." if count < wanted else f"{said}."


def _line(work: Work, row: Debrief) -> Item:
    count = debriefs.voices_of(work.session, row).people
    when = f"{row.opened_at.astimezone(work.desk.zone):%-d %b %Y}"
    people = f"{count} contributed"
    return Item(
        row.title,
        detail=" · ".join(filter(None, (row.debrief_id, row.about, _STATES[row.state], when, people))),
        buttons=[Button("Show", "debrief.show", row.debrief_id)],
    )


def _buttons(debrief_id: str) -> list[Button]:
    return [
        Button("Contribute", "debrief.form", debrief_id, Tone.PRIMARY),
        Button("Add to the timeline", "debrief.timeline.form", debrief_id),
        Button("Publish", "debrief.publish.form", debrief_id),
    ]
