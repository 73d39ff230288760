"""Opening the state of a home: where it is, brought up to date, and copied before that changes anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from frontline.core.errors import EngineError, UsageError
from frontline.store.work import Store

if TYPE_CHECKING:
    from frontline.app.wiring import House


def open_state(house: House) -> Store:
    """Return the state database, brought up to date (after a copy of it, where it is older)."""
    from frontline.store.migrations import upgrade

    store = _open(house)
    upgrade(store, before=lambda revision: _copy(house, revision))
    return store


def upgrade_state(house: House) -> tuple[str | None, str, Path | None]:
    """Bring the state to this version; return (revision before, after, the copy made before)."""
    from frontline.store.migrations import upgrade

    copies: list[Path] = []
    before, after = upgrade(_open(house), before=lambda revision: copies.extend(_copy(house, revision)))
    return before, after, copies[0] if copies else None


def state_file(house: House) -> Path:
    """Return the file of the state database.

    Raises:
        UsageError: it is on a server, which has its own ways to be backed up.
    """
    if not house.settings.state_url:
        return house.home / "state.sqlite3"
    raise UsageError(
        "The state is not a file in FRONTLINE_HOME (FRONTLINE_STATE_URL is set).",
        next_step="Back it up with its own tools, such as pg_dump, and copy keys/, catalog/, anchors/ and facts/.",
    )


def make_folder(folder: Path) -> None:
    """Make a folder.

    Raises:
        EngineError: it cannot be made, in a sentence.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"The folder {folder} cannot be made ({error.strerror}): set FRONTLINE_HOME to one that can.",
            permanent=True,
        ) from None


def _open(house: House) -> Store:
    make_folder(house.home)
    return Store.open(house.settings.state_url or house.home / "state.sqlite3", house.clock)


def _copy(house: House, revision: str) -> list[Path]:
    """Keep the database as it is before it is migrated; one on a server is left to its keeper."""
    from frontline.store.backup import copy_state

    if house.settings.state_url:
        return []
    kept = house.home / "backups" / f"state-{revision}-{house.clock.now():%Y%m%dT%H%M%S}.sqlite3"
    copy_state(house.home / "state.sqlite3", kept)
    return [kept]
