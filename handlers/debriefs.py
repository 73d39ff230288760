"""``/ops debrief``: open one, contribute without a name, look at it."""

from __future__ import annotations

from collections import Counter

from frontline.catalog.debriefs import CONDITIONS, DebriefRules
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.forms import Field, Form
from frontline.core.ids import new_id
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply, Tone
from frontline.core.text import AnonymizedText
from frontline.governance import debriefs
from frontline.governance.debriefs import Contribution, Opening, Step
from frontline.metrics.timelines import Course, access_course
from frontline.store.base import product_words
from frontline.store.models.debriefs import Debrief, DebriefEntry
from frontline.store.work import Unit
from handlers import debrief_lint, debrief_search, debrief_timeline
from handlers.arguments import pass_gate
from handlers.debrief_lint import rules_of
from handlers.debrief_timeline import MOST
from handlers.desk import Work
from handlers.registry import Arguments

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
        row = debriefs.open_debrief(unit, actor, opening, policy=policy, debrief_id=debrief_id)
        if row.debrief_id != debrief_id:
            # Somebody opened one about the same while we looked; the id that we would name leads nowhere.
            raise Conflict(
                f"A debrief about {row.about} is open already.", next_step=f"`/ops debrief show {row.about}`"
            )

    policy.authorize(actor, "debrief.open")
    work.effects.append(write)
    work.audit["debrief"] = debrief_id
    parts: list[Part] = [Item(opening.title, detail=" · ".join(filter(None, (debrief_id, opening.about))))]
    parts += debrief_timeline.shown(work, opening.timeline)
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
    said = Contribution(
        _section(arguments.section, rules), text, arguments.factor, debrief_timeline.read_clock(arguments.clock)
    )
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


def show(work: Work, arguments: DebriefArguments) -> Reply:
    """Show a debrief: title, timeline, and what was said once enough people have."""
    value = arguments.value.strip()
    if value.startswith("debrief-"):
        return debrief_search.show_published(work, value)
    row = debriefs.access_debrief(work.session, work.actor, value, policy=work.desk.policy)
    may_publish = work.desk.policy.is_allowed(work.actor, "debrief.publish", audience=work.audience)
    if row.state == debriefs.WITHDRAWN and not may_publish:
        return Reply(
            f"The debrief {row.debrief_id} was taken back.",
            context="Its lessons stand: `/ops debrief follow`. Who publishes debriefs can show it again.",
            outcome=Outcome.ABSTAINED,
            exit_code=4,
        )
    rules, voices = rules_of(work), debriefs.voices_of(work.session, row)
    entries = [entry for entry in debriefs.entries_of(work.session, row) if not entry.is_left_out]
    parts: list[Part] = [Item(row.title, detail=" · ".join(filter(None, (row.debrief_id, row.about))))]
    parts += debrief_timeline.shown(work, debriefs.steps_of(row))
    if debriefs.may_show(voices, rules):
        parts += _said(entries, rules)
    who = ", ".join(f"{count} {role}{'s' if count > 1 else ''}" for role, count in voices.roles.items())
    shown = f"Written by {who}." if debriefs.may_show(voices, rules) else _progress(work, row)
    buttons = _buttons(row.debrief_id) if row.state == debriefs.OPEN else []
    if row.state == debriefs.WITHDRAWN:
        buttons = [Button("Let it be found again", "debrief.restore", row.debrief_id)]
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
    count = Counter(row.state for row in rows)
    said = [f"{count[debriefs.OPEN]} open", f"{count[debriefs.PUBLISHED]} published"]
    said += [f"{count[debriefs.WITHDRAWN]} withdrawn"] if count[debriefs.WITHDRAWN] else []
    said += [f"{len(parts)} of them are shown"] if len(rows) > len(parts) else []
    return Reply(f"{', '.join(said)}.", parts=parts, outcome=Outcome.ANSWERED)


def _opening(work: Work, arguments: OpenArguments) -> Opening:
    steps, left_out = debrief_timeline.read_steps(work, arguments.timeline) if arguments.timeline else ([], "")
    if left_out:
        raise UsageError(f"Nothing was opened.{left_out}", next_step="Begin each line with a time: 06:40 first alarm")
    if not arguments.about:
        assert arguments.title is not None
        return Opening(debrief_lint.check(arguments.title, rules_of(work)), timeline=steps)
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
    if debrief_lint.blamed(title, rules_of(work)):
        title = debrief_lint.role_free(title, rules_of(work), gate=work.desk.gate)
    return Opening(title, found.key, found.category, found.region, found.started_at, [*known, *steps])


def _opening_form() -> Form:
    fields = [
        Field("title", "What happened, in one line", limit=150),
        Field("timeline", "Steps, a line each", kind="text", optional=True, hint="06:40 first alarm", limit=2000),
    ]
    return Form("debrief.open", "Open a debrief", fields, "Open", "Of an incident or a case: /ops debrief open INC-42")


def _section(named: str, rules: DebriefRules) -> str:
    if named in rules.sections:
        return named
    close = [key for key, title in rules.sections.items() if named and named.lower() in (key[:-1], title.lower())]
    if not close:
        raise UsageError("Say which section it is about.", next_step=f"Sections: {', '.join(rules.sections)}.")
    return close[0]


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
        parts += debrief_timeline.more(len(of_section))
    return parts


def _progress(work: Work, row: Debrief) -> str:
    count, wanted = debriefs.voices_of(work.session, row).people, rules_of(work).contributors
    who = {0: "Nobody has", 1: "One person has"}.get(count, f"{count} people have")
    said = f"{who} contributed to {row.debrief_id}"
    return f"{said}; what was said is shown from {wanted} on." if count < wanted else f"{said}."


def _line(work: Work, row: Debrief) -> Item:
    count = debriefs.voices_of(work.session, row).people
    when = f"{row.opened_at.astimezone(work.desk.zone):%-d %b %Y}"
    is_back = row.state == debriefs.WITHDRAWN
    may_see = not is_back or work.desk.policy.is_allowed(work.actor, "debrief.publish", audience=work.audience)
    people = f"{count} contributed"
    return Item(
        row.title if may_see else row.debrief_id,
        detail=" · ".join(filter(None, (row.debrief_id, row.about, _STATES[row.state], when, people))),
        buttons=[Button("Show", "debrief.show", row.debrief_id)],
    )


def _buttons(debrief_id: str) -> list[Button]:
    return [
        Button("Contribute", "debrief.form", debrief_id, Tone.PRIMARY),
        Button("Add to the timeline", "debrief.timeline.form", debrief_id),
        Button("Publish", "debrief.publish.form", debrief_id),
    ]
