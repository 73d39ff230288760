"""The first hours of a real owner: set up from a file, `frontline serve`, the first answer, people added by click."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.manifest import build_manifest
from frontline.app.demo_home import NOW
from frontline.app.main import run
from frontline.app.wiring import read_instant
from frontline.core.clock import FrozenClock
from frontline.sandbox.slack import cast
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message
from frontline.sandbox.slack.server import SandboxSlack

PATIENCE = 60.0
OWN = f"""\
organisation: Harbor Telecom
slack_team: {cast.TEAM_ID}
calendar: {{zone: Europe/Amsterdam, country: NL, currency: EUR}}
roster:
  - {{handle: ada, roles: [admin], slack_user_id: U0ADMIN001, name: Ada Jansen}}
  - {{handle: sam, roles: [supervisor], team: Aurora, slack_user_id: U0SUPER001}}
channels: {{floor: "#general"}}
feed: {{path: tickets.csv, table: cases, map: {{case_id: Ticket, opened_at: Created, channel: Via}}}}
"""


@dataclass
class Office:
    """A local Slack and `frontline serve` as a process of its own over a home that `frontline init` made."""

    slack: SandboxSlack
    process: subprocess.Popen[str]

    def answer(self, person: Persona, act: Callable[[], object], containing: str) -> Message:
        """Do something and return the app's next message to this person."""
        seen = {(message.ts, message.rev) for message in person.messages()}
        act()

        def probe() -> Message | None:
            for message in person.messages():
                fresh = (message.ts, message.rev) not in seen
                if message.bot_id and fresh and containing in text_of(message):
                    return message
            return None

        found = self.slack.wait_for(probe, timeout=PATIENCE, what=containing)
        assert found is not None
        return found


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    clock = FrozenClock(read_instant(NOW, ZoneInfo("Europe/Amsterdam")))
    slack = SandboxSlack(clock=clock, manifest=build_manifest(), pace=None).start()
    settings = {
        "FRONTLINE_HOME": str(tmp_path / "home"),
        "FRONTLINE_SLACK_API_URL": slack.base_url,
        "FRONTLINE_SLACK_BOT_TOKEN": slack.bot_token,
        "FRONTLINE_SLACK_APP_TOKEN": slack.app_token,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    rows = [f"{2000 + n},2026-05-{n % 28 + 1:02d} 10:00,phone" for n in range(60)]
    (tmp_path / "tickets.csv").write_text("Ticket,Created,Via\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    assert run(["init", "--from", str(tmp_path / "own.yaml"), "--now", NOW]) == 0
    process = subprocess.Popen(
        [sys.executable, "-c", "from frontline.app.main import main; main()", "serve", "--now", NOW],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    slack.wait_connected(timeout=PATIENCE)
    yield Office(slack, process)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    slack.stop()


def test_from_an_empty_home_to_the_first_answer_and_the_first_colleague(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    slack = office.slack
    assert run(["doctor", "--slack", "--now", NOW]) == 0
    said = capsys.readouterr().out
    assert "ok       Slack: reached" in said
    assert "all are there and the bot is a member" in said

    sam, iris, ada, gus = (slack.as_user(name) for name in ("supervisor", "analyst", "admin", "guest"))
    first = office.answer(sam, lambda: sam.command("/ask", "case volume in May 2026"), "Case volume 60")
    assert "60" in text_of(first)

    # Nobody has added Iris: she hears whom to ask, once a week the admin hears of her, and a click lets her in.
    refused = office.answer(iris, lambda: iris.dm("case volume in May 2026"), "does not know you yet")
    assert "Ask @ada to add you" in text_of(refused)
    offer = ada.wait_message(containing="@iris wrote to me", timeout=PATIENCE)
    office.answer(iris, lambda: iris.dm("hello?"), "does not know you yet")
    office.answer(gus, lambda: gus.dm("case volume in May 2026"), "does not know you yet")
    added = office.answer(ada, lambda: ada.click(offer, "Add as supervisor"), "@iris was added as supervisor")
    assert "60" in text_of(office.answer(iris, lambda: iris.dm("case volume in May 2026"), "Case volume 60"))
    told = [text_of(message) for message in ada.messages() if "wrote to me" in text_of(message)]
    assert len(told) == 1, "once a week, and never about a guest"

    closed = office.answer(ada, lambda: ada.click(added, "Undo"), "@iris has no access any more")
    gone = office.answer(iris, lambda: iris.dm("case volume in May 2026"), "Your account here is closed")
    assert "Ask @ada" in text_of(gone)
    office.answer(ada, lambda: ada.click(closed, "Undo"), "@iris is back")
    listed = office.answer(ada, lambda: ada.command("/ops", "people list"), "3 people use Frontline")
    assert "@iris" in text_of(listed)
