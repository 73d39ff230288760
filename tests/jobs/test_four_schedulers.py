"""Four schedulers over the same slots, each with its own speed: every slot runs exactly once."""

import datetime as dt
import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from frontline.core.clock import UTC, FrozenClock
from frontline.store.models.talk import ThreadMemory
from frontline.store.models.work import JobRun, OutboxRow
from frontline.store.work import Store
from jobs.runner import JobRunner, RunnerSettings
from jobs.ticker import Ticker
from tests.jobs.processes import exit_code, spawn
from tests.jobs.routines import Pulse, definition
from tests.jobs.zones import AMSTERDAM

START = dt.datetime(2026, 6, 17, 8, 0, tzinfo=UTC)


def live(path: Path, slots: int, seed: int) -> None:
    """Tick through ``slots`` minutes with steps of 1-3 minutes, as fast as it goes."""
    rng, clock = random.Random(seed), FrozenClock(START)
    store = Store.open(path, clock)
    pulse = Pulse(definition(every="minutes", step=1, policy="run_all"))
    runner = JobRunner(store, [pulse], RunnerSettings(AMSTERDAM))
    end = START + dt.timedelta(minutes=slots)
    while clock.now() < end:
        clock.move_to(min(end, clock.now() + dt.timedelta(minutes=rng.randint(1, 3))))
        runner.tick()
    store.close()


@pytest.mark.parametrize("slots", [40, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
def test_four_processes_run_every_slot_exactly_once(tmp_path: Path, slots: int) -> None:
    path = tmp_path / "state.sqlite3"
    store = Store.open(path, FrozenClock(START))
    store.create_schema()
    JobRunner(store, [Pulse(definition(every="minutes", step=1))], RunnerSettings(AMSTERDAM)).tick()
    store.close()
    pids = [spawn(lambda seed=seed: live(path, slots, seed)) for seed in range(4)]  # type: ignore[misc]  # binds seed
    assert [exit_code(pid) for pid in pids] == [0, 0, 0, 0]
    with Store.open(path, FrozenClock(START)).read() as session:
        done = session.scalar(select(func.count()).where(JobRun.state == "done"))
        effects = session.scalar(select(func.count()).select_from(ThreadMemory))
        posts = session.scalar(select(func.count()).select_from(OutboxRow))
    assert (done, effects, posts) == (slots + 1, slots + 1, slots + 1)


def test_the_ticker_beats_at_once_and_again_and_stops(tmp_path: Path) -> None:
    beats = [threading.Event() for _ in range(3)]
    waiting = list(beats)

    def beat() -> None:
        if waiting:
            waiting.pop(0).set()

    ticker = Ticker(beat, seconds=0.05)
    ticker.start()
    ticker.start()
    try:
        assert all(event.wait(timeout=10) for event in beats)
    finally:
        ticker.stop()
        ticker.stop()


def test_the_ticker_survives_a_locked_database() -> None:
    from frontline.core.errors import EngineError

    calls: list[int] = []
    second = threading.Event()

    def beat() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise EngineError("The state database is locked.", permanent=False)
        second.set()

    ticker = Ticker(beat, seconds=0.05)
    ticker.start()
    try:
        assert second.wait(timeout=10)
    finally:
        ticker.stop()


def test_nothing_of_the_schedule_is_kept_by_apscheduler(tmp_path: Path) -> None:
    """Its job table holds pickles: a planted row would run code. Memory alone is used."""
    from apscheduler.jobstores.memory import MemoryJobStore

    ticker = Ticker(lambda: None, seconds=60)
    ticker.start()
    try:
        stores = ticker._scheduler._jobstores
        assert [type(store) for store in stores.values()] == [MemoryJobStore]
        [job] = ticker._scheduler.get_jobs()
        assert (job.coalesce, job.max_instances) == (True, 1)
    finally:
        ticker.stop()
