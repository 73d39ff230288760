"""The whole house on loopback: a small demo company, the local Slack, the real bot. Frozen clock, no network beyond."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.deps import BotSettings
from bot.manifest import build_manifest
from frontline.app.demo_home import NOW, Wanted, load_documents, prepare
from frontline.app.running import Assembly
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House, read_instant
from frontline.core.clock import FrozenClock
from frontline.core.ports import Reader
from frontline.sandbox.slack.acts import Said
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message
from frontline.sandbox.slack.server import SandboxSlack
from tests.once import made_once

# Smaller than this, the planted rise drowns in the noise of so few contacts.
SCALE = 0.3
TEXTS = 400
PATIENCE = 60.0
# The text model of this process: the same for every company, and dear to open.
OPENED: dict[str, Reader] = {}


def open_house(home: Path, clock: FrozenClock | None = None) -> House:
    """Return a house over ``home`` with a frozen clock at the demo's now."""
    settings = Settings(home=home, admins=())
    frozen = clock or FrozenClock(read_instant(NOW, ZoneInfo("Europe/Amsterdam")))
    return House(settings, Globals(json=True), clock=frozen)


@pytest.fixture(scope="session")
def company_home(tmp_path_factory: pytest.TempPathFactory, text_model: Path) -> Path:
    """A prepared demo home, made once; tests work on copies."""

    def make(home: Path) -> None:
        shutil.copytree(text_model, home / "models")
        make_company(home)

    return made_once(tmp_path_factory, "company", make)


def make_company(home: Path) -> None:
    """Prepare the company of the stories in ``home``."""
    house = open_house(home)
    prepare(house, Wanted(seed=1, scale=SCALE), fresh=True)
    documents = home / "demo" / "documents.jsonl"
    documents.write_text("".join(latest_complaints(documents)), encoding="utf-8")
    load_documents(house)
    house.store.checkpoint()
    house.store.close()


def latest_complaints(documents: Path) -> list[str]:
    """Return the lines of the last complaints (a few months of them have themes), and those of the house itself."""
    lines = documents.read_text(encoding="utf-8").splitlines(keepends=True)
    of_house = [line for line in lines if '"kind": "debrief"' in line or '"kind": "article"' in line]
    return [line for line in lines if '"kind": "complaint"' in line][-TEXTS:] + of_house


@dataclass
class Company:
    """A running company: its local Slack, the bot, and the house behind it."""

    home: Path
    house: House
    slack: SandboxSlack
    assembly: Assembly
    clock: FrozenClock

    def as_user(self, who: str) -> Persona:
        """Act as somebody."""
        return self.slack.as_user(who)

    def answer(
        self, person: Persona, act: Callable[[], object], *, channel: str | None = None, containing: str = ""
    ) -> Message:
        """Do something and return the app's next message that this person sees; "Looking ..." is none yet."""
        seen = {(message.ts, message.rev) for message in person.messages(channel)}
        act()

        def probe() -> Message | None:
            for message in person.messages(channel):
                is_new = bool(message.bot_id) and (message.ts, message.rev) not in seen
                if is_new and message.text != "Looking ..." and containing in text_of(message):
                    return message
            return None

        found = self.slack.wait_for(probe, timeout=PATIENCE, what=f"an answer with {containing!r}")
        assert found is not None
        return found

    def in_thread(self, person: Persona, question: Said, *, containing: str) -> Message:
        """Return the app's message in the thread of ``question`` that holds a text, once it is there."""

        def probe() -> Message | None:
            for message in person.messages(question.message.channel, thread_ts=question.message.ts):
                if message.bot_id and containing in text_of(message):
                    return message
            return None

        found = self.slack.wait_for(probe, timeout=PATIENCE, what=f"{containing!r} in the thread")
        assert found is not None
        return found

    def breach_slot(self) -> str:
        """Return the first morning on which the planted rise of recontacts is news."""
        day = dt.date(2026, 5, 4)
        while day <= dt.date(2026, 6, 17):
            if self.assembly.runner.rehearse("recontact_breach", day.isoformat()).posts:
                return day.isoformat()
            day += dt.timedelta(days=1)
        raise AssertionError("the planted rise is never noticed")

    def command(self, who: str, text: str, *, containing: str = "", channel: str | None = None) -> Message:
        """Type a slash command and return the answer."""
        name, _, rest = text.partition(" ")
        person = self.as_user(who)
        return self.answer(
            person, lambda: person.command(name, rest, channel=channel), channel=channel, containing=containing
        )

    def stop(self) -> None:
        """Stop bot and Slack."""
        self.assembly.stop()
        self.slack.stop()
        self.house.store.close()


def start_company(home: Path, slack: SandboxSlack | None = None) -> Company:
    """Start the bot over ``home``, in a fresh local Slack or in a given one (a restart)."""
    clock = FrozenClock(read_instant(NOW, ZoneInfo("Europe/Amsterdam")))
    house = open_house(home, clock)
    house.encoder = OPENED["encoder"] = OPENED.get("encoder") or house.encoder
    workspace = slack or SandboxSlack(clock=clock, manifest=build_manifest(), pace=None).start()
    settings = BotSettings(
        bot_token=SecretStr(workspace.bot_token),
        app_token=SecretStr(workspace.app_token),
        signing_secret=SecretStr(workspace.signing_secret),
        base_url=workspace.base_url,
    )
    assembly = Assembly(house, settings)
    assembly.start_socket(ticking=False)
    workspace.wait_connected()
    # What the demo left waiting (its gap among the tags) goes first, and a channel takes one message a second.
    assembly.delivery.step()
    clock.move_to(clock.now() + dt.timedelta(seconds=2))
    return Company(home, house, workspace, assembly, clock)


@pytest.fixture
def fresh_home(company_home: Path, tmp_path: Path) -> Path:
    """A copy of the prepared home for one test."""
    home = tmp_path / "home"
    shutil.copytree(company_home, home)
    return home


@pytest.fixture
def company(fresh_home: Path) -> Iterator[Company]:
    """A running company of its own for one test."""
    running = start_company(fresh_home)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared_company(company_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A running company for tests that only ask."""
    home = tmp_path_factory.mktemp("shared") / "home"
    shutil.copytree(company_home, home)
    running = start_company(home)
    yield running
    running.stop()
