"""The guard in front of Bolt in HTTP mode: who is not Slack gets no further than this.

Plain Bolt takes a body of any size, turns a malformed timestamp into a 500, and lets bad JSON raise out of dispatch.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from pydantic import SecretStr

from bot.listeners import SHAPE_ERRORS
from frontline.core.clock import Clock
from frontline.core.traces import trace_of

_log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

MAX_BODY = 1_048_576
MAX_SKEW_S = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Content Too Large",
}
# Fields that Bolt takes for objects without looking.
_OBJECTS = ("event", "view", "message", "container", "authorizations_context", "interactivity")


class Rejected(Exception):
    """The request is answered by the guard itself."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Guard:
    """WSGI middleware: size, header syntax, age, signature, shape; then Bolt. Nothing is written before that."""

    def __init__(self, app: WsgiApp, *, signing_secret: SecretStr, clock: Clock, path: str = "/slack/events") -> None:
        if not signing_secret.get_secret_value().strip():
            raise ValueError("HTTP mode needs the signing secret of the Slack app")
        self._app = app
        self._secret = signing_secret
        self._clock = clock
        self._path = path

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = self._admit(environ)
            return self._app(
                {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start_response
            )
        except Rejected as rejected:
            return _answer(start_response, rejected.status, rejected.sentence)
        except SHAPE_ERRORS as error:
            _log.warning("A signed request had an unexpected shape: %s", trace_of(error))
            return _answer(start_response, 400, "The request makes no sense to this app.")

    def _admit(self, environ: Environ) -> bytes:
        if environ.get("PATH_INFO") != self._path:
            raise Rejected(404, "There is nothing here.")
        if environ.get("REQUEST_METHOD") != "POST":
            raise Rejected(405, "Slack sends POST requests.")
        body = _read_body(environ)
        self._check_signature(environ, body)
        _check_shape(str(environ.get("CONTENT_TYPE", "")), body)
        return body

    def _check_signature(self, environ: Environ, body: bytes) -> None:
        timestamp = str(environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", ""))
        signature = str(environ.get("HTTP_X_SLACK_SIGNATURE", ""))
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise Rejected(401, "The request is not signed.")
        if abs(self._clock.now().timestamp() - int(timestamp)) > MAX_SKEW_S:
            raise Rejected(401, "The request is too old, or a clock is wrong.")
        if not hmac.compare_digest(sign(self._secret, timestamp, body), signature):
            raise Rejected(401, "The signature is wrong.")


def sign(secret: SecretStr, timestamp: str, body: bytes) -> str:
    """Return the v0 signature of a body (https://docs.slack.dev/authentication/verifying-requests-from-slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.get_secret_value().encode(), base, hashlib.sha256).hexdigest()


def _read_body(environ: Environ) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isascii() or not length.isdigit():
        raise Rejected(411, "The length of the request is missing.")
    if len(length) > 9 or int(length) > MAX_BODY:
        raise Rejected(413, "The request is larger than 1 MB.")
    body: bytes = environ["wsgi.input"].read(int(length))
    if len(body) != int(length):
        raise Rejected(400, "The request is cut short.")
    return body


def _check_shape(content_type: str, body: bytes) -> None:
    """Raise ``Rejected`` unless the body is an object that Bolt can read."""
    try:
        text = body.decode("utf-8")
        if content_type.partition(";")[0].strip().lower() == "application/json":
            payload = json.loads(text)
        elif "payload=" in text:
            payload = json.loads(parse_qs(text, max_num_fields=200)["payload"][0])
        else:
            # A slash command: fields of text, whose shape cannot be wrong.
            payload = {"form": text} if "=" in text else None
    except (ValueError, KeyError, RecursionError) as error:
        raise Rejected(400, "The request cannot be read.") from error
    if not isinstance(payload, Mapping) or not payload:
        raise Rejected(400, "The request cannot be read.")
    if any(key in payload and not isinstance(payload[key], Mapping) for key in _OBJECTS):
        raise Rejected(400, "The request makes no sense to this app.")
    if payload.get("type") == "event_callback" and not isinstance(payload.get("event", {}).get("type"), str):
        raise Rejected(400, "The request makes no sense to this app.")


def _answer(start_response: StartResponse, status: int, sentence: str) -> list[bytes]:
    body = sentence.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(f"{status} {_REASONS[status]}", headers)
    return [body]
