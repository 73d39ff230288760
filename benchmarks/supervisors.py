"""Twenty supervisors at once: a question typed in Slack until its last card is there, through the real Bolt app.

The bot runs over the demo company in a process of its own; the local Slack and the people at their keyboards are
another, as Slack is (Socket Mode, durable inbox, work pool, doorway, engine in between). Every supervisor types one
question after the other without a pause, each in a thread of its own; a card counts when Slack has it with its
buttons. Every second question is one that nobody asked before, of every kind; the others ask what a colleague may
have asked already, as on a morning.

Run: python -m benchmarks.supervisors [scale]; FRONTLINE_BENCH_HOME names a prepared demo home to copy.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, show

if TYPE_CHECKING:
    from frontline.sandbox.slack.driver import Persona
    from frontline.sandbox.slack.server import SandboxSlack

SUPERVISORS = 20
QUESTIONS_EACH = 4
P95_S = 1.5
MEMORY_MB = 1500.0
PATIENCE = 60.0

SHARED = (
    "service level today by queue",
    "fcr last month by channel",
    "recontact rate last month",
    "backlog by team",
    "csat last quarter by segment",
    "average handle time last week by team",
    "top 5 topics by contact volume last month",
    "abandonment rate per week in May",
    "resolution time last month by priority",
    "cost per case last month by channel",
    "escalation rate May vs April",
    "contact volume yesterday by hour",
)
# (kind, question) of which each comes once: kinds take turns, so that every supervisor meets every kind.
_RATES = ("abandonment rate", "escalation rate", "fcr", "csat", "recontact rate")
_MONTHS = ("March", "April", "May")
KINDS: dict[str, list[str]] = {
    "lookup": [f"{rate} in {month}" for month in _MONTHS for rate in _RATES],
    "trend": [f"weekly {rate} in {month}" for month in _MONTHS for rate in _RATES],
    "breakdown": [f"{rate} by topic in {month}" for month in _MONTHS for rate in _RATES],
    "comparison": [f"{rate} by channel {month} vs {before}"
                   for month, before in (("May", "April"), ("April", "March"), ("May", "March")) for rate in _RATES],
    "ranking": [f"top 3 queues by {rate} in {month}" for month in _MONTHS for rate in _RATES],
    "why": [f"why did {rate} change in {month}?" for month in ("May", "April") for rate in _RATES],
}  # fmt: skip
# Of ten new questions: the usual ones often, a why now and then.
MIX = ("lookup", "trend", "breakdown", "comparison", "ranking", "lookup", "breakdown", "why", "trend", "comparison")


def questions() -> list[list[tuple[str, str]]]:
    """Return what every supervisor types, as (kind, text): new and shared questions in turns."""
    fresh = {kind: iter(texts) for kind, texts in KINDS.items()}
    new = ((kind, next(fresh[kind])) for kind in itertools.cycle(MIX))
    shared = (("shared", text) for text in itertools.cycle(SHARED))
    return [
        [next(new) if (turn + number) % 2 == 0 else next(shared) for turn in range(QUESTIONS_EACH)]
        for number in range(SUPERVISORS)
    ]


def measure(scale: float = 1.0) -> list[Figure]:
    """Prepare the demo company and measure in other processes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.supervisors", "--inside", folder, str(scale)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said = json.loads(done.stdout.splitlines()[-1])
    took = sorted(seconds for _, seconds in said["took"])
    new = sorted(seconds for kind, seconds in said["took"] if kind != "shared")
    whys = sorted(seconds for kind, seconds in said["took"] if kind == "why")
    note = (
        f"{len(took)} questions, median {middle(took):.2f} s, slowest {took[-1]:.2f} s; {len(new)} new ones, median "
        f"{middle(new):.2f} s; {len(whys)} whys, median {middle(whys):.2f} s; the bot computes "
        f"{said['cpu_s'] / len(took):.3f} s for each; load {os.getloadavg()[0]:.1f}"
    )
    return [
        Figure("20 supervisors, typed question to card, p95", took[int(len(took) * 0.95)], "s", P95_S, note=note),
        Figure("questions without an answer", float(said["lost"]), "", 0.0),
        Figure("resident memory of the running bot", said["memory_mb"], "MB", MEMORY_MB),
    ]


def middle(ordered: list[float]) -> float:
    """Return the middle of sorted seconds."""
    return ordered[len(ordered) // 2]


class Keyboards:
    """The people's side: types and is woken when the card stands in the thread."""

    def __init__(self, slack: SandboxSlack) -> None:
        self._workspace = slack.workspace
        self._person: Persona = slack.as_user("supervisor")
        self._lock = threading.Lock()
        self._cards: dict[str, threading.Event] = {}
        self._workspace.listen(self._look)

    def ask(self, text: str) -> float | None:
        """Return the seconds from typing to the card, None when none came."""
        begun = time.perf_counter()
        said = self._person.mention("floor", text)
        if not self._card(said.ts).wait(PATIENCE):
            return None
        return time.perf_counter() - begun

    def _look(self, change: dict[str, Any]) -> None:
        from frontline.sandbox.slack.driver import text_of

        if change["kind"] != "message" or change.get("removed"):
            return
        message = self._workspace.find_message(change["channel"], change["ts"])
        if message is not None and message.bot_id and message.thread_ts and "Details" in text_of(message):
            self._card(message.thread_ts).set()

    def _card(self, thread_ts: str) -> threading.Event:
        with self._lock:
            return self._cards.setdefault(thread_ts, threading.Event())


def run_inside(folder: Path, scale: float) -> dict[str, object]:
    """Open the local Slack, start the bot beside it, let twenty threads type; return the seconds of every question."""
    from bot.manifest import build_manifest
    from frontline.app.demo_home import Wanted, prepare
    from frontline.sandbox.slack.server import SandboxSlack
    from tests.scenarios.conftest import open_house

    home = folder / "home"
    if ready := os.environ.get("FRONTLINE_BENCH_HOME"):  # a prepared home saves the minute of preparing one
        shutil.copytree(ready, home)
    else:
        house = open_house(home)
        prepare(house, Wanted(seed=1, scale=scale), fresh=True)
        house.store.close()
    took: list[tuple[str, float]] = []
    lost: list[str] = []
    with SandboxSlack(clock=open_house(folder / "clock").clock, manifest=build_manifest(), pace=None) as slack:
        tokens = {"bot_token": slack.bot_token, "app_token": slack.app_token, "signing_secret": slack.signing_secret}
        command = [sys.executable, "-m", "benchmarks.supervisors", "--bot", str(home), slack.base_url]
        bot = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert bot.stdin is not None
        assert bot.stdout is not None
        bot.stdin.write(json.dumps(tokens) + "\n")
        bot.stdin.flush()
        bot.stdout.readline()  # it is connected and warm
        keyboards = Keyboards(slack)

        def supervisor(asked: list[tuple[str, str]]) -> None:
            for kind, text in asked:
                seconds = keyboards.ask(text)
                if seconds is None:
                    lost.append(text)
                else:
                    took.append((kind, seconds))

        keyboards.ask(SHARED[0])  # the first question of a start opens the engines
        before = _cpu_s(bot.pid)
        with ThreadPoolExecutor(SUPERVISORS) as crowd:
            list(crowd.map(supervisor, questions()))
        said = {"took": took, "lost": len(lost), "cpu_s": _cpu_s(bot.pid) - before, "memory_mb": _resident_mb(bot.pid)}
        sys.stderr.write("".join(f"no card for: {text}\n" for text in lost))
        bot.stdin.close()
        bot.wait(60)
    return said


def run_bot(home: Path, base_url: str) -> None:
    """Run the bot over ``home`` until standard input ends; say when it is warm."""
    from pydantic import SecretStr

    from bot.deps import BotSettings
    from frontline.app.running import Assembly
    from tests.scenarios.conftest import open_house

    tokens = {name: SecretStr(value) for name, value in json.loads(sys.stdin.readline()).items()}
    house = open_house(home)
    assembly = Assembly(house, BotSettings(**tokens, base_url=base_url), own_process=True)
    assembly.start_socket(ticking=False)
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    sys.stdin.read()
    assembly.stop()
    house.store.close()


def _cpu_s(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.stdout.write(json.dumps(run_inside(Path(sys.argv[2]), float(sys.argv[3]))) + "\n")
    elif sys.argv[1:2] == ["--bot"]:
        run_bot(Path(sys.argv[2]), sys.argv[3])
    else:
        sys.stdout.write(show(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)))
