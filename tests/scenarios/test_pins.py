"""A figure pinned from the Details of an answer to one's own App Home, and taken away again."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import delete, select

from frontline.core.ids import new_id
from frontline.core.reply import Button, Item, Outcome, Reply
from frontline.core.request import Request, RequestKind
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec
from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.records import Message, View
from frontline.store.models.pins import PinnedFigure
from handlers import evidence
from tests.scenarios.conftest import PATIENCE, Company
from tests.scenarios.test_floor import words_of


@pytest.fixture(autouse=True)
def unpinned(shared_company: Company) -> None:
    with shared_company.house.store.unit() as unit:
        unit.session.execute(delete(PinnedFigure))
        unit.commit()


def home_with(company: Company, who: str, *, containing: str, without: str = "") -> View:
    person = company.as_user(who)

    def probe() -> View | None:
        said = words_of(person.home)
        return person.home if containing in said and (not without or without not in said) else None

    found = company.slack.wait_for(probe, timeout=PATIENCE, what=f"a home with {containing!r}")
    assert found is not None
    return found


def details_of(company: Company, who: str, question: str) -> Message:
    person = company.as_user(who)
    answer = company.answer(person, lambda: person.dm(question), containing="%")
    return company.answer(person, lambda: person.click(answer, "Details"), containing="How this figure")


def pinned(company: Company, person: str, question: str) -> Reply:
    """Ask, and press Pin under Details."""
    answer = company.house.ask("ask", question, person=person)
    return press(company, person, press(company, person, answer, "Details"), "Pin")


def press(company: Company, person: str, reply: Reply, label: str) -> Reply:
    button = next(button for button in reply.buttons if button.label == label)
    who = company.house.who(person)
    request = Request(
        inbound_id=new_id("tst"), kind=RequestKind.ACTION, who=who, name=button.action, value=button.value
    )
    return company.house.doorway.dispatch(request)


def test_dates_that_were_said_stay_and_the_confirmation_can_be_undone(shared_company: Company) -> None:
    said = pinned(shared_company, "sam", "csat in May")
    assert said.headline.endswith("May 2026.")
    assert "its dates stay" in said.context
    listed = shared_company.house.ask("ops", "pin list", person="sam")
    (line,) = (part for part in listed.parts if isinstance(part, Item))
    assert "for May 2026" in str(line.title)
    assert "fixed dates" in line.detail
    undone = press(shared_company, "sam", said, "Undo")
    assert undone.headline.startswith("Unpinned: Customer satisfaction")
    assert press(shared_company, "sam", said, "Undo").outcome is Outcome.ABSTAINED
    assert press(shared_company, "sam", undone, "Undo").headline.startswith("Pinned to your App Home")


def test_a_follow_up_and_another_period_keep_how_the_period_was_meant(shared_company: Company) -> None:
    house = shared_company.house
    house.ask("ask", "fcr last week", person="sam", thread="D1:7")
    followed = house.ask("ask", "and for chat?", person="sam", thread="D1:7")
    details = press(shared_company, "sam", followed, "Details")
    assert "channel chat, last week." in press(shared_company, "sam", details, "Pin").headline
    periods = press(shared_company, "sam", details, "Change period")
    moved = press(shared_company, "sam", press(shared_company, "sam", periods, "Last quarter"), "Details")
    assert "channel chat, last quarter." in press(shared_company, "sam", moved, "Pin").headline


def test_a_seventh_pin_asks_to_unpin_one_and_the_same_one_is_pinned_once(shared_company: Company) -> None:
    for period in ("last week", "last month", "in May", "in April", "last quarter", "yesterday"):
        assert pinned(shared_company, "sam", f"fcr {period}").outcome is Outcome.DONE
    assert "pinned already" in pinned(shared_company, "sam", "fcr last month").headline
    full = pinned(shared_company, "sam", "fcr in March")
    assert full.headline == "6 figures are pinned, and more do not fit."
    lines = [part for part in full.parts if isinstance(part, Item)]
    assert len(lines) == 6
    shared_company.house.ask("ops", f"pin drop {lines[0].buttons[0].value}", person="sam")
    assert press(shared_company, "sam", full, "Pin").headline.startswith("Pinned to your App Home")


def test_a_pin_is_worked_out_under_the_rights_of_its_person(shared_company: Company) -> None:
    """A pin of a figure that is gone, that its person may not see any more, or of another version, says so."""
    house = shared_company.house
    pinned(shared_company, "sam", "csat last month")
    pinned(shared_company, "sam", "fcr last month")
    pinned(shared_company, "sam", "recontact rate last month")
    with house.store.unit() as unit:
        gone, personal, old = unit.session.scalars(select(PinnedFigure).order_by(PinnedFigure.at)).all()
        gone.query = {**gone.query, "metrics": ["smiles"]}
        personal.query = {**personal.query, "filters": [{"dim": "agent", "op": "in", "values": ["jterp"]}]}
        old.query = {"question": "of a version long ago"}
        unit.commit()
    said = json.dumps([str(part) for part in house.ask("ops", "pin list", person="sam").parts])
    assert "There is no metric 'smiles'" in said.replace('\\"', "'")
    assert said.count("Unpin") == 3
    assert "%" not in said
    assert "another version" in said


def test_a_colleagues_figure_and_a_forecast_offer_no_pin(shared_company: Company) -> None:
    span = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
    plain = MetricQuery(metrics=("csat",), period=span)
    someone = plain.model_copy(update={"filters": (Filter(dim="agent", values=("jterp",)),)})
    ahead = plain.model_copy(update={"kind": Kind.FORECAST})
    two = plain.model_copy(update={"metrics": ("csat", "fcr_rate")})
    nowhere = plain.model_copy(update={"filters": (Filter(dim="galaxy", values=("Gryphon",)),)})
    sentences = (
        "The figure of another person cannot be pinned.",
        "A forecast cannot be pinned.",
        "One figure at a time can be pinned.",
        "There is no dimension 'galaxy'.",
    )
    for query, sentence in zip((someone, ahead, two, nowhere), sentences, strict=True):
        reply = Reply("", buttons=[Button("Pin", "pin.add", evidence.as_state(query))])
        refused = press(shared_company, "sam", reply, "Pin")
        assert refused.outcome is not Outcome.DONE
        assert refused.headline == sentence
    for question in ("forecast csat for the next 4 weeks", "csat and fcr in May"):
        answer = shared_company.house.ask("ask", question, person="sam")
        details = press(shared_company, "sam", answer, "Details")
        assert "Pin" not in [button.label for button in details.buttons]
    with shared_company.house.store.read() as session:
        assert not session.scalars(select(PinnedFigure)).all()


def test_a_supervisor_pins_last_week_and_it_is_another_week_a_week_later(shared_company: Company) -> None:
    company, supervisor = shared_company, shared_company.as_user("supervisor")
    details = details_of(company, "supervisor", "fcr for phone last week")
    said = company.answer(supervisor, lambda: supervisor.click(details, "Pin"), containing="Pinned to your App Home")
    assert "First-contact resolution, channel phone, last week." in text_of(said)
    assert "“last week” counts from that day" in text_of(said)

    supervisor.open_home()
    home = words_of(home_with(company, "supervisor", containing="*Pinned*"))
    assert "for 8 to 14 Jun 2026, phone" in home
    assert "in 1 to 7 Jun 2026" in home
    company.as_user("analyst").open_home()
    assert "*Pinned*" not in words_of(home_with(company, "analyst", containing="Good to see you"))
    listed = text_of(company.command("analyst", "/ops pin list", containing="Nothing is pinned"))
    assert "First-contact" not in listed

    # The last test of this file: the company goes on from here.
    company.clock.move_to(company.clock.now() + dt.timedelta(days=5))
    supervisor.open_home()
    later = home_with(company, "supervisor", containing="for 15 to 21 Jun 2026", without="for 8 to 14 Jun 2026")
    supervisor.click(later, "Unpin")
    gone = home_with(company, "supervisor", containing="Unpinned: First-contact resolution", without="for 15 to 21")
    supervisor.click(gone, "Undo")
    back = home_with(company, "supervisor", containing="*Pinned*", without="Unpinned")
    supervisor.click(back, "Unpin")
    home_with(company, "supervisor", containing="Unpinned: First-contact resolution")
    supervisor.open_home()
    home_with(company, "supervisor", containing="Good to see you", without="*Pinned*")
