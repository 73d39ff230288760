"""An empty state under a frozen clock, for the folders whose tests begin with nothing."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.core.clock import UTC, FrozenClock
from frontline.store.work import Store


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(dt.datetime(2026, 6, 17, 7, 5, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state.sqlite3", clock)
    opened.create_schema()
    yield opened
    opened.close()
