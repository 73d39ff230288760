"""Readers see whole generations: a flip is atomic, the last two are kept, and there is a way back."""

import threading

import duckdb
import pytest

from frontline.core.errors import Conflict, EngineError, NotFound
from frontline.store.generations import Generations
from tests.intake.conftest import Home

HEAD = "case_id,opened_at,topic\n"


def load(home: Home, topic: str) -> str:
    return home.load(home.write("cases.csv", f"{HEAD}1,2026-05-01T10:00:00Z,{topic}\n")).generation


def test_nothing_is_current_before_the_first_load(home: Home) -> None:
    assert home.generations.current() is None
    assert (home.facts.generation, home.facts.tables(), home.facts.watermark("cases")) == ("", {}, None)
    with pytest.raises(NotFound, match="No data has been loaded yet"), home.facts.connect():
        pass


def test_a_reader_follows_the_flip_and_an_open_connection_stays_where_it_is(home: Home) -> None:
    load(home, "billing")
    with home.facts.connect() as before:
        load(home, "outage")
        assert before.exec_driver_sql("SELECT topic FROM cases").scalar_one() == "billing"
    assert home.rows("SELECT topic FROM cases") == [("outage",)]


def test_a_reader_cannot_write(home: Home) -> None:
    load(home, "billing")
    with home.facts.connect() as connection, pytest.raises(Exception, match="read-only"):
        connection.exec_driver_sql("DELETE FROM cases")


def test_the_last_two_are_kept_and_rollback_goes_one_back(home: Home) -> None:
    first, second, third = (load(home, topic) for topic in ("billing", "outage", "router"))
    assert [generation.id for generation in home.generations.list()] == [third, second]
    assert home.generations.rollback().id == second
    assert home.rows("SELECT topic FROM cases") == [("outage",)]
    with pytest.raises(NotFound, match="no earlier generation"):
        home.generations.rollback()
    assert first not in {generation.id for generation in home.generations.list()}


def test_a_load_after_a_rollback_builds_on_what_is_live(home: Home) -> None:
    load(home, "billing")
    load(home, "outage")
    home.generations.rollback()
    home.load(home.write("more.csv", HEAD + "2,2026-05-02T10:00:00Z,router\n"), table="cases")
    assert home.rows("SELECT topic FROM cases ORDER BY case_id") == [("billing",), ("router",)]
    assert home.generations.rollback().id == "000001"


def test_an_error_inside_a_writer_leaves_no_trace(home: Home) -> None:
    load(home, "billing")

    def fail() -> None:
        with home.generations.writer() as draft:
            duckdb.connect(str(draft.start())).execute("DELETE FROM cases")
            raise RuntimeError("stopped half way")

    with pytest.raises(RuntimeError):
        fail()
    assert home.rows("SELECT topic FROM cases") == [("billing",)]
    assert len(home.generations.list()) == 1


def test_what_a_killed_load_left_behind_does_not_disturb_the_next(home: Home) -> None:
    load(home, "billing")
    work = home.generations.folder / ".work"
    work.mkdir()
    (work / "facts-000002.duckdb").write_bytes(b"half a copy")
    assert load(home, "outage") == "000002"
    assert home.rows("SELECT topic FROM cases") == [("outage",)]


def test_a_rollback_waits_for_no_load(home: Home) -> None:
    load(home, "billing")
    with home.generations.writer(), pytest.raises(Conflict):
        home.generations.rollback()


def test_a_pointer_to_a_lost_file_says_what_to_do(home: Home) -> None:
    load(home, "billing")
    live = home.generations.current()
    assert live is not None
    live.path.unlink()
    with pytest.raises(EngineError, match="frontline data rollback"):
        Generations(home.path).current()


def test_readers_in_many_threads_see_only_whole_generations(home: Home) -> None:
    load(home, "t0")
    seen: set[int] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with home.facts.connect() as connection:
                seen.add(connection.exec_driver_sql("SELECT count(DISTINCT topic) FROM cases").scalar_one())

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 4):
        rows = "".join(f"{n},2026-05-01T10:00:00Z,t{number}\n" for n in range(1, 200))
        home.load(home.write("cases.csv", HEAD + rows))
    stop.set()
    for thread in threads:
        thread.join()
    assert seen == {1}
