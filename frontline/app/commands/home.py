"""``frontline upgrade``, ``backup``, ``restore`` and ``erase``: what is done to a home as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.stores import state_file, upgrade_state
from frontline.app.terminal import say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add ``upgrade``, ``backup``, ``restore`` and ``erase``."""
    app.command("upgrade", help="Bring the state database to this version, after a backup of it.")(upgrade)
    app.command("backup", help="Copy both stores, keys, catalog and anchors to a new folder, and verify it.")(backup)
    app.command("restore", help="Put a backup in place of FRONTLINE_HOME; what was erased is erased again.")(restore)
    app.command("erase", help="Destroy what is held of a subject: @handle, customer:ID, agent:ID, document:ID.")(erase)


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
    for subject in again:
        gone += _erase(fresh, subject)["items"]
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


def erase(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="@handle, customer:ID, agent:ID, document:ID, or a vault subject.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Erase one subject and print the receipt. What a backup still holds is erased when it is restored."""
    from frontline.store.backup import note_erasure

    house = House(options=context.obj)
    actor = house.permit("vault.erase")
    key = read_subject(house, subject)
    if not yes and not house.options.json and not typer.confirm("This cannot be undone. Erase it?"):
        say("Nothing was erased.")
        return 4
    receipt = _erase(house, key)
    note_erasure(house.home, key, house.clock.now())
    house.note(actor, "vault.erase", resource=key, detail=receipt)
    rebuilt = house.corpus.rebuild() if receipt["documents"] else 0
    said = {"subject": key, **receipt, "index_rebuilt": bool(receipt["documents"]), "documents_left": rebuilt or None}
    said["at"] = house.clock.now().isoformat(timespec="seconds")
    if house.options.json:
        write_json(said)
    else:
        gone = f"{receipt['items']} items and {receipt['documents']} documents"
        say(f"Erased {key}: its key is destroyed, {gone} are gone.")
        say("What stays: rows of the facts under a keyed hash, and the audit entry of this erasure.")
    return 0


def read_subject(house: House, named: str) -> str:
    """Return the vault subject of what a person types.

    Raises:
        UsageError: it is of no known form.
        NotFound: nobody has this handle.
    """
    from frontline.core.ids import keyed_hash
    from frontline.governance import people
    from frontline.governance.names import subject_of

    word = named.strip()
    kind, _, rest = word.partition(":")
    if word.startswith("@"):
        with house.store.read() as session:
            return subject_of(people.person_of(session, word).key)
    if kind == "customer" and rest:
        return keyed_hash(house.org_key, "customer", rest)
    if kind in ("agent", "document", "person") and rest:
        return word
    if len(word) == 32 and all(letter in "0123456789abcdef" for letter in word):
        return word
    raise UsageError(
        f"{named!r} names no subject.", next_step="Say @handle, customer:ID, agent:ID or document:ID; loads expire."
    )


def _erase(house: House, subject: str) -> dict[str, int]:
    from retrieval.erasure import forget_documents

    with house.store.unit() as unit:
        documents = forget_documents(unit, subject)
        items = house.vault.erase(unit, subject)
        unit.commit()
    return {"items": items, "documents": documents}
