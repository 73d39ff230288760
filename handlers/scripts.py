"""``/ops kb script``: what is said to whom, put together from base and overrides; edited, approved, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontline.catalog.scripts import Override, ScriptRules
from frontline.core.errors import UsageError
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.core.request import Request
from frontline.governance import scripts, variants
from frontline.governance.script_texts import (
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
    row = scripts.access_script(work.session, work.actor, arguments.value, policy=work.desk.policy)
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
    published = scripts.access_script(work.session, work.actor, arguments.value, policy=work.desk.policy)
    script = scripts.read_script(published.body)
    when = {key: getattr(arguments, key) for key in ("segment", "region", "locale") if getattr(arguments, key)}
    check_place(when, _known(work))
    if not when:
        raise UsageError("Say for whom it is said otherwise.", next_step="A segment, a region or a locale.")
    if not arguments.text and not arguments.leave_out:
        raise UsageError(
            "Say what is said there, or that the block is left out.",
            next_step=f"`/ops kb edit {published.topic}` opens the form.",
        )
    locale = when.get("locale", script.locale)
    text = None if arguments.leave_out else {locale: arguments.text}
    change = Override(block=arguments.block, when=when, text=text)
    row = scripts.override(work.unit, work.actor, published.topic, change, policy=work.desk.policy)
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
    row = scripts.access_script(work.session, work.actor, arguments.value, policy=work.desk.policy)
    script = scripts.read_script(row.body)
    if asked:
        return _differences(f"{row.topic}: {name_of(asked)} against the base.", differences(
            compose(script, {}).parts, compose(script, asked).parts
        ))  # fmt: skip
    other = scripts.access_script(work.session, work.actor, row.topic, policy=work.desk.policy, state=scripts.DRAFT)
    draft = scripts.read_script(other.body)
    before, after = variants_of(script), variants_of(draft)
    lines = []
    for place in dict.fromkeys([*before, *after]):
        changed = differences(
            before[place].parts if place in before else compose(script, {}).parts,
            after[place].parts if place in after else compose(draft, {}).parts,
        )
        lines += [place, *changed] if changed else []
    faults = [f"• {fault}" for fault in find_faults(draft, rules_of(work), today=work.today)]
    weak = [f"• {line}" for line in find_weaknesses(draft, rules_of(work))]
    return _differences(f"{row.topic}: the draft against version {row.number}.", [*lines, *faults, *weak])


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


def _differences(headline: str, lines: Sequence[str]) -> Reply:
    return Reply(
        headline if lines else f"{headline} They are the same.",
        parts=[Item(product_words(line)) for line in lines[:40]],
        outcome=Outcome.ANSWERED,
    )
