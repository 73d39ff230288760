"""A stand-in at our own port ``Transport``: it keeps what is visible in each channel and can fail in a dozen ways.

The file-backed one is shared by processes that are killed; the other lives in memory and follows a frozen clock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from frontline.core.clock import Clock
from frontline.core.errors import EngineError, UncertainDelivery
from frontline.core.ports import Posted

FAULTS = (
    "ok",
    "429",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "500_before",
    "500_after",
    "non_json_after",
    "refused",
    "bug_after",
    "late",
)
LATE = dt.timedelta(seconds=20)


class FakeSlack:
    """In memory. ``faults`` are taken one per post, ``find_faults`` one per find; when they run out all is well."""

    def __init__(self, clock: Clock, faults: Sequence[str] = (), find_faults: Sequence[str] = ()) -> None:
        self._clock = clock
        self._faults = list(faults)
        self._find_faults = list(find_faults)
        self._messages: list[tuple[dt.datetime, str, str, str, str | None]] = []
        self.calls: list[tuple[dt.datetime, str, str]] = []
        self.closed_until: dict[str, dt.datetime] = {}
        self.violations = 0
        self.before_post: Callable[[], None] = lambda: None

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        self.before_post()
        now = self._clock.now()
        self.calls.append((now, channel, key))
        if now < self.closed_until.get(channel, now):
            self.violations += 1
        fault = self._faults.pop(0) if self._faults else "ok"
        if fault == "429":
            self.closed_until[channel] = now + dt.timedelta(seconds=7)
            raise EngineError("ratelimited", permanent=False, retry_after=7.0)
        if fault == "refused":
            raise EngineError("connection refused", permanent=False)
        if fault == "permanent":
            raise EngineError("channel_not_found", permanent=True)
        if fault == "late":
            self._land(now + LATE, channel, key, thread_ts)
            raise UncertainDelivery("time-out")
        posted = None if fault.endswith("_before") else self._land(now, channel, key, thread_ts)
        if fault == "bug_after":
            raise RuntimeError("a bug in the transport")
        if fault != "ok" or posted is None:
            raise UncertainDelivery(fault)
        return posted

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def find(self, *, channel: str, key: str, since: float) -> Sequence[Posted]:
        fault = self._find_faults.pop(0) if self._find_faults else "ok"
        if fault == "429":
            raise EngineError("ratelimited", permanent=False, retry_after=7.0)
        if fault == "500":
            raise EngineError("server error", permanent=False)
        return [Posted(at, ts) for _, at, name, ts, _ in self._visible() if at == channel and name == key]

    def delete(self, *, posted: Posted) -> None:
        self._messages = [row for row in self._messages if row[3] != posted.ts]

    def keys(self, channel: str | None = None) -> list[str]:
        """Keys visible now, in the order they landed."""
        return [key for _, at, key, _, _ in self._visible() if channel in {None, at}]

    def thread_of(self, key: str) -> str | None:
        return next(thread for _, _, name, _, thread in self._messages if name == key)

    def ts_of(self, key: str) -> str:
        return next(ts for _, _, name, ts, _ in self._messages if name == key)

    def _land(self, at: dt.datetime, channel: str, key: str, thread_ts: str | None) -> Posted:
        ts = f"{at.timestamp() + len(self._messages) / 1000:.6f}"
        self._messages.append((at, channel, key, ts, thread_ts))
        return Posted(channel, ts)

    def _visible(self) -> list[tuple[dt.datetime, str, str, str, str | None]]:
        return sorted(row for row in self._messages if row[0] <= self._clock.now())


class FileSlack:
    """Backed by a file that is appended to: what a killed process posted stays posted, whoever reads it back."""

    def __init__(
        self, path: Path, *, at: Callable[[str], None] = lambda _step: None, fault: Callable[[], str] = lambda: "ok"
    ) -> None:
        self._path = path
        self._at = at
        self._fault = fault

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        fault = self._fault()
        if fault == "429":
            raise EngineError("ratelimited", permanent=False, retry_after=0.02)
        if fault == "timeout_before":
            raise UncertainDelivery(fault)
        ts = f"{uuid.uuid4().time / 1e7:.6f}"
        with self._locked():
            line = json.dumps({"channel": channel, "key": key, "ts": ts}) + "\n"
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.write(handle, line.encode())
            os.close(handle)
        self._at("accepted")
        if fault == "timeout_after":
            raise UncertainDelivery(fault)
        return Posted(channel, ts)

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def find(self, *, channel: str, key: str, since: float) -> Sequence[Posted]:
        if self._fault() == "429":
            raise EngineError("ratelimited", permanent=False, retry_after=0.02)
        return [Posted(channel, row["ts"]) for row in self.rows() if (row["channel"], row["key"]) == (channel, key)]

    def delete(self, *, posted: Posted) -> None:
        with self._locked():
            rows = [row for row in self.rows() if row["ts"] != posted.ts]
            fresh = self._path.with_suffix(".new")
            fresh.write_text("".join(json.dumps(row) + "\n" for row in rows))
            fresh.rename(self._path)

    def rows(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def keys(self) -> list[str]:
        return [row["key"] for row in self.rows()]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
