"""Migrations of the state database (Alembic). ``upgrade`` brings any older database to this version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from frontline.core.errors import EngineError
from frontline.store.engines import database_errors
from frontline.store.work import Store

# The newest revision, so that a database that has it costs no Alembic import at start. A test compares it.
HEAD = "themes_pain_size"


def upgrade(store: Store, *, before: Callable[[str], object] = lambda _revision: None) -> tuple[str | None, str]:
    """Bring the database to HEAD and return (its revision before, HEAD); one that has it already is left alone.

    ``before`` is called with the old revision of a database that holds something, so that it can be copied.

    Raises:
        EngineError: the database was made by a newer Frontline; nothing is changed.
    """
    found = current(store)
    if found == HEAD:
        return found, HEAD
    from alembic import command

    if found is not None:
        _refuse_newer(store, found)
        before(found)
    with store.migrating() as connection:
        command.upgrade(configure(connection), "head")
    return found, HEAD


def _refuse_newer(store: Store, found: str) -> None:
    from alembic.script import ScriptDirectory

    with database_errors(), store.engine.connect() as connection:
        known = {script.revision for script in ScriptDirectory.from_config(configure(connection)).walk_revisions()}
    if found not in known:
        raise EngineError(
            f"The state database is of a newer Frontline (revision {found}; this one knows up to {HEAD}): "
            "update the code, or restore a backup.",
            permanent=True,
        )


def current(store: Store) -> str | None:
    """Return the revision of the database; None for an empty one."""
    with database_errors(), store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def configure(connection: Any) -> Any:
    """Return the Alembic configuration over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
