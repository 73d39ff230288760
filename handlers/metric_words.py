"""Definitions and their effects in words: values, changes, months, where it moves, who signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from frontline.catalog.loader import Catalog
from frontline.catalog.proposals import spoken
from frontline.catalog.schema_metrics import Metric
from frontline.core.periods import Grain, Period
from frontline.core.reply import Button, Column, Item, Paragraph, Part, Table
from frontline.governance import people
from frontline.governance.definitions import missing
from frontline.store.models.definitions import MetricVersion
from handlers.assistant.numbers import HIDDEN, show_bucket, show_number, show_period
from handlers.desk import Work

# What the months or weeks are called in a table.
GRAINS = {"month": Grain.MONTH, "week": Grain.WEEK}
BEFORE = "before anybody can adopt it"


def headline(effect: Mapping[str, Any], metric: Metric, catalog: Catalog) -> str:
    """Return the two values and their difference in one line."""
    total, period = effect["total"], _period(effect)
    title = metric.title
    if effect["old"] == "none":
        new = _value(total, "new", metric, catalog)
        return f"{title} would be {new} by {effect['new']} for {show_period(period)}."
    old, new = (_value(total, side, metric, catalog) for side in ("old", "new"))
    change = show_change(total["change"], metric, catalog)
    moved = f", {change}" if change else ""
    return f"{title} is {old} by {effect['old']} and {new} by {effect['new']}{moved} for {show_period(period)}."


def context(effect: Mapping[str, Any], *, is_settled: bool = False) -> str:
    """Return the line under it: how many stand behind each, and that nothing has changed yet."""
    total = effect["total"]
    counts = [f"{total[f'{side}_n']:,}" for side in ("old", "new") if total[f"{side}_n"] is not None]
    said = [f"n {' and '.join(counts)}"] if counts else []
    if not is_settled:
        said.append(f"old and new value {BEFORE}; nothing has changed")
    return " · ".join([*said, *list(effect["notes"])[:4]])


def parts(effect: Mapping[str, Any], metric: Metric, catalog: Catalog, *, grain: str = "month") -> list[Part]:
    """Return the series of both definitions, and the groups that move most."""
    found: list[Part] = []
    rows = effect.get(f"by_{grain}", [])
    if len(rows) > 1:
        labelled = [(show_bucket(row["label"], GRAINS[grain]), row) for row in rows]
        found.append(_table(f"{metric.title} by {grain}", grain.capitalize(), labelled, metric, catalog, effect))
    if movers := effect.get("movers", []):
        named = [(f"{catalog.dimensions[row['dim']].title}: {row['label']}", row) for row in movers]
        found.append(_table("Where it moves most", "Group", named, metric, catalog, effect))
    return found


def show_change(change: float | None, metric: Metric, catalog: Catalog) -> str:
    """Return ``-8.5 points`` or ``+12 s``; "" where one of the two is missing."""
    if change is None:
        return ""
    if metric.format == "share":
        return f"{change * 100:+.1f} points"
    sign = "+" if change >= 0 else "-"
    return sign + show_number(abs(change), metric.format, decimals=metric.decimals, currency=catalog.calendar.currency)


def changes(rows: Sequence[Sequence[str]]) -> Part:
    """Return what a proposal changes, a line each."""
    return Paragraph("*What changes*\n" + "\n".join(f"• {what}: {before} → {after}" for what, before, after in rows))


def definition(metric: Metric, catalog: Catalog) -> Part:
    """Return what a definition says, a line each."""
    said = spoken(metric, catalog.measures)
    lines = [f"• {name}: {value}" for name, value in said.items() if name not in ("words", "title")]
    notes = [f"• note: {caveat}" for caveat in metric.caveats]
    return Paragraph("\n".join([metric.definition, *lines, *notes]))


def version_item(work: Work, row: MetricVersion) -> Item:
    """Return one version as a line of a list, with the buttons of one that waits."""
    state = {"known": "from the files", "proposed": "waits to be signed"}.get(row.state, row.state)
    current = work.desk.catalog.metrics.get(row.metric)
    is_current = work.desk.catalog.definition_hashes.get(row.metric) == row.hash
    if current is not None and is_current and current.version == row.number:
        state = "in force" if row.state == "known" else "in force, adopted"
    handles = people.handles(work.session, [row.creator_key, *(item.person_key for item in row.signatures)])
    said = [state, row.hash[:8], f"{row.created_at.astimezone(work.desk.zone):%-d %b %Y}"]
    if row.creator_key:
        said.append(f"by @{handles.get(row.creator_key, row.creator_key)}")
    if row.signatures:
        names = ", ".join(f"@{handles.get(item.person_key, item.person_key)}" for item in row.signatures)
        said.append(f"signed by {names}")
    buttons = []
    name = f"{row.metric}@{row.number}"
    if row.state == "proposed":
        said.append(missing(row, work.desk.catalog.rules.definitions, work.desk.catalog).lower().rstrip("."))
        buttons.append(Button("Look and sign", "metric.review", name))
    what = "; ".join(f"{what} {before} → {after}" for what, before, after in row.changes)
    return Item(f"{name} {what}".strip()[:280], detail=" · ".join(said), buttons=buttons)


def _table(
    caption: str,
    first: str,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    metric: Metric,
    catalog: Catalog,
    effect: Mapping[str, Any],
) -> Table:
    columns = [
        Column("label", first),
        Column("old", str(effect["old"])),
        Column("old_n", "n"),
        Column("new", str(effect["new"])),
        Column("new_n", "n"),
        Column("change", "Change"),
    ]
    cells = [
        [
            label,
            _value(row, "old", metric, catalog),
            row["old_n"],
            _value(row, "new", metric, catalog),
            row["new_n"],
            show_change(row["change"], metric, catalog),
        ]
        for label, row in rows
    ]
    return Table(caption, columns, cells)


def _value(row: Mapping[str, Any], side: str, metric: Metric, catalog: Catalog) -> str:
    value = row[side]
    if value is None:
        return HIDDEN if row["hidden"] else "no figure"
    return show_number(value, metric.format, decimals=metric.decimals, currency=catalog.calendar.currency)


def _period(effect: Mapping[str, Any]) -> Period:
    return Period(dt.date.fromisoformat(effect["start"]), dt.date.fromisoformat(effect["end"]))
