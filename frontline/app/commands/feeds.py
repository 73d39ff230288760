"""``frontline feeds``: what comes in by itself, taken once by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``feeds inbox``."""
    family = typer.Typer(help="What comes in by itself.", no_args_is_help=True)
    family.callback()(_family)
    family.command("inbox", help="Load what lies in the drop folder; move it with a report beside it.")(inbox)
    app.add_typer(family, name="feeds")


def _family() -> None:
    """Keep ``inbox`` a word of its own while it is the only command of the family."""


def inbox(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="The folder; default data/inbox of the home.")] = None,
) -> int:
    """Load every settled file once."""
    from frontline.store.intake import LoadReport, Options, ingest
    from frontline.store.intake.feeds.drop_folder import Fate, take_drop_folder

    house = House(options=context.obj)
    actor = house.permit("data.ingest")
    place = folder or house.home / "data" / "inbox"
    if folder is None:
        place.mkdir(parents=True, exist_ok=True)

    def load(path: Path, options: Options) -> LoadReport:
        calendar = house.catalog.calendar
        loaded = ingest(
            [path],
            home=house.home,
            store=house.store,
            vault=house.vault,
            now=house.clock.now(),
            options=options,
            records=house.catalog.records,
            calendar_zone=calendar.zone,
            gap_days=calendar.gap_days,
        )
        house.forget_catalog()
        house.note(
            actor, "data.ingest", resource=loaded.generation or "unchanged", detail={"rows": loaded.total("read")}
        )
        return loaded

    taken = take_drop_folder(place, load, records=house.catalog.records, now=house.clock.now())
    for item in taken:
        if house.options.json:
            write_json({"file": item.name, "fate": item.fate.value, "said": item.sentence})
        else:
            say(f"{item.name}: {item.fate.value}. {item.sentence}")
    if not taken:
        return 4
    if any(item.fate is Fate.REFUSED for item in taken):
        return 2
    return max((item.report.exit_code for item in taken if item.report is not None), default=0) % 4
