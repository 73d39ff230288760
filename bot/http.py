"""HTTP mode: Bolt behind the guard behind waitress, on loopback unless told otherwise."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler

from bot.deps import BotDeps
from bot.guard import MAX_BODY, Environ, Guard, StartResponse, WsgiApp
from frontline.core.errors import UsageError

PATH = "/slack/events"
# A thread waits for the disk, not for the processor; Slack keeps its connections open.
_THREADS = 64


class HttpServer:
    """A threaded server for the Request URL of the Slack app."""

    def __init__(
        self,
        app: App,
        deps: BotDeps,
        *,
        host: str = "127.0.0.1",
        port: int = 3000,
        beside: Mapping[str, WsgiApp] | None = None,
    ) -> None:
        """Bind the port. ``beside``: other apps by the beginning of their paths (``/in/``), each with its own guard.

        Raises:
            UsageError: the signing secret is missing, or the address cannot be used.
        """
        from waitress.server import create_server

        if not deps.settings.signing_secret.get_secret_value().strip():
            raise UsageError(
                "HTTP mode needs the signing secret of the Slack app.",
                next_step="Set FRONTLINE_SLACK_SIGNING_SECRET, or use Socket Mode.",
            )
        # A burst that queues for a moment is no news; waitress would write a line for each request of it.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        guarded = Guard(
            SlackRequestHandler(app, path=PATH),
            signing_secret=deps.settings.signing_secret,
            clock=deps.guard_clock,
            path=PATH,
        )
        self._channels: dict[int, Any] = {}
        try:
            self._server = create_server(
                _branch(guarded, beside or {}),
                map=self._channels,
                host=host,
                port=port,
                threads=_THREADS,
                ident=None,
                max_request_body_size=MAX_BODY + 1,
            )
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be used: {error.strerror or error}.",
                next_step="Stop the other program, or choose another port.",
            ) from error
        self.host = host
        # A name with two addresses (localhost) gives two sockets.
        listening = getattr(self._server, "effective_listen", None) or [(host, self._server.effective_port)]
        self.port = int(listening[0][1])
        self._thread = threading.Thread(target=self._server.run, name="frontline-http", daemon=True)

    @property
    def url(self) -> str:
        """The Request URL as seen from this machine."""
        return f"http://{self.host}:{self.port}{PATH}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port; requests that are being answered are finished."""
        from waitress import trigger, wasyncore
        from waitress.server import BaseWSGIServer

        # Closed in the thread that selects on the sockets: elsewhere it would meet a closed one. Its doors stay open
        # until nobody can knock, for a worker that just answered may wake that thread before this one does.
        doors = [each for each in list(self._channels.values()) if isinstance(each, trigger.trigger)]
        if not (self._thread.is_alive() and doors):
            self._server.close()
            self._server.task_dispatcher.shutdown()
            return

        def leave() -> None:
            for door in doors:
                door.del_channel()
            for each in list(self._channels.values()):
                # A listening socket would close its door as well.
                wasyncore.dispatcher.close(each) if isinstance(each, BaseWSGIServer) else each.close()

        doors[0].pull_trigger(leave)
        self._thread.join(timeout=5)
        self._server.task_dispatcher.shutdown()
        for door in doors:
            door.close()


def _branch(app: WsgiApp, beside: Mapping[str, WsgiApp]) -> WsgiApp:
    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        chosen = next((other for prefix, other in beside.items() if path.startswith(prefix)), app)
        return chosen(environ, start_response)

    return serve
