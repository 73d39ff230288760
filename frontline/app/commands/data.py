"""``frontline data``: what was loaded, what was refused, and the way back."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``data unlock``, ``data errors``, ``data generations`` and ``data rollback``."""
    family = typer.Typer(help="What was loaded.", no_args_is_help=True)
    family.command("unlock", help="Say which missing column would unlock what.")(unlock)
    family.command("errors", help="Show refused rows with their reasons, or export them to fix and load again.")(errors)
    family.command("generations", help="List the generations of the facts.")(generations)
    family.command("rollback", help="Go back to the generation before.")(rollback)
    app.add_typer(family, name="data")


def unlock(context: typer.Context) -> int:
    """Print the ladder: add column X to unlock Y."""
    from frontline.app.loading import describe_unlock

    house = House(options=context.obj)
    house.permit("data.unlock")
    for row in describe_unlock(house):
        if house.options.json:
            write_json(row)
        else:
            say(f"{'have' if row['is_unlocked'] else 'add '}  {row['needs']:<48} {row['unlocks']}")
    return 0


def errors(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many rows.", min=1)] = 20,
    export: Annotated[Path | None, typer.Option(help="Write all rows to this CSV, with a reason column.")] = None,
) -> int:
    """Print refused rows; opening them is audited, they may hold personal data."""
    from frontline.app.loading import read_errors

    house = House(options=context.obj)
    house.permit("data.errors")
    rows = read_errors(house, None if export else limit)
    if export is not None:
        with export.open("w", newline="", encoding="utf-8") as handle:
            columns = sorted({name for row in rows for name in row})
            writer = csv.DictWriter(handle, fieldnames=columns)
            writer.writeheader()
            writer.writerows(rows)
        say(f"{len(rows)} rows written to {export}.")
        return 0 if rows else 4
    for row in rows:
        if house.options.json:
            write_json(row)
        else:
            sys.stdout.write(" · ".join(f"{name}: {value}" for name, value in row.items()) + "\n")
    if not rows and not house.options.json:
        say("No row was refused.")
    return 0 if rows else 4


def generations(context: typer.Context) -> int:
    """Print the generations, newest first, the current one marked."""
    house = House(options=context.obj)
    house.permit("data.unlock")
    current = house.generations.current()
    rows = house.generations.list()
    for row in rows:
        is_current = current is not None and row.id == current.id
        if house.options.json:
            write_json({"generation": row.id, "current": is_current, "bytes": row.path.stat().st_size})
        else:
            say(f"{'*' if is_current else ' '} {row.id}  {row.path.stat().st_size / 1e6:,.1f} MB")
    return 0 if rows else 4


def rollback(context: typer.Context) -> int:
    """Flip the pointer back."""
    house = House(options=context.obj)
    actor = house.permit("data.rollback")
    generation = house.generations.rollback()
    house.note(actor, "data.rollback", resource=generation.id)
    if house.options.json:
        write_json({"generation": generation.id})
    else:
        say(f"Back on generation {generation.id}.")
    return 0
