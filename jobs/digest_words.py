"""How the monthly digest is worded: one screen for leaders, the details in its thread."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontline.core.reply import Column, Item, Outcome, Paragraph, Part, Reply, Table
from frontline.core.text import AnonymizedText
from frontline.governance import pain_points
from frontline.store.models.governance import Commitment
from handlers.impact import Impact, Ranked, rough
from handlers.pain_decisions import decision_buttons
from handlers.pains import WSJF, item_of
from handlers.theme_words import growth_in_words, month_in_words, ownership_in_words, sizes_in_words, state_in_words
from jobs.promises import Promise, by_team
from retrieval.theme_registry import GROWING, MAYBE, ThemePeriod, ThemeView

SHOWN = 3
MOST_PAINS = 5
MOST_PROMISES = 4


@dataclass(frozen=True)
class Block:
    """A theme of the digest with what belongs to it. ``also``: growing themes of the same category."""

    theme: ThemeView
    impact: Impact | None
    owner: tuple[Commitment, str] | None
    declined: AnonymizedText | None = None  # why the leaders declined it
    words: str = ""  # what speaks for it, seen by the gate
    also: tuple[ThemeView, ...] = ()


@dataclass(frozen=True)
class Digest:
    """Everything that the digest of a month says."""

    found: ThemePeriod
    blocks: Sequence[Block]
    promises: Sequence[Promise]
    pains: Sequence[Ranked]  # the first to do first
    missing: Sequence[str]
    quotes: Sequence[tuple[str, Part]]  # theme key, and a quote that a person released
    currency: str
    earlier: Sequence[Item] = ()


def choose(found: ThemePeriod, impacts: Mapping[str, Impact | None]) -> list[tuple[ThemeView, tuple[ThemeView, ...]]]:
    """Return up to three themes: the growing ones by significance, one for each category, then those that cost most.

    Where nothing is known to grow, the first is the one that came nearest to it: what costs most is the same always.
    """
    moving = [theme for theme in found.themes if theme.state in (GROWING, MAYBE)]
    chosen: dict[str, list[ThemeView]] = {}
    for theme in moving:
        chosen.setdefault(_category(theme), []).append(theme)
    picked = [(themes[0], tuple(themes[1:])) for themes in chosen.values()][:SHOWN]
    rest = sorted(
        (theme for theme in found.themes if theme not in moving),
        key=lambda theme: (-_cost(impacts.get(theme.key)), -theme.size, theme.key),
    )
    if not picked and (rising := [theme for theme in rest if theme.growth and (theme.growth.ratio or 0) > 1]):
        nearest = min(rising, key=lambda theme: (theme.chance, theme.key))
        rest = [nearest, *(theme for theme in rest if theme is not nearest)]
    return picked + [(theme, ()) for theme in rest[: SHOWN - len(picked)]]


def main_reply(digest: Digest) -> Reply:
    """Return the post: promises, three themes with their quotes, pain points."""
    month = month_in_words(digest.found.period)
    parts: list[Part] = []
    if digest.promises:
        parts.append(Paragraph(f"*Promises kept, by function:* {by_team(digest.promises)}."))
        parts += [_promise_item(promise, digest.found) for promise in digest.promises[:MOST_PROMISES]]
    for block in digest.blocks:
        parts.append(_theme_item(block, digest))
        parts += [
            Item(other.label, detail=f"growing with it: {other.size}")
            for other in block.also[:2]
            if not _is_plain(other)
        ]
        if block.declined is not None:
            parts.append(Item(block.declined, detail="why it was declined"))
        parts += [quote for key, quote in digest.quotes if key == block.theme.key]
    if not digest.found.documents:
        parts.append(Paragraph(f"No {digest.found.kind} of {month} is loaded, so there are no themes this time."))
    elif not digest.blocks:
        parts.append(Paragraph(f"The {digest.found.documents} {digest.found.kind}s of {month} are too few for themes."))
    elif not digest.quotes:
        parts.append(Paragraph("_No quote of these themes is released; a steward releases them with /ops example._"))
    parts += _pains(digest)
    if any(block.impact for block in digest.blocks):
        parts.append(
            Paragraph(
                "_Money: the theme's share of a topic's complaints × what that topic cost in the month (contacts × "
                "handling minutes × cost a minute, from the ledger); 95 % of the share._"
            )
        )
    return Reply(headline_of(digest), context=_context(digest), parts=parts, outcome=Outcome.ANSWERED, in_channel=True)


def thread_reply(digest: Digest) -> Reply:
    """Return the details: further themes and how all of this was made."""
    shown = {block.theme.key for block in digest.blocks}
    rest = [theme for theme in digest.found.themes if theme.key not in shown][:15]
    parts: list[Part] = []
    if rest:
        columns = (Column("theme", "Theme"), Column("size", "Size", "count"), Column("usual", "Usual", "score"),
                   Column("key", "Key"))  # fmt: skip
        rows = [[theme.label, theme.size, _usual(theme, digest.found), theme.key] for theme in rest]
        parts.append(Table("Further themes, and the size that their usual share would give", columns, rows))
    if digest.earlier:
        parts += [Paragraph("*Pain points of the digest before*"), *digest.earlier]
    if len(digest.promises) > MOST_PROMISES:
        parts.append(Paragraph("*Further promises*"))
        parts += [_promise_item(promise, digest.found) for promise in digest.promises[MOST_PROMISES:15]]
    parts.append(
        Paragraph(
            "*Method.* Complaints that the gate let through, of the month in which they came in and the six before, "
            "grouped by meaning from last month's centres. Growing = more than a quarter above the usual share, at a "
            "false discovery rate of 10 % among all themes; exact Poisson intervals. `/ops theme list` has them all."
        )
    )
    return Reply(f"Details of {month_in_words(digest.found.period)}", parts=parts, outcome=Outcome.ANSWERED)


def headline_of(digest: Digest) -> str:
    """Return promises due and kept, and how many themes grow."""
    month, due = month_in_words(digest.found.period), len(digest.promises)
    kept = sum(promise.is_kept for promise in digest.promises)
    said = f"{due} promise{'s' if due != 1 else ''} due, {kept} kept" if due else "no promise was due"
    growing = sum(theme.state == GROWING for theme in digest.found.themes)
    grows = f"{growing} theme{'s' if growing != 1 else ''} growing" if growing else "no theme grew beyond chance"
    if not digest.found.documents:
        grows = "no complaints to read"
    return f"{month}: {said}; {grows}."


def _context(digest: Digest) -> str:
    senders = {key for row in digest.pains for key in row.view.submitters if key != pain_points.FROM_THEME}
    said = f"{len(senders)} submitted pain points" if senders else "nobody submitted a pain point"
    missing = f"; missing: {', '.join(f'@{name}' for name in digest.missing)}" if digest.missing else ""
    found = digest.found
    read = f"{found.documents} {found.kind}s in {len(found.themes)} themes" if found.documents else "No data"
    return f"{read}; {said}{missing}."


def _theme_item(block: Block, digest: Digest) -> Item:
    theme = block.theme
    month = month_in_words(digest.found.period)
    size = f"{theme.size} {digest.found.kind}s in {month.split()[0]} about {_category(theme) or 'several topics'}"
    if theme.state in (GROWING, MAYBE):
        grows = f"{state_in_words(theme)}: {growth_in_words(theme)} ({sizes_in_words(theme)})"
    else:
        grows = _steady(theme)
    beside = [f"{other.label.show()} ({other.size})" for other in block.also[:2] if _is_plain(other)]
    lines = [f"{size}, {grows}"]
    if beside:
        lines.append(f"growing with it: {'; '.join(beside)}")
    if block.words:
        lines.append(f"words: {block.words}")
    if block.impact:
        money = block.impact
        lines.append(
            f"about {rough(money.contacts)} contacts and {digest.currency} {rough(money.cost)} in the month "
            f"({rough(money.low)} to {rough(money.high)})"
        )
    lines.append(f"owner: {ownership_in_words(*block.owner)}" if block.owner else "no owner yet")
    buttons = [] if block.owner or block.declined else decision_buttons(theme.key)
    return Item(theme.label, detail=" · ".join(lines), buttons=buttons)


def _is_plain(theme: ThemeView) -> bool:
    """Whether a label is letters alone, so that nothing in it can become markup; a person's own label may hold more."""
    return re.fullmatch(r"[\w'’ /-]+", theme.label.show()) is not None


def _steady(theme: ThemeView) -> str:
    growth = theme.growth
    if growth is None or growth.ratio is None or math.isinf(growth.ratio):
        return "no clear change"
    low, high = growth.interval.low, growth.interval.high
    return f"no clear change (×{growth.ratio:.1f}, 95 % {low:.1f} to {high:.1f})"


def _pains(digest: Digest) -> list[Part]:
    rows = [row for row in digest.pains if row.view.submitters != (pain_points.FROM_THEME,)]
    if not rows:
        return []
    more = len(rows) - MOST_PAINS
    head = "*Pain points submitted*" + (f" ({more} more: `/ops theme pains`)" if more > 0 else "")
    legend = [Paragraph(WSJF)] if any(row.score is not None for row in rows[:MOST_PAINS]) else []
    return [Paragraph(head), *(item_of(row, digest.currency) for row in rows[:MOST_PAINS]), *legend]


def _promise_item(promise: Promise, found: ThemePeriod) -> Item:
    on = f" on {promise.closed_on.day} {promise.closed_on:%b}" if promise.closed_on else ""
    theme = found.find(promise.source_key)
    moved = promise.moved or (f"its theme: {sizes_in_words(theme)}" if theme else "")
    words = [f"{promise.ending}{on}", f"@{promise.owner}", f"due {promise.due.day} {promise.due:%b}", moved]
    return Item(promise.title, detail=" · ".join(word for word in words if word))


def _usual(theme: ThemeView, found: ThemePeriod) -> float | None:
    return round(theme.size_before / found.documents_before * found.documents, 1) if found.documents_before else None


def _category(theme: ThemeView) -> str:
    """Return the category that most of the theme's documents carry."""
    name, count = max(theme.categories.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return name if 2 * count >= theme.size else ""


def _cost(impact: Impact | None) -> float:
    return impact.cost if impact else 0.0
