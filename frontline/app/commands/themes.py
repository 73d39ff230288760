"""``frontline themes``: what people write about in a month, under keys that last."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House
from frontline.core.actor import Actor
from frontline.core.periods import local_date
from retrieval.theme_registry import ThemePeriod, ThemeView


def register(app: typer.Typer) -> None:
    """Add ``themes``."""
    app.command("themes", help="What people write about in a month, growing themes first.")(themes)


def themes(
    context: typer.Context,
    period: Annotated[
        str | None, typer.Option(help="YYYY-MM; default the last complete month, or all documents without dates.")
    ] = None,
    kind: Annotated[str, typer.Option(help="complaint, debrief, tag, pain_point, verbatim or article.")] = "complaint",
    count: Annotated[int | None, typer.Option(help="Exactly so many themes.", min=1, max=5000)] = None,
) -> int:
    """Print {key, label, size, change, members, quotes} per theme; the unassigned in a last row with key null."""
    house = House(options=context.obj)
    actor = house.permit("theme.list")
    book = house.themes
    zone = house.catalog.calendar.zone_info
    if period is None:
        period = book.latest_month(actor, kind=kind, before=local_date(house.clock.now(), zone))
    if count is not None:
        found = book.fixed(actor, kind=kind, count=count, period=period)
    elif period is None:
        found = book.everything(actor, kind=kind)
    else:
        found = book.month(actor, kind=kind, period=period)
    if not found.documents:
        say(
            f"There are no documents of the kind {kind} in {period or 'the corpus'}."
        ) if not house.options.json else None
        return 4
    quotes = _quotes(house, actor, found)
    for row in rows_of(found, quotes):
        if house.options.json:
            write_json(row)
        else:
            say(_line(row))
    return 0


def rows_of(found: ThemePeriod, quotes: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return the rows. ``change``: the theme's share of the documents, in times of the months before; null without."""
    rows = [_row(theme, found, quotes.get(theme.key, ())) for theme in found.themes]
    left = list(found.unassigned)
    rows.append({"key": None, "label": None, "size": len(left), "change": None, "members": left, "quotes": []})
    return rows


def _row(theme: ThemeView, found: ThemePeriod, quotes: Sequence[str]) -> dict[str, Any]:
    growth = theme.growth
    high = growth.interval.high if growth else math.inf
    return {
        "key": theme.key,
        "label": theme.label.show(),
        "size": theme.size,
        "change": round(_change(theme, found), 3) if growth else None,
        "members": list(theme.members),
        "quotes": list(quotes),
        "state": theme.state,
        "interval": [round(growth.interval.low, 3), None if math.isinf(high) else round(high, 3)] if growth else None,
        "size_before": theme.size_before,
    }


def _change(theme: ThemeView, found: ThemePeriod) -> float:
    """The ratio of the shares; where nothing was there before, half a document is added to both counts."""
    extra = 0.0 if theme.size_before else 0.5
    return (theme.size + extra) / found.documents / ((theme.size_before + extra) / found.documents_before)


def _quotes(house: House, actor: Actor, found: ThemePeriod) -> dict[str, list[str]]:
    """Only what a person released, and only for who may see such."""
    from frontline.governance.releases import released_quotes
    from frontline.governance.text_rights import THEMES

    if not house.policy.is_allowed(actor, "example.list"):
        return {}
    with house.store.read() as session:
        return {
            theme.key: [
                quote.text.show()
                for quote in released_quotes(
                    session, actor, theme.members, at=house.clock.now(), policy=house.policy, use=THEMES
                )
            ][:2]
            for theme in found.themes
        }


def _line(row: Mapping[str, Any]) -> str:
    if row["key"] is None:
        return f"{'':<14} {row['size']:>5}  in no theme"
    change = f"{row['change']:.1f} times" if row["change"] is not None else ""
    return f"{row['key']:<14} {row['size']:>5}  {row['label']:<60} {change:<12} {row['state']}"
