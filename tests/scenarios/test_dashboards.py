"""Dashboards in Slack: a quarter of looks, proposals with reasons, and a decision of the owner."""

from __future__ import annotations

import datetime as dt
import json

from frontline.governance import audit
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def test_a_quarter_of_looks_says_what_to_keep_merge_and_retire_and_the_owner_decides(company: Company) -> None:
    review = "/ops dashboard review floor"
    analyst, leader = company.as_user("analyst"), company.as_user("leader")
    company.command("leader", "/ask service level today", containing="Service level")
    first = company.command("analyst", review, containing="The floor: keep")
    # Two tiles that move together are merged on the first day; nobody is said not to have looked yet.
    assert "merge: says the same as average handle time" in text_of(first)
    assert "retire 0 of 8" in text_of(first)
    assert "nobody is said not to have looked" in text_of(first)

    refused = company.answer(
        leader, lambda: leader.command("/ops", "dashboard retire floor acw"), containing="decided by"
    )
    assert "analysts" in text_of(refused)
    done = company.answer(analyst, lambda: analyst.click(first, "Merge"), containing="merged into")
    assert "has 7 of 12 tiles" in text_of(done)
    after = text_of(company.command("leader", review, containing="of 7 tiles"))
    assert "Decided this quarter: After-contact work merged" in after
    company.answer(analyst, lambda: analyst.click(done, "Undo"), containing="has 8 of 12 tiles")

    company.clock.move_to(company.clock.now() + dt.timedelta(days=61))
    later = text_of(company.command("analyst", review, containing="looks of 61 days")).replace("*", "")
    # The leader looked, which weighs more; nobody asked for the others and nothing was done about them.
    assert "Service level\nkeep: 1 look" in later
    assert "Occupancy\nretire: nobody looked in 61 days, and nothing done about it" in later


def test_the_dashboards_are_listed_and_shown(shared_company: Company) -> None:
    assert "3 dashboards." in text_of(shared_company.command("leader", "/ops dashboard", containing="dashboards."))
    said = text_of(shared_company.command("leader", "/ops dashboard show team", containing="The team: 8 tiles"))
    assert "Quality score" in said
    # Whoever looks at a dashboard looks at its tiles.
    with shared_company.house.store.read() as session:
        entry = next(row for row in audit.entries(session, limit=9) if row.resource == "ops dashboard show")
    assert "qa_score" in json.loads(entry.detail)["metrics"]
    wrong = text_of(shared_company.command("leader", "/ops dashboard show moon", containing="no dashboard 'moon'"))
    assert "floor, team, leadership" in wrong
