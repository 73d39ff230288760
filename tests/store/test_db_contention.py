"""Two processes with four writers each, read-modify-write on one row: 0 locked, 0 lost."""

import multiprocessing
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from frontline.core.clock import SystemClock
from frontline.core.errors import EngineError
from frontline.store.work import Store


def _write(path: str, rounds: int, failures: "multiprocessing.Queue[str]") -> None:
    store = Store.open(path, SystemClock())

    def work() -> None:
        for _ in range(rounds):
            try:
                with store.unit() as unit:
                    value = unit.session.execute(text("SELECT value FROM counter")).scalar_one()
                    unit.session.execute(text("UPDATE counter SET value = :v"), {"v": value + 1})
                    unit.commit()
            except EngineError as error:
                failures.put(str(error))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()


@pytest.mark.parametrize("rounds", [25, pytest.param(500, marks=pytest.mark.slow)])
def test_two_processes_with_four_writers_lose_nothing_and_are_never_locked_out(tmp_path: Path, rounds: int) -> None:
    path = tmp_path / "state.sqlite3"
    store = Store.open(path)
    with store.unit() as unit:
        unit.session.execute(text("CREATE TABLE counter (value INTEGER)"))
        unit.session.execute(text("INSERT INTO counter VALUES (0)"))
        unit.commit()
    context = multiprocessing.get_context("spawn")
    failures: multiprocessing.Queue[str] = context.Queue()
    processes = [context.Process(target=_write, args=(str(path), rounds, failures)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=110)
    assert failures.empty()
    with store.read() as session:
        assert session.execute(text("SELECT value FROM counter")).scalar_one() == 2 * 4 * rounds
    store.close()
