"""Whatever goes wrong between us and Slack, each message ends up visible exactly once."""

import datetime as dt
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import EngineError
from frontline.governance import outbox
from frontline.governance.delivery import Delivery, DeliverySettings
from frontline.store.work import Store
from tests.governance.fake_slack import FAULTS, FakeSlack

SECOND = dt.timedelta(seconds=1)
STRIDE = dt.timedelta(seconds=5)


def enqueue(store: Store, *keys: str, channel: str = "#quality") -> None:
    with store.unit() as unit:
        for key in keys:
            outbox.enqueue(unit, key, channel, {"reply": {}})
        unit.commit()


def drain(
    store: Store, clock: FrozenClock, delivery: Delivery, *, stride: dt.timedelta = STRIDE, most: int = 3000
) -> None:
    """Tick until the outbox is empty, then past the last sweep."""
    for _ in range(most):
        delivery.step()
        with store.read() as session:
            if outbox.stats(session).depth == 0:
                break
        clock.advance(stride)
    else:
        pytest.fail("the outbox did not drain")
    for pause in (5, 30, 60, 600, 600):
        clock.advance(dt.timedelta(seconds=pause))
        delivery.step()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("find_fault", ["ok", "429", "500"])
def test_each_fault_leaves_one_visible_message(store: Store, clock: FrozenClock, fault: str, find_fault: str) -> None:
    slack = FakeSlack(clock, [fault], [find_fault])
    enqueue(store, "a")
    drain(store, clock, Delivery(store, slack))
    assert slack.keys() == ["a"]
    assert slack.violations == 0


@pytest.mark.parametrize("pair", list(product(FAULTS[1:], FAULTS[1:])), ids="+".join)
@pytest.mark.slow
def test_two_faults_in_a_row_leave_one_visible_message(store: Store, clock: FrozenClock, pair: tuple[str, str]) -> None:
    slack = FakeSlack(clock, pair)
    enqueue(store, "a")
    drain(store, clock, Delivery(store, slack))
    assert slack.keys() == ["a"]


class Killed(BaseException):
    """A process death, as seen from inside."""


class _Killer:
    """Dies at the n-th step it is told of, for each n of ``when``."""

    def __init__(self, when: Sequence[int]) -> None:
        self._when, self._count = set(when), 0

    def __call__(self, step: str) -> None:
        self._count += 1
        if self._count in self._when:
            raise Killed


class Trouble(NamedTuple):
    """What goes wrong, in which order: posts, reads of the history, deaths at the n-th step."""

    faults: list[str]
    find_faults: list[str]
    kills: list[int]
    messages: int


troubles = st.builds(
    Trouble,
    faults=st.lists(st.sampled_from(FAULTS), max_size=12),
    find_faults=st.lists(st.sampled_from(["ok", "429", "500"]), max_size=6),
    kills=st.lists(st.integers(1, 30), max_size=6),
    messages=st.integers(1, 4),
)


@settings(max_examples=8, deadline=None)
@given(trouble=troubles)
def test_any_mixture_of_faults_and_deaths_loses_and_doubles_nothing(
    tmp_path_factory: pytest.TempPathFactory, trouble: Trouble
) -> None:
    live_through(tmp_path_factory.mktemp("state"), trouble)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=150, deadline=None)
@given(trouble=troubles)
def test_many_mixtures_of_faults_and_deaths(tmp_path_factory: pytest.TempPathFactory, trouble: Trouble) -> None:
    live_through(tmp_path_factory.mktemp("state"), trouble)


def live_through(folder: Path, trouble: Trouble) -> None:
    clock = FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC))
    store = _fresh_store(folder, clock)
    slack = FakeSlack(clock, trouble.faults, trouble.find_faults)
    keys = [f"k{n}" for n in range(trouble.messages)]
    enqueue(store, *keys)
    killer = _Killer(trouble.kills)
    for _ in range(3000):
        try:
            Delivery(store, slack, at=killer).step()
        except Killed:
            clock.advance(dt.timedelta(seconds=5))
        with store.read() as session:
            if outbox.stats(session).depth == 0:
                break
        clock.advance(STRIDE)
    drain(store, clock, Delivery(store, slack))
    assert sorted(slack.keys()) == keys
    assert slack.violations == 0
    store.close()


def _fresh_store(folder: Path, clock: FrozenClock) -> Store:
    store = Store.open(folder / "state.sqlite3", clock)
    store.create_schema()
    return store


def test_a_process_paused_beyond_its_lease_doubles_nothing_that_stays(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    enqueue(store, "a")
    successor = Delivery(store, slack)
    pauses = [dt.timedelta(minutes=2)]
    seen: list[list[str]] = []

    def pause() -> None:
        if pauses:
            clock.advance(pauses.pop())  # the lease runs out while we stand still
            successor.step()
            seen.append(slack.keys())

    slack.before_post = pause
    Delivery(store, slack).step()
    assert seen == [["a"]]
    assert [key for _, _, key in slack.calls] == ["a", "a"]  # both calls went through: nobody could prevent it
    assert slack.keys() == ["a"]  # the later copy was swept


def test_a_clock_set_forward_during_a_call_does_not_make_the_same_process_post_twice(
    store: Store, clock: FrozenClock
) -> None:
    """The sandbox's clock jumps by hours while the delivery thread and the ticker share one ``Delivery``."""
    slack = FakeSlack(clock)
    enqueue(store, "a", "b")
    delivery = Delivery(store, slack)
    jumps = [dt.timedelta(hours=3)]

    def jump() -> None:
        if jumps:
            clock.advance(jumps.pop())
            delivery.step()  # the other thread

    slack.before_post = jump
    delivery.step()
    clock.advance(dt.timedelta(minutes=1))
    delivery.step()
    assert sorted(key for _, _, key in slack.calls) == ["a", "b"]


def test_a_process_that_lost_its_lease_before_the_call_does_not_post(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    enqueue(store, "a")
    successor = Delivery(store, slack)

    def pause(step: str) -> None:
        if step == "claimed":
            clock.advance(dt.timedelta(minutes=2))
            successor.step()

    assert Delivery(store, slack, at=pause).step(limit=1) == 0
    assert slack.keys() == ["a"]


def test_a_database_that_fails_right_after_the_post_does_not_double_it(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    enqueue(store, "a")

    def lock(step: str) -> None:
        if step == "before_record":
            raise EngineError("The state database is locked.", permanent=False)

    with pytest.raises(EngineError):
        Delivery(store, slack, at=lock).step()
    drain(store, clock, Delivery(store, slack))
    assert len(slack.calls) == 1
    assert slack.keys() == ["a"]


def test_retry_after_is_honoured_and_critical_goes_first_in_a_storm(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["429", "ok", "429", "ok", "ok", "429"] * 5)
    with store.unit() as unit:
        for number in range(60):
            outbox.enqueue(unit, f"n{number:02}", f"#c{number % 3}", {"reply": {}})
        outbox.enqueue(unit, "urgent", "#c1", {"reply": {}}, priority=outbox.CRITICAL)
        unit.commit()
    drain(store, clock, Delivery(store, slack), stride=SECOND)
    assert sorted(slack.keys()) == sorted([f"n{number:02}" for number in range(60)] + ["urgent"])
    assert slack.keys("#c1")[0] == "urgent"
    assert slack.violations == 0
    for channel in ("#c0", "#c1", "#c2"):
        times = [at for at, where, _ in slack.calls if where == channel]
        assert all(later - earlier >= SECOND for earlier, later in zip(times, times[1:], strict=False))
        assert slack.keys(channel)[-1] == max(slack.keys(channel)[1:])  # otherwise in the order of writing


@pytest.mark.slow
def test_a_storm_of_500_posts_to_3_channels_loses_none(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["ok", "429", "ok", "ok", "ok"] * 60)
    with store.unit() as unit:
        for number in range(500):
            outbox.enqueue(unit, f"n{number:03}", f"#c{number % 3}", {"reply": {}})
        unit.commit()
    drain(store, clock, Delivery(store, slack), stride=SECOND, most=10_000)
    assert len(slack.keys()) == len(set(slack.keys())) == 500
    assert slack.violations == 0


def test_a_permanent_failure_is_dead_at_once_and_the_operator_hears_of_it(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["permanent"])
    enqueue(store, "a", channel="#gone")
    delivery = Delivery(store, slack, settings=DeliverySettings(operator_channel="#ops"))
    drain(store, clock, delivery)
    assert slack.keys("#ops") == ["operator:dead:a"]
    with store.read() as session:
        assert outbox.access_message(session, "a").state == "dead"
        assert outbox.stats(session).dead == 1


def test_a_message_that_never_gets_through_is_given_up_after_n_failures(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["refused"] * 50)
    enqueue(store, "a")
    drain(store, clock, Delivery(store, slack, settings=DeliverySettings(max_failures=5)))
    assert len(slack.calls) == 5
    with store.read() as session:
        row = outbox.access_message(session, "a")
        assert (row.state, row.last_error) == ("dead", "connection refused")


def test_rate_limits_alone_never_make_a_message_dead(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["429"] * 40)
    enqueue(store, "a")
    drain(store, clock, Delivery(store, slack))
    assert slack.keys() == ["a"]


def test_a_dead_message_that_is_revived_is_read_back_first(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["timeout_after"], ["500"] * 7)
    enqueue(store, "a")
    delivery = Delivery(store, slack)
    drain(store, clock, delivery)
    with store.unit() as unit:
        assert outbox.access_message(unit.session, "a").state == "dead"
        outbox.revive(unit, "a")
        unit.commit()
    drain(store, clock, delivery)
    assert slack.keys() == ["a"]
    assert len(slack.calls) == 1
