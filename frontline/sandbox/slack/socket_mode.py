"""Socket Mode: websockets that the app opened, envelopes, acks; several connections share the load."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.records import Json
from frontline.sandbox.slack.shipments import Ack, Shipment

# Slack allows an app ten connections at a time.
MAX_CONNECTIONS = 10


class SocketHub:
    """Carries shipments over the connected websockets, one connection each, in turn."""

    def __init__(self, *, ack_timeout: float, lost: Callable[[str, bool], bool]) -> None:
        self._ack_timeout = ack_timeout
        self._lost = lost
        self._tickets: set[str] = set()
        self._connections: list[WebSocket] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def connected(self) -> int:
        """How many connections the app holds."""
        return len(self._connections)

    def issue_ticket(self) -> str:
        """Return a one-time ticket for a new connection."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection until either side closes it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self._connections) >= MAX_CONNECTIONS:
            await socket.close(code=1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._connections.append(socket)
        try:
            await socket.send_text(json.dumps(self._hello()))
            while True:
                self._take_answer(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            # Starlette raises RuntimeError when the other side vanished between two frames.
            pass
        finally:
            if socket in self._connections:
                self._connections.remove(socket)

    async def carry(self, shipment: Shipment, *, retry: int, reason: str) -> Ack:
        """Send one envelope over the next connection and wait for its ack."""
        socket = self._next_connection()
        if socket is None:
            return Ack("connection_failed")
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": shipment.kind,
            "payload": shipment.payload,
            "accepts_response_payload": shipment.kind != "events_api",
        }
        if shipment.kind == "events_api":
            envelope.update(retry_attempt=retry, retry_reason=reason)
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        if not self._lost(shipment.kind, True):
            self._waiting[envelope_id] = waiting
        try:
            if not self._lost(shipment.kind, False):
                await socket.send_text(json.dumps(envelope))
            answer = await asyncio.wait_for(waiting, self._ack_timeout)
        except TimeoutError:
            return Ack("timeout")
        except (WebSocketDisconnect, RuntimeError):
            return Ack("connection_failed")
        finally:
            self._waiting.pop(envelope_id, None)
        return Ack(payload=answer)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to come back, then close it, as Slack does every few hours."""
        for socket in list(self._connections):
            self._connections.remove(socket)
            await socket.send_text(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {}}))
            await socket.close()

    async def drop(self) -> None:
        """Close every connection without a word."""
        for socket in list(self._connections):
            self._connections.remove(socket)
            await socket.close(code=1011)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": cast.APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
        }

    def _next_connection(self) -> WebSocket | None:
        if not self._connections:
            return None
        self._turn += 1
        return self._connections[self._turn % len(self._connections)]

    def _take_answer(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(str(answer.get("envelope_id", "")))
        if waiting is not None and not waiting.done():
            payload = answer.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})
