"""Twenty supervisors at once: a question typed in Slack until its last card is there, through the real Bolt app.

The demo company runs against the local Slack over loopback (Socket Mode, durable inbox, work pool, doorway, engine).
Every supervisor types one question after the other, each in a thread of its own; a card counts when Slack has it with
its buttons. Bot and local Slack run in one process beside the others; its memory is that of both.

Run: python -m benchmarks.supervisors [scale]; FRONTLINE_BENCH_HOME names a prepared demo home to copy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.figures import Figure, show

SUPERVISORS = 20
QUESTIONS_EACH = 4
P95_S = 1.5
MEMORY_MB = 1500.0
PATIENCE = 60.0

ASKED = (
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


def measure(scale: float = 1.0) -> list[Figure]:
    """Prepare the demo company and measure in another process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.supervisors", "--inside", folder, str(scale)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said = json.loads(done.stdout.splitlines()[-1])
    took = sorted(said["took_s"])
    p95, median = took[int(len(took) * 0.95)], took[len(took) // 2]
    note = f"{len(took)} questions, median {median:.2f} s, slowest {took[-1]:.2f} s; load {os.getloadavg()[0]:.1f}"
    return [
        Figure("20 supervisors, typed question to card, p95", p95, "s", P95_S, note=note),
        Figure("questions without an answer", float(said["lost"]), "", 0.0),
        Figure("resident memory of the running bot and sandbox", said["memory_mb"], "MB", MEMORY_MB),
    ]


def run_inside(folder: Path, scale: float) -> dict[str, object]:
    """Start the demo, let twenty threads type, and return seconds per question and the memory at the end."""
    from frontline.app.demo_home import Wanted, prepare
    from frontline.sandbox.slack.driver import text_of
    from tests.scenarios.conftest import open_house, start_company

    home = folder / "home"
    ready = os.environ.get("FRONTLINE_BENCH_HOME")  # a prepared home saves the minute of preparing one
    if ready:
        import shutil

        shutil.copytree(ready, home)
    else:
        house = open_house(home)
        prepare(house, Wanted(seed=1, scale=scale), fresh=True)
        house.store.close()
    company = start_company(home)
    missed = 0
    took: list[float] = []
    lock = threading.Lock()
    person = company.as_user("supervisor")

    def ask(text: str) -> float | None:
        begun = time.perf_counter()
        said = person.mention("floor", text)

        def card() -> object | None:
            for message in person.messages(said.message.channel, thread_ts=said.message.ts):
                if message.bot_id and "Details" in text_of(message):
                    return message
            return None

        try:
            company.slack.wait_for(card, timeout=PATIENCE, what=text)
        except TimeoutError:
            return None
        return time.perf_counter() - begun

    def supervisor(number: int) -> None:
        nonlocal missed
        for turn in range(QUESTIONS_EACH):
            seconds = ask(ASKED[(number * QUESTIONS_EACH + turn) % len(ASKED)])
            with lock:
                if seconds is None:
                    missed += 1
                else:
                    took.append(seconds)

    ask(ASKED[0])  # the first question of a start opens the engines
    with ThreadPoolExecutor(SUPERVISORS) as crowd:
        list(crowd.map(supervisor, range(SUPERVISORS)))
    memory = _resident_mb()
    company.stop()
    return {"took_s": took, "lost": missed, "memory_mb": memory}


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.stdout.write(json.dumps(run_inside(Path(sys.argv[2]), float(sys.argv[3]))) + "\n")
    else:
        sys.stdout.write(show(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)))
