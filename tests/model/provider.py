"""A stand-in for a provider's HTTP API on loopback: OpenAI's chat completions, answering as a test tells it to."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable
from typing import Any

Raw = bytes | Callable[[Any], None]


def completion(content: str | None, *, tool_calls: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A well-formed chat completion with one message."""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if tool_calls:
        message["tool_calls"] = tool_calls
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "stand-in",
        "choices": [{"index": 0, "finish_reason": "tool_calls" if tool_calls else "stop", "message": message}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def tool_call(name: str, arguments: Any, *, call: str = "t1") -> dict[str, Any]:
    """One call of a tool; ``arguments`` may be broken text."""
    said = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call, "type": "function", "function": {"name": name, "arguments": said}}


class Provider:
    """Answers every request with what ``reply`` makes of it, and keeps what was sent."""

    def __init__(self) -> None:
        self.reply: Callable[[dict[str, Any]], Any] = lambda _asked: completion("{}")
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = json.loads(raw)
                provider.asked.append(asked)
                provider.headers.append(dict(self.headers.items()))
                answer = provider.reply(asked)
                if callable(answer):
                    answer(self)
                    return
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                payload = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def says(self, content: Any) -> None:
        """Answer every request with one message."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.reply = lambda _asked: completion(text)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def sent(self) -> str:
        """Everything that ever left the house."""
        return json.dumps(self.asked)


def dribble(seconds: float) -> Callable[[Any], None]:
    """Send headers at once and then a byte now and then: each read is quick, the answer never comes."""

    def write(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                threading.Event().wait(0.02)
        except OSError:
            pass
        handler.close_connection = True

    return write


def flood(megabytes: int) -> Callable[[Any], None]:
    """Send more than anybody reads."""

    def write(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        try:
            for _ in range(megabytes * 16):
                handler.wfile.write(b" " * 65_536)
        except OSError:
            pass
        handler.close_connection = True

    return write


def hang_up(handler: Any) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True
    handler.connection.shutdown(2)
