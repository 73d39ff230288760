"""``/ops theme``: what people write about, who owns it, and what to call it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session

from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import UsageError
from frontline.core.forms import Form
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply, Tone
from frontline.core.text import AnonymizedText
from frontline.governance import commitments, people
from frontline.governance.policy import Policy
from frontline.governance.releases import released_quotes
from frontline.governance.text_rights import THEMES
from frontline.store.models.governance import Commitment
from frontline.store.models.themes import Theme
from handlers import own
from handlers.assistant.citing import Source, with_cited_words
from handlers.coming import while_coming
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.theme_words import (
    growth_in_words,
    headline_of,
    month_in_words,
    ownership_in_words,
    sizes_in_words,
    state_in_words,
)
from retrieval import theme_registry
from retrieval.theme_registry import GROWING, MAYBE, ThemePeriod, ThemeView

KIND = "complaint"
SHOWN = 12
QUOTES = 2


class ThemeArguments(Arguments):
    """The theme that is meant, by its key."""

    value: str = ""


class RenameArguments(Arguments):
    """A theme and what to call it; the gate looks at the words."""

    value: str = ""
    label: AnonymizedText | None = None


class MergeArguments(Arguments):
    """Two themes, the second of which remains."""

    value: str = ""
    into: str = ""


class AssignArguments(Arguments):
    """A theme, its owner and the date."""

    value: str = ""
    owner: str = ""
    due: str = ""


def last_month(work: Work) -> str:
    """Return the last complete month, "2026-05"."""
    return month_before(work.today)


def month_before(day: dt.date) -> str:
    """Return the last complete month before a day."""
    return f"{day.replace(day=1) - relativedelta(months=1):%Y-%m}"


def list_themes(work: Work, arguments: Arguments) -> Reply:
    """List the themes of last month: growing ones first, then by size, each with its owner."""
    found = work.desk.themes().month(work.actor, kind=KIND, period=last_month(work))
    if not found.themes:
        nothing = Reply(
            f"No themes in {month_in_words(found.period)}.",
            context="Themes are made of complaints: frontline corpus add loads them.",
            outcome=Outcome.ABSTAINED,
        )
        return while_coming(work, nothing)
    owners = owners_of(work)
    parts: list[Part] = [item_of(theme, found, owners) for theme in found.themes[:SHOWN]]
    more = len(found.themes) - SHOWN
    context = "Counted against the six months before; growing = beyond chance among all themes, by a quarter or more."
    if more > 0:
        context += f" {more} smaller ones are not shown."
    return while_coming(work, Reply(headline_of(found), context=context, parts=parts, outcome=Outcome.ANSWERED))


def show(work: Work, arguments: ThemeArguments) -> Reply:
    """Show one theme: size, growth, what it is about, owner, released quotes."""
    row = _access(work, arguments.value)
    found = work.desk.themes().month(work.actor, kind=row.kind, period=last_month(work))
    theme = found.find(row.theme_key)
    owners = owners_of(work)
    if theme is None:
        nothing = Reply(
            f"Theme {row.theme_key} had no {row.kind}s in {month_in_words(found.period)}.",
            parts=[Item(row.label, detail=_owner(owners, row.theme_key))],
            outcome=Outcome.ANSWERED,
        )
        return while_coming(work, nothing)
    about = ", ".join(f"{name or 'no category'} {count}" for name, count in _largest(theme.categories))
    lines = [
        f"{theme.size} of {found.documents} {found.kind}s in {month_in_words(found.period)}: {state_in_words(theme)}.",
        growth_in_words(theme),
        f"By month: {sizes_in_words(theme)}.",
        f"About: {about}.",
        f"Owner: {_owner(owners, theme.key)}.",
    ]
    parts: list[Part] = [Item(theme.label, detail=theme.key), Paragraph("\n".join(line for line in lines if line))]
    quotes = quotes_of(work, theme)
    parts += [Quote(text) for text in quotes]
    if not quotes:
        parts.append(
            Paragraph("_No quote of it is released: a trainer asks with /ops example find, a steward releases._")
        )
    reply = Reply(
        "One theme",
        context="Keys last: the same theme has the same key next month.",
        parts=parts,
        buttons=[Button("Make it a commitment", "theme.commit", theme.key, Tone.PRIMARY)],
        outcome=Outcome.ANSWERED,
    )
    sources = [Source("figures of the theme", "\n".join(line for line in lines[:3] if line))] if quotes else []
    cited = [*(Source("released quote", text.show()) for text in quotes), *sources]
    return with_cited_words(work, while_coming(work, reply), cited)


def rename(work: Work, arguments: RenameArguments) -> Reply:
    """Call a theme something else; its key stays."""
    if arguments.label is None:
        raise UsageError("What should it be called?", next_step="/ops theme rename thm_4k7q0z2m9x charged twice")
    before = _access(work, arguments.value).label
    row = theme_registry.rename(work.unit, work.actor, arguments.value, arguments.label, policy=work.desk.policy)
    work.audit["theme"] = row.theme_key
    return Reply(
        f"Renamed {row.theme_key}.",
        parts=[Item(row.label, detail="the key stays"), Item(before, detail="its label until now")],
    )


def merge(work: Work, arguments: MergeArguments) -> Reply:
    """Let one theme count for another; Undo stands beside it."""
    if not arguments.into:
        raise UsageError("Into which theme?", next_step="/ops theme merge thm_4k7q0z2m9x into thm_8q2m4k7z0x")
    one, other = theme_registry.merge(
        work.unit, work.actor, arguments.value, into=arguments.into, policy=work.desk.policy
    )
    work.audit |= {"theme": one.theme_key, "into": other.theme_key}
    return Reply(
        f"Merged {one.theme_key} into {other.theme_key}.",
        context="Its documents count there, in the months before too.",
        parts=[Item(one.label, detail="counts from now on as"), Item(other.label, detail=other.theme_key)],
        buttons=[Button("Undo", "theme.undo_merge", one.theme_key)],
    )


def undo_merge(work: Work, arguments: ThemeArguments) -> Reply:
    """Let a merged theme stand on its own again."""
    row = theme_registry.undo_merge(work.unit, work.actor, arguments.value, policy=work.desk.policy)
    return Reply(f"{row.theme_key} stands on its own again.", parts=[Item(row.label)], replaces=True)


def assign(work: Work, arguments: AssignArguments) -> Reply:
    """Make somebody accountable for a theme: a commitment of the kind theme."""
    row = _access(work, arguments.value)
    open_ones = owners_of(work)
    if (known := open_ones.get(row.theme_key)) is not None:
        commitment, handle = known
        return Reply(
            f"@{handle} owns it already.",
            context=f"{ownership_in_words(commitment, handle)} · /own hand {commitment.commitment_id} @person",
            parts=[Item(commitment.title, detail=commitment.commitment_id)],
            exit_code=4,
        )
    given = own.AddArguments(title=row.label, owner=arguments.owner, due=arguments.due, value=row.theme_key)
    return own.add(work, given)


def start_commitment(work: Work, arguments: ThemeArguments) -> Reply:
    """Open the form that makes a theme somebody's commitment, its title filled in."""
    row = _access(work, arguments.value)
    form = own.form(work.today, about=row.theme_key)
    fields = [
        type(field)(**{**vars(field), "initial": row.label.show()}) if field.key == "title" else field
        for field in form.fields
    ]
    return Reply("Make it a commitment", form=Form(**{**vars(form), "fields": fields}))


def home_panel(work: Work) -> list[Part]:
    """Return the lines of App Home for leaders: growing themes and those that nobody owns; read, never worked out."""
    found = theme_registry.list_themes(
        work.session, work.actor, kind=KIND, period=last_month(work), policy=work.desk.policy
    )
    if found is None or not found.themes:
        return []
    owners = owners_of(work)
    growing = [theme for theme in found.themes if theme.state == GROWING]
    unowned = sum(theme.key not in owners for theme in growing)
    head = f"*Themes*\n{headline_of(found)} {unowned} of the growing ones without an owner (`/ops theme list`)."
    return [Paragraph(head), *(item_of(theme, found, owners) for theme in growing[:3])]


def owners_of(work: Work) -> Mapping[str, tuple[Commitment, str]]:
    """Return theme key -> (its open commitment, the handle of its owner), as far as this person may see them."""
    return theme_owners(work.session, work.actor, policy=work.desk.policy, audience=work.audience)


def theme_owners(
    session: Session, actor: Actor, *, policy: Policy, audience: Audience = PRIVATE
) -> dict[str, tuple[Commitment, str]]:
    """Return theme key -> (its open commitment, the handle of its owner), as far as ``actor`` may see them."""
    rows = commitments.list_for(session, actor, kind="theme", policy=policy, audience=audience)
    names = people.handles(session, [row.owner_key for row in rows])
    return {
        theme_registry.counting_key(session, row.source_key): (row, names.get(row.owner_key, row.owner_key))
        for row in reversed(rows)  # where several count for one theme, the one that is due first has it
        if row.source_key
    }


def item_of(theme: ThemeView, found: ThemePeriod, owners: Mapping[str, tuple[Commitment, str]]) -> Item:
    """Return one line of a list with its buttons."""
    grows = theme.state in (GROWING, MAYBE)
    words = [f"{theme.size} of {found.documents}", state_in_words(theme), growth_in_words(theme) if grows else ""]
    detail = " · ".join(part for part in (*words, _owner(owners, theme.key), theme.key) if part)
    buttons = [Button("Show", "theme.show", theme.key)]
    if theme.key not in owners:
        buttons.append(Button("Make it a commitment", "theme.commit", theme.key))
    return Item(theme.label, detail=detail, buttons=buttons)


def quotes_of(work: Work, theme: ThemeView) -> list[AnonymizedText]:
    """Return up to two quotes that a person released, for who may see such."""
    if not work.desk.policy.is_allowed(work.actor, "example.list", audience=work.audience):
        return []
    quotes = released_quotes(work.session, work.actor, theme.members, at=work.now, policy=work.desk.policy, use=THEMES)
    return [quote.text for quote in quotes[:QUOTES]]


def _access(work: Work, key: str) -> Theme:
    if not key.strip():
        raise UsageError("Which theme?", next_step="`/ops theme list` shows the themes and their keys.")
    return theme_registry.access_theme(work.session, work.actor, key, policy=work.desk.policy, audience=work.audience)


def _owner(owners: Mapping[str, tuple[Commitment, str]], key: str) -> str:
    commitment, handle = owners.get(key, (None, ""))
    return ownership_in_words(commitment, handle)


def _largest(categories: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
