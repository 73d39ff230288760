"""The cast of the bot's tests: a stand-in Slack on loopback, an inbox in memory, and what Slack would send."""

from __future__ import annotations

import datetime as dt
import http.server
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from pydantic import SecretStr
from slack_bolt import BoltRequest, BoltResponse

from bot.app import FrontlineBot
from bot.deps import BotDeps, BotSettings
from bot.guard import sign
from frontline.core.clock import FrozenClock
from frontline.core.reply import Outcome, Reply
from frontline.core.request import Request
from frontline.core.text import AnonymizedText, Provenance, seal

SECRET = SecretStr("not-a-secret-signing-key")
BOT = "UBOT"
TEAM = "T1"
AGENT = "U1"
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def anonymized(text: str) -> AnonymizedText:
    """Words that passed the gate."""
    return seal(text, Provenance("test@1"))


@dataclass
class Call:
    """One request that the stand-in got."""

    method: str
    arguments: dict[str, Any]


Answer = tuple[int, dict[str, str], str]
Fault = Callable[["FakeSlack", Call], Answer | None]


class FakeSlack:
    """Takes Web API calls and response URLs, keeps messages and views, fails when told to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.channels: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self._lock = threading.Condition()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                answer = fake.answer(self.path, raw, self.headers.get("Content-Type") or "")
                if answer is None:
                    self.close_connection = True
                    self.connection.shutdown(2)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def response_url(self) -> str:
        return f"{self.url}/response"

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of ``method`` go wrong, one fault each."""
        self.faults[method].extend(faults)

    def of(self, *methods: str) -> list[dict[str, Any]]:
        """The arguments of every call of ``methods`` so far."""
        with self._lock:
            return [call.arguments for call in self.calls if call.method in methods]

    def wait_for(self, *methods: str, count: int = 1, seconds: float = 5.0) -> list[dict[str, Any]]:
        """The arguments of the calls of ``methods``, once there are ``count`` of them."""
        deadline = time.monotonic() + seconds
        with self._lock:
            while sum(call.method in methods for call in self.calls) < count:
                left = deadline - time.monotonic()
                seen = [call.method for call in self.calls]
                assert left > 0, f"no {count} x {methods} within {seconds} s, only {seen}"
                self._lock.wait(left)
        return self.of(*methods)

    def answer(self, path: str, raw: str, content_type: str) -> Answer | None:
        method = path.removeprefix("/api/").partition("?")[0].lstrip("/")
        is_json = content_type.startswith("application/json")
        arguments = json.loads(raw) if is_json and raw else {key: each[0] for key, each in parse_qs(raw).items()}
        call = Call(method, arguments)
        with self._lock:
            fault = self.faults[method].pop(0) if self.faults[method] else None
            answer = fault(self, call) if fault else self.accept(call)
            self.calls.append(call)
            self._lock.notify_all()
        return answer

    def accept(self, call: Call) -> Answer:
        """What Slack does when all is well."""
        arguments = call.arguments
        match call.method:
            case "chat.postMessage":
                channel = str(arguments["channel"])
                channel = f"D{channel[1:]}" if channel.startswith("U") else channel
                ts = f"{NOW.timestamp() + next(_numbers):.6f}"
                self.messages[channel].append({**arguments, "ts": ts})
                return ok(channel=channel, ts=ts)
            case "conversations.history" | "conversations.replies":
                root = arguments.get("ts")
                found = [each for each in self.messages[str(arguments["channel"])] if each.get("thread_ts") == root]
                return ok(messages=found)
            case "conversations.info":
                return ok(channel=self.channels.get(str(arguments["channel"]), {"name": "care-ops"}))
            case "views.open" | "views.push" | "views.update":
                return ok(view={"id": "V1", "hash": "h1"})
            case "auth.test":
                return ok(user_id=BOT, team_id=TEAM)
            case "chat.getPermalink":
                return ok(permalink="https://harbor.slack.com/archives/C1/p1")
            case "files.getUploadURLExternal":
                return ok(upload_url=f"{self.url}/upload", file_id="F1")
            case "files.completeUploadExternal":
                return ok(files=[{"id": "F1"}])
            case _:
                return ok()


def ok(**facts: Any) -> Answer:
    return 200, {}, json.dumps({"ok": True, **facts})


def refuse(code: str, status: int = 200, **headers: str) -> Fault:
    """Slack says no."""
    return lambda *_: (status, headers, json.dumps({"ok": False, "error": code}))


def plain_refusal(status: int, body: str) -> Fault:
    """An answer that is no JSON."""
    return lambda *_: (status, {"Content-Type": "text/html"}, body)


def cut(fake: FakeSlack, call: Call) -> Answer | None:
    """The connection breaks before Slack has taken anything."""
    return None


def cut_after_accept(fake: FakeSlack, call: Call) -> Answer | None:
    """Slack takes the message and the connection breaks before the answer."""
    fake.accept(call)
    return None


@dataclass
class MemoryInbox:
    """The inbox protocol without a disk."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    finished: dict[str, bool] = field(default_factory=dict)
    lock: threading.Condition = field(default_factory=threading.Condition)
    broken: bool = False

    def put(self, inbound_id: str, envelope: dict[str, Any]) -> bool:
        if self.broken:
            raise OSError(28, "No space left on device")
        json.dumps(envelope)
        with self.lock:
            if inbound_id in self.kept:
                return False
            self.kept[inbound_id] = envelope
            self.waiting.append(inbound_id)
        return True

    def claim(self, limit: int) -> list[tuple[str, Mapping[str, Any]]]:
        with self.lock:
            ids, self.waiting = self.waiting[:limit], self.waiting[limit:]
            return [(each, self.kept[each]) for each in ids]

    def finish(self, inbound_id: str, answered: bool) -> None:
        with self.lock:
            self.finished[inbound_id] = answered
            self.lock.notify_all()

    def recover(self) -> int:
        with self.lock:
            self.waiting = [each for each in self.kept if each not in self.finished]
            return len(self.waiting)

    def wait_finished(self, count: int, seconds: float = 10.0) -> dict[str, bool]:
        """The finished ids, once there are ``count`` of them."""
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.finished) >= count, seconds), self.finished
            return dict(self.finished)


@dataclass
class Desk:
    """Stands for the rest of Frontline: remembers requests, answers what it is told to."""

    answer: Callable[[Request], Reply] = lambda _: Reply("FCR was 71.4 % in May.", outcome=Outcome.ANSWERED)
    errors: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def dispatch(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.answer(request)

    def validate(self, request: Request) -> dict[str, str]:
        return self.errors


@dataclass
class Stage:
    """A bot with its stand-in Slack, inbox and desk."""

    slack: FakeSlack
    inbox: MemoryInbox
    desk: Desk
    bot: FrontlineBot

    def send(self, body: Mapping[str, Any] | str, **headers: str) -> BoltResponse:
        """Deliver a payload as Socket Mode does; returns the ack."""
        return self.bot.app.dispatch(BoltRequest(body=body, mode="socket_mode", headers=headers))

    def answered(self, body: Mapping[str, Any], count: int = 1) -> BoltResponse:
        """Deliver a payload and wait until ``count`` requests in all are finished."""
        response = self.send(body)
        self.inbox.wait_finished(count)
        return response


def open_stage(slack: FakeSlack, inbox: MemoryInbox | None = None, **changes: Any) -> Stage:
    """Return a bot whose workers run."""
    inbox, desk = inbox or MemoryInbox(), Desk()
    settings = BotSettings(
        bot_token=SecretStr("xoxb-test"),
        app_token=SecretStr("xapp-test"),
        signing_secret=SECRET,
        base_url=f"{slack.url}/api/",
        bot_user_id=BOT,
        team_id=TEAM,
        timeout_s=5,
    )
    known = {each: changes.pop(each) for each in ("knows_thread",) if each in changes}
    deps = BotDeps(
        dispatch=desk.dispatch,
        validate=desk.validate,
        inbox=inbox,
        clock=FrozenClock(NOW),
        settings=replace(settings, **changes),
        guard_clock=FrozenClock(NOW),
        **known,
    )
    bot = FrontlineBot(deps)
    bot.start_workers()
    return Stage(slack, inbox, desk, bot)


def staged(**changes: Any) -> Iterator[Stage]:
    """A stage that is cleared away; for fixtures."""
    slack = FakeSlack()
    stage = open_stage(slack, **changes)
    yield stage
    stage.bot.stop()
    slack.close()


def message(text: str = "hello", **changes: Any) -> dict[str, Any]:
    """An Events API body in which somebody says something in a channel."""
    event = {"type": "message", "user": AGENT, "text": text, "channel": "C1", "channel_type": "channel"}
    number = next(_numbers)
    event |= {"ts": f"{NOW.timestamp() + number:.6f}", **changes}
    return {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": event}


def mention(text: str = "fcr in may", **changes: Any) -> dict[str, Any]:
    """Somebody mentions the bot in a channel."""
    return message(f"<@{BOT}> {text}", **{"type": "app_mention", **changes})


def direct(text: str = "fcr in may", **changes: Any) -> dict[str, Any]:
    """Somebody writes to the bot alone."""
    return message(text, **{"channel": "D1", "channel_type": "im", **changes})


def command(slack: FakeSlack, text: str = "fcr in may", name: str = "/ask", **changes: Any) -> dict[str, Any]:
    """A slash command, as the fields of its form."""
    fields = {"command": name, "text": text, "user_id": AGENT, "team_id": TEAM, "channel_id": "C1"}
    return fields | {"response_url": slack.response_url, "trigger_id": f"13.{next(_numbers)}.ab", **changes}


def click(slack: FakeSlack, action: str = "theme.assign", value: str = "thm_1", **changes: Any) -> dict[str, Any]:
    """A click on a button under a message in a channel."""
    number = next(_numbers)
    body = {
        "type": "block_actions",
        "user": {"id": AGENT, "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1781685600.000100", "channel_id": "C1"},
        "message": {"ts": "1781685600.000100"},
        "response_url": slack.response_url,
        "trigger_id": f"13.{number}.ab",
        "actions": [
            {"type": "button", "action_id": f"{action}#1", "value": value, "action_ts": f"1781685601.{number}"}
        ],
    }
    return body | changes


def submission(view: Mapping[str, Any], values: Mapping[str, str], view_id: str = "V1") -> dict[str, Any]:
    """A submitted modal that ``view`` described."""
    state = {key: {"v": {"type": "plain_text_input", "value": value}} for key, value in values.items()}
    shown = {**view, "id": view_id, "state": {"values": state}}
    return {"type": "view_submission", "user": {"id": AGENT, "team_id": TEAM}, "team": {"id": TEAM}, "view": shown}


def signed(body: bytes, *, at: dt.datetime = NOW, content_type: str = "application/json") -> dict[str, str]:
    """The headers with which Slack would send ``body``."""
    stamp = str(int(at.timestamp()))
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(SECRET, stamp, body),
    }


def form_body(fields: Mapping[str, str]) -> bytes:
    """The body of a slash command over HTTP."""
    return urlencode(fields).encode()
