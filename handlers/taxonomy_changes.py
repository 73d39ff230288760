"""Merges and splits of the taxonomy, as a steward decides them."""

from __future__ import annotations

from frontline.catalog.taxonomy import Taxonomy
from frontline.core.forms import Field, Form, FormErrors
from frontline.core.reply import Button, Item, Paragraph, Reply, Tone
from frontline.core.request import Request
from frontline.governance import taxonomy_changes
from frontline.store.models.coding import TaxonomyChange
from handlers.desk import Work
from handlers.registry import Arguments, GateChecked


class ChangeArguments(Arguments):
    """A proposal, with the titles of the two parts where it is a split."""

    value: str = ""
    # Everybody reads the title of a code, so the gate looks at it too.
    one: GateChecked = ""
    other: GateChecked = ""


def item_of(change: TaxonomyChange, taxonomy: Taxonomy) -> Item:
    """Return a proposal as a line with its buttons."""
    first = f"{taxonomy.path(change.first)} ({change.first})"
    if change.kind == taxonomy_changes.SPLIT:
        title = f"Split {first}?"
        detail = f"two people disagree on {change.times} of {change.n} cases that either put there"
        action = "category.split"
    else:
        title = f"Let {taxonomy.path(change.second)} ({change.second}) count for {first}?"
        detail = f"taken for each other in {change.times} of the {change.n} cases that either was given to"
        action = "category.accept"
    buttons = [
        Button("Accept", action, change.change_id, Tone.PRIMARY),
        Button("Leave as it is", "category.decline", change.change_id),
    ]
    return Item(title, detail=f"{detail} · {change.change_id}", buttons=buttons)


def ask_titles(work: Work, arguments: ChangeArguments) -> Reply:
    """Open the form with the titles of the two parts."""
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    row = taxonomy_changes.access_change(work.session, work.actor, arguments.value, policy=work.desk.policy)
    fields = [
        Field("one", "Title of one part", hint="As everybody will read it.", limit=60),
        Field("other", "Title of the other part", limit=60),
    ]
    title = f"Split {taxonomy.codes[row.first].title}"[:24]
    return Reply(title, form=Form("category.split", title, fields, "Split", state=row.change_id))


def accept(work: Work, arguments: ChangeArguments) -> Reply:
    """Make the change the next version of the taxonomy."""
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    row = taxonomy_changes.accept(
        work.unit,
        work.actor,
        arguments.value,
        taxonomy=taxonomy,
        policy=work.desk.policy,
        titles=(arguments.one, arguments.other),
    )
    work.unit.after_commit(work.desk.renew)
    if row.parts:
        said = f"{row.first} has the parts {' and '.join(f'{title} ({code})' for code, title in row.parts.items())}."
    else:
        said = f"{row.second} counts for {row.first}."
    return Reply(
        f"Taxonomy {row.version}: {said}",
        context=f"Figures as they were: `/ops metric show taxonomy {taxonomy.version}`",
        buttons=[Button("Undo", "category.undo", row.change_id)],
    )


def decline(work: Work, arguments: ChangeArguments) -> Reply:
    """Leave the taxonomy as it is."""
    taxonomy_changes.decline(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply("Left as it is.", parts=[Paragraph("It is proposed again only when later answers still say so.")])


def undo(work: Work, arguments: ChangeArguments) -> Reply:
    """Take an accepted change back."""
    taxonomy: Taxonomy = work.desk.catalog.taxonomy
    row = taxonomy_changes.undo(work.unit, work.actor, arguments.value, taxonomy=taxonomy, policy=work.desk.policy)
    work.unit.after_commit(work.desk.renew)
    codes = f"{row.second} into {row.first}" if row.second else row.first
    return Reply(f"Taxonomy {row.undone_version}: the {row.kind} of {codes} is undone.", replaces=True)


def validate(request: Request) -> FormErrors:
    """Check the form of a split before the ack."""
    return {key: "Say the title." for key in ("one", "other") if not request.values.get(key)}
