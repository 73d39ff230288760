"""How many slash commands a second are acknowledged through the durable inbox, beside a Bolt app that does nothing.

Both are served by the same threaded server on loopback, in turns, to 50 callers of another process; what counts is the
share, since the requests a second depend on the machine. ``python -m benchmarks.ack_throughput [requests]``.
"""

from __future__ import annotations

import http.client
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from benchmarks.figures import Figure, show
from bot.guard import sign
from bot.http import PATH

CALLERS = 50
ROUNDS = 3
REQUESTS = 2000
TARGET_SHARE = 0.6
TARGET_P99_S = 0.5
SECRET = SecretStr("benchmark-signing-secret")


def measure(requests: int = REQUESTS) -> list[Figure]:
    """Measure both in turns; the medians of three rounds."""
    with tempfile.TemporaryDirectory() as folder, _bare() as bare, _durable(Path(folder)) as (durable, kept):
        for port in (bare, durable):
            _call(port, 200, "warm")
        rounds = [(_call(bare, requests, f"b{turn}"), _call(durable, requests, f"d{turn}")) for turn in range(ROUNDS)]
        rows = kept()
    acked = ROUNDS * requests + 200
    share = statistics.median(ours["per_second"] / theirs["per_second"] for theirs, ours in rounds)
    bare_per_second = statistics.median(theirs["per_second"] for theirs, _ in rounds)
    per_second = statistics.median(ours["per_second"] for _, ours in rounds)
    p99 = statistics.median(ours["p99"] for _, ours in rounds)
    return [
        Figure("acks through the durable inbox / no-op Bolt app", share, "x", TARGET_SHARE, is_floor=True),
        Figure("acks a second, no-op Bolt app", bare_per_second, "/s"),
        Figure("acks a second, through the durable inbox", per_second, "/s"),
        Figure("ack p99 at 50 callers", p99, "s", TARGET_P99_S),
        Figure("rows lost of those acknowledged", float(acked - rows), "rows", 0.0, note=f"{rows} kept"),
    ]


def call(port: int, requests: int, name: str) -> dict[str, float]:
    """Send signed slash commands over 50 kept connections; every one must be acknowledged."""
    numbers = iter(range(requests))
    lock = threading.Lock()
    waits: list[float] = []

    def caller(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            took = _ack(connection, f"{name}-{number}")
            with lock:
                waits.append(took)

    start = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as crowd:
        list(crowd.map(caller, range(CALLERS)))
    whole = time.perf_counter() - start
    waits.sort()
    return {"per_second": requests / whole, "p99": waits[int(len(waits) * 0.99)], "slowest": waits[-1]}


def _ack(connection: http.client.HTTPConnection, trigger: str) -> float:
    fields = {"command": "/ask", "text": "fcr last month by channel", "user_id": "U1", "team_id": "T1"}
    body = urlencode({**fields, "channel_id": "C1", "trigger_id": trigger, "response_url": ""}).encode()
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(SECRET, stamp, body),
    }
    start = time.perf_counter()
    connection.request("POST", PATH, body, headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise RuntimeError(f"a command was not acknowledged: {response.status}")
    return time.perf_counter() - start


def _call(port: int, requests: int, name: str) -> dict[str, float]:
    """Call from another process, so that the callers do not share the server's lock."""
    command = [sys.executable, "-m", "benchmarks.ack_throughput", "--call", str(port), str(requests), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@contextmanager
def _bare() -> Iterator[int]:
    from slack_bolt import Ack, App
    from slack_bolt.adapter.wsgi import SlackRequestHandler
    from slack_bolt.authorization import AuthorizeResult
    from waitress.server import create_server

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UB", bot_token="xoxb-none")

    app = App(
        signing_secret=SECRET.get_secret_value(),
        authorize=authorize,
        listener_executor=ThreadPoolExecutor(64),
        token_verification_enabled=False,
    )

    def take(ack: Ack) -> None:
        ack()

    app.command("/ask")(take)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(SlackRequestHandler(app, path=PATH), host="127.0.0.1", port=0, threads=64)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(5)


@contextmanager
def _durable(folder: Path) -> Iterator[tuple[int, Any]]:
    from bot.app import FrontlineBot
    from bot.deps import BotDeps, BotSettings
    from bot.http import HttpServer
    from frontline.core.clock import SystemClock
    from frontline.core.reply import Reply
    from frontline.store.inbox import Inbox
    from frontline.store.vault import Vault
    from frontline.store.work import Store

    store = Store.open(folder / "state.sqlite3")
    store.create_schema()
    inbox = Inbox(store, Vault(store, bytes(32)))
    settings = BotSettings(SecretStr("xoxb-none"), signing_secret=SECRET, waiting=10**9, status_after_s=3600)
    deps = BotDeps(lambda _: Reply("Done."), lambda _: {}, inbox, SystemClock(), settings)
    # The workers are not started: what is measured is the way to the ack.
    server = HttpServer(FrontlineBot(deps).app, deps, port=0)
    server.start()
    yield server.port, lambda: inbox.stats().pending
    server.stop()
    inbox.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--call"]:
        sys.stdout.write(json.dumps(call(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
    else:
        sys.stdout.write(show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)))
