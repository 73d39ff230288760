"""Writers of one process take turns: who comes second waits for the first, and nobody's failure blocks the rest."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from frontline.core.errors import EngineError
from frontline.store import engines
from frontline.store.inbox import mark_handled
from frontline.store.models.work import HandledId
from frontline.store.work import Store


def opened(folder: Path) -> Store:
    store = Store.open(folder / "state.sqlite3")
    store.create_schema()
    return store


def test_what_many_threads_write_at_once_is_all_there(tmp_path: Path) -> None:
    store = opened(tmp_path)

    def write(number: int) -> None:
        with store.unit() as unit:
            mark_handled(unit, f"in-{number}")
            unit.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(HandledId)) == 40


def test_a_writer_that_does_not_finish_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    store = opened(tmp_path)
    with store.unit() as first:
        mark_handled(first, "first")
        with pytest.raises(EngineError, match="locked"), store.unit() as second:
            mark_handled(second, "second")
        first.commit()
    with store.unit() as third:
        assert mark_handled(third, "third")
        assert not mark_handled(third, "first")


def test_a_unit_that_fails_gives_its_turn_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    store = opened(tmp_path)
    with pytest.raises(EngineError), store.unit() as unit:
        unit.session.execute(text("SELECT * FROM no_such_table"))
    with pytest.raises(ZeroDivisionError), store.unit() as unit:
        assert mark_handled(unit, "lost") / 0
    with store.unit() as unit:
        assert mark_handled(unit, "lost")
        unit.commit()
        assert mark_handled(unit, "another")  # a second transaction of the same unit
        unit.commit()
