"""Articles through the local Slack: recommended, logged, judged, missed."""

from __future__ import annotations

from frontline.app import knowing
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def test_articles_are_recommended_logged_and_judged(shared_company: Company) -> None:
    company = shared_company
    agent = company.as_user("agent")
    asked = company.command("agent", "/ops kb suggest C-000123", containing="for C0000123")
    first = text_of(asked)
    assert "Policy kb-" in first
    judged = company.answer(agent, lambda: agent.click(asked, "Did not help"), containing="did not help")
    again = text_of(company.command("agent", "/ops kb suggest C-000123", containing="rec_"))
    best = first.split("[1] · ")[1].split(" ")[0]
    assert f"[1] · {best}" not in again
    company.answer(agent, lambda: agent.click(judged, "Undo"), containing="Taken back")
    log = text_of(company.command("steward", "/ops kb log C-000123", containing="2 lists were"))
    assert "2 of 2 identical" in log
    assert f"1. {best} version" in log


def test_expired_articles_and_those_for_others_are_never_shown(shared_company: Company) -> None:
    company = shared_company
    expired = company.command("agent", "/ops kb suggest pay an invoice in two parts in spring", containing="rec_")
    assert "Paying in two parts" not in text_of(expired)
    forbidden = "/ops kb suggest credit of more than one month of the fee"
    assert "approved by a supervisor" not in text_of(company.command("agent", forbidden, containing="rec_"))
    assert "approved by a supervisor" in text_of(company.command("supervisor", forbidden, containing="rec_"))
    unentitled = company.command("agent", "/ops kb suggest technician at the desk day and night", containing="rec_")
    assert "Enterprise lines" not in text_of(unentitled)


def test_a_flagged_article_waits_for_somebody_to_mend_it(shared_company: Company) -> None:
    company = shared_company
    agent = company.as_user("agent")
    asked = company.command("agent", "/ops kb suggest the router has a red light", containing="Restarting the router")
    agent.click(asked, "Flag")
    view = company.slack.wait_for(
        lambda: agent.view if agent.view and "What is wrong" in str(agent.view.definition) else None, timeout=20
    )
    assert view is not None
    note = {"note": "the new router has no reset button at the back"}
    company.answer(agent, lambda: agent.submit(view, note), containing="Flagged")
    gaps = company.command("supervisor", "/ops kb gaps", containing="1 flagged")
    assert "no reset button" in text_of(gaps)
    supervisor = company.as_user("supervisor")
    supervisor.click(gaps, "Fix it")
    form = company.slack.wait_for(
        lambda: supervisor.view if supervisor.view and "Who is accountable" in str(supervisor.view.definition) else None
    )
    assert form is not None
    mend = {"title": "rewrite the step about the reset button"}
    made = company.answer(supervisor, lambda: supervisor.submit(form, mend), containing="cmt_")
    assert "You own it" in text_of(made)


def test_how_often_the_right_article_is_found_is_a_figure(shared_company: Company) -> None:
    house = shared_company.house
    found = knowing.evaluate(house, knowing.links_by_topic(house)[:40])
    assert found.n > 30
    assert found.hit_at_3 > 0.5
    assert found.mrr <= found.hit_at_3 + 0.2
