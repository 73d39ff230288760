"""``frontline feeds``: what comes in by itself, taken once by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``feeds inbox``, ``feeds pull`` and ``feeds pushed``."""
    family = typer.Typer(help="What comes in by itself.", no_args_is_help=True)
    family.command("inbox", help="Load what lies in the drop folder; move it with a report beside it.")(inbox)
    family.command("pull", help="Run the queries of catalog/feeds.yaml from where they stopped.")(pull)
    family.command("pushed", help="Load at once what POST /in/<table> accepted and keeps.")(pushed)
    app.add_typer(family, name="feeds")


def inbox(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="The folder; default data/inbox of the home.")] = None,
) -> int:
    """Load every settled file once."""
    from frontline.app.feeding import inbox_of, take_inbox
    from frontline.store.intake.feeds.drop_folder import Fate

    house = House(options=context.obj)
    actor = house.permit("data.ingest")
    if folder is None:
        inbox_of(house).mkdir(parents=True, exist_ok=True)
    taken = take_inbox(house, folder, actor=actor)
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


def pull(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Which feeds; default all.")] = None,
) -> int:
    """Fetch what is new since the watermark of each feed, and load it."""
    from frontline.app.feeding import pull_all

    house = House(options=context.obj)
    actor = house.permit("data.ingest")
    pulled = pull_all(house, names or (), actor=actor)
    for item in pulled:
        if house.options.json:
            row = {"feed": item.feed, "rows": item.rows, "since": item.since, "until": item.until}
            write_json({**row, "load": item.report.as_json() if item.report is not None else None})
            continue
        say(f"{item.feed}: {item.rows:,} rows from {item.since} to {item.until}.")
        for line in item.report.lines() if item.report is not None else ():
            say(f"  {line}")
    if not pulled:
        say("No query is declared in catalog/feeds.yaml; docs/intake.md shows how.")
    return 0 if any(item.rows for item in pulled) else 4


def pushed(context: typer.Context) -> int:
    """Load what waits."""
    from frontline.app.feeding import take_pushed

    house = House(options=context.obj)
    house.permit("data.ingest")
    reports = take_pushed(house)
    for report in reports:
        if house.options.json:
            write_json(report.as_json())
        else:
            say(report.lines()[0])
    return 0 if reports else 4
