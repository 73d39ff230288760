"""Scorecards in Slack: a primary beside its guardrails, the alarm where it gets better at a price, a promise."""

from __future__ import annotations

import yaml

from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import PATIENCE, Company


def planted_team(company: Company) -> str:
    truth = yaml.safe_load((company.home / "truth.yaml").read_text(encoding="utf-8"))
    return next(str(row["team"]) for row in truth["effects"] if row["id"] == "goodhart").capitalize()


def test_a_primary_that_gets_better_at_a_price_is_told_with_the_group_and_the_week(company: Company) -> None:
    team = planted_team(company)
    company.house.ask("ops", "scorecard fcr", person="role:leader")  # judged once a day: the click does not wait for it
    card = company.command("supervisor", "/ops scorecard fcr", containing="Solved at first contact:")
    said = text_of(card)
    assert f"Solved at first contact: {team} gets better at the price of its guardrails" in said
    assert f"{team}, since the week of" in said
    for words in ("better: recontact rate", "worse: recontact rate, days 8 to 14", "a sign: average handle time fell"):
        assert words in said
    for column in ("fcr_rate@", "csat@", "May 2026", "April 2026"):
        assert column in said

    supervisor = company.as_user("supervisor")
    supervisor.click(card, "Make it a commitment")

    def form() -> bool:
        return supervisor.view is not None and "days 8 to 14" in str(supervisor.view.definition)

    assert company.slack.wait_for(form, timeout=PATIENCE, what="the form with the figure that is kept")

    refused = text_of(company.command("agent", "/ops scorecard fcr", containing="This is for"))
    assert team not in refused

    # The routine says it once to the leaders, with an alert that can be owned.
    first = company.assembly.runner.run_slot("goodhart_watch", "2026-06-08")
    assert len(first.posts) == 1
    assert f"Goodhart in {team}" in first.posts[0].reply.headline
    again = company.assembly.runner.run_slot("goodhart_watch", "2026-06-15")
    assert not again.posts
    alert_id = next(button.value for button in first.posts[0].reply.buttons if button.action == "commitment.about.form")
    listed = company.command("leader", "/ops alert list", containing=f"Goodhart in {team}")
    assert alert_id in text_of(listed)


def test_scorecards_are_listed_and_an_unknown_one_names_those_that_there_are(shared_company: Company) -> None:
    said = text_of(shared_company.command("leader", "/ops scorecard", containing="scorecards."))
    assert "guarded by recontact rate, days 8 to 14" in said
    wrong = text_of(shared_company.command("leader", "/ops scorecard moon", containing="There is no scorecard"))
    assert "fcr, service" in wrong
