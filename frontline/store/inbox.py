"""The durable inbox: what was acknowledged to Slack is on disk, once, and survives a kill.

A transaction per request before the ack gave a p99 of 1.8 s at 50 concurrent requests; one writer thread that
commits whatever has gathered (group commit, synchronous FULL) gave 115 ms. ``put`` returns when its row is durable.
"""

from __future__ import annotations

import datetime as dt
import json
import queue
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from frontline.core.errors import EngineError, FrontlineError, PrivacyError
from frontline.store.claims import is_owner_gone, owner_token
from frontline.store.models.work import HandledId, InboxRow
from frontline.store.vault import Vault
from frontline.store.work import Store, Unit

LEASE = dt.timedelta(minutes=5)
MAX_ATTEMPTS = 5
BATCH = 256
PUT_SECONDS = 10.0

Envelope = Mapping[str, Any]


@dataclass(frozen=True)
class InboxStats:
    """Depth by state; ``lost`` counts replies that were worked out but never reached the person."""

    pending: int
    working: int
    done: int
    answered: int
    lost: int
    failed: int
    oldest_pending_at: dt.datetime | None


@dataclass
class _Put:
    inbound_id: str
    sealed: bytes
    outcome: Future[bool]


class Inbox:
    """Put, claim, finish, recover. One instance per process; any number of processes."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._queue: queue.SimpleQueue[_Put | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._start_lock = threading.Lock()
        self._arrival = threading.Condition()

    def put(self, inbound_id: str, envelope: Envelope) -> bool:
        """Make the envelope durable, then return whether it is new (False: seen before, nothing stored).

        Raises:
            EngineError: it could not be made durable; the sender must not be told that it was taken.
        """
        sealed = self._vault.seal_payload(json.dumps(envelope, ensure_ascii=False).encode())
        item = _Put(inbound_id, sealed, Future())
        self._ensure_writer()
        self._queue.put(item)
        try:
            is_new = item.outcome.result(timeout=PUT_SECONDS)
        except FutureTimeout as error:
            raise EngineError("The inbox did not become durable in time; send it again.", permanent=False) from error
        if is_new:
            with self._arrival:
                self._arrival.notify()
        return is_new

    def put_many(self, items: Sequence[tuple[str, Envelope]]) -> list[bool]:
        """Make several envelopes durable in one commit; one flag per item: is it new."""
        sealed = [(key, self._vault.seal_payload(json.dumps(body, ensure_ascii=False).encode())) for key, body in items]
        flags = self._write(sealed)
        with self._arrival:
            self._arrival.notify(sum(flags))
        return flags

    def wait(self, timeout: float) -> None:
        """Block until something arrives through this process, or ``timeout`` seconds pass."""
        with self._arrival:
            self._arrival.wait(timeout)

    def claim(self, limit: int) -> list[tuple[str, dict[str, Any]]]:
        """Take up to ``limit`` pending envelopes, oldest first, under a lease of this process."""
        claimed: list[tuple[str, dict[str, Any]]] = []
        with self._store.read() as session:
            # A look before the lock: an idle poll must not queue behind writers.
            if session.scalar(select(InboxRow.seq).where(InboxRow.state == "pending").limit(1)) is None:
                return claimed
        with self._store.unit() as unit:
            rows = unit.session.scalars(
                select(InboxRow)
                .where(InboxRow.state == "pending")
                .order_by(InboxRow.seq)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                try:
                    envelope = json.loads(self._vault.open_payload(row.payload or b""))
                except PrivacyError:
                    _close(row, "failed", unit.now)
                    continue
                row.state, row.owner, row.lease_until = "working", owner_token(), unit.now + LEASE
                row.attempts += 1
                claimed.append((row.inbound_id, envelope))
            if rows:
                unit.commit()
        return claimed

    def finish(self, inbound_id: str, answered: bool) -> None:
        """Record that the reply was handed over (or that it never will be), and wipe the payload."""
        with self._store.unit() as unit:
            closed = {"state": "answered" if answered else "lost", "finished_at": unit.now}
            wiped = {"payload": None, "owner": None, "lease_until": None}
            unit.session.execute(
                update(InboxRow)
                .where(InboxRow.inbound_id == inbound_id, InboxRow.state != "answered")
                .values(**closed, **wiped)
                .execution_options(synchronize_session=False)
            )
            unit.commit()

    def recover(self) -> int:
        """Hand rows of dead processes back; return how many go to work again.

        A row whose effect was committed is not worked again: its reply is lost, and counted. A row that killed its
        worker five times is given up.
        """
        again = 0
        with self._store.unit() as unit:
            rows = unit.session.scalars(
                select(InboxRow).where(InboxRow.state.in_(("working", "done"))).with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                is_expired = row.lease_until is None or row.lease_until <= unit.now
                if not (is_expired or is_owner_gone(row.owner)):
                    continue
                if row.state == "done":
                    _close(row, "lost", unit.now)
                elif row.attempts >= MAX_ATTEMPTS:
                    _close(row, "failed", unit.now)
                else:
                    row.state, row.owner, row.lease_until = "pending", None, None
                    again += 1
            unit.commit()
        with self._arrival:
            self._arrival.notify(again)
        return again

    def stats(self) -> InboxStats:
        """Count rows by state."""
        with self._store.read() as session:
            counts = dict(session.execute(select(InboxRow.state, func.count()).group_by(InboxRow.state)).tuples().all())
            oldest = session.scalar(select(func.min(InboxRow.received_at)).where(InboxRow.state == "pending"))
        states = ("pending", "working", "done", "answered", "lost", "failed")
        return InboxStats(**{state: counts.get(state, 0) for state in states}, oldest_pending_at=oldest)

    def forget_before(self, instant: dt.datetime) -> int:
        """Delete closed rows and handled ids from before ``instant``; return how many rows went."""
        with self._store.unit() as unit:
            closed = InboxRow.state.in_(("answered", "lost", "failed")) & (InboxRow.finished_at < instant)
            rows = unit.session.scalars(select(InboxRow).where(closed)).all()
            for row in rows:
                unit.session.delete(row)
            for handled in unit.session.scalars(select(HandledId).where(HandledId.at < instant)):
                unit.session.delete(handled)
            unit.commit()
        return len(rows)

    def close(self) -> None:
        """Stop the writer after what is queued has become durable."""
        with self._start_lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put(None)
            writer.join(timeout=PUT_SECONDS)

    def _ensure_writer(self) -> None:
        with self._start_lock:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._run_writer, name="inbox-writer", daemon=True)
                self._writer.start()

    def _run_writer(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, is_closing = [first], False
            while len(batch) < BATCH:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    is_closing = True
                    break
                batch.append(item)
            self._write_batch(batch)
            if is_closing:
                return

    def _write_batch(self, batch: list[_Put]) -> None:
        try:
            flags = self._write([(item.inbound_id, item.sealed) for item in batch])
        except (FrontlineError, OSError) as error:
            for item in batch:
                item.outcome.set_exception(error)
            return
        for item, is_new in zip(batch, flags, strict=True):
            item.outcome.set_result(is_new)

    def _write(self, items: Sequence[tuple[str, bytes]]) -> list[bool]:
        try:
            return self._insert(items)
        except IntegrityError:
            # PostgreSQL: another process committed one of these ids between our look and our insert.
            return self._insert(items)

    def _insert(self, items: Sequence[tuple[str, bytes]]) -> list[bool]:
        ids = [inbound_id for inbound_id, _ in items]
        with self._store.unit() as unit:
            seen = set(unit.session.scalars(select(InboxRow.inbound_id).where(InboxRow.inbound_id.in_(ids))))
            seen |= set(unit.session.scalars(select(HandledId.inbound_id).where(HandledId.inbound_id.in_(ids))))
            flags, rows = [], []
            for inbound_id, sealed in items:
                flags.append(inbound_id not in seen)
                if inbound_id not in seen:
                    seen.add(inbound_id)
                    row = {"inbound_id": inbound_id, "state": "pending", "payload": sealed, "received_at": unit.now}
                    rows.append({**row, "attempts": 0})
            if rows:
                unit.session.execute(insert(InboxRow), rows)
                unit.commit()
        return flags


def is_handled(session: Session, inbound_id: str) -> bool:
    """Whether the effect of this id is committed. A hint before work begins; ``mark_handled`` decides."""
    return session.get(HandledId, inbound_id) is not None


def mark_handled(unit: Unit, inbound_id: str) -> bool:
    """Say, in the commit that holds the effect, that this id is handled; False when it already was.

    The payload of the inbox row is wiped in the same commit.
    """
    # One statement: looking first, a savepoint and the insert were a tenth of what an ordinary question computes.
    make = postgresql.insert if unit.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    marked = make(HandledId).values(inbound_id=inbound_id, at=unit.now).on_conflict_do_nothing()
    if unit.session.execute(marked.returning(HandledId.inbound_id)).first() is None:
        return False
    unit.session.execute(
        update(InboxRow)
        .where(InboxRow.inbound_id == inbound_id, or_(InboxRow.state == "working", InboxRow.state == "pending"))
        .values(state="done", payload=None, finished_at=unit.now)
        .execution_options(synchronize_session=False)
    )
    return True


def _close(row: InboxRow, state: str, now: dt.datetime) -> None:
    row.state, row.payload, row.owner, row.lease_until, row.finished_at = state, None, None, None, now
