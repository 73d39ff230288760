"""Migrations of the state database (Alembic). ``upgrade`` brings any older database to this version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from frontline.store.engines import database_errors
from frontline.store.work import Store

# The newest revision, so that a database that has it costs no Alembic import at start. A test compares it.
HEAD = "0008_intake"


def upgrade(store: Store) -> None:
    """Bring the database to HEAD; one that has it already is left alone."""
    if current(store) == HEAD:
        return
    from alembic import command

    with store.migrating() as connection:
        command.upgrade(configure(connection), "head")


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
