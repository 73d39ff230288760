"""Tells people who wait that their question has arrived: a placeholder that the answer replaces."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from bot.envelopes import Envelope
from frontline.core.errors import EngineError
from frontline.core.ports import Posted

_log = logging.getLogger(__name__)

# Posts the placeholder; returns where it stands, or None where nothing can be replaced later.
Show = Callable[[Envelope], Posted | None]


class StatusBoard:
    """Shows a status for every watched envelope that is not taken within ``after_s`` seconds.

    Watching begins with the ack, so that waiting for a worker counts too. One thread keeps the time for all.
    """

    def __init__(self, show: Show, *, after_s: float) -> None:
        self._show = show
        self._after_s = after_s
        self._due: deque[tuple[float, Envelope]] = deque()
        self._shown: dict[str, Future[Posted | None]] = {}
        self._watched: set[str] = set()
        self._change = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._posts = ThreadPoolExecutor(4, thread_name_prefix="frontline-status")

    def watch(self, envelope: Envelope) -> None:
        """Begin to count the seconds for ``envelope``."""
        with self._change:
            if self._stopping:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="frontline-status-clock", daemon=True)
                self._thread.start()
            self._watched.add(envelope.inbound_id)
            self._due.append((time.monotonic() + self._after_s, envelope))
            if len(self._due) == 1:
                self._change.notify()

    def take(self, inbound_id: str) -> Posted | None:
        """Stop watching; return the placeholder where one stands (after it has been posted)."""
        with self._change:
            self._watched.discard(inbound_id)
            posting = self._shown.pop(inbound_id, None)
        if posting is None:
            return None
        error = posting.exception()
        if error is not None:
            # A status that fails costs nothing: the answer is posted on its own.
            _log.log(logging.INFO if isinstance(error, EngineError) else logging.ERROR, "No status: %s", error)
            return None
        return posting.result()

    def stop(self) -> None:
        """Show nothing any more."""
        with self._change:
            self._stopping = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()
        self._posts.shutdown(cancel_futures=True)

    def _run(self) -> None:
        with self._change:
            while not self._stopping:
                if not self._due:
                    self._change.wait()
                    continue
                due, envelope = self._due[0]
                left = due - time.monotonic()
                if left > 0 and envelope.inbound_id in self._watched:
                    self._change.wait(left)
                    continue
                self._due.popleft()
                if envelope.inbound_id in self._watched:
                    self._watched.discard(envelope.inbound_id)
                    self._shown[envelope.inbound_id] = self._posts.submit(self._show, envelope)
