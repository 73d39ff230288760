"""The demo as it runs: its clock moves, and figures, queues and posts move with it."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontline.app.commands.demo import Running, start
from frontline.app.demo_home import NOW, ZONE
from frontline.app.playing import played_to
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House, read_instant
from frontline.core.clock import ShiftedClock
from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.records import Message
from jobs import ledger
from retrieval.collection import count_documents
from tests.scenarios.conftest import Company

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


class Demo(Company):
    """The running demo behind its page, with a clock that ticks."""

    running: Running

    def jump(self, to: dt.datetime | None = None, *, who: str = "supervisor") -> dict[str, Any]:
        """Move the clock as the page does; None is tomorrow 09:00."""
        connection = http.client.HTTPConnection(self.slack.url.removeprefix("http://"), timeout=300)
        body = {"as": who, **({"to": to.isoformat()} if to else {})}
        connection.request("POST", "/sandbox/clock", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, said
        return said

    def told(self, question: str) -> str:
        """Ask outside of any conversation, as the supervisor, and return the answer."""
        return text_of(self.command("supervisor", f"/ask {question}", containing="data to"))

    def count_texts(self) -> int:
        """Return how many documents the corpus holds."""
        with self.house.store.read() as session:
            return sum(count_documents(session).values())


def begin(home: Path) -> Demo:
    settings = Settings(home=home, admins=())
    stored = read_instant((home / "clock").read_text().strip(), ZoneInfo(ZONE))
    clock = ShiftedClock(stored)
    house = House(settings, Globals(json=True), clock=clock)
    running = start(house, port=0, clock=clock, ticking=False)
    running.sandbox.wait_connected()
    demo = Demo(home, house, running.sandbox, running.assembly, clock)  # type: ignore[arg-type]
    demo.running = running
    running.player.texts_ready.set()
    return demo


@pytest.fixture(scope="module")
def demo(company_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("playing") / "home"
    shutil.copytree(company_home, home)
    (home / "clock").write_text(NOW + "\n")
    running = begin(home)
    yield running
    running.running.stop()
    running.house.store.close()


def count_of(answer: str) -> int:
    return int(re.search(r"\bn ([\d,]+)", answer)[1].replace(",", ""))  # type: ignore[index]


def reach_of(answer: str) -> dt.datetime:
    """Return the local time that the data of an answer reach to."""
    return dt.datetime.strptime("2026 " + re.search(r"data to (\d+ \w+ \d\d:\d\d)", answer)[1], "%Y %d %b %H:%M")  # type: ignore[index]


def test_two_hours_later_todays_service_level_rests_on_more_calls(demo: Demo) -> None:
    now = demo.clock.now()
    before = demo.told("how's service level?")
    said = demo.jump(now + 2 * HOUR)
    assert (said["playing"], said["jumps"][0]["label"]) == ("", "+1 hour")
    after = demo.told("how's service level?")
    assert count_of(after) > count_of(before)
    local = (now + 2 * HOUR).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    assert reach_of(before) < reach_of(after)
    # A contact is on record when it ends, under the time at which it came in.
    assert dt.timedelta() <= local - reach_of(after) < 45 * MINUTE
    assert f"{local:%-d %b %Y}" in after


def test_an_unfinished_day_is_compared_with_the_same_hours_of_another(demo: Demo) -> None:
    answer = demo.told("service level today vs yesterday")
    assert "compared with the same elapsed time: to" in answer


def test_who_waits_is_answered_from_the_live_state(demo: Demo) -> None:
    demo.clock.move_to(demo.clock.now() + MINUTE)  # type: ignore[attr-defined]
    demo.running.player.step()
    answer = demo.told("how many contacts are waiting right now?")
    assert "live state, less than a minute old" in answer
    local = demo.clock.now().astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    assert local - reach_of(answer) < 2 * MINUTE


def test_a_jump_to_tomorrow_brings_the_posts_of_the_morning_in_their_hours(demo: Demo) -> None:
    demo.command("supervisor", '/own add "call back the port-in cases" due tomorrow', containing="You own it")
    sam = demo.as_user("supervisor")
    demo.answer(sam, lambda: sam.dm("service level today"), containing="data to")
    texts = demo.count_texts()
    seen = {id(message) for message in demo.slack.workspace.messages}
    said = demo.jump()
    day = dt.datetime.fromisoformat(said["now"]).astimezone(ZoneInfo(ZONE))
    assert (day.hour, day.minute) == (9, 0)
    assert re.match(r"\d+ posts arrived: ", said["arrived"])
    assert "#retention" in said["arrived"]
    assert "a DM to you" in said["arrived"]
    posts = [message for message in demo.slack.workspace.messages if message.bot_id and id(message) not in seen]

    def hour_of(words: str) -> str:
        found: Message = next(message for message in posts if words in text_of(message))
        return f"{dt.datetime.fromtimestamp(float(found.ts), ZoneInfo(ZONE)):%H:%M}"

    assert hour_of("to call today") == "08:00"
    assert hour_of("call back the port-in cases") == "09:00"
    assert f"{day:%-d %b %Y} so far" in demo.told("how's service level?")
    # The direct message is a new conversation in the morning, not one about yesterday.
    answer = demo.answer(sam, lambda: sam.dm("how's service level?"), containing="data to")
    assert f"{day:%-d %b %Y} so far" in text_of(answer)
    assert demo.count_texts() > texts
    with demo.house.store.read() as session:
        slots = {run.routine: run.slot_key for run in reversed(ledger.history(session, limit=10))}
    assert slots["churn_alerts"] == slots["recontact_breach"] == slots["ownership_reminders"] == day.date().isoformat()


def test_after_a_restart_the_demo_goes_on_from_there(demo: Demo, tmp_path: Path) -> None:
    home = Path(shutil.copytree(demo.home, tmp_path / "home", ignore=shutil.ignore_patterns("*-wal", "*-shm")))
    at = played_to(demo.house)
    again = begin(home)
    try:
        assert abs(again.clock.now() - at) < HOUR
        assert f"{at.astimezone(ZoneInfo(ZONE)):%-d %b %Y}" in again.told("how's service level?")
    finally:
        again.running.stop()
        again.house.store.close()
