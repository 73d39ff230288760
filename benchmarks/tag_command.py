"""``/tag`` from the keyboard to the confirmation, through the local Slack and the real bot.

The first one comes right after the start: it waits for the gate, and for nothing that only suggests (with the other
benchmarks in one process, what they imported is there already). The others are typed with engines warm.
Each round types a new case with other words than before, so that neither the gate's cache nor the vectors know them.
The peer is ``/ops help`` in the same run: the same way through Slack and the doorway, without gate and encoder.
"""

from __future__ import annotations

import datetime as dt
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from benchmarks.figures import Figure
from bot.deps import BotSettings
from bot.manifest import build_manifest
from frontline.app.demo_home import seat_people
from frontline.app.running import Assembly
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House
from frontline.core.clock import FrozenClock
from frontline.encoder import default_folder, open_encoder
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.server import SandboxSlack

ROUNDS = 25
LABELS = 40
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
_ASKED = (
    "change the invoice mail",
    "get a paper bill",
    "move the router to another room",
    "stop roaming",
    "see data use",
)
_WHO = ("customer", "caller", "shop owner", "tenant", "new client")


def measure() -> list[Figure]:
    """Measure the median and the slowest of the rounds, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        # A start that is not the first one finds the exported text model.
        open_encoder(default_folder()).encode(["exported"])
        shutil.copytree(default_folder(), Path(folder) / "models")
        clock = FrozenClock(NOW)
        house = House(Settings(home=Path(folder), admins=()), Globals(json=True), clock=clock)
        with house.store.unit() as unit:
            seat_people(unit)
            unit.commit()
        slack = SandboxSlack(clock=clock, manifest=build_manifest(), pace=None).start()
        assembly = Assembly(
            house,
            BotSettings(
                bot_token=SecretStr(slack.bot_token),
                app_token=SecretStr(slack.app_token),
                signing_secret=SecretStr(slack.signing_secret),
                base_url=slack.base_url,
            ),
        )
        assembly.start_socket(ticking=False)
        try:
            slack.wait_connected()
            return _figures(house, clock, slack)
        finally:
            assembly.stop()
            slack.stop()
            house.store.close()


def _figures(house: House, clock: FrozenClock, slack: SandboxSlack) -> list[Figure]:
    agent = slack.as_user("agent")
    first = _type(slack, agent, "6999 wants a copy of the contract", "Tagged")
    for number in range(LABELS):
        clock.advance(dt.timedelta(minutes=5))
        _type(slack, agent, f"{7000 + number} request of kind {number} #kind-{number}", "Tagged")
    with house.store.read() as session:
        house.labels.warm_up(session, now=clock.now())
    seconds, peer = [], []
    for number in range(ROUNDS):
        clock.advance(dt.timedelta(minutes=5))
        words = f"{_WHO[number % 5]} number {number} wants to {_ASKED[number // 5]}, says Maria Jansen"
        seconds.append(_type(slack, agent, f"{8000 + number} {words}", "Tagged"))
        peer.append(_type(slack, agent, "", "what you can do", name="ops"))
    return [
        Figure("tag: the first one after a start", first, "s", 5.0),
        Figure(
            "tag: typed to confirmation, median", statistics.median(seconds), "s", 1.0, note=f"{LABELS} labels in use"
        ),
        Figure("tag: typed to confirmation, slowest of 25", max(seconds), "s"),
        Figure("tag: /ops help in the same run, median", statistics.median(peer), "s"),
    ]


def _type(slack: SandboxSlack, person: Persona, words: str, expected: str, *, name: str = "/tag") -> float:
    known = {(message.ts, message.rev) for message in person.messages()}
    began = time.perf_counter()
    person.command(name if name.startswith("/") else f"/{name}", words)
    slack.wait_for(
        lambda: any(
            message.bot_id and (message.ts, message.rev) not in known and expected in text_of(message)
            for message in person.messages()
        ),
        timeout=60,
        what=expected,
    )
    return time.perf_counter() - began
