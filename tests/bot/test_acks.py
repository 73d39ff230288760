"""Everything is acknowledged in time, whatever the workers do; and the edge stays light."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.manifest import EVENTS
from frontline.core.reply import Reply
from frontline.core.request import Request
from tests.bot.cast import BOT, TEAM, Stage, click, command, direct, mention, message, staged, submission

SLOW = 40


def timed(stage: Stage, body: dict[str, Any]) -> float:
    start = time.perf_counter()
    assert stage.send(body).status == 200
    return time.perf_counter() - start


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged(status_after_s=60.0)


def test_acks_stay_quick_while_forty_questions_are_slow(stage: Stage) -> None:
    release = threading.Event()
    stage.desk.answer = lambda _: Reply("late", replaces=True) if release.wait(30) else Reply("stuck")
    view = {"type": "modal", "callback_id": "tag.create", "private_metadata": "C1||", "blocks": []}
    bodies = [command(stage.slack) for _ in range(SLOW)]
    for number in range(40):
        bodies += [
            command(stage.slack, "help", name="/ops"),
            mention(),
            direct(),
            click(stage.slack),
            submission(view, {"note": "x"}, view_id=f"V{number}"),
            message("chatter"),
        ]
    with ThreadPoolExecutor(20) as crowd:
        waits = sorted(crowd.map(lambda body: timed(stage, body), bodies))
    assert waits[int(len(waits) * 0.99)] < 0.5
    assert len(stage.inbox.kept) == SLOW + 40 * 5
    release.set()
    stage.inbox.wait_finished(SLOW + 40 * 5, seconds=60)


@pytest.fixture
def narrow() -> Iterator[Stage]:
    yield from staged(workers=4, computing=1)


def test_no_more_answers_are_worked_out_at_once_than_there_are_cores_for(narrow: Stage) -> None:
    inside, met = threading.Semaphore(1), threading.Event()

    def answer(_request: Request) -> Reply:
        if not inside.acquire(blocking=False):
            met.set()
            return Reply("met another")
        met.wait(0.05)
        inside.release()
        return Reply("alone")

    narrow.desk.answer = answer
    for _ in range(4):
        narrow.send(direct())
    narrow.inbox.wait_finished(4)
    assert not met.is_set()


def test_a_request_that_breaks_leaves_room_for_the_next_one(narrow: Stage) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply(str(1 / (len(asked) - 1)))

    narrow.desk.answer = answer
    for _ in range(2):
        narrow.send(direct())
    narrow.inbox.wait_finished(2)
    assert len(asked) == 2


OTHER = ["team_join", "channel_rename", "user_change", "reaction_added", "assistant_thread_started", "message"]


@pytest.mark.parametrize("kind", sorted({name.partition(".")[0] for name in EVENTS} | set(OTHER)))
def test_every_event_type_is_acknowledged_matched_or_not(kind: str) -> None:
    for stage in staged():
        event = {"type": kind, "user": "U1", "channel": "C1", "ts": "1781685600.000200", "text": "good morning"}
        body = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev_{kind}", "event": event}
        assert stage.send(body).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_suggestion", "action_id": "a", "block_id": "b", "value": "x", "user": {"id": "U1"}},
        {"type": "shortcut", "callback_id": "global", "trigger_id": "1.2.c", "user": {"id": "U1"}},
        {"type": "interactive_message", "callback_id": "old", "user": {"id": "U1"}, "actions": []},
        {"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1", "callback_id": "x"}},
        {"type": "dialog_cancellation", "callback_id": "x", "user": {"id": "U1"}},
        {"type": "nothing_that_exists"},
        {},
    ],
)
def test_what_slack_could_send_beside_that_is_acknowledged_too(body: dict[str, Any]) -> None:
    for stage in staged():
        assert stage.send(body).status == 200


@pytest.mark.parametrize("make", [mention, direct])
def test_redelivery_has_one_effect_also_with_a_new_event_id_and_after_a_restart(make: Any) -> None:
    from tests.bot.cast import FakeSlack, MemoryInbox, open_stage

    slack, inbox = FakeSlack(), MemoryInbox()
    body = make("fcr in may")
    first = open_stage(slack, inbox)
    for _ in range(2):
        assert first.send(body).status == 200
    assert first.send({**body, "event_id": "Ev_other"}, **{"x-slack-retry-num": "1"}).status == 200
    inbox.wait_finished(1)
    first.bot.stop()
    second = open_stage(slack, inbox)
    assert second.send(body).status == 200
    second.bot.stop()
    assert len(slack.of("chat.postMessage")) == 1
    slack.close()


def test_a_retry_whose_first_copy_never_arrived_is_processed() -> None:
    for stage in staged():
        body = mention("fcr in may")
        assert stage.send(body, **{"x-slack-retry-num": "3", "x-slack-retry-reason": "http_timeout"}).status == 200
        stage.inbox.wait_finished(1)
        assert f"<@{BOT}>" not in stage.desk.requests[0].text.reveal()


def test_the_edge_loads_no_heavy_engine() -> None:
    code = (
        "import sys, bot.app\n"
        "heavy = {'torch', 'spacy', 'chromadb', 'transformers', 'onnxruntime', 'presidio_analyzer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
