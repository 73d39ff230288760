"""``/tag``: an agent marks a recurring request that has no process yet, in two clicks or one line."""

from __future__ import annotations

import datetime as dt
import re

from pydantic import Field

from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Button, Item, Outcome, Reply
from frontline.core.request import Request
from frontline.core.text import AnonymizedText
from frontline.governance import tags
from handlers.desk import Work
from handlers.registry import Arguments, GateChecked
from handlers.words import CASE

LONGEST = 1000
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
    label: GateChecked = Field(default="", max_length=60, pattern=r"^[a-z0-9][\w\-]*$|^$")


class UndoArguments(Arguments):
    """The tag to take back."""

    value: str


def add(work: Work, arguments: TagArguments) -> Reply:
    """Store a tag; without words, open the form. The same case and label twice is one tag."""
    if arguments.text is None:
        return Reply("Tag a recurring request", form=form(arguments))
    label = arguments.label or label_from(arguments.text)
    case = arguments.case or None
    is_new = tags.tag_of_case(work.session, case_key=case, label=label) is None
    tag = tags.add_tag(work.unit, work.actor, arguments.text, label=label, case_key=case, policy=work.desk.policy)
    work.audit["tag"] = tag.tag_id
    count = tags.count_uses(work.session, tag.label, since=work.now - RECENT)
    headline = f"Tagged as #{tag.label}." if is_new else f"Already tagged as #{tag.label}; nothing was added."
    uses = "the first use" if count == 1 else f"use number {count}"
    about = f" on case {arguments.case}" if arguments.case else ""
    return Reply(
        headline,
        context=f"This is {uses} of #{tag.label}{about}. Personal details were masked before it was stored.",
        parts=[Item(tag.text, buttons=[Button("Undo", "tag.undo", tag.tag_id)] if is_new else [])],
        outcome=Outcome.DONE,
        exit_code=0 if is_new else 4,
    )


def undo(work: Work, arguments: UndoArguments) -> Reply:
    """Take one's own tag back."""
    tag = tags.remove_tag(work.unit, work.actor, arguments.value)
    return Reply(f"Took #{tag.label} back.", replaces=True)


def list_tags(work: Work, arguments: Arguments) -> Reply:
    """List the labels of the last 28 days with their uses."""
    rows = tags.count_labels(work.session, work.actor, since=work.now - RECENT, policy=work.desk.policy)
    if not rows:
        return Reply("No tags in the last 28 days.", context="Agents add them with /tag.", exit_code=4)
    items = [Item(f"#{row.label}", detail=f"{row.uses} uses by {row.people} people") for row in rows[:20]]
    return Reply(f"{len(rows)} labels were used in the last 28 days.", parts=items)


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
    """Return a label made of the first telling words, for those who gave none: "change-billing-email"."""
    words = re.findall(r"[a-z]{2,}", re.sub(r"\[[A-Z_0-9]+\]", " ", text.show()).lower())
    telling = [word for word in words if word not in _EMPTY]
    return "-".join((telling or words)[:3]) or "untitled"


def validate(request: Request) -> FormErrors:
    """Check the form before the ack, without engines."""
    errors: dict[str, str] = {}
    text = request.values.get("text")
    if text is None or not text:
        errors["text"] = "Say in a few words what was asked."
    label = request.values.get("label")
    if label and not label.reveal().strip().lstrip("#").replace("-", "").replace("_", "").isalnum():
        errors["label"] = "A label has letters, digits and dashes only, for example billing-email-change."
    case = request.values.get("case")
    if case and not re.fullmatch(CASE, case.reveal().strip(), re.IGNORECASE):
        errors["case"] = "A case number has up to eight digits, for example 8123 or HT-8123."
    return errors
