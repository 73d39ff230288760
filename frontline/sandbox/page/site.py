"""The workspace page and the small API behind it. Everything a click does goes through ``Acts``, like the driver."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from frontline.core.errors import NotFound, UsageError, UserError
from frontline.sandbox.page.clockwork import Clockwork
from frontline.sandbox.page.screens import Screens
from frontline.sandbox.slack import cast
from frontline.sandbox.slack.cast import Hint
from frontline.sandbox.slack.inputs import find_element
from frontline.sandbox.slack.records import Channel, Json, Message, User, View
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.server import SandboxSlack

STATIC = Path(__file__).parent / "static"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# No script, style or picture from anywhere but here; nobody may frame the page.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class Page:
    """The page of one sandbox. ``mount`` before the sandbox starts."""

    sandbox: SandboxSlack
    clockwork: Clockwork = field(default_factory=Clockwork)
    hints: Mapping[str, Sequence[Hint]] = field(default_factory=lambda: cast.HINTS)

    def mount(self) -> None:
        """Add the routes of the page to the sandbox's server."""
        self._screens = Screens(self.sandbox, self.clockwork, self.hints)
        self._streams: set[asyncio.Queue[Json | None]] = set()
        self.sandbox.on_stop.append(self._end_streams)
        self.sandbox.routes.extend(self._routes())

    def _routes(self) -> list[BaseRoute]:
        gets: dict[str, Endpoint] = {
            "/": self._index,
            "/page/{name}": self._static,
            "/sandbox/boot": self._boot,
            "/sandbox/messages": self._messages,
            "/sandbox/views": self._views,
            "/sandbox/raw": self._raw,
            "/sandbox/files/{file_id}": self._file,
            "/sandbox/events": self._events,
        }
        posts: dict[str, Callable[[User, Json], Awaitable[Json]]] = {
            "/sandbox/say": self._say,
            "/sandbox/press": self._press,
            "/sandbox/submit": self._submit,
            "/sandbox/close": self._close,
            "/sandbox/shortcut": self._shortcut,
            "/sandbox/home": self._home,
            "/sandbox/clock": self._clock,
        }
        return [
            *(Route(path, _guarded(endpoint), methods=["GET"]) for path, endpoint in gets.items()),
            *(Route(path, _guarded(self._acting(act)), methods=["POST"]) for path, act in posts.items()),
        ]

    # -- looking --------------------------------------------------------------------------------------------------

    async def _index(self, request: Request) -> Response:
        del request
        return FileResponse(STATIC / "index.html", headers=_HEADERS)

    async def _static(self, request: Request) -> Response:
        path = STATIC / Path(request.path_params["name"]).name
        if path.suffix not in _KINDS or not path.is_file():
            return Response(status_code=404)
        return FileResponse(path, media_type=_KINDS[path.suffix], headers=_HEADERS)

    async def _boot(self, request: Request) -> Response:
        return _json(self._screens.boot(self._viewer(request)))

    async def _messages(self, request: Request) -> Response:
        channel = self.sandbox.workspace.channel(request.query_params["channel"])
        return _json(self._screens.messages(self._viewer(request), channel))

    async def _views(self, request: Request) -> Response:
        return _json(self._screens.views(self._viewer(request)))

    async def _raw(self, request: Request) -> Response:
        message = self._message(request.query_params["channel"], request.query_params["ts"])
        return _json({"sent": message.raw, "stored": message.to_api(with_metadata=True)})

    async def _file(self, request: Request) -> Response:
        file = self.sandbox.workspace.files.get(str(request.path_params["file_id"]))
        if file is None or not file.uploaded:
            return Response(status_code=404)
        # Always a download: an uploaded page must not run in the origin of the workspace.
        headers = {**_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(file.name)}"}
        return Response(file.content, media_type="application/octet-stream", headers=headers)

    async def _events(self, request: Request) -> Response:
        del request
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        stop = self.sandbox.workspace.listen(lambda change: self.sandbox.on_loop_soon(queue.put_nowait, change))
        self._streams.add(queue)

        async def stream() -> AsyncIterator[str]:
            try:
                yield "retry: 1000\n\n"
                while (change := await queue.get()) is not None:
                    yield f"data: {json.dumps(change)}\n\n"
            finally:
                stop()
                self._streams.discard(queue)

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def _end_streams(self) -> None:
        for queue in list(self._streams):
            self.sandbox.on_loop_soon(queue.put_nowait, None)

    # -- acting ---------------------------------------------------------------------------------------------------

    def _acting(self, act: Callable[[User, Json], Awaitable[Json]]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            body = await request.json()
            if not isinstance(body, dict):
                raise UsageError("The page sent something that is not an object.")
            return _json(await act(self.sandbox.workspace.user(str(body.get("as", ""))), body))

        return endpoint

    async def _say(self, user: User, body: Json) -> Json:
        channel = self._channel(body)
        text, thread_ts = str(body.get("text", "")).strip(), body.get("thread_ts") or None
        if not text:
            raise UsageError("There is nothing to send.", next_step="Type something first.")
        if not text.startswith("/"):
            said = self.sandbox.acts.say(user, channel, text, thread_ts=thread_ts)
            return {"ts": said.ts}
        command, _, rest = text.partition(" ")
        if thread_ts:
            self.sandbox.acts.tell(user, channel, f"{command} is not supported in threads. Sorry!", thread_ts=thread_ts)
            return {}
        self.sandbox.acts.command(user, channel, command, rest.strip())
        return {}

    async def _press(self, user: User, body: Json) -> Json:
        source: Message | View
        if body.get("view_id"):
            source = self._view(user, body)
            blocks = source.definition["blocks"]
        else:
            source = self._message(str(body.get("channel")), str(body.get("ts")))
            blocks = source.blocks
            if source.ephemeral_for not in (None, user.id):
                raise NotFound("That message is not visible to this person.")
        inside = [block for block in blocks if block.get("block_id") == body.get("block_id")]
        placed = find_element(inside, str(body.get("action_id")))
        shipment = self.sandbox.acts.press(user, source, placed, body.get("value"))
        ack = await asyncio.wrap_future(shipment.done)
        return {"acked": ack.is_ok}

    async def _submit(self, user: User, body: Json) -> Json:
        shipment = self.sandbox.acts.submit(user, self._view(user, body), body.get("values") or {})
        if shipment is not None:
            await asyncio.wrap_future(shipment.done)
        return self._screens.views(user)

    async def _close(self, user: User, body: Json) -> Json:
        self.sandbox.acts.close(user, self._view(user, body), all_of_them=bool(body.get("all")))
        return self._screens.views(user)

    async def _shortcut(self, user: User, body: Json) -> Json:
        message = self._message(str(body.get("channel")), str(body.get("ts")))
        self.sandbox.acts.shortcut(user, str(body.get("callback_id")), message)
        return {}

    async def _home(self, user: User, body: Json) -> Json:
        del body
        self.sandbox.acts.open_home(user)
        return self._screens.views(user)

    async def _clock(self, user: User, body: Json) -> Json:
        before = self._screens.posts()
        # Catching up with everything that was due may take a while: not on the server's own thread.
        await asyncio.to_thread(self.clockwork.jump, self.sandbox.workspace.now(), body.get("to"))
        self.sandbox.workspace.note("clock")
        return {**self._screens.clock(), "arrived": self._screens.arrived(user, before)}

    # -- finding --------------------------------------------------------------------------------------------------

    def _viewer(self, request: Request) -> User:
        return self.sandbox.workspace.user(request.query_params.get("as", "supervisor"))

    def _channel(self, body: Json) -> Channel:
        return self.sandbox.workspace.channel(str(body.get("channel", "")))

    def _message(self, channel: str, ts: str) -> Message:
        if (message := self.sandbox.workspace.find_message(channel, ts)) is None:
            raise NotFound("That message is gone.", next_step="Reload the page.")
        return message

    def _view(self, user: User, body: Json) -> View:
        view = self.sandbox.workspace.views.get(str(body.get("view_id")))
        if view is None or view.user != user.id:
            raise NotFound("That form is closed.", next_step="Open it again.")
        return view


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Refuse other sites that a browser might visit meanwhile, and turn our errors into sentences."""

    async def guarded(request: Request) -> Response:
        host = request.headers.get("host", "")
        origin = request.headers.get("origin")
        if urlsplit(f"//{host}").hostname not in ("127.0.0.1", "localhost"):
            return _json({"error": "This page answers on 127.0.0.1 only."}, status=403)
        if origin is not None and urlsplit(origin).netloc != host:
            return _json({"error": "Another site may not act here."}, status=403)
        if request.method == "POST" and not request.headers.get("content-type", "").startswith("application/json"):
            return _json({"error": "Only JSON is taken here."}, status=415)
        try:
            return await endpoint(request)
        except UserError as problem:
            return _json({"error": str(problem)}, status=400)
        except Refusal as refusal:
            return _json({"error": f"The workspace says: {refusal.code}."}, status=400)
        except (KeyError, ValueError):
            return _json({"error": "The page sent something incomplete."}, status=400)

    return guarded


def _json(body: Any, *, status: int = 200) -> Response:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
