"""Who hears what on which day: one direct message a person, then channel and manager, and nothing without reason."""

import datetime as dt
import json
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from bot.render_blocks import render_blocks
from bot.render_text import render_text
from frontline.catalog.loader import load_catalog
from frontline.catalog.workdays import workdays_of
from frontline.core.actor import AudienceKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict
from frontline.core.reply import Item
from frontline.core.text import Provenance, seal
from frontline.governance import commitment_states, commitments, people
from frontline.governance.wire import reply_from_json, reply_to_json
from frontline.store.models.governance import Alert
from frontline.store.models.work import OutboxRow
from frontline.store.work import Store
from jobs.reminders import OwnershipReminders, rule_of
from jobs.runner import JobRunner, Post, RunnerSettings, RunResult
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
WEDNESDAY = dt.date(2026, 6, 17)
DUE = dt.date(2026, 6, 17)
DAY = dt.timedelta(days=1)


class Office:
    """People with Slack accounts, their commitments, and the routine."""

    def __init__(self, store: Store, clock: FrozenClock, **rule: object) -> None:
        self.store, self.clock = store, clock
        rules = CATALOG.rules.model_copy(update={"reminders": CATALOG.rules.reminders.model_copy(update=rule)})
        definition = next(row for row in CATALOG.routines.routines if row.key == "ownership_reminders")
        definition = definition.model_copy(update={"is_on": True})
        routine = OwnershipReminders(definition, rules, lambda: workdays_of(CATALOG.calendar))
        self.runner = JobRunner(store, [routine], RunnerSettings(AMSTERDAM))
        with store.unit() as unit:
            for handle, roles, team in (
                ("anna", [Role.AGENT], "Aurora"),
                ("bert", [Role.AGENT], "Breeze"),
                ("sam", [Role.SUPERVISOR], "Aurora"),
                ("lena", [Role.LEADER], None),
                ("loek", [Role.AGENT], "Aurora"),
            ):
                people.add_person(unit, handle, roles=roles, team=team)
                if handle != "loek":
                    people.bind(unit, handle, team_id="T1", user_id=f"U{handle.upper()}")
            unit.commit()

    def promise(self, owner: str, due: dt.date, *, by: str = "", title: str = "call the plumber back") -> str:
        """Make a commitment of ``owner``, by them or by somebody else; made long before it is due."""
        with self.store.unit() as unit:
            maker = people.actor_by_key(unit.session, people.person_of(unit.session, by or owner).key)
            row = commitments.create(
                unit, maker, kind="promise", title=seal(title, Provenance("index@1")),
                owner_key=people.person_of(unit.session, owner).key, due=due, today=dt.date(2026, 1, 1),
            )  # fmt: skip
            unit.commit()
            return row.commitment_id

    def leave(self, handle: str) -> None:
        """Close somebody's account."""
        with self.store.unit() as unit:
            people.deactivate(unit, handle)
            unit.commit()

    def run(self, day: dt.date) -> RunResult:
        """Tick at 09:05 of a local day."""
        self.clock.move_to(dt.datetime.combine(day, dt.time(9, 5), tzinfo=AMSTERDAM))
        [result] = [row for row in self.runner.tick() if row.slot == day.isoformat()]
        return result


@pytest.fixture
def office(store: Store, clock: FrozenClock) -> Office:
    return Office(store, clock)


def to(posts: Sequence[Post]) -> list[str]:
    return sorted(post.channel for post in posts)


def text_to(result: RunResult, channel: str) -> str:
    [post] = [post for post in result.posts if post.channel == channel]
    return render_text(post.reply)


def working_days(first: dt.date, count: int) -> list[dt.date]:
    calendar = workdays_of(CATALOG.calendar)
    return [calendar.add(first, n) for n in range(count)]


def test_the_ladder_of_one_promise(office: Office) -> None:
    office.promise("anna", DUE)
    heard = {day: to(office.run(day).posts) for day in working_days(dt.date(2026, 6, 10), 20)}
    assert {day.isoformat(): channels for day, channels in heard.items() if channels} == {
        "2026-06-15": ["UANNA"],
        "2026-06-17": ["UANNA"],
        "2026-06-18": ["UANNA"],
        "2026-06-22": ["#floor", "UANNA"],
        "2026-06-26": ["UANNA", "USAM"],
    }


def test_one_message_a_day_lists_all_with_their_buttons(office: Office) -> None:
    office.promise("anna", WEDNESDAY, title="call the plumber back")
    office.promise("anna", WEDNESDAY - 6 * DAY, title="rewrite the refund mail")
    office.promise("anna", WEDNESDAY + 2 * DAY, by="sam", title="ask billing for a date")
    office.promise("anna", WEDNESDAY + 40 * DAY, title="far away")
    [post] = office.run(WEDNESDAY).posts
    assert post.reply.headline == "Your commitments: 1 overdue, 1 due today, 1 due soon."
    assert post.audience is not None
    assert post.audience.kind is AudienceKind.PRIVATE
    items = [part for part in post.reply.parts if isinstance(part, Item)]
    assert [item.detail.split(" · ")[0] for item in items] == [
        "4 working days overdue, was due Thu 11 Jun",
        "due today",
        "due Fri 19 Jun",
    ]
    assert [button.label for button in items[1].buttons] == ["Done", "New date", "Hand over"]
    assert [button.label for button in items[2].buttons] == ["Accept", "Done", "New date", "Hand over"]
    assert len({button.value for button in items[0].buttons}) == 1
    stored = json.loads(json.dumps(reply_to_json(post.reply)))
    assert reply_to_json(reply_from_json(stored)) == reply_to_json(post.reply)


def test_days_on_which_nothing_is_due_are_silent(office: Office) -> None:
    office.promise("anna", WEDNESDAY + 20 * DAY)
    office.promise("anna", WEDNESDAY - DAY * 2)  # two working days late: between two steps
    result = office.run(WEDNESDAY)
    assert (result.state, result.posts) == ("done", ())


@pytest.mark.parametrize("day", ["2026-06-20", "2026-06-21", "2026-05-25", "2026-12-25"])
def test_days_of_rest_are_silent(office: Office, day: str) -> None:
    date = dt.date.fromisoformat(day)
    office.promise("anna", date)
    result = office.run(date)
    assert (result.posts, result.note) == ((), "a day of rest")


@pytest.mark.parametrize(
    ("owner", "manager"),
    [("anna", "USAM"), ("bert", "ULENA"), ("sam", "ULENA")],  # Breeze has no supervisor; a supervisor's is the leader
)
def test_after_seven_working_days_it_comes_up_to_the_manager(office: Office, owner: str, manager: str) -> None:
    office.promise(owner, WEDNESDAY - 9 * DAY, title="call the plumber back")
    result = office.run(WEDNESDAY)
    assert to(result.posts) == sorted([f"U{owner.upper()}", manager])
    told = text_to(result, manager)
    assert "1 overdue with somebody of yours" in told
    assert f"@{owner}" in told
    assert "[New date] [Hand over]" in told


def test_own_and_escalated_ones_come_in_one_message(office: Office) -> None:
    office.promise("anna", WEDNESDAY - 9 * DAY)
    office.promise("sam", WEDNESDAY)
    result = office.run(WEDNESDAY)
    assert to(result.posts) == ["UANNA", "USAM"]
    assert "1 due today, 1 overdue with somebody of yours" in text_to(result, "USAM")


def test_late_ones_stand_in_the_team_s_channel_with_their_owner(store: Store, clock: FrozenClock) -> None:
    office = Office(store, clock, team_channels={"breeze": "#team-breeze"})
    office.promise("anna", WEDNESDAY - 5 * DAY, title="one")
    office.promise("bert", WEDNESDAY - 5 * DAY, title="two")
    office.promise("loek", WEDNESDAY - 5 * DAY, title="three")
    result = office.run(WEDNESDAY)
    breeze, floor = text_to(result, "#team-breeze"), text_to(result, "#floor")
    assert "@bert" in breeze
    assert "two" in breeze
    assert floor.startswith("2 commitments are overdue.")
    assert "@anna" in floor
    assert "@loek" in floor
    assert "bert" not in floor


def test_somebody_without_a_slack_account_is_counted_not_lost(office: Office) -> None:
    office.promise("loek", WEDNESDAY)
    result = office.run(WEDNESDAY)
    assert result.posts == ()
    assert "1 people without a Slack account" in result.note


def alerts(store: Store) -> list[Alert]:
    with store.read() as session:
        return list(session.scalars(select(Alert)))


def test_when_the_owner_has_left_its_maker_hears_and_one_alert_is_raised(office: Office, store: Store) -> None:
    commitment = office.promise("anna", WEDNESDAY + 14 * DAY, by="sam")
    office.leave("anna")
    result = office.run(WEDNESDAY)
    assert to(result.posts) == ["USAM"]
    assert "was with @anna" in text_to(result, "USAM")
    assert "1 without an owner" in result.note
    [alert] = alerts(store)
    assert (alert.state, alert.detail["commitment"]) == ("open", commitment)
    # It is said once, and again when one of its steps is due.
    again = {day: to(office.run(day).posts) for day in working_days(WEDNESDAY + DAY, 12)}
    told = {day.isoformat(): channels for day, channels in again.items() if channels}
    assert told == {"2026-06-29": ["USAM"], "2026-07-01": ["USAM"], "2026-07-02": ["USAM"]}
    assert len(alerts(store)) == 1


def test_when_its_maker_has_left_too_the_leaders_hear(office: Office) -> None:
    office.promise("anna", WEDNESDAY + 14 * DAY, by="sam")
    office.leave("anna")
    office.leave("sam")
    assert to(office.run(WEDNESDAY).posts) == ["ULENA"]


def test_a_closed_promise_is_not_spoken_of(office: Office, store: Store) -> None:
    commitment = office.promise("anna", WEDNESDAY)
    with store.unit() as unit:
        anna = people.actor_by_key(unit.session, people.person_of(unit.session, "anna").key)
        commitments.done(unit, anna, commitment)
        unit.commit()
    assert office.run(WEDNESDAY).posts == ()


def test_a_slot_runs_once(office: Office, store: Store) -> None:
    office.promise("anna", WEDNESDAY)
    office.run(WEDNESDAY)
    with pytest.raises(Conflict):
        office.runner.run_slot("ownership_reminders", WEDNESDAY.isoformat())
    assert office.runner.tick() == []
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1


def test_steps_of_days_on_which_the_machine_was_down_are_made_up_for(office: Office) -> None:
    office.promise("anna", WEDNESDAY)
    office.run(dt.date(2026, 6, 12))
    # Down from Monday 15 to Tuesday 23 June: the day itself, the first and the third day after were missed.
    result = office.run(dt.date(2026, 6, 23))
    assert to(result.posts) == ["#floor", "UANNA"]
    assert "4 working days overdue" in text_to(result, "UANNA")
    assert office.run(dt.date(2026, 6, 24)).posts == ()


def test_a_long_list_fits_a_message(office: Office) -> None:
    for n in range(40):
        office.promise("anna", WEDNESDAY, title=f"matter {n}")
    [post] = office.run(WEDNESDAY).posts
    assert "26 more: /own" in post.reply.context
    assert "more not shown" not in json.dumps(render_blocks(post.reply))


def test_a_rehearsal_writes_nothing(office: Office, store: Store) -> None:
    office.promise("anna", WEDNESDAY, by="sam")
    office.leave("anna")
    office.clock.move_to(dt.datetime.combine(WEDNESDAY, dt.time(9, 5), tzinfo=AMSTERDAM))
    assert office.runner.rehearse("ownership_reminders", WEDNESDAY.isoformat()).posts
    assert alerts(store) == []


@pytest.mark.parametrize("kind", sorted(CATALOG.commitment_kinds.kinds))
def test_every_kind_goes_up_the_ladder_in_its_own_steps(office: Office, kind: str) -> None:
    steps = rule_of(kind, CATALOG.rules.reminders, CATALOG.commitment_kinds)
    with office.store.unit() as unit:
        owner = people.actor_by_key(unit.session, people.person_of(unit.session, "anna").key)
        row = commitments.create(unit, owner, kind="promise", title="x", owner_key=owner.key, due=DUE, today=DUE)
        row.kind = kind  # whoever may own it: the ladder does not mind
        unit.commit()
    calendar = workdays_of(CATALOG.calendar)
    heard = {late: to(office.run(calendar.add(DUE, late)).posts) for late in range(1, 8)}
    assert {late: names for late, names in heard.items() if names} == {
        steps.owner: ["UANNA"],
        steps.channel: ["#floor", "UANNA"],
        steps.manager: ["UANNA", "USAM"],
    }


def test_a_blocked_commitment_is_reminded_of_as_blocked(office: Office) -> None:
    key = office.promise("anna", DUE)
    with office.store.unit() as unit:
        owner = people.actor_by_key(unit.session, people.person_of(unit.session, "anna").key)
        commitment_states.block(unit, owner, key, reason=seal("waiting for IT", Provenance("index@1")))
        unit.commit()
    assert "blocked since" in text_to(office.run(DUE), "UANNA")
