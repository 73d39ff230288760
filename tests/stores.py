"""An empty state under a frozen clock, for the folders whose tests begin with nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontline.core.clock import UTC, FrozenClock
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store


def clock_at(hour: int, minute: int) -> Any:
    """Return the fixture of a clock that stands at this time (UTC) of the demo company's Wednesday."""

    @pytest.fixture
    def clock() -> FrozenClock:
        return FrozenClock(dt.datetime(2026, 6, 17, hour, minute, tzinfo=UTC))

    return clock


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state.sqlite3", clock)
    opened.create_schema()
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path: Path, store: Store) -> Vault:
    return Vault(store, load_or_create_key(tmp_path / "keys" / "vault.key"))
