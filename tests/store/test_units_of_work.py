import datetime as dt
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import EngineError
from frontline.store import engines
from frontline.store.models.people import Person, PersonRole
from frontline.store.models.work import Heartbeat
from frontline.store.work import Store


def beat(store: Store, name: str = "a") -> None:
    with store.unit() as unit:
        unit.session.merge(Heartbeat(name=name, at=unit.now))
        unit.commit()


def count(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(Heartbeat)).all())


def test_nothing_stays_without_a_commit(store: Store) -> None:
    with store.unit() as unit:
        unit.session.add(Heartbeat(name="a", at=unit.now))
        unit.session.flush()
    assert count(store) == 0
    beat(store)
    assert count(store) == 1


def test_an_error_rolls_back_even_what_was_flushed(store: Store) -> None:
    def work() -> None:
        with store.unit() as unit:
            unit.session.add(Heartbeat(name="a", at=unit.now))
            unit.session.flush()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        work()
    assert count(store) == 0


def test_effects_outside_run_after_the_commit_and_only_then(store: Store) -> None:
    seen: list[int] = []
    with store.unit() as unit:
        unit.after_commit(lambda: seen.append(count(store)))
        unit.session.add(Heartbeat(name="a", at=unit.now))
    assert seen == []
    with store.unit() as unit:
        unit.after_commit(lambda: seen.append(count(store)))
        unit.session.add(Heartbeat(name="a", at=unit.now))
        unit.commit()
    assert seen == [1]


def test_a_unit_has_one_now(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        clock.advance(dt.timedelta(hours=1))
        assert unit.now == clock.now() - dt.timedelta(hours=1)


def test_a_reading_session_cannot_write(store: Store) -> None:
    beat(store)
    with pytest.raises(EngineError), store.read() as session:
        session.execute(update(Heartbeat).values(name="b"))
    with pytest.raises(EngineError), store.read() as session:
        session.execute(insert(Heartbeat).values(name="c", at=dt.datetime(2026, 1, 1, tzinfo=UTC)))
    beat(store, "d")  # and the connection is fit to write again
    assert count(store) == 2


def test_a_reader_sees_one_snapshot_while_a_writer_commits(store: Store) -> None:
    with store.read() as session:
        before = len(session.scalars(select(Heartbeat)).all())
        beat(store)
        assert len(session.scalars(select(Heartbeat)).all()) == before
    assert count(store) == 1


def test_computing_inside_a_unit_holds_no_lock_before_the_first_statement(store: Store) -> None:
    with store.unit() as slow:
        beat(store)  # another writer gets through meanwhile
        slow.session.add(Heartbeat(name="slow", at=slow.now))
        slow.commit()
    assert count(store) == 2


def test_the_pragmas_of_every_connection(store: Store) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 30000}
    with store.read() as session, store.unit() as unit:
        for name, value in expected.items():
            for reader in (session, unit.session):
                assert reader.execute(text(f"PRAGMA {name}")).scalar_one() == value


def test_foreign_keys_hold(store: Store) -> None:
    with store.unit() as unit:
        unit.session.add(PersonRole(person_key="nobody", role="agent"))
        with pytest.raises(IntegrityError):
            unit.session.flush()


def test_bound_values_never_appear_in_an_error(store: Store) -> None:
    with store.unit() as unit:
        for _ in range(2):
            unit.session.add(Person(key=os.urandom(4).hex(), handle="Anna de Vries", added_at=unit.now))
        with pytest.raises(IntegrityError) as error:
            unit.session.flush()
    assert "Anna" not in str(error.value)


def test_deleted_words_leave_the_bytes_of_the_database(store: Store, tmp_path: Path) -> None:
    canary = "zebrafish-canary-4711"
    with store.unit() as unit:
        unit.session.add(Heartbeat(name=canary, at=unit.now))
        unit.commit()
    with store.unit() as unit:
        unit.session.execute(text("DELETE FROM heartbeat"))
        unit.commit()
    store.checkpoint()
    assert all(canary.encode() not in path.read_bytes() for path in tmp_path.glob("state.sqlite3*"))


def test_an_unprepared_database_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="run `frontline upgrade` first"):
        count(Store.open(tmp_path / "state.sqlite3"))


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    path.write_bytes(b"not a database at all" * 400)
    with pytest.raises(EngineError, match="damaged") as error:
        count(Store.open(path))
    assert error.value.permanent


def test_a_locked_database_says_so_and_recovers(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.1)
    store = Store.open(tmp_path / "state.sqlite3", clock)
    store.create_schema()
    other = sqlite3.connect(tmp_path / "state.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EngineError, match="locked") as error:
        beat(store)
    assert not error.value.permanent
    assert count(store) == 0  # readers are not held up
    other.execute("ROLLBACK")
    other.close()
    beat(store)
    assert count(store) == 1
    store.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(EngineError, match="data folder cannot be made"):
        Store.open(tmp_path / "var" / "deep" / "state.sqlite3")


def test_a_full_disk_says_so_and_recovers_unaided(store: Store) -> None:
    """SQLite's own page limit gives the same SQLITE_FULL as a disk without space."""
    with store.unit() as unit:
        unit.session.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(EngineError, match="disk is full"), store.unit() as unit:
        unit.session.execute(insert(Heartbeat), [{"name": f"{n:0>80}", "at": unit.now} for n in range(3000)])
    assert count(store) == 0
    with store.unit() as unit:
        unit.session.execute(text("PRAGMA max_page_count = 1000000"))
    beat(store)
    assert count(store) == 1


def test_creating_the_schema_twice_is_harmless(store: Store) -> None:
    beat(store)
    store.create_schema()
    assert count(store) == 1


def test_facts_are_read_only_and_reach_no_network(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "facts.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE cases AS SELECT 1 AS case_id")
    engine = engines.facts_engine(path)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1
        settings = connection.execute(
            text("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%known_extensions'")
        )
        assert {value for _, value in settings} == {"false"}
        with pytest.raises(Exception, match="read-only"):
            connection.execute(text("DELETE FROM cases"))
    engine.dispose()


def test_an_open_store_knows_every_model_before_a_second_thread_can_ask(tmp_path: Path) -> None:
    # SQLAlchemy configures all mappers at the first query; one that is half imported by another thread fails for good.
    program = (
        "import sys; from frontline.store.work import Store; Store.open(sys.argv[1]).close();"
        "from frontline.store import models;"
        "print([name for name in models.FAMILIES if f'frontline.store.models.{name}' not in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "state.sqlite3")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
