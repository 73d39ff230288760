import datetime as dt

import pytest
from sqlalchemy import func, select

from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, UsageError, UserError
from frontline.core.reply import Reply
from frontline.governance import audit, outbox
from frontline.governance.delivery import Delivery
from frontline.governance.wire import reply_from_json
from frontline.store.models.talk import ThreadMemory
from frontline.store.models.work import JobRun, OutboxRow
from frontline.store.work import Store, Unit
from jobs import ledger
from jobs.ledger import LEASE, MAX_ATTEMPTS
from jobs.runner import HEARTBEAT, JobRunner, Post, RunContext, RunnerSettings, RunOutcome
from tests.governance.fake_slack import FakeSlack
from tests.jobs.routines import Pulse, definition
from tests.jobs.zones import AMSTERDAM

DAY = dt.timedelta(days=1)


def runner(store: Store, *routines: Pulse, operator: str | None = None) -> JobRunner:
    return JobRunner(store, routines, RunnerSettings(AMSTERDAM, operator_channel=operator))


def states(store: Store) -> list[tuple[str, str]]:
    with store.read() as session:
        return [(row.slot_key, row.state) for row in reversed(ledger.history(session))]


def test_a_due_slot_runs_once_however_often_the_clock_ticks(store: Store, clock: FrozenClock) -> None:
    pulse = Pulse(definition())
    ticking = runner(store, pulse)
    [result] = ticking.tick()
    assert (result.slot, result.state, result.posts[0].key) == ("2026-06-17", "done", "pulse:2026-06-17:1")
    for _ in range(5):
        clock.advance(dt.timedelta(hours=1))
        assert ticking.tick() == []
    clock.advance(DAY)
    assert [result.slot for result in ticking.tick()] == ["2026-06-18"]
    assert [context.slot.key for context in pulse.contexts] == ["2026-06-17", "2026-06-18"]


def test_work_posts_ledger_and_audit_are_one_commit(store: Store) -> None:
    runner(store, Pulse(definition())).tick()
    with store.read() as session:
        row = ledger.access_run(session, "pulse", "2026-06-17")
        assert (row.state, row.posts, row.note) == ("done", ["pulse:2026-06-17:1"], "one pulse")
        message = outbox.access_message(session, "pulse:2026-06-17:1")
        assert (message.channel, message.priority) == ("#quality", 5)
        assert reply_from_json(message.payload["reply"]).headline == "Pulse of 2026-06-17"
        assert [entry.resource for entry in audit.entries(session)] == ["job:pulse:2026-06-17"]


def test_a_failed_run_leaves_nothing_but_its_failure_and_is_tried_again(store: Store, clock: FrozenClock) -> None:
    sick = [True]

    def fall_ill(_context: RunContext) -> None:
        if sick:
            raise RuntimeError("boom, and Anna's number")

    pulse = Pulse(definition(), fall_ill)
    ticking = runner(store, pulse)
    [result] = ticking.tick()
    assert result.state == "failed"
    assert result.error_id.startswith("err_")
    assert result.error_id in result.note
    assert "Anna" not in result.note
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ThreadMemory)) == 0
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert ticking.tick() == []  # its pause is not over
    sick.clear()
    clock.advance(dt.timedelta(minutes=2))
    [result] = ticking.tick()
    assert (result.slot, result.state) == ("2026-06-17", "done")


def test_a_routine_that_keeps_failing_is_given_up_and_the_operator_hears_of_it(
    store: Store, clock: FrozenClock
) -> None:
    def refuse(_context: RunContext) -> None:
        raise UserError("No data are loaded.", next_step="Run `frontline ingest`.")

    ticking = runner(store, Pulse(definition(), refuse), operator="#ops")
    for _ in range(MAX_ATTEMPTS + 2):
        ticking.tick()
        clock.advance(dt.timedelta(minutes=20))
    with store.read() as session:
        row = ledger.access_run(session, "pulse", "2026-06-17")
        assert (row.state, row.attempts, row.retry_at) == ("failed", MAX_ATTEMPTS, None)
        assert row.note == "No data are loaded. Run `frontline ingest`."
        [message] = outbox.list_messages(session)
        assert (message.channel, message.priority) == ("#ops", outbox.CRITICAL)


def test_one_sick_routine_does_not_stop_the_others(store: Store) -> None:
    def burst(_context: RunContext) -> None:
        raise ZeroDivisionError

    results = runner(store, Pulse(definition("sick"), burst), Pulse(definition("fit"))).tick()
    assert [(result.routine, result.state) for result in results] == [("sick", "failed"), ("fit", "done")]


def test_missed_slots_are_visible_rows_and_the_run_knows_them(store: Store, clock: FrozenClock) -> None:
    pulse = Pulse(definition())
    ticking = runner(store, pulse)
    ticking.tick()
    clock.advance(3 * DAY)
    results = ticking.tick()
    assert [(result.slot, result.state) for result in results] == [
        ("2026-06-18", "skipped"),
        ("2026-06-19", "skipped"),
        ("2026-06-20", "done"),
    ]
    assert pulse.contexts[-1].skipped == ("2026-06-18", "2026-06-19")
    assert states(store) == [
        ("2026-06-17", "done"),
        ("2026-06-18", "skipped"),
        ("2026-06-19", "skipped"),
        ("2026-06-20", "done"),
    ]
    assert ticking.tick() == []


def test_run_all_runs_every_missed_slot_in_order(store: Store, clock: FrozenClock) -> None:
    ticking = runner(store, Pulse(definition(policy="run_all")))
    ticking.tick()
    clock.advance(2 * DAY)
    assert [result.slot for result in ticking.tick()] == ["2026-06-18", "2026-06-19"]


def test_a_slot_run_by_hand_is_not_run_again(store: Store) -> None:
    ticking = runner(store, Pulse(definition()))
    result = ticking.run_slot("pulse", "2026-06-17")
    assert result.state == "done"
    assert ticking.tick() == []
    with pytest.raises(Conflict) as refused:
        ticking.run_slot("pulse", "2026-06-17")
    assert refused.value.exit_code == 4


def test_by_hand_without_a_slot_means_the_newest_due(store: Store, clock: FrozenClock) -> None:
    monthly = Pulse(definition("digest", every="monthly", day=5))
    assert runner(store, monthly).run_slot("digest").slot == "2026-06"


def test_a_skipped_or_failed_slot_can_be_run_by_hand(store: Store, clock: FrozenClock) -> None:
    ticking = runner(store, Pulse(definition()))
    ticking.tick()
    clock.advance(2 * DAY)
    ticking.tick()
    assert ticking.run_slot("pulse", "2026-06-18").state == "done"


def test_a_future_slot_is_refused_by_hand_and_silences_nothing(store: Store, clock: FrozenClock) -> None:
    ticking = runner(store, Pulse(definition()))
    with pytest.raises(UsageError, match="not due yet"):
        ticking.run_slot("pulse", "2026-06-20")
    assert [result.slot for result in ticking.tick()] == ["2026-06-17"]
    clock.advance(DAY)
    assert [result.slot for result in ticking.tick()] == ["2026-06-18"]


def test_an_unknown_routine_or_slot_is_said(store: Store) -> None:
    with pytest.raises(NotFound, match="There is no routine plus"):
        runner(store, Pulse(definition())).run_slot("plus")
    with pytest.raises(UsageError, match="is no slot"):
        runner(store, Pulse(definition())).run_slot("pulse", "yesterday")


def test_a_rehearsal_shows_the_posts_and_leaves_nothing(store: Store) -> None:
    pulse = Pulse(definition())
    result = runner(store, pulse).rehearse("pulse", "2026-06-16")
    assert (result.state, [post.key for post in result.posts]) == ("rehearsed", ["pulse:2026-06-16:1"])
    assert pulse.contexts[0].is_rehearsal
    assert states(store) == []
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(ThreadMemory)) == 0
        assert outbox.stats(session).depth == 0


def test_a_run_that_loses_its_lease_rolls_back_what_its_successor_did(store: Store, clock: FrozenClock) -> None:
    successor = runner(store, Pulse(definition()))
    outcome = []

    class Slow(Pulse):
        def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
            clock.advance(LEASE)  # asleep beyond the lease, before anything was written
            outcome.extend(successor.tick())
            return super().run(unit, slot, context)

    [result] = runner(store, Slow(definition())).tick()
    assert [run.state for run in outcome] == ["done"]
    assert result.state == "taken over"
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1
        assert ledger.access_run(session, "pulse", "2026-06-17").attempts == 2


def test_an_opt_in_routine_runs_by_hand_alone(store: Store) -> None:
    off = Pulse(definition().model_copy(update={"is_on": False}))
    assert runner(store, off).tick() == []
    assert runner(store, off).run_slot("pulse").state == "done"


def test_posts_may_name_their_own_channel_key_and_thread(store: Store, clock: FrozenClock) -> None:
    class Talker(Pulse):
        def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
            root = Post(Reply("breach"), key=f"breach:{slot}", channel="#leads", priority=0)
            return RunOutcome(posts=[root, Post(Reply("detail"), channel="#leads", thread_of=root.key)])

    runner(store, Talker(definition())).tick()
    slack = FakeSlack(clock)
    delivery = Delivery(store, slack)
    for _ in range(3):
        delivery.step()
        clock.advance(dt.timedelta(seconds=1))
    assert slack.keys("#leads") == ["breach:2026-06-17", "pulse:2026-06-17:2"]
    assert slack.thread_of("pulse:2026-06-17:2") == slack.ts_of("breach:2026-06-17")


def test_status_shows_what_is_next_and_what_is_overdue(store: Store, clock: FrozenClock) -> None:
    ticking = runner(store, Pulse(definition()))
    ticking.tick()
    [line] = ticking.status()
    assert (line.next_due.key, line.is_overdue) == ("2026-06-18", False)
    clock.advance(DAY)
    [line] = ticking.status()
    assert line.is_overdue
    ticking.tick()
    [line] = ticking.status()
    assert not line.is_overdue


def test_each_tick_leaves_a_sign_of_life(store: Store, clock: FrozenClock) -> None:
    with store.read() as session:
        assert ledger.last_beat(session, HEARTBEAT) is None
    ticking = runner(store, Pulse(definition()))
    for _ in range(2):
        ticking.tick()
        with store.read() as session:
            assert ledger.last_beat(session, HEARTBEAT) == clock.now()
        clock.advance(dt.timedelta(seconds=10))


def test_the_ledger_refuses_a_second_row_for_a_slot(store: Store) -> None:
    runner(store, Pulse(definition())).tick()
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(JobRun)) == 1
        with pytest.raises(NotFound):
            ledger.access_run(session, "pulse", "2026-06-16")
