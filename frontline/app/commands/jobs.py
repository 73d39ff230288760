"""``frontline jobs``: the recurring duties, their slots and what they posted."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``jobs list``, ``jobs run``, ``jobs preview`` and ``jobs history``."""
    family = typer.Typer(help="Recurring duties.", no_args_is_help=True)
    family.command("list", help="List the routines, when they are due and whether they are on.")(list_routines)
    family.command("run", help="Run one slot of a routine now; a slot that already ran exits 4.")(run)
    family.command("preview", help="Show what a slot would post; nothing is kept and nothing goes out.")(preview)
    family.command("history", help="Show the ledger of runs.")(history)
    app.add_typer(family, name="jobs")


def list_routines(context: typer.Context) -> int:
    """Print one line per routine."""
    from frontline.app.clockwork import describe_routines

    house = House(options=context.obj)
    house.permit("job.list")
    for row in describe_routines(house):
        if house.options.json:
            write_json(row)
        else:
            say(
                f"{row['routine']:<22} {row['schedule']:<28} {row['state']:<8} {row['channel']:<18} "
                f"next {row['next']}  {row['title']}{_shadow(row['shadow_until'])}"
            )
    return 0


def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The routine, e.g. recontact_breach.")],
    slot: Annotated[
        str | None, typer.Option(help="Local date, or YYYY-MM for monthly; default the latest due.")
    ] = None,
) -> int:
    """Run one slot; print {routine, slot, state, posts}."""
    from frontline.app.clockwork import run_slot

    house = House(options=context.obj)
    house.permit("job.run")
    row = run_slot(house, name, slot)
    if house.options.json:
        write_json(row)
    else:
        say(f"{row['routine']} {row['slot']}: {row['state']}. {row.get('note', '')}".rstrip())
        for post in row["posts"]:
            say(f"\n{post['channel']}  [{post['key']}]\n{post['text']}")
    return 4 if row["state"] == "already" else 1 if row["state"] == "failed" else 0


def preview(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The routine, e.g. recontact_breach.")],
    slot: Annotated[
        str | None, typer.Option(help="Local date, or YYYY-MM for monthly; default the latest due.")
    ] = None,
) -> int:
    """Print what one slot would post."""
    from frontline.app.clockwork import rehearse_slot

    house = House(options=context.obj)
    house.permit("job.run")
    row = rehearse_slot(house, name, slot)
    if house.options.json:
        write_json(row)
        return 0
    say(f"{row['routine']} {row['slot']} would post {len(row['posts'])}. {row['note']}".rstrip())
    for post in row["posts"]:
        say(f"\n{post['channel']}\n{post['text']}")
    return 0


def _shadow(until: str | None) -> str:
    if until is None:
        return ""
    day = dt.date.fromisoformat(until)
    return f", shadow until {day.day} {day:%b}"


def history(
    context: typer.Context, limit: Annotated[int, typer.Option(help="How many runs.", min=1, max=1000)] = 20
) -> int:
    """Print the latest runs, newest first."""
    from frontline.app.clockwork import list_runs

    house = House(options=context.obj)
    house.permit("job.list")
    rows = list_runs(house, limit)
    for row in rows:
        if house.options.json:
            write_json(row)
        else:
            say(f"{row['at']}  {row['routine']:<22} {row['slot']:<12} {row['state']:<8} {row['note']}")
    return 0 if rows else 4
