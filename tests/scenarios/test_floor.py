"""Today's floor: as a command, as a question, and in App Home with a button that reads it again."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.records import View
from tests.scenarios.conftest import PATIENCE, Company


def words_of(view: View | None) -> str:
    return str(view.definition) if view is not None else ""


def home_of(company: Company, who: str, *, containing: str) -> View:
    person = company.as_user(who)

    def probe() -> View | None:
        return person.home if containing in words_of(person.home) else None

    found = company.slack.wait_for(probe, timeout=PATIENCE, what=f"a home with {containing!r}")
    assert found is not None
    return found


@pytest.mark.parametrize("typed", ["/ops floor", "/ask how's the floor?", "/ask how are we doing right now?"])
def test_the_floor_stands_beside_the_same_time_last_week(typed: str, shared_company: Company) -> None:
    said = text_of(shared_company.command("analyst", typed, containing="The floor at 10:40"))
    assert "Each beside Wednesday 10 Jun up to the same time" in said
    for figure in ("Contacts waiting", "Longest wait", "Agents available", "Occupancy", "Service level"):
        assert figure in said
    # The queues of last week are loaded readings of that minute, not those of now.
    assert "no data" not in said


def test_a_floor_is_cut_down_to_a_queue_and_says_what_it_cannot_know(shared_company: Company) -> None:
    said = text_of(shared_company.command("supervisor", "/ops floor care", containing="The floor (care)"))
    assert "By channel" in said
    said = text_of(shared_company.command("supervisor", "/ops floor porto", containing="The floor (Porto)"))
    assert "Not known here: contacts waiting" in said
    wrong = text_of(shared_company.command("supervisor", "/ops floor mars", containing="There is no queue"))
    assert "care, tech, retention, business" in wrong


def test_an_analyst_finds_it_in_app_home_and_reads_it_again(shared_company: Company) -> None:
    analyst = shared_company.as_user("analyst")
    analyst.open_home()
    home = home_of(shared_company, "analyst", containing="The floor at 10:40")
    shared_company.clock.move_to(shared_company.clock.now() + dt.timedelta(minutes=75))
    analyst.click(home, "Refresh")
    # Nothing has come in since: it says so instead of passing for the floor of now.
    again = home_of(shared_company, "analyst", containing="The floor at 11:55")
    assert "stale: contacts reach only to 17 Jun 10:" in words_of(again)


def test_an_agents_home_has_no_floor(shared_company: Company) -> None:
    shared_company.as_user("agent").open_home()
    assert "The floor at" not in words_of(home_of(shared_company, "agent", containing="Good to see you"))
