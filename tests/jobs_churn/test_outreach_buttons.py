"""What the buttons of the list do: a call with an owner and an outcome, a pause, a mark against the rule."""

import datetime as dt

import pytest
from sqlalchemy import select

from frontline.core.clock import FrozenClock
from frontline.core.reply import Button, Item, Outcome, Reply
from frontline.store.models.governance import Alert, AuditEntry, Commitment
from frontline.store.models.people import VaultAccess
from frontline.store.work import Store
from handlers.outreach import HELD_OUT
from tests.jobs_churn.desk import Company, Floor, button, customer, lines

TODAY = dt.date(2026, 6, 17)
DAY = dt.timedelta(days=1)


@pytest.fixture
def company() -> Company:
    return Company([customer(n) for n in range(3)])


@pytest.fixture
def floor(store: Store, clock: FrozenClock, company: Company) -> Floor:
    return Floor(store, clock, company)


def calls(store: Store) -> list[Commitment]:
    with store.read() as session:
        return list(session.scalars(select(Commitment)))


def outcome(reply: Reply, label: str) -> Button:
    [item] = [part for part in reply.parts if isinstance(part, Item)]
    return button(item, label)


def test_reaching_out_makes_a_call_with_an_owner_and_a_date(floor: Floor, store: Store) -> None:
    line = lines(floor.run(TODAY))[0]
    reply = floor.click("iris", button(line, "Reach out"))
    assert reply.headline == "@iris calls C-00000000 by Friday 19 June."
    assert reply.in_channel
    [call] = calls(store)
    assert (call.kind, call.state, call.due) == ("outreach", "accepted", dt.date(2026, 6, 19))
    assert call.title.show() == "Call customer C-00000000"
    assert call.evidence["reasons"]


def test_due_dates_are_working_days(floor: Floor, store: Store) -> None:
    friday = dt.date(2026, 6, 19)
    floor.click("sam", button(lines(floor.run(friday))[0], "Reach out"))
    assert calls(store)[0].due == dt.date(2026, 6, 23)


def test_the_second_to_reach_out_is_told_who_was_faster(floor: Floor, store: Store) -> None:
    line = lines(floor.run(TODAY))[0]
    floor.click("iris", button(line, "Reach out"))
    told = floor.click("sam", button(line, "Reach out"))
    assert told.headline == "@iris was faster and calls C-00000000."
    assert floor.click("iris", button(line, "Not now")).headline == "You have C-00000000 already."
    assert len(calls(store)) == 1


@pytest.mark.parametrize("label", ["Kept", "Lost", "Not reached"])
def test_the_outcome_of_a_call_is_captured_once(floor: Floor, store: Store, label: str) -> None:
    started = floor.click("iris", button(lines(floor.run(TODAY))[0], "Reach out"))
    closed = floor.click("iris", outcome(started, label))
    assert closed.headline == f"{label}. The call is closed."
    assert closed.replaces
    [call] = calls(store)
    assert (call.state, call.evidence["outcome"]) == ("done", label.lower().replace(" ", "_"))
    assert [event.note.show() for event in call.events if event.note] == [label]
    assert floor.click("iris", outcome(started, "Lost")).outcome is Outcome.FAILED
    assert calls(store)[0].evidence["outcome"] == label.lower().replace(" ", "_")


def test_somebody_elses_call_cannot_be_closed(floor: Floor, store: Store) -> None:
    started = floor.click("sam", button(lines(floor.run(TODAY))[0], "Reach out"))
    refused = floor.click("iris", outcome(started, "Kept"))
    assert refused.outcome in (Outcome.DENIED, Outcome.FAILED)
    assert calls(store)[0].state == "accepted"


def test_whoever_calls_sees_the_customer_number_alone_and_the_look_is_written_down(floor: Floor, store: Store) -> None:
    floor.know(customer(0).customer_key, customer_number="CU-4711", name="Maria Jansen", phone="+31 6 12345678")
    started = floor.click("sam", button(lines(floor.run(TODAY))[0], "Reach out"))
    who = floor.click("sam", outcome(started, "Who is it?"))
    assert who.headline == "C-00000000 is customer CU-4711."
    assert who.for_one
    assert not who.in_channel
    assert "Maria" not in repr(who)
    with store.read() as session:
        seen = list(session.scalars(select(VaultAccess)))
    assert [access.purpose for access in seen] == [f"call {calls(store)[0].commitment_id}"]
    assert floor.click("iris", outcome(started, "Who is it?")).outcome is Outcome.DENIED
    assert floor.click("anna", outcome(started, "Who is it?")).outcome is Outcome.DENIED
    floor.click("sam", outcome(started, "Kept"))
    assert "closed" in floor.click("sam", outcome(started, "Who is it?")).headline


def test_a_customer_whom_the_vault_does_not_know_is_said_to_be_unknown(floor: Floor) -> None:
    started = floor.click("sam", button(lines(floor.run(TODAY))[0], "Reach out"))
    reply = floor.click("sam", outcome(started, "Who is it?"))
    assert reply.headline == "The vault holds nothing about them."


def test_not_now_comes_back_after_its_own_pause(floor: Floor, company: Company) -> None:
    company.signs = [customer(1)]
    reply = floor.click("sam", button(lines(floor.run(TODAY))[0], "Not now"))
    assert "7 days" in reply.headline
    assert not lines(floor.run(TODAY + 6 * DAY))
    assert lines(floor.run(TODAY + 7 * DAY))


def test_a_call_keeps_the_customer_off_the_list_for_the_fatigue_days(floor: Floor, company: Company) -> None:
    company.signs = [customer(1)]
    line = lines(floor.run(TODAY))[0]
    floor.clock.move_to(dt.datetime(2026, 7, 10, 9, tzinfo=dt.UTC))
    floor.click("sam", button(line, "Reach out"))
    # Listed 31 days ago, called 8 days ago.
    assert not lines(floor.run(TODAY + 31 * DAY))
    assert lines(floor.run(dt.date(2026, 8, 10)))


def test_an_answered_line_says_what_it_was_answered_with(floor: Floor) -> None:
    first, second, _ = lines(floor.run(TODAY))
    floor.click("sam", button(first, "Wrong"))
    floor.click("sam", button(second, "Not now"))
    assert "marked as wrong already" in floor.click("iris", button(first, "Reach out")).headline
    assert "put off already" in floor.click("iris", button(second, "Wrong")).headline


@pytest.mark.parametrize("handle", ["tomas", "anna", "nobody"])
def test_who_does_not_work_the_list_is_refused(floor: Floor, store: Store, handle: str) -> None:
    line = lines(floor.run(TODAY))[0]
    assert floor.click(handle, button(line, "Reach out")).outcome is Outcome.DENIED
    assert not calls(store)


def test_an_organisation_may_open_the_list_to_its_agents(floor: Floor, store: Store) -> None:
    floor.also_working.append("agent")
    started = floor.click("anna", button(lines(floor.run(TODAY))[0], "Reach out"))
    assert floor.click("anna", outcome(started, "Kept")).headline == "Kept. The call is closed."


@pytest.mark.parametrize("value", ["", "alr_nosuchone0", "x" * 300])
def test_a_button_without_a_customer_is_answered_in_words(floor: Floor, value: str) -> None:
    reply = floor.click("sam", Button("Reach out", "outreach.start", value))
    assert reply.outcome in (Outcome.FAILED, Outcome.ABSTAINED)
    assert "error" not in reply.headline


@pytest.mark.parametrize("value", ["kept", "won cmt_1", "kept cmt_nosuchone0", ""])
def test_an_outcome_of_nothing_is_answered_in_words(floor: Floor, value: str) -> None:
    reply = floor.click("sam", Button("Kept", "outreach.outcome", value))
    assert reply.outcome in (Outcome.FAILED, Outcome.ABSTAINED)
    assert "Something broke" not in reply.headline


def test_a_held_out_customer_cannot_be_called_by_a_guessed_id(store: Store, clock: FrozenClock) -> None:
    floor = Floor(store, clock, Company([customer(n) for n in range(30)]), hold_out=0.5)
    floor.run(TODAY)
    with store.read() as session:
        held = session.scalars(select(Alert).where(Alert.rule == HELD_OUT)).first()
    assert held is not None
    assert floor.click("sam", Button("Reach out", "outreach.start", held.alert_id)).outcome is Outcome.ABSTAINED
    assert not calls(store)


def test_the_trail_names_the_person_and_no_customer(floor: Floor, store: Store) -> None:
    floor.click("iris", button(lines(floor.run(TODAY))[0], "Reach out"))
    with store.read() as session:
        trail = list(session.scalars(select(AuditEntry)))
    assert any(entry.action == "outreach.work" and entry.actor_key.startswith("per_") for entry in trail)
    key = customer(0).customer_key
    assert not any(key in entry.detail or key in entry.resource for entry in trail)
