"""Loading views: a trigger lives three seconds, so the modal opens before anybody has thought about its content."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.envelopes import Envelope
from bot.render_view import loading_view
from bot.transport import call

_WAIT_S = 5.0
_REMEMBERED = 500


@dataclass(frozen=True)
class Opened:
    """A modal that stands open; ``hash`` guards against an update that comes after another one."""

    view_id: str
    hash: str


class Openings:
    """Opens loading views beside the ack and hands them to whoever fills them."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="frontline-views")
        self._pending: dict[str, Future[Opened]] = {}

    def open(self, envelope: Envelope) -> None:
        """Open a loading view for ``envelope`` without waiting for it."""
        while len(self._pending) >= _REMEMBERED:
            # Another process has taken the envelope, and its modal says that it is opening until it is closed.
            self._pending.pop(next(iter(self._pending)), None)
        self._pending[envelope.inbound_id] = self._pool.submit(self._open, envelope)

    def take(self, inbound_id: str) -> Opened | None:
        """Return the view that was opened for an envelope, or None: none was asked for, or Slack refused it."""
        pending = self._pending.pop(inbound_id, None)
        if pending is None:
            return None
        try:
            error = pending.exception(timeout=_WAIT_S)
        except (FutureTimeout, CancelledError):
            return None
        return pending.result() if error is None else None

    def stop(self) -> None:
        """Open nothing any more."""
        self._pool.shutdown(cancel_futures=True)

    def _open(self, envelope: Envelope) -> Opened:
        method = self._client.views_push if envelope.surface == "view" else self._client.views_open
        answer = call(method, trigger_id=envelope.trigger_id, view=loading_view())
        view = answer.get("view")
        facts = view if isinstance(view, dict) else {}
        return Opened(view_id=str(facts.get("id", "")), hash=str(facts.get("hash", "")))
