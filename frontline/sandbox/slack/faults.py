"""Faults on demand: what a network and an overloaded Slack do to a call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from frontline.sandbox.slack.records import Json

FaultKind = Literal[
    "drop_before",  # the connection closes, nothing was accepted
    "reset_after",  # accepted, then the connection is reset: the caller cannot know
    "error_before",  # HTTP 500, nothing was accepted
    "error_after",  # accepted, then HTTP 500
    "not_json",  # accepted, then an HTML page
    "delay",  # accepted after ``seconds``
    "rate_limit",  # HTTP 429 with Retry-After ``seconds``
    "refuse",  # ok: false with ``code``
]


@dataclass
class Fault:
    """One planned fault. ``times`` counts down; ``match`` narrows to certain parameters."""

    method: str
    kind: FaultKind
    times: int = 1
    seconds: float = 1.0
    code: str = "fatal_error"
    match: Callable[[Json], bool] | None = None
    hits: int = 0


class FaultPlan:
    """The faults in store for coming calls, and for coming deliveries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._lost: dict[str, int] = {}

    def add(
        self,
        method: str,
        kind: FaultKind,
        *,
        times: int = 1,
        seconds: float = 1.0,
        code: str = "fatal_error",
        match: Callable[[Json], bool] | None = None,
    ) -> Fault:
        """Plan a fault for the next ``times`` calls of ``method`` (``*`` = any)."""
        fault = Fault(method, kind, times, seconds, code, match)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all plans."""
        with self._lock:
            self._faults.clear()
            self._lost.clear()

    def take(self, method: str, params: Json) -> Fault | None:
        """Return the fault that this call meets, used up by one."""
        with self._lock:
            for fault in self._faults:
                fits = fault.method in ("*", method) and (fault.match is None or fault.match(params))
                if fits and fault.hits < fault.times:
                    fault.hits += 1
                    return fault
        return None

    def lose_deliveries(self, kind: str, *, times: int = 1, acks_only: bool = False) -> None:
        """Lose the next deliveries of ``kind`` (events_api, slash_commands, interactive) on their way.

        With ``acks_only`` they arrive, but what the app answers is lost.
        """
        with self._lock:
            self._lost[f"{kind}:{'ack' if acks_only else 'send'}"] = times

    def is_lost(self, kind: str, *, ack: bool) -> bool:
        """Whether this delivery (or its ack) gets lost, used up by one."""
        key = f"{kind}:{'ack' if ack else 'send'}"
        with self._lock:
            left = self._lost.get(key, 0)
            self._lost[key] = max(left - 1, 0)
        return left > 0
