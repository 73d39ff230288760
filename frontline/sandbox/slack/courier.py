"""Brings things to the app: at least once for events, once for what a person waits for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from frontline.sandbox.slack.records import Json
from frontline.sandbox.slack.shipments import Ack, Attempt, Carrier, Shipment

# Slack tries an unacknowledged event again at once, after a minute and after five.
RETRY_DELAYS = (0.0, 60.0, 300.0)
LONG_PAUSE = 2.0
OnAck = Callable[[Ack], None]


class Courier:
    """Sends shipments from any thread; works on the server's event loop."""

    def __init__(self, *, retry_delays: Sequence[float] = RETRY_DELAYS) -> None:
        self.carrier: Carrier | None = None
        self.log: list[Shipment] = []
        self._retry_delays = tuple(retry_delays)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._lock = threading.Lock()

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work on ``loop`` from now on."""
        self._loop = loop

    @property
    def in_flight(self) -> int:
        """How many shipments are neither acknowledged nor waiting for a later retry nor given up."""
        return self._in_flight

    def ship(self, shipment: Shipment, *, on_ack: OnAck | None = None, retry: int = 0, reason: str = "") -> Shipment:
        """Start bringing a shipment to the app; ``on_ack`` sees the final answer before ``done`` resolves."""
        if self._loop is None:
            raise RuntimeError("the sandbox is not started")
        with self._lock:
            self.log.append(shipment)
            self._in_flight += 1
        self._loop.call_soon_threadsafe(self._start, self._bring(shipment, on_ack, retry, reason))
        return shipment

    async def stop(self) -> None:
        """Give up what is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring(self, shipment: Shipment, on_ack: OnAck | None, retry: int, reason: str) -> None:
        ack = await self._attempt(shipment, retry, reason)
        delays = self._retry_delays if shipment.kind == "events_api" else ()
        for number, delay in enumerate(delays[retry:], start=retry + 1):
            if ack.is_ok or not ack.may_retry:
                break
            await self._pause(shipment, delay)
            ack = await self._attempt(shipment, number, ack.reason)
        shipment.ack = ack
        try:
            if on_ack is not None:
                on_ack(ack)
        finally:
            self._count(-1)
            shipment.done.set_result(ack)
            shipment.rests.set()

    async def _pause(self, shipment: Shipment, delay: float) -> None:
        # Who waits for quiet is not made to wait for a retry that is minutes away.
        is_long = delay >= LONG_PAUSE
        if is_long:
            self._count(-1)
            shipment.rests.set()
        await asyncio.sleep(delay)
        if is_long:
            shipment.rests.clear()
            self._count(+1)

    async def _attempt(self, shipment: Shipment, number: int, reason: str) -> Ack:
        started = time.perf_counter()
        assert self.carrier is not None
        ack = await self.carrier.carry(shipment, retry=number, reason=reason)
        shipment.attempts.append(Attempt(number, (time.perf_counter() - started) * 1000, ack.reason))
        return ack

    def _count(self, step: int) -> None:
        with self._lock:
            self._in_flight += step


def event_shipment(body: Json) -> Shipment:
    """Return the shipment of an ``event_callback`` body."""
    return Shipment("events_api", body)
