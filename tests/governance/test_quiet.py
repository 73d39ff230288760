"""A direct message that nobody asked for waits for the person's time, and always comes."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.catalog.loader import load_catalog
from frontline.core.actor import PRIVATE, Actor, ActorKind, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import NotPermitted, UsageError
from frontline.core.reply import Reply
from frontline.governance import outbox, people, quiet
from frontline.governance.delivery import Delivery
from frontline.store.work import Store
from tests.governance.fake_slack import FakeSlack

CALENDAR = load_catalog().calendar
ZONE = CALENDAR.zone_info
HOUR = dt.timedelta(hours=1)


class Office:
    """One person with an account, their settings, and the delivery."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store, self.clock, self.slack = store, clock, FakeSlack(clock)
        self.delivery = Delivery(store, self.slack, hold=quiet.Quiet(CALENDAR).hold)
        with store.unit() as unit:
            people.add_person(unit, "anna", roles=[Role.AGENT])
            people.bind(unit, "anna", team_id="T1", user_id="UANNA")
            self.anna = people.actor_by_key(unit.session, people.person_of(unit.session, "anna").key)
            unit.commit()

    def write(self, key: str, *, priority: int = outbox.NORMAL, is_prompted: bool = False) -> None:
        with self.store.unit() as unit:
            outbox.enqueue(unit, key, "UANNA", Reply(key), priority=priority, audience=PRIVATE, is_prompted=is_prompted)
            unit.commit()

    def choose(self, **wanted: object) -> None:
        with self.store.unit() as unit:
            quiet.choose(unit, self.anna, **wanted)  # type: ignore[arg-type]  # passed through
            unit.commit()

    def at(self, local: str) -> None:
        self.clock.move_to(dt.datetime.fromisoformat(local).replace(tzinfo=ZONE))

    def came(self) -> list[str]:
        self.delivery.step()
        return self.slack.keys()


@pytest.fixture
def office(store: Store, clock: FrozenClock) -> Office:
    return Office(store, clock)


def test_what_is_written_in_the_evening_comes_in_the_morning(office: Office) -> None:
    office.at("2026-06-17T21:30")
    office.write("reminder")
    assert office.came() == []
    with office.store.read() as session:
        row = outbox.access_message(session, "reminder")
        assert (row.held, row.not_before.astimezone(ZONE)) == ("quiet", dt.datetime(2026, 6, 18, 7, 0, tzinfo=ZONE))
        assert quiet.held_back(session, office.clock.now()) == {"quiet": 1}
    office.at("2026-06-18T06:59")
    assert office.came() == []
    office.at("2026-06-18T07:00")
    assert office.came() == ["reminder"]


def test_critical_and_asked_for_come_at_once(office: Office) -> None:
    office.choose(mute_until=office.clock.now() + 5 * HOUR)
    office.write("critical", priority=outbox.CRITICAL)
    office.write("asked", is_prompted=True)
    office.write("reminder")
    assert office.came() == ["critical"]
    office.clock.advance(dt.timedelta(seconds=2))
    assert office.came() == ["critical", "asked"]


def test_a_mute_set_after_a_message_was_written_holds_it_and_unmuting_lets_it_go(office: Office) -> None:
    office.write("reminder")
    office.choose(mute_until=office.clock.now() + dt.timedelta(days=2))
    assert office.came() == []
    office.choose(is_unmuted=True)
    assert office.came() == ["reminder"]


def test_own_hours_go_before_those_of_the_organisation(office: Office) -> None:
    office.choose(hours=(dt.time(9, 0), dt.time(12, 0)))
    office.at("2026-06-17T10:40")
    office.write("a")
    assert office.came() == []
    office.choose(hours=(dt.time(0), dt.time(0)))
    assert office.came() == ["a"]
    office.at("2026-06-17T23:00")
    office.write("b")
    assert office.came() == ["a", "b"]
    office.choose(is_usual=True)
    office.write("c")
    office.clock.advance(dt.timedelta(seconds=2))
    assert office.came() == ["a", "b"]


def test_the_sixth_of_a_week_comes_the_next_working_morning(office: Office) -> None:
    office.at("2026-06-19T10:00")  # a Friday
    for number in range(6):
        office.write(str(number))
        office.clock.advance(dt.timedelta(minutes=1))
        office.came()
    assert office.came() == ["0", "1", "2", "3", "4"]
    with office.store.read() as session:
        assert quiet.held_back(session, office.clock.now()) == {"cap": 1}
    office.at("2026-06-21T12:00")
    assert len(office.came()) == 5
    office.at("2026-06-22T09:00")
    assert office.came()[-1] == "5"


def test_what_a_colleague_asks_waits_for_no_full_week_but_for_the_night(office: Office) -> None:
    for number in range(7):
        office.write(f"{quiet.BETWEEN_PEOPLE}cmt_{number}")
        office.clock.advance(dt.timedelta(minutes=1))
        office.came()
    assert len(office.came()) == 7
    office.write("reminder")
    office.clock.advance(dt.timedelta(minutes=1))
    assert office.came()[-1] == "reminder"
    office.at("2026-06-17T22:00")
    office.write(f"{quiet.BETWEEN_PEOPLE}late")
    assert office.came()[-1] == "reminder"


def test_channels_have_no_quiet_hours(office: Office) -> None:
    office.at("2026-06-17T23:00")
    with office.store.unit() as unit:
        outbox.enqueue(unit, "alert", "#floor", Reply("up"))
        unit.commit()
    assert office.came() == ["alert"]


def test_a_guest_and_who_has_left_get_nothing_not_even_what_is_critical(office: Office) -> None:
    with office.store.unit() as unit:
        people.add_person(unit, "gus", kind=ActorKind.GUEST)
        people.bind(unit, "gus", team_id="T1", user_id="UGUS")
        people.deactivate(unit, "anna")
        unit.commit()
    with office.store.read() as session:
        for account in ("UGUS", "UANNA"):
            with pytest.raises(NotPermitted):
                quiet.refuse_outsiders(session, account)
        quiet.refuse_outsiders(session, "#floor")


def test_a_mute_is_short_and_a_persons_own(office: Office) -> None:
    for until in (office.clock.now() - HOUR, office.clock.now() + dt.timedelta(days=31)):
        with pytest.raises(UsageError, match="30 days"):
            office.choose(mute_until=until)
    with office.store.unit() as unit, pytest.raises(UsageError, match="no messages of its own"):
        quiet.choose(unit, Actor("role:admin", "role:admin"), is_unmuted=True)


MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: dt.time(minute // 60, minute % 60))
STEP = st.tuples(
    st.integers(1, 30 * 60),  # minutes until the next one
    st.sampled_from(["write", "write", "write", "critical", "mute", "hours", "limit"]),
    MINUTES,
    MINUTES,
    st.integers(1, 40),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=12))
def test_no_message_is_lost_and_none_comes_in_a_quiet_hour(
    steps: list[tuple[int, str, dt.time, dt.time, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FrozenClock(dt.datetime(2026, 3, 27, 9, 0, tzinfo=UTC))  # the clocks change that weekend
        store = Store.open(Path(folder) / "state.sqlite3", clock)
        store.create_schema()
        office = Office(store, clock)
        written: set[str] = set()
        for number, (minutes, act, start, end, size) in enumerate(steps):
            clock.advance(dt.timedelta(minutes=minutes))
            match act:
                case "mute":
                    office.choose(mute_until=clock.now() + size * HOUR)
                case "hours":
                    office.choose(hours=(start, end))
                case "limit":
                    office.choose(weekly_cap=size)
                case _:
                    written.add(key := f"{act}{number}")
                    office.write(key, priority=outbox.CRITICAL if act == "critical" else outbox.NORMAL)
            before = set(office.slack.keys())
            rule = quiet.Quiet(CALENDAR)
            with store.read() as session:
                setting = quiet.access_own(session, office.anna)
                (first, last), local = rule.hours(setting), clock.now().astimezone(ZONE).time()
            is_quiet = first != last and (first <= local < last if first < last else local >= first or local < last)
            is_muted = setting is not None and setting.mute_until is not None and setting.mute_until > clock.now()
            new = set(office.came()) - before
            if is_quiet or is_muted:
                assert not [key for key in new if key.startswith("write")]
        with store.unit() as unit:
            quiet.choose(unit, office.anna, is_unmuted=True, is_usual=True)
            unit.commit()
        for _ in range(30):
            clock.advance(8 * HOUR)
            office.came()
        assert set(office.slack.keys()) == written
        assert len(office.slack.keys()) == len(written)
        store.close()
