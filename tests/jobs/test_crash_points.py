"""A process is killed at each named step between work and post; after a restart there is exactly one post."""

import datetime as dt
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from frontline.core.clock import UTC, FrozenClock, SystemClock
from frontline.governance import outbox
from frontline.governance.delivery import Delivery, DeliverySettings
from frontline.store.models.talk import ThreadMemory
from frontline.store.work import Store
from jobs import ledger
from jobs.runner import JobRunner, RunnerSettings
from tests.governance.fake_slack import FileSlack
from tests.jobs.processes import DIED, dying_at, exit_code, run, spawn
from tests.jobs.routines import Pulse, definition
from tests.jobs.zones import AMSTERDAM

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)
POINTS = (
    "started",
    "job claimed",
    "job worked",
    "job before_commit",
    "job committed",
    "ticked",
    "delivery claimed",
    "delivery announced",
    "delivery before_post",
    "slack accepted",
    "delivery posted",
    "delivery before_record",
    "delivery recorded",
)


def work_through(folder: Path, now: dt.datetime, die: Callable[[str], None] = lambda _step: None) -> None:
    """One life of the process: start, recover, tick, deliver."""
    clock = FrozenClock(now)
    store = Store.open(folder / "state.sqlite3", clock)
    die("started")
    pulse = Pulse(definition())
    JobRunner(store, [pulse], RunnerSettings(AMSTERDAM), at=lambda step: die(f"job {step}")).tick()
    die("ticked")
    slack = FileSlack(folder / "slack.jsonl", at=lambda step: die(f"slack {step}"))
    delivery = Delivery(store, slack, at=lambda step: die(f"delivery {step}"))
    delivery.recover()
    for _ in range(10):
        delivery.step()
        clock.advance(dt.timedelta(seconds=5))


def prepare(folder: Path) -> None:
    store = Store.open(folder / "state.sqlite3", FrozenClock(NOW))
    store.create_schema()
    store.close()


def assert_one_effect(folder: Path) -> None:
    assert FileSlack(folder / "slack.jsonl").keys() == ["pulse:2026-06-17:1"]
    store = Store.open(folder / "state.sqlite3", FrozenClock(NOW))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ThreadMemory)) == 1
        assert ledger.access_run(session, "pulse", "2026-06-17").state == "done"
        assert outbox.access_message(session, "pulse:2026-06-17:1").state == "sent"
    store.close()


def die_once(folder: Path, point: str) -> None:
    prepare(folder)
    assert run(lambda: work_through(folder, NOW, dying_at(point))) == DIED
    assert run(lambda: work_through(folder, NOW + dt.timedelta(seconds=5))) == 0
    assert_one_effect(folder)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_gives_exactly_one_post_after_restart(tmp_path: Path, point: str) -> None:
    die_once(tmp_path, point)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_twenty_kills_at_each_step(tmp_path: Path, point: str) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        die_once(folder, point)


@pytest.mark.parametrize("second", ["delivery read_back", "delivery recorded"])
def test_a_second_kill_while_recovering_changes_nothing(tmp_path: Path, second: str) -> None:
    prepare(tmp_path)
    assert run(lambda: work_through(tmp_path, NOW, dying_at("slack accepted"))) == DIED
    later = NOW + dt.timedelta(seconds=5)
    assert run(lambda: work_through(tmp_path, later, dying_at(second))) == DIED
    assert run(lambda: work_through(tmp_path, later + dt.timedelta(seconds=5))) == 0
    assert_one_effect(tmp_path)


def test_a_kill_on_a_machine_that_never_comes_back_is_taken_over_when_the_lease_ends(tmp_path: Path) -> None:
    prepare(tmp_path)
    assert run(lambda: work_through(tmp_path, NOW, dying_at("job worked"))) == DIED
    store = Store.open(tmp_path / "state.sqlite3", FrozenClock(NOW))
    with store.unit() as unit:
        ledger.access_run(unit.session, "pulse", "2026-06-17").owner = "elsewhere:1:abcd"
        unit.commit()
    store.close()
    assert run(lambda: work_through(tmp_path, NOW + dt.timedelta(minutes=5))) == 0
    assert FileSlack(tmp_path / "slack.jsonl").keys() == []  # it may still be at it
    assert run(lambda: work_through(tmp_path, NOW + ledger.LEASE)) == 0
    assert_one_effect(tmp_path)


FAST = DeliverySettings(
    lease=dt.timedelta(seconds=1),
    pace=dt.timedelta(milliseconds=5),
    settle=dt.timedelta(milliseconds=30),
    longest_backoff=dt.timedelta(milliseconds=200),
    max_failures=1000,
)


def deliver_forever(folder: Path, seed: int, stop: Callable[[], bool]) -> None:
    rng = random.Random(seed)
    mix = ["ok"] * 13 + [
        "429",
        "429",
        "timeout_before",
        "timeout_before",
        "timeout_after",
        "timeout_after",
        "timeout_after",
    ]
    store = Store.open(folder / "state.sqlite3", SystemClock())
    slack = FileSlack(folder / "slack.jsonl", fault=lambda: rng.choice(mix))
    delivery = Delivery(store, slack, settings=FAST)
    delivery.recover()
    while not stop():
        delivery.step(limit=5)


def is_drained(store: Store) -> bool:
    with store.read() as session:
        return outbox.stats(session).depth == 0


SLOW = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize(("kills", "seed"), [(6, 1), *(pytest.param(200, seed, marks=SLOW) for seed in (1, 2, 3))])
def test_random_kills_of_two_processes_under_faults_lose_and_double_nothing(
    tmp_path: Path, kills: int, seed: int
) -> None:
    """35 % of the calls to Slack fail, messages keep coming, and a process is killed every few moments."""
    rng = random.Random(seed)
    store = Store.open(tmp_path / "state.sqlite3", SystemClock())
    store.create_schema()
    store.close()  # a fork must not inherit its connections
    keys: list[str] = []

    def start() -> int:
        child_seed = rng.randrange(10**6)
        return spawn(lambda: deliver_forever(tmp_path, child_seed, lambda: False))

    pids = [start(), start()]
    for _ in range(kills):
        keys += enqueue_some(tmp_path, len(keys))
        signal.sigtimedwait([], rng.uniform(0.02, 0.3))
        victim = rng.randrange(2)
        os.kill(pids[victim], signal.SIGKILL)
        assert exit_code(pids[victim]) == -signal.SIGKILL
        pids[victim] = start()
    store = Store.open(tmp_path / "state.sqlite3", SystemClock())
    deadline = SystemClock().now() + dt.timedelta(seconds=300)
    while not is_drained(store) and SystemClock().now() < deadline:
        signal.sigtimedwait([], 0.05)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        exit_code(pid)
    assert is_drained(store)
    assert sorted(FileSlack(tmp_path / "slack.jsonl").keys()) == keys
    store.close()


def enqueue_some(folder: Path, known: int) -> list[str]:
    """Enqueue three messages to four channels from the parent; its store is closed again before the next fork."""
    store = Store.open(folder / "state.sqlite3", SystemClock())
    keys = [f"m{number:05}" for number in range(known, known + 3)]
    with store.unit() as unit:
        for number, key in enumerate(keys):
            outbox.enqueue(unit, key, f"#c{number % 4}", {"reply": {}})
        unit.commit()
    store.close()
    return keys
