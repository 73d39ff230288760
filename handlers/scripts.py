"""``/ops kb script``: what is said to whom, put together from base and overrides; edited, approved, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontline.catalog.scripts import Override, ScriptRules
from frontline.core.errors import NotFound, UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.core.request import Request
from frontline.governance import scripts, variants
from frontline.governance.script_texts import (
    all_of,
    changes,
    check_place,
    compose,
    differences,
    find_faults,
    find_weaknesses,
    name_of,
    variants_of,
)
from frontline.store.base import product_words
from frontline.store.models.scripts import ScriptVersion
from frontline.store.work import Unit
from handlers.desk import Work
from handlers.registry import Arguments, HouseWords

MOST_LINES = 40
CHANNELS = ("phone", "chat", "email", "social", "portal")


class ScriptArguments(Arguments):
    """A topic and the customer it is said to."""

    value: str = ""
    segment: str = ""
    region: str = ""
    channel: str = ""
    locale: str = ""


class EditArguments(Arguments):
    """Other words for one block in one place; without words and with ``leave_out`` the block is not said there."""

    value: str = ""
    block: str = ""
    segment: str = ""
    region: str = ""
    locale: str = ""
    text: HouseWords = ""
    leave_out: str = ""


def show(work: Work, arguments: ScriptArguments) -> Reply:
    """Say what is said to this customer; the variant's use is counted, without persons."""
    if not arguments.value:
        return list_all(work, arguments)
    asked = _asked(work, arguments)
    row = scripts.access_script(work.session, work.actor, arguments.value, policy=work.desk.policy)
    script = scripts.read_script(row.body)
    composed = compose(script, asked)
    place = _variant(row, asked)
    day, topic = work.today, row.topic

    def count(unit: Unit) -> None:
        variants.count_use(unit, topic, place, day=day)

    work.effects.append(count)
    parts: list[Part] = []
    for part in composed.parts:
        marks = ["verbatim, required" if part.is_compliance else "", part.source]
        parts.append(Item(product_words(part.text), detail=" · ".join(filter(None, (part.block, *marks)))))
    warnings = [*composed.warnings]
    if script.approved_until is not None and script.approved_until <= work.today:
        warnings.append(f"Its approval ended on {script.approved_until}.")
    parts += [Paragraph(f"_{warning}_") for warning in warnings]
    return Reply(
        f"{script.title}, for {name_of(asked)}.",
        context=f"Version {row.number}, variant {place}.",
        parts=parts,
        outcome=Outcome.ANSWERED,
    )


def list_all(work: Work, arguments: Arguments) -> Reply:
    """List the scripts with their variants and what there is to do."""
    rows = scripts.list_scripts(work.session, work.actor, policy=work.desk.policy)
    if not rows:
        return Reply("There is no script yet.", context="`frontline kb scripts FILE.yaml` loads drafts.", exit_code=4)
    return Reply(
        f"{len({row.topic for row in rows})} scripts.",
        parts=[_line(work, row) for row in rows[:30]],
        outcome=Outcome.ANSWERED,
    )


def edit_form(work: Work, arguments: EditArguments) -> Reply:
    """Open the form of an override; with words it is kept at once."""
    if arguments.block and (arguments.text or arguments.leave_out):
        return edit(work, arguments)
    row = _newest(work, arguments.value)
    script = scripts.read_script(row.body)
    options = [
        (block.id, f"{block.id}{' (verbatim, required)' if block.compliance else ''}") for block in script.blocks
    ]
    known = _known(work)
    fields = [
        Field("block", "Which block", kind="choice", options=options),
        *(
            Field(key, f"For which {key}", kind="choice", options=[(one, one) for one in known[key]], optional=True)
            for key in ("segment", "region", "locale")
        ),
        Field("text", "What is said there", kind="text", optional=True, limit=1500),
        Field("leave_out", "Or nothing", kind="checkbox", hint="Leave the block out there"),
    ]
    intro = "It becomes a draft. Somebody else publishes it."
    return Reply("Edit", form=Form("script.edit", "Other words", fields, "Keep as draft", intro, row.topic))


def edit(work: Work, arguments: EditArguments) -> Reply:
    """Keep an override in the draft of a topic."""
    known = _newest(work, arguments.value)
    script = scripts.read_script(known.body)
    when = {key: getattr(arguments, key) for key in ("segment", "region", "locale") if getattr(arguments, key)}
    check_place(when, _known(work))
    if not when:
        raise UsageError("Say for whom it is said otherwise.", next_step="A segment, a region or a locale.")
    if not arguments.text and not arguments.leave_out:
        raise UsageError(
            "Say what is said there, or that the block is left out.",
            next_step=f"`/ops kb edit {known.topic}` opens the form.",
        )
    locale = when.get("locale", script.locale)
    text = None if arguments.leave_out else {locale: arguments.text}
    change = Override(block=arguments.block, when=when, text=text)
    row = scripts.override(work.unit, work.actor, known.topic, change, policy=work.desk.policy)
    draft = scripts.read_script(row.body)
    faults = find_faults(draft, rules_of(work), today=work.today)
    parts: list[Part] = [Paragraph(f"• {fault}") for fault in faults]
    parts += [
        Item(product_words(line)) for line in differences(compose(script, when).parts, compose(draft, when).parts)
    ]
    return Reply(
        f"Kept as a draft: version {row.number} of {row.topic}.",
        context="Somebody else publishes it." if not faults else "It cannot be published like this.",
        parts=parts,
        buttons=[Button("Publish", "script.publish", row.topic, Tone.PRIMARY)],
    )


def diff(work: Work, arguments: ScriptArguments) -> Reply:
    """Show in what the draft differs from what is published, or one customer's script from the base."""
    asked = _asked(work, arguments)
    row = _published(work, arguments.value)
    if asked and row is not None:
        script = scripts.read_script(row.body)
        return _differences(f"{row.topic}: {name_of(asked)} against the base.", differences(
            compose(script, {}).parts, compose(script, asked).parts
        ))  # fmt: skip
    topic = row.topic if row is not None else arguments.value
    other = scripts.access_script(work.session, work.actor, topic, policy=work.desk.policy, state=scripts.DRAFT)
    draft = scripts.read_script(other.body)
    faults = [f"• {fault}" for fault in find_faults(draft, rules_of(work), today=work.today)]
    weak = [f"• {line}" for line in find_weaknesses(draft, rules_of(work))]
    if row is None:
        # The first of its topic: who approves it reads all of it.
        return _differences(f"{other.topic}: the draft; nothing is published yet.", [*faults, *weak, *all_of(draft)])
    lines = changes(scripts.read_script(row.body), draft)
    return _differences(f"{row.topic}: the draft against version {row.number}.", [*faults, *weak, *lines])


def publish(work: Work, arguments: ScriptArguments) -> Reply:
    """Publish the draft of a topic; its author cannot."""
    topic = arguments.value.strip().lower()
    row = scripts.publish(work.unit, work.actor, topic, rules=rules_of(work), today=work.today, policy=work.desk.policy)
    script = scripts.read_script(row.body)
    count = len(variants_of(script))
    minutes = count * (script.training_minutes or rules_of(work).training_minutes)
    return Reply(
        f"Version {row.number} of {topic} is published: {count} variant{'s' if count > 1 else ''}.",
        context=f"Complexity: {count} variants, {minutes} minutes of training.",
        parts=[Paragraph(f"• {line}") for line in find_weaknesses(script, rules_of(work))],
        buttons=[Button("Undo", "script.undo", topic)],
    )


def undo(work: Work, arguments: ScriptArguments) -> Reply:
    """Let the version before hold again; what was published becomes a draft."""
    topic = arguments.value.strip().lower()
    before = scripts.step_back(work.unit, work.actor, topic, policy=work.desk.policy)
    held = (
        f"Version {before.number} of {topic} holds again." if before else f"Nothing of {topic} is published any more."
    )
    return Reply(held, context="What was published is a draft.", replaces=True)


def undraft(work: Work, arguments: ScriptArguments) -> Reply:
    """Give the draft of a topic up."""
    row = scripts.drop_draft(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(
        "The draft is gone; what is published stands.",
        context=f"Version {row.number} of {row.topic}",
        buttons=[Button("Undo", "script.redraft", row.version_id)],
    )


def redraft(work: Work, arguments: ScriptArguments) -> Reply:
    """Take a draft back that was given up."""
    row = scripts.take_draft_back(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(f"Version {row.number} of {row.topic} is a draft again.", replaces=True)


def validate(request: Request) -> FormErrors:
    """Check the form of an override before the ack."""
    values = request.values
    errors = {}
    if not any(values.get(key) for key in ("segment", "region", "locale")):
        errors["segment"] = "Say for whom: a segment, a region or a locale."
    if not values.get("text") and not values.get("leave_out"):
        errors["text"] = "Say what is said there, or leave the block out."
    return errors


def rules_of(work: Work) -> ScriptRules:
    """Return what scripts are held against here."""
    rules = work.desk.catalog.scripts
    assert isinstance(rules, ScriptRules)
    return rules


def _asked(work: Work, arguments: ScriptArguments) -> dict[str, str]:
    said = {key: getattr(arguments, key).strip().lower() for key in ("segment", "region", "channel", "locale")}
    asked = {key: value for key, value in said.items() if value}
    check_place(asked, _known(work))
    return asked


def _known(work: Work) -> Mapping[str, Sequence[str]]:
    catalog = work.desk.catalog
    known: dict[str, Sequence[str]] = {
        key: catalog.values(key) if key in catalog.dimensions else () for key in ("segment", "region", "channel")
    }
    known["channel"] = known["channel"] or CHANNELS
    return {**known, "locale": rules_of(work).locales}


def _variant(row: ScriptVersion, asked: Mapping[str, str]) -> str:
    """Return the distinct variant that a customer hears."""
    script = scripts.read_script(row.body)
    place = {key: value for key, value in asked.items() if key != "locale"}
    words = compose(script, place).words
    return next((name for name, said in variants_of(script).items() if said.words == words), "base")


def _line(work: Work, row: ScriptVersion) -> Item:
    script = scripts.read_script(row.body)
    count = len(variants_of(script))
    faults = find_faults(script, rules_of(work), today=work.today)
    details = [row.topic, f"version {row.number}", row.state, f"{count} variant{'s' if count > 1 else ''}", *faults[:1]]
    return Item(script.title, detail=" · ".join(details))


def _published(work: Work, topic: str) -> ScriptVersion | None:
    """Return what is published of a topic; None where there is only a draft of it, or nothing."""
    try:
        return scripts.access_script(work.session, work.actor, topic, policy=work.desk.policy)
    except NotFound:
        return None


def _newest(work: Work, topic: str) -> ScriptVersion:
    """Return what is published of a topic, or the draft where nothing is yet.

    Raises:
        NotFound: there is neither.
    """
    row, state = _published(work, topic), scripts.DRAFT
    return row or scripts.access_script(work.session, work.actor, topic, policy=work.desk.policy, state=state)


def _differences(headline: str, lines: Sequence[str]) -> Reply:
    more = len(lines) - MOST_LINES
    parts: list[Part] = [Item(product_words(line)) for line in lines[:MOST_LINES]]
    parts += (
        [Paragraph(f"_{more} more lines are not shown: change less at once, or look at one place._")]
        if more > 0
        else []
    )
    return Reply(headline if lines else f"{headline} They are the same.", parts=parts, outcome=Outcome.ANSWERED)
