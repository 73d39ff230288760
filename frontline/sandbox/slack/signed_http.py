"""Signed HTTP delivery: the other way in which Slack talks to an app."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from frontline.core.clock import Clock, SystemClock
from frontline.sandbox.slack.records import Json
from frontline.sandbox.slack.shipments import Ack, Shipment


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the ``X-Slack-Signature`` of a body (v0: HMAC-SHA256 over ``v0:timestamp:body``)."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class SignedPost:
    """Carries shipments as signed POSTs to ``request_url``.

    Signatures carry the machine's time, whatever the sandbox clock says: receivers compare with their own.
    """

    def __init__(
        self,
        request_url: str,
        signing_secret: str,
        *,
        ack_timeout: float,
        lost: Callable[[str, bool], bool],
        clock: Clock | None = None,
    ) -> None:
        self._url = urlsplit(request_url)
        self._secret = signing_secret
        self._ack_timeout = ack_timeout
        self._lost = lost
        self._clock = clock or SystemClock()
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="sandbox-post")

    async def carry(self, shipment: Shipment, *, retry: int, reason: str) -> Ack:
        """Post once and wait for the answer."""
        if self._lost(shipment.kind, False):
            await asyncio.sleep(self._ack_timeout)
            return Ack("http_timeout")
        body, content_type = encode_body(shipment)
        headers = self.headers(body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        ack = await asyncio.get_running_loop().run_in_executor(self._pool, self._post, body, headers)
        return Ack("http_timeout") if self._lost(shipment.kind, True) else ack

    def headers(self, body: bytes, content_type: str) -> dict[str, str]:
        """Return the headers of a signed request."""
        timestamp = str(int(self._clock.now().timestamp()))
        return {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (sandbox)",
        }

    def close(self) -> None:
        """Give the threads back."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        connection = http.client.HTTPConnection(
            self._url.hostname or "127.0.0.1", self._url.port or 80, timeout=self._ack_timeout
        )
        try:
            connection.request("POST", self._url.path or "/", body=body, headers=headers)
            response = connection.getresponse()
            raw = response.read()
        except TimeoutError:
            return Ack("http_timeout", status=0)
        except (OSError, http.client.HTTPException):
            return Ack("connection_failed", status=0)
        finally:
            connection.close()
        may_retry = response.headers.get("X-Slack-No-Retry") != "1"
        if response.status != http.client.OK:
            return Ack("http_error", status=response.status, may_retry=may_retry)
        return Ack(payload=decode_answer(raw, response.headers.get("Content-Type", "")), status=response.status)


def encode_body(shipment: Shipment) -> tuple[bytes, str]:
    """Return body and content type: events are JSON, commands a form, interactions JSON inside a form."""
    if shipment.kind == "events_api":
        return json.dumps(shipment.payload).encode(), "application/json"
    fields = shipment.payload if shipment.kind == "slash_commands" else {"payload": json.dumps(shipment.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def decode_answer(raw: bytes, content_type: str) -> Json:
    """Return the answer of an app: JSON, or plain text as ``{"text": ...}``."""
    if not raw.strip():
        return {}
    if content_type.startswith("application/json"):
        try:
            answer = json.loads(raw)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}
    return {"text": raw.decode(errors="replace")}
