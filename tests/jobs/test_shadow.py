"""The first days of a routine: the admins see what would be said, and let it speak."""

import datetime as dt

import pytest

from frontline.core.actor import PRIVATE, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotPermitted
from frontline.core.reply import Button, Reply
from frontline.governance import audit, outbox, people, routine_settings, shadow
from frontline.governance.shadow import PostOffice
from frontline.governance.wire import reply_from_json
from frontline.store.work import Store, Unit
from jobs.runner import JobRunner, Post, RunContext, RunnerSettings, RunOutcome
from tests.jobs.routines import Pulse, definition
from tests.jobs.zones import AMSTERDAM

DAY = dt.timedelta(days=1)
PULSE = definition()


class Chorus(Pulse):
    """One post to the channel, and direct messages to two people."""

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        buttons = [Button("Acknowledge", "alert.acknowledge", "alr_1")]
        posts = [Post(Reply(f"Up since {slot}", context="one line", buttons=buttons))]
        return RunOutcome(posts=posts + [Post(Reply(f"Dear {who}"), who, audience=PRIVATE) for who in ("UANA", "UBEA")])


@pytest.fixture
def ada(store: Store) -> Actor:
    with store.unit() as unit:
        people.add_person(unit, "ada", roles=[Role.ADMIN])
        people.bind(unit, "ada", team_id="T1", user_id="UADA")
        people.add_person(unit, "ana", roles=[Role.AGENT])
        people.bind(unit, "ana", team_id="T1", user_id="UANA")
        actor = people.actor_by_key(unit.session, people.person_of(unit.session, "ada").key)
        unit.commit()
    return actor


def runner(store: Store, routine: Pulse) -> JobRunner:
    return JobRunner(store, [routine], RunnerSettings(AMSTERDAM), office=PostOffice(AMSTERDAM))


def waiting(store: Store, state: str = "pending") -> dict[str, str]:
    with store.read() as session:
        return {row.key: row.channel for row in outbox.list_messages(session, states=(state,))}


def test_in_shadow_only_the_admin_is_written_to_and_nothing_is_lost(store: Store, ada: Actor) -> None:
    [result] = runner(store, Chorus(PULSE)).tick()
    assert set(waiting(store).values()) == {"UADA"}
    assert sorted(waiting(store, "shadow").values()) == ["#quality", "UANA", "UBEA"]
    assert [post.channel for post in result.posts] == ["UADA", "UADA"]
    assert "3 kept in shadow" in result.note
    channel, direct = (post.reply for post in result.posts)
    assert channel.headline == "Preview: this would go to #quality."
    assert [button.label for button in channel.buttons] == [
        "Post it to #quality now",
        "Go live with this routine",
        "Acknowledge",
    ]
    assert "until 1 Jul" in channel.context
    assert direct.headline == "Preview: 2 people would get a direct message."
    assert "@ana: Dear UANA" in str(direct.parts)


def test_post_it_now_sends_the_post_once_and_writes_down_who(store: Store, ada: Actor) -> None:
    [result] = runner(store, Chorus(PULSE)).tick()
    key = result.posts[0].reply.buttons[0].value
    with store.unit() as unit:
        with pytest.raises(NotPermitted):
            shadow.release(unit, Actor("per_x", "x", roles=frozenset({Role.LEADER})), key)
        shadow.release(unit, ada, key)
        unit.commit()
    assert waiting(store)[key] == "#quality"
    with store.read() as session:
        assert reply_from_json(outbox.access_message(session, key).payload["reply"]).headline == "Up since 2026-06-17"
        assert audit.entries(session)[0].action == "routine.release"
    with store.unit() as unit, pytest.raises(Conflict, match="already"):
        shadow.release(unit, ada, key)


def test_the_direct_messages_of_a_slot_are_sent_together_once(store: Store, ada: Actor) -> None:
    runner(store, Chorus(PULSE)).tick()
    with store.unit() as unit:
        assert shadow.release_direct(unit, ada, "pulse", "2026-06-17") == 2
        unit.commit()
    assert list(waiting(store, "shadow").values()) == ["#quality"]
    with store.unit() as unit, pytest.raises(Conflict):
        shadow.release_direct(unit, ada, "pulse", "2026-06-17")


def test_without_an_admins_account_the_post_is_kept(store: Store) -> None:
    [result] = runner(store, Pulse(PULSE)).tick()
    assert (list(result.posts), waiting(store)) == ([], {})
    assert list(waiting(store, "shadow").values()) == ["#quality"]
    with store.read() as session:
        assert outbox.stats(session).shadow == 1


def test_the_shadow_ends_by_itself_after_its_days_and_at_once_by_hand(
    store: Store, ada: Actor, clock: FrozenClock
) -> None:
    ticking = runner(store, Pulse(PULSE))
    channels = []
    for _ in range(16):
        channels += [post.channel for result in ticking.tick() for post in result.posts]
        clock.advance(DAY)
    assert channels == ["UADA"] * 14 + ["#quality"] * 2
    with store.unit() as unit:
        routine_settings.put_in_shadow(unit, ada, PULSE)
        unit.commit()
    assert [post.channel for result in ticking.tick() for post in result.posts] == ["UADA"]
    with store.unit() as unit:
        routine_settings.go_live(unit, ada, "pulse")
        unit.commit()
    clock.advance(DAY)
    assert [post.channel for result in ticking.tick() for post in result.posts] == ["#quality"]


def test_a_routine_is_switched_off_and_on(store: Store, ada: Actor, clock: FrozenClock) -> None:
    ticking = runner(store, Pulse(PULSE))
    with store.unit() as unit:
        routine_settings.switch(unit, ada, "pulse", is_on=False)
        unit.commit()
    assert ticking.tick() == []
    assert not ticking.status()[0].is_on
    with store.unit() as unit:
        routine_settings.switch(unit, ada, "pulse", is_on=True)
        unit.commit()
    assert [result.state for result in ticking.tick()] == ["done"]


def test_who_keeps_no_routines_changes_nothing(store: Store) -> None:
    sam = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
    with store.unit() as unit:
        for change in (
            lambda: routine_settings.go_live(unit, sam, "pulse"),
            lambda: routine_settings.put_in_shadow(unit, sam, PULSE),
            lambda: routine_settings.switch(unit, sam, "pulse", is_on=False),
        ):
            with pytest.raises(NotPermitted):
                change()
