"""The bot over the durable inbox of the store: once means once, on disk, also after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import FrontlineBot
from bot.deps import BotDeps
from frontline.core.clock import FrozenClock
from frontline.core.reply import Reply
from frontline.store.work import Store
from tests.bot.cast import NOW, FakeSlack, Stage, command, mention, open_stage
from tests.bot.test_acks import timed


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    fake = FakeSlack()
    yield fake
    fake.close()


def open_durable(slack: FakeSlack, folder: Path) -> Stage:
    """A stage over a state database in ``folder``; its workers do not run yet."""
    from frontline.store.inbox import Inbox
    from frontline.store.vault import Vault

    store = Store.open(folder / "state.sqlite3", FrozenClock(NOW))
    store.create_schema()
    stage = open_stage(slack)
    stage.bot.stop()
    deps: BotDeps = replace(stage.bot.deps, inbox=Inbox(store, Vault(store, bytes(32))))
    return replace(stage, bot=FrontlineBot(deps))


def close(stage: Stage) -> None:
    stage.bot.stop()
    stage.bot.deps.inbox.close()  # type: ignore[attr-defined]


def test_a_redelivery_after_a_restart_has_no_second_effect(slack: FakeSlack, tmp_path: Path) -> None:
    body = mention("fcr in may")
    first = open_durable(slack, tmp_path)
    first.bot.start_workers()
    assert first.send(body).status == 200
    slack.wait_for("chat.postMessage")
    close(first)
    second = open_durable(slack, tmp_path)
    second.bot.start_workers()
    assert second.send({**body, "event_id": "Ev_again"}).status == 200
    close(second)
    assert len(slack.of("chat.postMessage")) == 1


def test_what_was_acknowledged_before_a_crash_is_answered_after_it(slack: FakeSlack, tmp_path: Path) -> None:
    crashed = open_durable(slack, tmp_path)
    assert crashed.send(mention("fcr in may for jan@example.nl")).status == 200
    crashed.bot.deps.inbox.close()  # type: ignore[attr-defined]
    assert b"jan@example.nl" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    second = open_durable(slack, tmp_path)
    second.bot.start_workers()
    slack.wait_for("chat.postMessage")
    close(second)
    assert [request.text.reveal() for request in second.desk.requests] == ["fcr in may for jan@example.nl"]


def test_every_acknowledged_command_of_a_crowd_is_on_disk_in_time(slack: FakeSlack, tmp_path: Path) -> None:
    stage = open_durable(slack, tmp_path)
    stage.desk.answer = lambda _: Reply("Done.")
    with ThreadPoolExecutor(50) as crowd:
        waits = sorted(crowd.map(lambda _: timed(stage, command(slack)), range(400)))
    stats = stage.bot.deps.inbox.stats()  # type: ignore[attr-defined]
    assert stats.pending == 400
    assert waits[int(len(waits) * 0.99)] < 2.5
    close(stage)
