import datetime as dt
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from frontline.core.clock import FrozenClock
from frontline.core.errors import EngineError
from frontline.store.inbox import MAX_ATTEMPTS, Inbox, mark_handled
from frontline.store.models.work import InboxRow
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

WORDS = {"text": "my number is 06-12345678"}


@pytest.fixture
def inbox(store: Store, vault: Vault) -> Iterator[Inbox]:
    made = Inbox(store, vault)
    yield made
    made.close()


def handle(store: Store, inbound_id: str) -> bool:
    """One effect of a request, as dispatch makes it."""
    with store.unit() as unit:
        is_first = mark_handled(unit, inbound_id)
        unit.commit()
        return is_first


def test_a_request_goes_through_its_states_and_its_words_are_wiped(store: Store, inbox: Inbox) -> None:
    assert inbox.put("ev1", WORDS)
    assert inbox.stats().pending == 1
    assert inbox.claim(5) == [("ev1", WORDS)]
    assert inbox.claim(5) == []
    assert handle(store, "ev1")
    assert inbox.stats().done == 1
    with store.read() as session:
        assert session.execute(text("SELECT payload FROM inbox")).scalar_one() is None
    inbox.finish("ev1", answered=True)
    assert inbox.stats().answered == 1


def test_words_are_encrypted_at_rest(inbox: Inbox, store: Store, tmp_path: Path) -> None:
    inbox.put("ev1", WORDS)
    store.checkpoint()
    assert all(b"06-12345678" not in path.read_bytes() for path in tmp_path.glob("state.sqlite3*"))


def test_four_deliveries_shuffled_and_again_after_a_restart_have_one_effect(
    store: Store, vault: Vault, clock: FrozenClock
) -> None:
    rng = random.Random(7)
    deliveries = [f"ev{number}" for number in range(25) for _ in range(4)]
    rng.shuffle(deliveries)
    effects: list[str] = []
    inbox = Inbox(store, vault)
    for inbound_id in deliveries:
        inbox.put(inbound_id, {"id": inbound_id})
        for name, _ in inbox.claim(1):
            if handle(store, name):
                effects.append(name)
            inbox.finish(name, answered=True)
    inbox.close()
    clock.advance(dt.timedelta(minutes=10))
    restarted = Inbox(Store.open(str(store.engine.url.database), clock), vault)
    assert not any(restarted.put(inbound_id, {}) for inbound_id in deliveries)
    assert restarted.claim(100) == []
    restarted.close()
    assert sorted(effects) == sorted(set(deliveries))


def test_the_same_id_twice_in_one_batch_is_new_once(inbox: Inbox) -> None:
    assert inbox.put_many([("a", {}), ("b", {}), ("a", {})]) == [True, True, False]
    assert inbox.put_many([("b", {}), ("c", {})]) == [False, True]


def test_an_effect_and_its_mark_share_one_commit(store: Store, inbox: Inbox) -> None:
    inbox.put("ev1", WORDS)
    inbox.claim(1)
    with store.unit() as unit:
        assert mark_handled(unit, "ev1")
        assert not mark_handled(unit, "ev1")
    assert handle(store, "ev1")  # the unit above rolled back, so nothing was handled
    assert not handle(store, "ev1")


def test_terminal_requests_are_marked_without_an_inbox_row(store: Store) -> None:
    assert handle(store, "cli-1")
    assert not handle(store, "cli-1")


def test_what_a_dead_process_had_claimed_is_worked_again(store: Store, inbox: Inbox) -> None:
    inbox.put("ev1", WORDS)
    inbox.claim(1)
    assert inbox.recover() == 0  # we are alive
    _give_to_a_dead_process(store)
    assert inbox.recover() == 1
    assert inbox.claim(1) == [("ev1", WORDS)]


def test_a_lease_ends_also_on_another_host(store: Store, inbox: Inbox, clock: FrozenClock) -> None:
    inbox.put("ev1", WORDS)
    inbox.claim(1)
    with store.unit() as unit:
        unit.session.execute(text("UPDATE inbox SET owner = 'elsewhere:1:abcd'"))
        unit.commit()
    assert inbox.recover() == 0
    clock.advance(dt.timedelta(minutes=5))
    assert inbox.recover() == 1


def test_an_effect_whose_reply_was_never_handed_over_is_counted_not_repeated(store: Store, inbox: Inbox) -> None:
    inbox.put("ev1", WORDS)
    inbox.claim(1)
    handle(store, "ev1")
    _give_to_a_dead_process(store)
    assert inbox.recover() == 0
    assert inbox.claim(1) == []
    assert inbox.stats().lost == 1


def test_a_reply_that_could_not_be_handed_over_is_counted(store: Store, inbox: Inbox) -> None:
    inbox.put("ev1", WORDS)
    inbox.claim(1)
    inbox.finish("ev1", answered=False)
    assert inbox.stats().lost == 1
    inbox.finish("unknown", answered=True)


def test_a_request_that_kills_its_worker_is_given_up(store: Store, inbox: Inbox) -> None:
    inbox.put("poison", WORDS)
    for _ in range(MAX_ATTEMPTS):
        assert inbox.claim(1)
        _give_to_a_dead_process(store)
        inbox.recover()
    assert inbox.claim(1) == []
    assert inbox.stats().failed == 1


def test_a_payload_that_does_not_open_is_set_aside(store: Store, inbox: Inbox, tmp_path: Path) -> None:
    Inbox(store, Vault(store, load_or_create_key(tmp_path / "other.key"))).put_many([("alien", {})])
    inbox.put("ours", {"a": 1})
    assert inbox.claim(5) == [("ours", {"a": 1})]
    assert inbox.stats().failed == 1


def test_many_puts_share_few_commits(store: Store, inbox: Inbox) -> None:
    commits: list[int] = []
    event.listen(store.engine, "commit", lambda _connection: commits.append(1))
    threads = [
        threading.Thread(target=lambda n=n: [inbox.put(f"{n}-{k}", WORDS) for k in range(20)]) for n in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inbox.stats().pending == 600
    assert len(commits) < 300


def test_put_says_when_it_could_not_become_durable(store: Store, inbox: Inbox) -> None:
    with store.unit() as unit:
        unit.session.execute(text("ALTER TABLE inbox RENAME TO elsewhere"))
        unit.commit()
    with pytest.raises(EngineError):
        inbox.put("ev1", WORDS)
    with store.unit() as unit:
        unit.session.execute(text("ALTER TABLE elsewhere RENAME TO inbox"))
        unit.commit()
    assert inbox.put("ev1", WORDS)  # the writer lives on


def test_closing_waits_for_what_is_queued(store: Store, vault: Vault) -> None:
    inbox = Inbox(store, vault)
    inbox.put("a", {})
    inbox.close()
    inbox.close()
    assert inbox.put("b", {})  # and it starts again on demand
    inbox.close()
    assert inbox.stats().pending == 2


def test_old_rows_are_forgotten_and_open_ones_kept(store: Store, inbox: Inbox, clock: FrozenClock) -> None:
    for inbound_id in ("old", "open"):
        inbox.put(inbound_id, {})
    inbox.claim(1)
    handle(store, "old")
    inbox.finish("old", answered=True)
    clock.advance(dt.timedelta(days=31))
    assert inbox.forget_before(clock.now() - dt.timedelta(days=30)) == 1
    assert inbox.stats().pending == 1
    assert inbox.put("old", {})


def _give_to_a_dead_process(store: Store) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    with store.unit() as unit:
        for row in unit.session.query(InboxRow):
            row.owner = f"{socket.gethostname()}:{child.pid}:abcd"
        unit.commit()
