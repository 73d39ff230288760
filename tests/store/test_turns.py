"""Writers of one process take turns: who comes second waits for the first, and nobody's failure blocks the rest."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select, text

from frontline.core.errors import EngineError
from frontline.store import engines
from frontline.store.inbox import mark_handled
from frontline.store.models.work import HandledId
from frontline.store.work import Store

HELD = "locked by other work"  # said by the turns; SQLite's own waiting ends with "another process"


@pytest.fixture
def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store whose turns wait for 30 s while SQLite itself waits for nobody."""
    store = Store.open(tmp_path / "state.sqlite3")
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)  # read whenever a connection is made; the turns have theirs
    store.create_schema()
    return store


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store in which nobody waits for long."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    store = Store.open(tmp_path / "state.sqlite3")
    store.create_schema()
    return store


def test_what_many_threads_write_at_once_is_all_there(patient: Store) -> None:
    def write(number: int) -> None:
        with patient.unit() as unit:
            mark_handled(unit, f"in-{number}")
            unit.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    with patient.read() as session:
        assert session.scalar(select(func.count()).select_from(HandledId)) == 40


def test_who_comes_second_waits_for_the_first_and_then_sees_what_it_wrote(patient: Store) -> None:
    started = Event()

    def write() -> bool:
        with patient.unit() as second:
            started.set()
            is_new = mark_handled(second, "one")
            mark_handled(second, "two")
            second.commit()
        return is_new

    with ThreadPoolExecutor(1) as threads:
        with patient.unit() as first:
            assert mark_handled(first, "one")
            waiting = threads.submit(write)
            assert started.wait(10)
            assert not wait([waiting], timeout=0.2).done
            first.commit()
        assert waiting.result(10) is False
    with patient.unit() as third:
        assert not mark_handled(third, "two")


def test_a_writer_that_does_not_finish_is_not_waited_for_without_end(hasty: Store) -> None:
    with hasty.unit() as first:
        mark_handled(first, "first")
        with pytest.raises(EngineError, match=HELD), hasty.unit() as second:
            mark_handled(second, "second")
        first.commit()
    with hasty.unit() as third:
        assert mark_handled(third, "third")
        assert not mark_handled(third, "first")


def assert_held(store: Store) -> None:
    with pytest.raises(EngineError, match=HELD), store.unit() as other:
        mark_handled(other, "other")


def test_a_unit_that_fails_gives_its_turn_back(hasty: Store) -> None:
    def fail(statement: str) -> None:
        with hasty.unit() as unit:
            assert mark_handled(unit, "lost")
            assert_held(hasty)
            unit.session.execute(text(statement))
            raise ZeroDivisionError

    with pytest.raises(EngineError, match="not prepared"):
        fail("SELECT * FROM no_such_table")
    with pytest.raises(ZeroDivisionError):
        fail("SELECT 1")
    with hasty.unit() as unit:
        assert mark_handled(unit, "lost")
        unit.commit()
        assert mark_handled(unit, "another")  # a second transaction of the same unit
        assert_held(hasty)
        unit.commit()
