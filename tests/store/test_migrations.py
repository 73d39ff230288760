"""The migrations make exactly what the models say."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from frontline.store import migrations, models
from frontline.store.base import Base
from frontline.store.work import Store


@pytest.fixture
def upgraded(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "state.sqlite3")
    migrations.upgrade(store)
    return store


def test_an_upgraded_database_matches_the_models(upgraded: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    models.load()
    with upgraded.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_head_is_the_newest_revision_and_upgrading_twice_is_harmless(upgraded: Store) -> None:
    from alembic.script import ScriptDirectory

    with upgraded.engine.connect() as connection:
        script = ScriptDirectory.from_config(migrations.configure(connection))
    assert script.get_current_head() == migrations.HEAD == migrations.current(upgraded)
    migrations.upgrade(upgraded)
    assert migrations.current(upgraded) == migrations.HEAD


def test_an_upgraded_audit_trail_refuses_changes(upgraded: Store) -> None:
    insert = (
        "INSERT INTO audit_entry (seq, at, actor_key, action, resource, outcome, detail, previous, hash) "
        "VALUES (1, '', '', '', '', '', '', '', '')"
    )
    with upgraded.migrating() as connection:
        connection.execute(text(insert))
    with pytest.raises(IntegrityError, match="append-only"), upgraded.migrating() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
