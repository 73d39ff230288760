"""Folder, query and pushed rows are taken in turns; a query goes on where it stopped; a failing one stops no other."""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.app.feeding import Feeds, inbox_of, pull_all
from frontline.app.main import run
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import EngineError, NotFound, UsageError
from tests.releases.conftest import PlayedGate

FEEDS = """feeds:
  broken: {url_from: NO_URL, query: "SELECT id AS case_id, at AS opened_at FROM t WHERE at >= :since", watermark: opened_at, table: cases}
  desk: {url_from: DESK_URL, query: "SELECT id AS case_id, at AS opened_at FROM t WHERE at >= :since", watermark: opened_at, table: cases, zone: UTC}
"""  # noqa: E501


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    home = tmp_path / "home"
    (home / "catalog").mkdir(parents=True)
    (home / "catalog" / "feeds.yaml").write_text(FEEDS)
    with sqlite3.connect(tmp_path / "desk.db") as database:
        database.execute("CREATE TABLE t (id TEXT, at TEXT)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(f"c{n}", f"2026-06-0{n} 10:00:00") for n in range(1, 4)])
    monkeypatch.setenv("DESK_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("FRONTLINE_HOME", str(home))
    made = House(Settings(home=home), clock=FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)))
    made.__dict__["gate"] = PlayedGate()
    yield made
    made.facts.close()
    made.store.close()


def test_a_query_goes_on_where_it_stopped(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feeds", "pull", "desk"]) == 0
    assert "desk: 3 rows from 1970-01-01T00:00:00 to 2026-06-03 10:00:00." in capsys.readouterr().out
    assert [item.since for item in pull_all(house, ["desk"])] == ["2026-06-03 09:55:00"]


def test_a_query_without_its_address_is_named_and_the_others_are_still_run(house: House) -> None:
    with pytest.raises(UsageError, match="NO_URL is not set"):
        pull_all(house)
    assert house.facts.tables() == {"cases": 3}


def test_a_database_that_is_gone_gives_no_address_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_URL", "sqlite:////nowhere/secret-password.db")
    with pytest.raises(EngineError) as failed:
        pull_all(house, ["desk"])
    assert "secret-password" not in str(failed.value)


def test_an_unknown_feed_is_answered_with_the_list(house: House) -> None:
    with pytest.raises(NotFound, match="no feed crm"):
        pull_all(house, ["crm"])


def test_each_way_in_has_its_turn(house: House) -> None:
    folder = inbox_of(house)
    folder.mkdir(parents=True)
    feeds = Feeds(house)
    feeds.step(0)
    assert house.facts.tables() == {"cases": 3}
    file = folder / "cases.csv"
    file.write_text("case_id,opened_at\nx1,2026-06-01T10:00Z\n")
    os.utime(file, (0, 0))
    feeds.step(200)
    assert file.exists()
    feeds.step(301)
    assert not file.exists()
    assert house.facts.tables() == {"cases": 4}
