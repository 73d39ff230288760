"""The work behind the ack: a bounded pool that takes envelopes from the durable inbox.

Bolt's listeners return at once; six slow questions in Bolt's own five threads would make the next command fail.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from bot.deps import Inbox
from bot.envelopes import Envelope
from frontline.core.ids import new_id
from frontline.core.traces import trace_of

_log = logging.getLogger(__name__)

# How often the inbox is looked through without being told, for what other processes left behind.
_POLL_S = 1.0


class WorkPool:
    """Claims waiting envelopes, as many as there are idle workers, and runs ``work`` on each.

    ``work`` returns whether the person was answered; when it breaks, ``give_up`` says so to the person, with the id
    under which the log holds the traceback. ``waiting`` counts what this process accepted and nobody works
    on yet; at ``most_waiting`` the pool is full.
    """

    def __init__(
        self,
        inbox: Inbox,
        work: Callable[[Envelope], bool],
        give_up: Callable[[Envelope, str], bool],
        *,
        workers: int = 8,
        most_waiting: int = 2000,
    ) -> None:
        self._inbox = inbox
        self._work = work
        self._give_up = give_up
        self._workers = workers
        self._most_waiting = most_waiting
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="frontline-work")
        # A pool of one runs the claims, so that a failing claim is a failed future and not a dead thread.
        self._claims = ThreadPoolExecutor(1, thread_name_prefix="frontline-claims")
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running = 0
        self._waiting = 0
        self._feeder: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many accepted envelopes wait for a worker."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Whether a new request should be told that we are busy."""
        return self._waiting >= self._most_waiting

    def start(self) -> None:
        """Begin to work, first on what an earlier process left."""
        if self._feeder is None:
            self._inbox.recover()
            self._feeder = threading.Thread(target=self._feed, name="frontline-feed", daemon=True)
            self._feeder.start()
            self._wake.set()

    def notify(self) -> None:
        """Say that an envelope has been put into the inbox."""
        with self._lock:
            self._waiting += 1
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being worked on; the rest stays in the inbox for the next process."""
        self._stopping.set()
        self._wake.set()
        if self._feeder is not None:
            self._feeder.join()
        self._claims.shutdown()
        self._executor.shutdown()

    def _feed(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_POLL_S)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                error = self._claims.submit(self._claim).exception()
            except RuntimeError:
                return  # The interpreter is going down and nobody has stopped us.
            if error is not None:
                _log.error("The inbox could not be read; trying again: %s", trace_of(error))
                self._stopping.wait(_POLL_S)

    def _claim(self) -> None:
        with self._lock:
            idle = self._workers - self._running
        if idle <= 0:
            return
        rows = self._inbox.claim(idle)
        with self._lock:
            self._running += len(rows)
            # Rows of other processes come along: the count never falls below nothing.
            self._waiting = max(0, self._waiting - len(rows)) if rows else 0
        for inbound_id, stored in rows:
            envelope = Envelope.from_json(stored)
            future = self._executor.submit(self._work_on, inbound_id, envelope)
            future.add_done_callback(partial(self._done, inbound_id, envelope))
        if len(rows) == idle:
            self._wake.set()

    def _work_on(self, inbound_id: str, envelope: Envelope) -> None:
        self._inbox.finish(inbound_id, self._work(envelope))

    def _confess(self, inbound_id: str, envelope: Envelope, error_id: str) -> None:
        self._inbox.finish(inbound_id, self._give_up(envelope, error_id))

    def _done(self, inbound_id: str, envelope: Envelope, future: Future[None]) -> None:
        error = future.exception()
        if error is not None:
            error_id = new_id("err")
            _log.error("A request broke (%s): %s", error_id, trace_of(error))
            confession = self._executor.submit(self._confess, inbound_id, envelope, error_id)
            confession.add_done_callback(self._free)
        else:
            self._free(future)

    def _free(self, future: Future[None]) -> None:
        with self._lock:
            self._running -= 1
        self._wake.set()
        error = future.exception()
        if error is not None:
            _log.error("A person was not even told that a request broke: %s", trace_of(error))
