"""The Web API over HTTP: tokens, parameters, planned faults, then the method."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from frontline.sandbox.slack import cast, messages_api, rooms_api, uploads_api, views_api
from frontline.sandbox.slack.calls import Call, Grants, parse_params
from frontline.sandbox.slack.faults import Fault
from frontline.sandbox.slack.records import Json
from frontline.sandbox.slack.refusals import Refusal

Method = Callable[[Call], Json]


def _auth_test(call: Call) -> Json:
    return {
        "ok": True,
        "url": f"{call.workspace.base_url}/",
        "team": cast.TEAM_NAME,
        "user": cast.BOT.handle,
        "team_id": cast.TEAM_ID,
        "user_id": cast.BOT_USER_ID,
        "bot_id": cast.BOT_ID,
        "is_enterprise_install": False,
    }


def _api_test(call: Call) -> Json:
    if error := call.text("error"):
        raise Refusal(error)
    return {"ok": True, "args": {k: v for k, v in call.params.items() if k != "token"}}


def _team_info(call: Call) -> Json:
    call.grants.need("team:read")
    return {"ok": True, "team": {"id": cast.TEAM_ID, "name": cast.TEAM_NAME, "domain": cast.TEAM_DOMAIN}}


def _bot_info(call: Call) -> Json:
    call.grants.need("users:read")
    return {
        "ok": True,
        "bot": {"id": cast.BOT_ID, "app_id": cast.APP_ID, "user_id": cast.BOT_USER_ID, "name": "Frontline"},
    }


def _assistant(call: Call) -> Json:
    # Status lines and suggested prompts of the agent view: accepted, shown as a change of the thread.
    call.grants.need("chat:write", "assistant:write")
    call.workspace.note("status", channel=call.text("channel_id"), text=call.text("status"))
    return {"ok": True}


METHODS: Mapping[str, Method] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "team.info": _team_info,
    "bots.info": _bot_info,
    "assistant.threads.setStatus": _assistant,
    "assistant.threads.setSuggestedPrompts": _assistant,
    "assistant.threads.setTitle": _assistant,
    "blocks.validate": messages_api.validate_blocks,
    "chat.postMessage": messages_api.post_message,
    "chat.postEphemeral": messages_api.post_ephemeral,
    "chat.update": messages_api.update_message,
    "chat.delete": messages_api.delete_message,
    "chat.getPermalink": messages_api.permalink,
    "conversations.info": rooms_api.channel_info,
    "conversations.list": rooms_api.list_channels,
    "conversations.members": rooms_api.members,
    "conversations.open": rooms_api.open_conversation,
    "conversations.join": rooms_api.join,
    "conversations.history": rooms_api.history,
    "conversations.replies": rooms_api.replies,
    "users.info": rooms_api.user_info,
    "users.list": rooms_api.list_users,
    "reactions.add": rooms_api.add_reaction,
    "reactions.remove": rooms_api.remove_reaction,
    "views.open": views_api.open_view,
    "views.push": views_api.push_view,
    "views.update": views_api.update_view,
    "views.publish": views_api.publish_home,
    "files.info": uploads_api.file_info,
    "files.getUploadURLExternal": uploads_api.get_upload_url,
    "files.completeUploadExternal": uploads_api.complete_upload,
}


@dataclass
class ApiCall:
    """A line of the call log. ``error`` is empty when the answer was ok."""

    method: str
    params: Json
    error: str = ""
    took_ms: float = 0.0
    fault: str = ""


@dataclass
class WebApi:
    """Answers ``/api/<method>``. ``make_call`` builds a ``Call``; ``open_socket`` gives a Socket Mode URL."""

    bot_token: str
    app_token: str
    grants: Grants
    make_call: Callable[[str, Json], Call]
    open_socket: Callable[[], str]
    take_fault: Callable[[str, Json], Fault | None]
    cut: Callable[[Request], None]
    log: list[ApiCall] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """Answer one HTTP call."""
        method = str(request.path_params["method"])
        started = time.perf_counter()
        try:
            content_type = request.headers.get("content-type", "")
            params = parse_params(await request.body(), content_type, request.url.query)
        except Refusal as refusal:
            return _refused(refusal)
        token = _token(request, params)
        line = ApiCall(method, {k: v for k, v in params.items() if k != "token"})
        self.log.append(line)
        fault = self.take_fault(method, params)
        if fault is not None:
            line.fault = fault.kind
        response = await self._meet(request, fault) if fault else None
        if response is None:
            response = self._run(method, params, token, line)
            if fault is not None:
                response = self._spoil(request, fault, response)
        line.took_ms = (time.perf_counter() - started) * 1000
        return response

    def _run(self, method: str, params: Json, token: str, line: ApiCall) -> Response:
        try:
            body = self._call(method, params, token)
        except Refusal as refusal:
            line.error = refusal.code
            return _refused(refusal)
        scopes = ",".join(sorted(self.grants.scopes))
        return JSONResponse(body, headers={"X-OAuth-Scopes": scopes})

    def _call(self, method: str, params: Json, token: str) -> Json:
        if not token:
            raise Refusal("not_authed")
        if method == "apps.connections.open":
            return self._open_connection(token)
        if method not in METHODS:
            raise Refusal("unknown_method", req_method=method)
        if token == self.app_token:
            raise Refusal("not_allowed_token_type")
        if token != self.bot_token:
            raise Refusal("invalid_auth")
        call = self.make_call(method, params)
        with call.workspace.lock:
            return METHODS[method](call)

    def _open_connection(self, token: str) -> Json:
        if token == self.bot_token:
            raise Refusal("not_allowed_token_type")
        if token != self.app_token:
            raise Refusal("invalid_auth")
        return {"ok": True, "url": self.open_socket()}

    async def _meet(self, request: Request, fault: Fault) -> Response | None:
        """Return the answer of a fault that strikes before Slack accepts, or None to go on."""
        if fault.kind == "drop_before":
            self.cut(request)
            return Response(status_code=500)
        if fault.kind == "error_before":
            return PlainTextResponse("internal error", status_code=500)
        if fault.kind == "rate_limit":
            return _refused(Refusal("ratelimited", status=429, retry_after=max(1, round(fault.seconds))))
        if fault.kind == "refuse":
            return _refused(Refusal(fault.code))
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        return None

    def _spoil(self, request: Request, fault: Fault, response: Response) -> Response:
        """Return the answer of a fault that strikes after Slack accepted."""
        if fault.kind == "reset_after":
            self.cut(request)
            return Response(status_code=500)
        if fault.kind == "error_after":
            return PlainTextResponse("internal error", status_code=500)
        if fault.kind == "not_json":
            return PlainTextResponse("<html>Something went wrong</html>", media_type="text/html")
        return response


def _token(request: Request, params: Json) -> str:
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return str(params.get("token") or "")


def _refused(refusal: Refusal) -> Response:
    headers: dict[str, Any] = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return JSONResponse(refusal.body(), status_code=refusal.status, headers=headers)
