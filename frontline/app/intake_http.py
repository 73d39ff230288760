"""HTTP in front of the receiver: paths, sizes, JSON answers; beside Bolt's endpoint, or a small server of its own."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from bot.guard import Environ, StartResponse
from frontline.app.receiving import Receiver
from frontline.core.errors import FrontlineError, UsageError
from frontline.store.intake.feeds.webhook import MAX_BODY, Rejected

log = logging.getLogger(__name__)

PREFIX = "/in/"
_PATH = re.compile(r"/in/([a-z_]{1,60})/?")
_REASONS = {
    202: "Accepted", 200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
    411: "Length Required", 413: "Content Too Large", 422: "Unprocessable Content", 503: "Service Unavailable",
}  # fmt: skip
_HEADERS = ("X-Frontline-Timestamp", "X-Frontline-Signature", "Idempotency-Key")


class IntakeApp:
    """A WSGI app that answers ``POST /in/<table>`` with JSON."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, body = self._answer(environ)
        except Rejected as rejected:
            status, body = rejected.status, {"error": rejected.message, "next": rejected.next_step}
        except FrontlineError as error:
            log.warning("A pushed batch could not be kept: %s", error)
            status, body = 503, {"error": "The rows could not be kept.", "next": "Send them again in a minute."}
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(content)))]
        start_response(f"{status} {_REASONS.get(status, 'Error')}", headers)
        return [content]

    def _answer(self, environ: Environ) -> tuple[int, Mapping[str, Any]]:
        path = _PATH.fullmatch(str(environ.get("PATH_INFO", "")))
        if path is None:
            raise Rejected("There is nothing here.", status=404, next_step="POST to /in/<table>.")
        if environ.get("REQUEST_METHOD") != "POST":
            raise Rejected("Rows are sent with POST.", status=405)
        body = _read_body(environ)
        said = {name: str(environ.get("HTTP_" + name.upper().replace("-", "_"), "")) for name in _HEADERS}
        answer = self._receiver.receive(path[1], body, said)
        return answer.status, answer.body


class IntakeServer:
    """The app on a port of its own, for a bot in Socket Mode."""

    def __init__(self, app: IntakeApp, *, host: str, port: int) -> None:
        """Bind the port.

        Raises:
            UsageError: the address cannot be used.
        """
        from waitress.server import create_server

        self._sockets: dict[int, Any] = {}
        try:
            self._server = create_server(
                app, map=self._sockets, host=host, port=port, threads=4, ident=None, max_request_body_size=MAX_BODY + 1
            )
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be used for the intake: {error.strerror or error}.",
                next_step="Set FRONTLINE_INTAKE_PORT to a free port.",
            ) from error
        listening = getattr(self._server, "effective_listen", None) or [(host, self._server.effective_port)]
        self.url = f"http://{host}:{int(listening[0][1])}"
        self._thread = threading.Thread(target=self._server.run, name="intake-http", daemon=True)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port; requests that are being answered are finished."""
        from waitress import trigger, wasyncore

        doors = [each for each in list(self._sockets.values()) if isinstance(each, trigger.trigger)]
        if self._thread.is_alive() and doors:
            doors[0].pull_trigger(lambda: wasyncore.close_all(self._sockets))
            self._thread.join(timeout=5)
        else:
            self._server.close()
        self._server.task_dispatcher.shutdown()


def _read_body(environ: Environ) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isascii() or not length.isdigit():
        raise Rejected("The length of the request is missing.", status=411)
    if len(length) > 9 or int(length) > MAX_BODY:
        # Judged by what the sender announces: nothing of it is read.
        raise Rejected(
            f"The body is larger than {MAX_BODY:,} bytes.", status=413, next_step="Send fewer rows at a time."
        )
    body: bytes = environ["wsgi.input"].read(int(length))
    return body
