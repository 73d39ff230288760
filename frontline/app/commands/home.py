"""``frontline upgrade``, ``backup`` and ``restore``: what is done to a home as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.erasing import Eraser
from frontline.app.stores import state_file, upgrade_state
from frontline.app.terminal import say, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``upgrade``, ``backup`` and ``restore``."""
    app.command("upgrade", help="Bring the state database to this version, after a backup of it.")(upgrade)
    app.command("backup", help="Copy both stores, keys, catalog and anchors to a new folder, and verify it.")(backup)
    app.command("restore", help="Put a backup in place of FRONTLINE_HOME; what was erased is erased again.")(restore)


def upgrade(context: typer.Context) -> int:
    """Migrate with a backup made before; exit 4 when there is nothing to do, 2 when an overlay file is faulty."""
    from frontline.store.backup import check_facts
    from frontline.store.intake.upgrade import upgrade_facts

    house = House(options=context.obj)
    before, after, copy = upgrade_state(house)
    house.catalog  # noqa: B018  # an overlay of an older version: every fault is named, exit 2
    if (generation := house.generations.current()) is not None:
        check_facts(generation.path)
    made = upgrade_facts(house.generations, house.catalog.records)
    is_done = before == after and made is None
    if house.options.json:
        write_json({"ok": True, "from": before, "to": after, "backup": str(copy) if copy else None, "facts": made})
    elif is_done:
        say(f"Already up to date ({after}); catalog and facts are readable.")
    else:
        kept = f" The database as it was: {copy}" if copy else ""
        if before != after:
            say(f"The state database went from {before or 'nothing'} to {after}.{kept}")
        if made is not None:
            say(f"The facts have the columns of this version: generation {made}. Back: `frontline data rollback`.")
    return 4 if is_done else 0


def backup(
    context: typer.Context, folder: Annotated[Path, typer.Argument(help="A new folder, outside FRONTLINE_HOME.")]
) -> int:
    """Back up while the bot may run."""
    from frontline.store.backup import make_backup

    house = House(options=context.obj)
    actor = house.permit("home.backup")
    house.note(actor, "home.backup", resource=folder.name)
    made = make_backup(house.home, state_file(house), folder, now=house.clock.now())
    if house.options.json:
        write_json({**vars(made), "folder": str(made.folder)})
    else:
        say(f"Backed up to {made.folder} and read back: {made.line()}.")
        say("It holds the keys: keep it as safe as the home itself. Not in it: index/ and models/, made again.")
    return 0


def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that `frontline backup` made.")],
    force: Annotated[bool, typer.Option("--force", help="Put what the home holds aside.")] = False,
    ledger: Annotated[Path | None, typer.Option(help="The erasures.jsonl of the home that was lost.")] = None,
) -> int:
    """Restore with the bot stopped; erasures that are younger than the backup are done again."""
    from frontline.store import backup as backups

    house = House(options=context.obj)
    now = house.clock.now()
    if state_file(house).is_file():
        house.permit("home.restore")
        house.store.close()
    aside = backups.restore(folder, house.home, now=now, force=force)
    fresh = House(options=context.obj)
    actor = fresh.permit("home.restore")
    again = backups.erased_subjects(aside, ledger=ledger)
    gone = 0
    eraser = Eraser(fresh, actor)
    for subject in again:
        gone += eraser.erase(subject).counts["items"]
        backups.note_erasure(fresh.home, subject, now)
    fresh.note(actor, "home.restore", resource=folder.name, detail={"erased_again": len(again)})
    if fresh.options.json:
        aside_name = str(aside) if aside else None
        write_json({"home": str(fresh.home), "aside": aside_name, "erased_again": len(again), "items": gone})
        return 0
    say(f"Restored to {fresh.home}." + (f" What was there is in {aside}." if aside else ""))
    if again:
        say(f"{len(again)} erasures were done again; {gone} items that the backup still held are gone.")
    say("Next: frontline corpus rebuild, then frontline doctor")
    return 0
