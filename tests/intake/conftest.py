import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontline.core.clock import UTC, FrozenClock
from frontline.store.facts import Facts
from frontline.store.generations import Generations
from frontline.store.intake import LoadReport, Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


class Home:
    """One FRONTLINE_HOME: loads files and reads back what people would see."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FrozenClock(NOW)
        self.store = Store.open(path / "state.sqlite3", self.clock)
        self.store.create_schema()
        self.vault = Vault(self.store, load_or_create_key(path / "keys" / "vault.key"))
        self.generations = Generations(path)
        self.facts = Facts(self.generations)
        self.feeds = path / "feeds"
        self.feeds.mkdir()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.feeds / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def load(self, *files: Path, **options: Any) -> LoadReport:
        rest = {key: options.pop(key) for key in ("report", "calendar_zone") if key in options}
        return ingest(
            files,
            home=self.path,
            store=self.store,
            vault=self.vault,
            now=self.clock.now(),
            options=Options(**options),
            **rest,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.facts.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def snapshot(self) -> tuple[str, int, int]:
        """Generation, kept files, vault items: what a refused load must leave alone."""
        with self.store.read() as session:
            items = session.connection().exec_driver_sql("SELECT count(*) FROM vault_item").scalar_one()
        return self.facts.generation, len(self.generations.list()), items


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.facts.close()
    made.store.close()


@pytest.fixture
def bank() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "data" / "anonbank"
    if not folder.is_dir():
        pytest.skip("needs the public data folder beside the repository (../shared/data/anonbank)")
    return folder
