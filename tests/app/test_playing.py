"""The demo plays on: one step or many, the facts come out the same, and the home remembers where it stands."""

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontline.app.demo_home import NOW, ZONE, Wanted, prepare, write_clock
from frontline.app.playing import LONGEST_JUMP, Player, played_to, span_in_words
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House, read_instant
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, UsageError
from frontline.governance.live import list_live_cases
from frontline.sandbox.company.generator import TABLES

START = read_instant(NOW, ZoneInfo(ZONE))
HOUR = dt.timedelta(hours=1)
TOMORROW = START.replace(hour=9, minute=0) + dt.timedelta(days=1)
Rows = list[tuple[Any, ...]]


def open_house(home: Path) -> tuple[House, FrozenClock]:
    clock = FrozenClock(START)
    return House(Settings(home=home, admins=("ada",)), Globals(json=True), clock=clock), clock


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("played") / "home"
    house, _ = open_house(home)
    prepare(house, Wanted(seed=3, scale=0.04), fresh=True)
    house.store.checkpoint()
    house.store.close()
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def contents(house: House) -> dict[str, Rows]:
    """Every fact, without where it was loaded from."""
    found: dict[str, Rows] = {}
    with house.facts.connect() as connection:
        for table in TABLES:
            query = f'SELECT * EXCLUDE (source, source_row, load_id) FROM "{table}" ORDER BY ALL'
            found[table] = [tuple(row) for row in connection.exec_driver_sql(query)]
        for table in ("load_spans", "watermarks"):
            found[table] = [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY ALL")]
    return found


def test_one_jump_and_many_steps_give_the_same_facts_and_the_same_live_state(made: Path, tmp_path: Path) -> None:
    at_once, clock = open_house(Path(shutil.copytree(made, tmp_path / "one")))
    Player(at_once, clock).jump(TOMORROW)
    stepwise, ticking = open_house(Path(shutil.copytree(made, tmp_path / "many")))
    player = Player(stepwise, ticking)
    for step in (5 * HOUR / 60, 3 * HOUR, 9 * HOUR):
        ticking.advance(step)
        player.step()
    player.jump(TOMORROW)
    one, many = contents(at_once), contents(stepwise)
    for table, rows in one.items():
        assert rows == many[table], table
    assert len(one["interactions"]) > 0
    with at_once.store.read() as first, stepwise.store.read() as second:
        known = [[case.case_id for case in list_live_cases(session, SYSTEM)] for session in (first, second)]
    assert known[0] == known[1] != []


def test_live_state_comes_every_minute_and_facts_every_five(home: Path) -> None:
    house, clock = open_house(home)
    player = Player(house, clock)
    generations, readings = [], []
    for _ in range(7):
        player.step()
        generations.append(house.facts.generation)
        readings.append((home / "clock").read_text().strip()[11:16])
        clock.advance(dt.timedelta(minutes=1))
    assert readings == [f"10:{minute}" for minute in range(40, 47)]
    assert len(set(generations)) == 2
    assert generations[4] != generations[5]
    assert played_to(house) == START + dt.timedelta(minutes=5)


def test_slots_on_the_way_are_ticked_one_by_one_at_their_own_time_after_the_facts(home: Path) -> None:
    house, clock = open_house(home)
    seen: list[tuple[dt.datetime, dt.datetime]] = []
    told: list[str] = []
    slots = [START + 3 * HOUR, START + 20 * HOUR, TOMORROW]

    def due(after: dt.datetime, until: dt.datetime) -> Sequence[dt.datetime]:
        return [moment for moment in slots if after < moment <= until]

    player = Player(house, clock, tick=lambda: seen.append((clock.now(), played_to(house))), slots=due)
    player.jump(TOMORROW, lambda progress: told.append(progress.note))
    assert seen == [(moment, TOMORROW) for moment in slots]
    assert told[0] == "playing 22 hours"
    assert clock.now() == TOMORROW


def test_a_rollback_is_played_again(home: Path) -> None:
    house, clock = open_house(home)
    player = Player(house, clock)
    player.jump(START + HOUR)
    before = contents(house)
    house.generations.rollback()
    assert played_to(house) == START
    clock.advance(dt.timedelta(minutes=1))
    player.jump(START + 2 * HOUR)
    assert len(contents(house)["interactions"]) > len(before["interactions"])
    assert played_to(house) == START + 2 * HOUR


def test_a_command_beside_the_demo_and_the_next_start_see_its_clock(home: Path) -> None:
    house, clock = open_house(home)
    Player(house, clock).jump(START + 2 * HOUR)
    beside = House(Settings(home=home), Globals(json=True))
    assert beside.clock.now() == START + 2 * HOUR
    frozen = House(Settings(home=home), Globals(json=True, now="2026-06-17T11:00"))
    assert frozen.clock.now() == START.replace(hour=11, minute=0)


def test_the_clock_neither_goes_back_nor_too_far(home: Path) -> None:
    house, clock = open_house(home)
    player = Player(house, clock)
    with pytest.raises(Conflict, match="past that"):
        player.jump(START)
    with pytest.raises(UsageError, match="190 days at most"):
        player.jump(START + LONGEST_JUMP + HOUR)
    assert played_to(house) == START


@pytest.mark.slow
def test_a_jump_beyond_what_was_played_plays_more(home: Path) -> None:
    house, clock = open_house(home)
    told: list[str] = []
    Player(house, clock).jump(START + dt.timedelta(days=70), lambda progress: told.append(progress.note))
    assert "making more of the future (about half a minute)" in told
    assert played_to(house) == START + dt.timedelta(days=70)


@pytest.mark.slow
def test_a_home_of_an_earlier_version_makes_its_future_first(home: Path) -> None:
    (home / "demo" / "future.npz").unlink()
    house, clock = open_house(home)
    Player(house, clock).jump(START + HOUR)
    assert played_to(house) == START + HOUR


def test_the_position_is_kept_with_its_zone(tmp_path: Path) -> None:
    write_clock(tmp_path, dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC))
    assert (tmp_path / "clock").read_text() == "2026-10-25T02:30:00+01:00\n"


@pytest.mark.parametrize(
    ("span", "words"),
    [(dt.timedelta(seconds=20), "1 minute"), (HOUR, "60 minutes"), (22 * HOUR, "22 hours"), (120 * HOUR, "5 days")],
)
def test_spans_are_said_as_people_say_them(span: dt.timedelta, words: str) -> None:
    assert span_in_words(span) == words
