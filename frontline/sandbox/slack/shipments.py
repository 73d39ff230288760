"""One thing on its way to the app: an event, a command or an interaction, with all its attempts."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, Protocol

from frontline.sandbox.slack.records import Json

ShipmentKind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Ack:
    """What came back. ``reason`` is empty when the app acknowledged within the time."""

    reason: str = ""
    payload: Json = field(default_factory=dict)
    status: int = 200
    may_retry: bool = True

    @property
    def is_ok(self) -> bool:
        """Whether the app acknowledged."""
        return not self.reason


@dataclass
class Attempt:
    """One try: how long it took, and why it failed (empty when acknowledged)."""

    number: int
    took_ms: float
    reason: str = ""


@dataclass
class Shipment:
    """A payload on its way. ``done`` resolves with the final ack once acknowledged or given up."""

    kind: ShipmentKind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    ack: Ack | None = None
    done: Future[Ack] = field(default_factory=Future)
    # Set while nothing is under way: acknowledged, given up, or waiting for a retry minutes away.
    rests: threading.Event = field(default_factory=threading.Event)

    @property
    def is_acked(self) -> bool:
        """Whether the app acknowledged it in the end."""
        return self.ack is not None and self.ack.is_ok

    @property
    def ack_ms(self) -> float:
        """Milliseconds of the last attempt."""
        return self.attempts[-1].took_ms if self.attempts else 0.0

    @property
    def event_id(self) -> str:
        """The id of an event, else empty."""
        return str(self.payload.get("event_id", ""))

    @property
    def event_type(self) -> str:
        """The type of an event, else the kind of shipment."""
        return str(self.payload.get("event", {}).get("type", self.kind))


class Carrier(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    async def carry(self, shipment: Shipment, *, retry: int, reason: str) -> Ack:
        """Bring one attempt to the app and wait for its ack."""
        ...
