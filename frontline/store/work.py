"""The unit of work: reads and writes apart, and the only commit of the code base."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from frontline.core.clock import Clock, SystemClock
from frontline.store.base import Base
from frontline.store.engines import database_errors, state_engine, writing


class Unit:
    """One write unit. It takes the write lock at its first statement: compute first, then touch ``session``."""

    def __init__(self, session: Session, now: dt.datetime) -> None:
        self.session = session
        self.now = now
        self._is_committed = False
        self._callbacks: list[Callable[[], None]] = []

    def commit(self) -> None:
        """Make everything of this unit durable at once, then run the callbacks."""
        self.session.commit()
        self._is_committed = True

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` once the commit stands. Effects outside the database (files, posts) belong here."""
        self._callbacks.append(callback)

    def _run_callbacks(self) -> None:
        if self._is_committed:
            for callback in self._callbacks:
                callback()


class Store:
    """The state database: ``unit`` to write, ``read`` to look."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock: Clock = clock or SystemClock()
        self._writing = writing(engine)

    @classmethod
    def open(cls, url_or_path: str | Path, clock: Clock | None = None) -> Store:
        """Open the store of a path or URL. Creates no table: see ``create_schema`` and the migrations."""
        from frontline.store import models

        # SQLAlchemy configures all mappers at the first query. A family that another thread is just importing would
        # fail it for good, so every family is there before anybody can ask.
        models.load()
        return cls(state_engine(url_or_path), clock)

    @contextlib.contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a write unit. It rolls back unless ``unit.commit()`` is called.

        Raises:
            EngineError: the database is locked for longer than 30 s, full, read-only or damaged.
        """
        with database_errors(), Session(self._writing, expire_on_commit=False, autoflush=True) as session:
            unit = Unit(session, self.clock.now())
            yield unit
        unit._run_callbacks()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Open a reading session: one consistent snapshot; a write through it is refused by the database."""
        with database_errors(), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def create_schema(self) -> None:
        """Create every table and trigger that is missing (tests and first start; upgrades use the migrations)."""
        from frontline.store import models

        models.load()
        with database_errors(), self._writing.begin() as connection:
            Base.metadata.create_all(connection)

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Hand out a connection for migrations: one transaction, kept when nothing raised."""
        with database_errors(), self._writing.begin() as connection:
            yield connection

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database and cut it, so that erased bytes leave the disk."""
        if self.engine.dialect.name != "sqlite":
            return
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()

    def compact(self) -> bool:
        """Write the database anew without its free pages, and cut the log; False while somebody else is writing.

        ``secure_delete`` wipes what is deleted; what an update left behind in a page goes only this way.
        """
        if self.engine.dialect.name != "sqlite":
            return True  # VACUUM is the business of who keeps the server
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA query_only = OFF")
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            raw.close()
        return not busy

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
