"""The durable inbox under 50 callers: one writer with group commit, beside a transaction per request, in one run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.figures import Figure
from frontline.store.inbox import Inbox
from frontline.store.vault import Vault
from frontline.store.work import Store

CALLERS = 50
GROUPED = 10_000
SINGLE = 1_000
ENVELOPE = {"kind": "command", "name": "ask", "text": "recontact rate last month by channel", "channel": "C1"}


def measure() -> list[Figure]:
    """Measure puts a second and the slowest of a hundred; every row must be there afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "state.sqlite3")
        store.create_schema()
        inbox = Inbox(store, Vault(store, b"benchmark-key-of-thirty-two-byte"))
        single = _put_all(SINGLE, lambda number: inbox.put_many([(f"single-{number}", ENVELOPE)])[0])
        grouped = _put_all(GROUPED, lambda number: inbox.put(f"grouped-{number}", ENVELOPE))
        kept = inbox.stats().pending
        inbox.close()
        store.close()
    rate, slow = len(grouped[1]) / grouped[0], _share(grouped[1], 0.99)
    return [
        Figure("inbox: rows lost of 11,000", float(SINGLE + GROUPED - kept), "rows", 0.0),
        Figure("inbox: group commit against one commit per put", rate / (len(single[1]) / single[0]), "x", 1.0, True),
        Figure("inbox: puts a second, 50 callers", rate, "1/s"),
        Figure("inbox: put p99, 50 callers", slow * 1000, "ms", 500.0),
        Figure("inbox: put max, 50 callers", max(grouped[1]) * 1000, "ms", 2500.0),
        Figure("inbox: p99 with one commit per put", _share(single[1], 0.99) * 1000, "ms"),
    ]


def _put_all(count: int, put: Callable[[int], bool]) -> tuple[float, list[float]]:
    """Return the seconds that all took, and each one's."""

    def timed(number: int) -> float:
        began = time.perf_counter()
        put(number)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        each = list(pool.map(timed, range(count)))
    return time.perf_counter() - began, each


def _share(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]
