import datetime as dt

import pytest

from frontline.core.actor import Audience, AudienceKind
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted
from frontline.core.reply import Reply
from frontline.governance import audit, outbox
from frontline.governance.delivery import Delivery
from frontline.governance.wire import reply_from_json
from frontline.store.work import Store
from tests.governance.fake_slack import FakeSlack


def test_a_message_leaves_only_when_its_work_was_committed(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    with store.unit() as unit:
        outbox.enqueue(unit, "a", "#quality", Reply("Recontact is up"))
    assert Delivery(store, slack).step() == 0
    with store.unit() as unit:
        assert outbox.enqueue(unit, "a", "#quality", Reply("Recontact is up"))
        unit.commit()
    assert Delivery(store, slack).step() == 1
    assert slack.keys() == ["a"]


def test_the_same_key_is_one_message(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    with store.unit() as unit:
        assert outbox.enqueue(unit, "a", "#quality", Reply("first"))
        assert not outbox.enqueue(unit, "a", "#quality", Reply("second"))
        unit.commit()
    with store.unit() as unit:
        assert not outbox.enqueue(unit, "a", "#quality", Reply("third"))
        unit.commit()
    with store.read() as session:
        assert reply_from_json(outbox.access_message(session, "a").payload["reply"]).headline == "first"
    assert Delivery(store, slack).step() == 1
    clock.advance(dt.timedelta(minutes=1))
    assert Delivery(store, slack).step() == 0


def test_a_reply_waits_for_its_thread_and_joins_it(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["refused"])
    with store.unit() as unit:
        outbox.enqueue(unit, "root", "#quality", {"reply": {}}, priority=5)
        outbox.enqueue(unit, "detail", "#quality", {"reply": {}}, priority=0, thread_of="root")
        unit.commit()
    delivery = Delivery(store, slack)
    for _ in range(20):
        delivery.step()
        clock.advance(dt.timedelta(seconds=1))
    assert slack.keys() == ["root", "detail"]
    assert slack.thread_of("detail") == slack.ts_of("root")


def test_a_reply_to_a_dead_thread_stands_alone_rather_than_never(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["permanent"])
    with store.unit() as unit:
        outbox.enqueue(unit, "root", "#gone", {"reply": {}})
        outbox.enqueue(unit, "detail", "#quality", {"reply": {}}, thread_of="root")
        unit.commit()
    for _ in range(3):
        Delivery(store, slack).step()
    assert slack.keys() == ["detail"]
    assert slack.thread_of("detail") is None


def test_a_message_waits_for_its_hour(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    with store.unit() as unit:
        outbox.enqueue(unit, "a", "#quality", {"reply": {}}, not_before=clock.now() + dt.timedelta(hours=2))
        unit.commit()
    assert Delivery(store, slack).step() == 0
    clock.advance(dt.timedelta(hours=2))
    assert Delivery(store, slack).step() == 1


def test_the_audience_is_checked_again_when_the_message_goes(store: Store, clock: FrozenClock) -> None:
    """A channel that was internal when the alert was written may be shared by now."""
    slack = FakeSlack(clock)
    with store.unit() as unit:
        audience = Audience(AudienceKind.CHANNEL, channel="#shared")
        outbox.enqueue(unit, "a", "#shared", {"reply": {}}, audience=audience, action="metric.ask")
        outbox.enqueue(unit, "b", "#inside", {"reply": {}}, action="metric.ask")
        unit.commit()

    def check(*, key: str, action: str, channel: str, audience: Audience) -> None:
        assert action == "metric.ask"
        assert audience.channel == channel
        if channel == "#shared":
            raise NotPermitted("This may not be done here.", policy_id="metric.aggregates")

    assert Delivery(store, slack, check=check).step() == 1
    assert slack.keys() == ["b"]
    with store.read() as session:
        assert outbox.access_message(session, "a").state == "withheld"
        [entry] = audit.entries(session)
        assert (entry.action, entry.outcome, entry.resource) == ("metric.ask", "denied", "outbox:a")


def test_where_a_message_stands_can_be_looked_up(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    with store.unit() as unit:
        outbox.enqueue(unit, "alert:1", "#quality", {"reply": {}})
        unit.commit()
    Delivery(store, slack).step()
    with store.read() as session:
        [row] = outbox.posted_messages(session, "#quality", slack.ts_of("alert:1"))
        assert row.key == "alert:1"
        with pytest.raises(NotFound):
            outbox.access_message(session, "other")
    with store.unit() as unit, pytest.raises(Conflict):
        outbox.revive(unit, "alert:1")


def test_the_leases_of_dead_processes_are_freed_at_start(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock)
    with store.unit() as unit:
        outbox.enqueue(unit, "a", "#quality", {"reply": {}})
        unit.commit()
    with store.unit() as unit:
        row = outbox.access_message(unit.session, "a")
        row.state, row.lease_token, row.owner = "sending", "t", _owner_of_a_dead_process()
        row.lease_until = clock.now() + dt.timedelta(seconds=30)
        unit.commit()
    delivery = Delivery(store, slack)
    assert delivery.step() == 0
    assert delivery.recover() == 1
    assert delivery.step() == 1


def test_a_clock_that_steps_back_a_year_does_not_silence_a_channel(store: Store, clock: FrozenClock) -> None:
    slack = FakeSlack(clock, ["refused"])
    with store.unit() as unit:
        outbox.enqueue(unit, "a", "#quality", {"reply": {}})
        unit.commit()
    Delivery(store, slack).step()
    clock.advance(-dt.timedelta(days=365))
    with store.unit() as unit:
        outbox.enqueue(unit, "b", "#quality", {"reply": {}})
        unit.commit()
    assert Delivery(store, slack).step() == 1
    assert slack.keys() == ["b"]


def _owner_of_a_dead_process() -> str:
    import socket
    import subprocess
    import sys

    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return f"{socket.gethostname()}:{child.pid}:abcd"
