"""``/tag``: an agent marks a recurring request that has no process yet, in two clicks or one line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from pydantic import Field, field_validator

from anonymization.lexicon import WORD, fold
from frontline.core.errors import NotFound, UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Button, Item, Paragraph, Part, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import tag_labels, tags
from frontline.governance.label_search import NearLabel
from frontline.store.models.talk import Tag
from handlers.desk import Desk, Work
from handlers.registry import Arguments, GateChecked
from handlers.taxonomy import likely_category
from handlers.words import CASE

LONGEST, LONGEST_LABEL = 1000, 60
RECENT = dt.timedelta(days=28)
# Words that say nothing about what was asked.
_EMPTY = frozenset(
    """
    a an and are can can't cannot cant customer customers do does for from has have how i in is it my of
    on or the their they to wants want was were will with would
    """.split()  # noqa: SIM905  # a list of fifty strings reads worse
)


class TagArguments(Arguments):
    """What ``/tag`` takes."""

    text: AnonymizedText | None = None
    case: str = Field(default="", pattern=rf"(?i)^{CASE}$|^$")
    # The label is seen by everybody who lists tags, so the gate looks at it too.
    label: GateChecked = Field(default="", max_length=LONGEST_LABEL)
    # Labels that may be meant, best first; filled by ``look`` and never by a person.
    near: tuple[NearLabel, ...] = ()
    # Which category the case may have, in words; as ``near``.
    category: str = ""

    @field_validator("label", mode="before")
    @classmethod
    def _spelled(cls, label: str) -> str:
        return _plain_label(label)


class MoveArguments(Arguments):
    """``<tag id> <label>``: the tag to put under another label."""

    value: str


class UndoArguments(Arguments):
    """The tag to take back."""

    value: str


def home_panel(work: Work) -> list[Part]:
    """Return the last tags of somebody who tags, to take back or to look at."""
    found = tags.list_tags(work.session, work.actor, limit=3, policy=work.desk.policy)
    rows = [Item(tag.text, detail=f"#{tag.label} · {tag.at.astimezone(work.desk.zone):%d %b}") for tag in found]
    return [Paragraph("*Your last tags*"), *rows] if rows else []


def look(desk: Desk, arguments: TagArguments) -> TagArguments:
    """Find what may be meant, before the lock: labels, none when one in use was given, and the category of a case."""
    if arguments.text is None:
        return arguments.model_copy(update={"near": (), "category": ""})
    category = likely_category(desk, arguments.text) if arguments.case else ""
    return _with_near(desk, arguments.model_copy(update={"near": (), "category": category}), arguments.text)


def _with_near(desk: Desk, arguments: TagArguments, text: AnonymizedText) -> TagArguments:
    label = tags.normal_label(arguments.label) if arguments.label else ""
    own = label or label_from(text)
    if not own:
        return arguments
    with desk.store.read() as session:
        if tag_labels.is_known(session, own):
            return arguments
        now = desk.store.clock.now()
        near = desk.labels.nearest(session, text, now=now, label=own if label else "")
    return arguments.model_copy(update={"near": tuple(near)})


def add(work: Work, arguments: TagArguments) -> Reply:
    """Store a tag; without words, open the form. The same case and label twice is one tag.

    The words are kept at once, whatever the label. Where none was given and one in use surely means the same, it is
    taken; where one may be meant, it is offered, and a click moves the tag.
    """
    if arguments.text is None:
        return Reply("Tag a recurring request", form=form(arguments))
    own = arguments.label or label_from(arguments.text)
    if not own:
        raise UsageError(
            "Say in a few words what was asked.", next_step="For example: /tag 8123 cannot change the billing email"
        )
    taken = next((near.label for near in arguments.near[:1] if near.is_sure and not arguments.label), "")
    label, case = taken or own, arguments.case or None
    known = tags.find_same(work.session, work.actor.key, arguments.text, label=label, case_key=case, at=work.now)
    tag = tags.add_tag(
        work.unit,
        work.actor,
        arguments.text,
        label=label,
        case_key=case,
        policy=work.desk.policy,
        rule=work.desk.catalog.rules.tags,
        speak=work.desk.speak,
    )
    work.audit["tag"] = tag.tag_id
    if known is not None:
        return Reply(
            f"Already tagged as #{tag.label}; nothing was added.",
            context=_uses(work, tag.label, case),
            # Somebody else may have tagged the case, and an agent reads their own tags alone.
            parts=[Item(tag.text)] if tag.author_key == work.actor.key else [],
            exit_code=4,
        )
    reply = _tagged(work, tag, near=arguments.near, own=own, case=case)
    return reply.with_(parts=[*reply.parts, Paragraph(arguments.category)]) if arguments.category else reply


def _tagged(work: Work, tag: Tag, *, near: Sequence[NearLabel], own: str, case: str | None) -> Reply:
    others = [other.label for other in near if other.label != tag.label]
    buttons: list[Button] = []
    hint = ""
    if tag.label != tags.normal_label(own):
        hint = " The label was there already."
        buttons = [Button(f"Make it #{own}"[:75], "tag.use", f"{tag.tag_id} {own}")]
    elif others:
        hint = f" Did you mean {' or '.join(f'#{other}' for other in others)}?"
        buttons = [
            Button(f"Use #{other} instead"[:75], "tag.use", f"{tag.tag_id} {other}", Tone.PRIMARY) for other in others
        ]
        buttons.append(Button(f"Keep #{tag.label}"[:75], "tag.keep", tag.tag_id))
    return Reply(
        f"Tagged as #{tag.label}.{hint}",
        context=f"{_uses(work, tag.label, case)} Personal details were masked before it was stored.",
        parts=[Item(tag.text, buttons=[Button("Undo", "tag.undo", tag.tag_id)])],
        buttons=buttons,
    )


def _uses(work: Work, label: str, case: str | None) -> str:
    count = tags.count_uses(work.session, label, since=work.now - RECENT)
    uses = "the first use" if count == 1 else f"use number {count}"
    aliases = tag_labels.read_aliases(work.session)
    counted = tag_labels.canonical(label, aliases)
    counts = f", which counts for #{counted}," if counted != label else ""
    return f"This is {uses} of #{label}{f' on case {case}' if case else ''}{counts} in {RECENT.days} days."


def use(work: Work, arguments: MoveArguments) -> Reply:
    """Put one's own tag under the label that was offered. The choice is remembered for the next person."""
    tag_id, _, label = arguments.value.strip().partition(" ")
    name = tags.normal_label(label)
    found = tags.access_own(work.session, work.actor, tag_id, policy=work.desk.policy)
    # A label is seen by everybody: one that is not in use yet can only be made of words that passed the gate.
    made = label_from(found.text)
    if not tag_labels.is_known(work.session, name) and not (made and name == tags.normal_label(made)):
        raise NotFound("There is no such label.", next_step="/tag the words with #label makes one.")
    tag = tags.move_tag(
        work.unit,
        work.actor,
        tag_id,
        into=name,
        policy=work.desk.policy,
        rule=work.desk.catalog.rules.tags,
        speak=work.desk.speak,
    )
    work.audit |= {"tag": tag.tag_id, "label": tag.label}
    moved = Reply(f"Moved to #{tag.label}.", context=_uses(work, tag.label, tag.case_key), replaces=True)
    if tag.tag_id != tag_id:
        return moved.with_(context=f"{moved.context} The case carried it already, and counts once.")
    return moved.with_(parts=[Item(tag.text, buttons=[Button("Undo", "tag.undo", tag.tag_id)])])


def keep(work: Work, arguments: UndoArguments) -> Reply:
    """Leave one's own tag under its label; the offer goes."""
    tag = tags.access_own(work.session, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(
        f"Kept as #{tag.label}.",
        parts=[Item(tag.text, buttons=[Button("Undo", "tag.undo", tag.tag_id)])],
        replaces=True,
    )


def undo(work: Work, arguments: UndoArguments) -> Reply:
    """Take one's own tag back."""
    tag = tags.remove_tag(work.unit, work.actor, arguments.value)
    return Reply(f"Took #{tag.label} back.", replaces=True)


def form(arguments: TagArguments | None = None) -> Form:
    """Return the form of ``/tag`` without words."""
    given = arguments or TagArguments()
    return Form(
        action="tag.create",
        title="Tag recurring request",
        submit="Tag",
        intro="What do customers keep asking for that has no process?",
        fields=[
            Input(
                "text", "What was asked", kind="text", hint="No names needed; they are masked anyway.", limit=LONGEST
            ),
            Input(
                "label", "Label", hint="For example billing-email-change", optional=True, initial=given.label, limit=60
            ),
            Input("case", "Case number", optional=True, initial=given.case, limit=40),
        ],
    )


def from_message(work: Work, arguments: TagArguments) -> Reply:
    """The message shortcut: the form, prefilled with an anonymized preview of the message."""
    prefilled = form(arguments)
    if arguments.text is not None:
        words = Input("text", "What was asked", kind="text", initial=arguments.text.show()[:LONGEST], limit=LONGEST)
        prefilled = Form(**{**vars(prefilled), "fields": [words, *prefilled.fields[1:]]})
    return Reply("Tag a recurring request", form=prefilled)


def label_from(text: AnonymizedText) -> str:
    """Return a label made of the first telling words, for those who gave none: "change-billing-email"; "" for none."""
    found = WORD.findall(re.sub(r"\[[A-Z_0-9]+\]", " ", text.show()))
    words = [word for word in map(fold, found) if len(word) > 1 and word.isascii()]
    telling = [word for word in words if word not in _EMPTY]
    return "-".join((telling or words)[:3])


def _plain_label(label: str) -> str:
    """Return a label as it is kept; "" where no letter or digit is left of it."""
    try:
        return tags.normal_label(label)
    except UsageError:
        return ""


def validate(request: Request) -> FormErrors:
    """Check the form before the ack, without engines."""
    errors: dict[str, str] = {}
    text = request.values.get("text")
    if text is None or not text:
        errors["text"] = "Say in a few words what was asked."
    label = request.values.get("label")
    if label and not 0 < len(_plain_label(label.reveal())) <= LONGEST_LABEL:
        errors["label"] = f"A label has up to {LONGEST_LABEL} letters and digits, for example billing-email-change."
    case = request.values.get("case")
    if case and not re.fullmatch(CASE, case.reveal().strip(), re.IGNORECASE):
        errors["case"] = "A case number has up to eight digits, for example 8123 or HT-8123."
    return errors
