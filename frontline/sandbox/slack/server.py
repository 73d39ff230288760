"""The stand-in as a running server on loopback: Web API, Socket Mode, response URLs, uploads, the page."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from frontline.core.clock import Clock
from frontline.core.errors import EngineError
from frontline.sandbox.slack.acts import Acts
from frontline.sandbox.slack.blocks import BlockJudge
from frontline.sandbox.slack.calls import Call, Grants
from frontline.sandbox.slack.courier import RETRY_DELAYS, Courier
from frontline.sandbox.slack.driver import Persona
from frontline.sandbox.slack.faults import FaultPlan
from frontline.sandbox.slack.manifests import install
from frontline.sandbox.slack.messages_api import respond
from frontline.sandbox.slack.pacing import Bucket, Pace
from frontline.sandbox.slack.records import Json, Message
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.shipments import Shipment
from frontline.sandbox.slack.signed_http import SignedPost
from frontline.sandbox.slack.socket_mode import SocketHub
from frontline.sandbox.slack.web_api import ApiCall, WebApi
from frontline.sandbox.slack.workspace import Workspace

LOOPBACK = "127.0.0.1"
ACK_TIMEOUT = 3.0
Found = TypeVar("Found")


class SandboxSlack:
    """A local Slack workspace on 127.0.0.1.

    ``manifest`` limits scopes, commands and events to what the app asks for; without it everything is granted.
    ``request_url`` switches from Socket Mode to signed HTTP delivery. ``pace=None`` switches rate limits off.
    ``without_blocks`` names block kinds that this workspace has not got yet (a phased roll-out).
    ``routes`` are further pages of the same server (the workspace page).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Clock | None = None,
        manifest: Mapping[str, Any] | None = None,
        request_url: str | None = None,
        block_schema: Path | None = None,
        without_blocks: Sequence[str] = (),
        pace: Pace | None = Pace(),  # noqa: B008 - frozen
        pace_clock: Clock | None = None,
        ack_timeout: float = ACK_TIMEOUT,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        honours_client_msg_id: bool = False,
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
    ) -> None:
        installed = install(manifest)
        self.workspace = Workspace(clock)
        self.faults = FaultPlan()
        self.judge = BlockJudge(schema=block_schema, without=tuple(without_blocks))
        self.grants = Grants(installed.scopes)
        self.bot_token = bot_token or f"xoxb-sandbox-{secrets.token_hex(8)}"
        self.app_token = app_token or f"xapp-sandbox-{secrets.token_hex(8)}"
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.courier = Courier(retry_delays=retry_delays)
        self.acts = Acts(self.workspace, self.courier, self.judge, self.grants, installed)
        self.routes: list[BaseRoute] = []
        self.on_stop: list[Callable[[], None]] = []
        self._port = port
        self._ack_timeout = ack_timeout
        self._bucket = Bucket(pace, pace_clock)
        self._honours_client_msg_id = honours_client_msg_id
        self.hub = SocketHub(ack_timeout=ack_timeout, lost=self._is_lost)
        self._post: SignedPost | None = None
        self.courier.carrier = self.hub
        if request_url:
            self.deliver_to(request_url)
        self._api = WebApi(
            self.bot_token,
            self.app_token,
            self.grants,
            self._make_call,
            self._socket_url,
            self.faults.take,
            self._cut,
        )
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen on 127.0.0.1 and return when ready.

        Raises:
            EngineError: the port is taken.
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, self._port))
        except OSError as problem:
            listener.close()
            raise EngineError(f"Port {self._port} on {LOOPBACK} is taken.", permanent=True) from problem
        listener.listen(128)
        self._port = int(listener.getsockname()[1])
        self.workspace.base_url = f"http://{LOOPBACK}:{self._port}"
        config = uvicorn.Config(
            Starlette(routes=[*self._own_routes(), *self.routes]),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(listener, ready), name="sandbox-slack", daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def stop(self) -> None:
        """Close connections and the port."""
        for work in self.on_stop:
            work()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)
        if self._post is not None:
            self._post.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the page lives."""
        return self.workspace.base_url

    @property
    def base_url(self) -> str:
        """The ``base_url`` for ``slack_sdk.WebClient``."""
        return f"{self.workspace.base_url}/api/"

    # -- driving --------------------------------------------------------------------------------------------------

    def as_user(self, who: str, *, wait: bool = True) -> Persona:
        """Return a person to act as, by persona, handle or id. ``wait=False`` does not wait for acks."""
        return Persona(self.acts, self.workspace.user(who), wait=wait)

    def messages(self, channel: str, *, user: str | None = None, thread_ts: str | None = None) -> list[Message]:
        """Return the messages of a channel, with the ephemeral ones that ``user`` sees."""
        viewer = self.workspace.user(user).id if user else None
        return self.workspace.visible(self.workspace.channel(channel).id, user=viewer, thread_ts=thread_ts)

    def wait_for(self, probe: Callable[[], Found], *, timeout: float = 5.0, what: str = "it") -> Found:
        """Return the first truthy answer of ``probe``; see ``Workspace.wait_for``."""
        return self.workspace.wait_for(probe, timeout=timeout, what=what)

    def wait_connected(self, count: int = 1, *, timeout: float = 10.0) -> None:
        """Wait until the app holds ``count`` Socket Mode connections."""
        self.wait_for(lambda: self.hub.connected >= count, timeout=timeout, what="a Socket Mode connection")

    def settle(self, *, timeout: float = 10.0) -> None:
        """Wait until nothing is on its way to the app."""
        self.wait_for(lambda: self.courier.in_flight == 0, timeout=timeout, what="quiet")

    @property
    def calls(self) -> Sequence[ApiCall]:
        """Every Web API call so far."""
        return self._api.log

    @property
    def shipments(self) -> Sequence[Shipment]:
        """Everything that was sent to the app so far."""
        return self.courier.log

    def redeliver(self, shipment: Shipment, *, new_event_id: bool = False) -> Shipment:
        """Send an event once more (same event id unless told otherwise) and wait for the ack."""
        again = self.acts.again(shipment, new_event_id=new_event_id)
        again.rests.wait(timeout=10)
        return again

    def deliver_to(self, request_url: str) -> None:
        """Deliver by signed HTTP from now on."""
        self._post = SignedPost(request_url, self.signing_secret, ack_timeout=self._ack_timeout, lost=self._is_lost)
        self.courier.carrier = self._post

    def refresh_connections(self) -> None:
        """Ask the app to reconnect, as Slack does every few hours."""
        self._on_loop(self.hub.refresh())

    def drop_connections(self) -> None:
        """Cut every Socket Mode connection."""
        self._on_loop(self.hub.drop())

    # -- inside ---------------------------------------------------------------------------------------------------

    def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self.courier.run_on(self._loop)
            assert self._server is not None
            self._loop.call_soon(ready.set)
            await self._server.serve(sockets=[listener])
            await self.courier.stop()

        asyncio.run(main())

    def _own_routes(self) -> list[BaseRoute]:
        return [
            Route("/api/{method}", self._api.answer, methods=["POST", "GET"]),
            Route("/response/{url_id}", self._respond, methods=["POST"]),
            Route("/upload/{file_id}", self._upload, methods=["POST", "PUT"]),
            Route("/files/{file_id}", self._download, methods=["GET"]),
            WebSocketRoute("/link", self.hub.serve),
        ]

    async def _respond(self, request: Request) -> Response:
        try:
            body = await request.json()
            if not isinstance(body, dict):
                return PlainTextResponse("invalid_payload", status_code=400)
            url = self.workspace.tickets.redeem_url(str(request.path_params["url_id"]))
            with self.workspace.lock:
                respond(self.workspace, self.judge, url, body)
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        except Refusal as refusal:
            # Slack answers plain words here, and 404 for a URL that is spent.
            if refusal.status == 404:
                return JSONResponse(refusal.body(), status_code=404)
            return JSONResponse(refusal.body(), status_code=400)
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        file = self.workspace.files.get(str(request.path_params["file_id"]))
        if file is None:
            return PlainTextResponse("file not found", status_code=404)
        file.content = await request.body()
        file.uploaded = True
        return PlainTextResponse(f"OK - {len(file.content)}")

    async def _download(self, request: Request) -> Response:
        """``url_private_download``: the bytes for a token with files:read, else the sign-in page, as Slack does."""
        file = self.workspace.files.get(str(request.path_params["file_id"]))
        is_ours = request.headers.get("Authorization", "") == f"Bearer {self.bot_token}"
        if not is_ours or not self.grants.allow("files:read"):
            return Response("<html><title>Sign in to Slack</title></html>", media_type="text/html")
        if file is None or not file.uploaded:
            return PlainTextResponse("file not found", status_code=404)
        return Response(file.content, media_type="application/octet-stream")

    def _make_call(self, method: str, params: Json) -> Call:
        return Call(
            method,
            params,
            self.workspace,
            self.judge,
            self._bucket,
            self.grants,
            lambda event, channel: void(self.acts.publish(event, channel)),
            self._honours_client_msg_id,
        )

    def _socket_url(self) -> str:
        return f"ws://{LOOPBACK}:{self._port}/link?ticket={self.hub.issue_ticket()}"

    def _is_lost(self, kind: str, ack: bool) -> bool:
        return self.faults.is_lost(kind, ack=ack)

    def _cut(self, request: Request) -> None:
        """Reset the TCP connection of a request without an answer."""
        assert self._server is not None
        client = tuple(request.scope.get("client") or ())
        for connection in list(self._server.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None and tuple(transport.get_extra_info("peername") or ())[:2] == client:
                transport.abort()

    def on_loop_soon(self, act: Callable[..., object], *what: object) -> None:
        """Run something small on the server's thread; a stopped server ignores it."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *what)

    def _on_loop(self, work: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)


def void(value: object) -> None:
    """Swallow a value where a callback returns nothing."""
    del value
