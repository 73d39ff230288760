"""Why, forecast and target: what was planted is found, noise is called noise, forecasts show how they did."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import yaml

from frontline.core.reply import Chart, Item, Outcome, Paragraph, Reply
from tests.scenarios.conftest import Company


def asked(company: Company, question: str) -> tuple[Reply, str]:
    reply = company.house.ask("ask", question, person="role:supervisor")
    return reply, "\n".join(part.text for part in reply.parts if isinstance(part, Paragraph))


def test_the_planted_topic_and_day_of_a_rise_are_named(shared_company: Company) -> None:
    truth = yaml.safe_load((shared_company.home / "truth.yaml").read_text(encoding="utf-8"))
    planted = next(effect for effect in truth["effects"] if effect["id"] == "recontact_month")

    _, said = asked(shared_company, "why did recontact go up in May?")

    first, _, _ = said.partition("\n• ")
    assert "Beyond noise" in first
    assert f"\n• {planted['topics'][0]}: +" in said.split("Where it comes from, by topic")[1][:60]
    since = re.search(r"Since when\*: about (\d+ \w+ \d+), in (\w+)", said)
    assert since is not None, said
    day = dt.datetime.strptime(since[1], "%d %b %Y").replace(tzinfo=dt.UTC).date()
    assert abs((day - planted["from"]).days) <= 4
    assert since[2] == planted["topics"][0]


@pytest.mark.parametrize("question", ["why did csat change in May?", "why did aht change in April?"])
def test_a_change_by_chance_is_called_noise_first(question: str, shared_company: Company) -> None:
    _, said = asked(shared_company, question)
    assert said.startswith("*Within noise*")
    assert "no clear start" in said


def test_a_median_is_never_cut_into_parts(shared_company: Company) -> None:
    _, said = asked(shared_company, "why did resolution time go up in May?")
    assert "does not add up over groups" in said
    assert "arithmetic" not in said


def test_a_forecast_beats_last_week_repeated_and_its_range_holds_four_of_five(shared_company: Company) -> None:
    reply, said = asked(shared_company, "forecast contact volume for the next 4 weeks")

    assert reply.answer is not None
    assert reply.answer["columns"] == ["period", "contact_volume", "contact_volume_low", "contact_volume_high"]
    ((start, value, low, high),) = reply.answer["rows"]
    assert start == "2026-06-22"
    assert low < value < high
    tried = re.search(r"it was ([\d.]+) % off, the last week repeated ([\d.]+) %.*held (\d+) %", said)
    assert tried is not None, said
    assert float(tried[1]) <= float(tried[2])
    assert 70 <= int(tried[3]) <= 92


@pytest.mark.parametrize(
    ("question", "why_not"),
    [("forecast resolution time next month", "median"), ("forecast contact volume for 2028", "too short")],
)
def test_what_cannot_be_forecast_is_refused_with_a_sentence(
    question: str, why_not: str, shared_company: Company
) -> None:
    reply, _ = asked(shared_company, question)
    assert why_not in reply.headline
    assert reply.context


def test_a_running_period_is_projected_to_its_end_against_the_target(shared_company: Company) -> None:
    _, said = asked(shared_company, "are we on track for service level this month?")
    assert said.startswith("*Behind*: the target is 80.0 %")
    assert "June 2026 is heading for" in said
    assert "*What it takes*" in said


def test_a_metric_without_a_target_says_how_to_set_one(shared_company: Company) -> None:
    _, said = asked(shared_company, "how far are we from our csat target?")
    assert "has no target" in said
    assert "metrics: {csat: {target: 0.8}}" in said


def test_how_a_group_is_doing_names_what_was_planted_and_asks_which_figure(shared_company: Company) -> None:
    truth = yaml.safe_load((shared_company.home / "truth.yaml").read_text(encoding="utf-8"))
    planted = next(effect for effect in truth["effects"] if effect["id"] == "recontact_month")

    reply, said = asked(shared_company, f"how is {planted['topics'][0]} doing?")

    assert reply.outcome is Outcome.CLARIFY
    assert reply.buttons
    assert "above the other topics'" in said.split("*Recontact rate*", 1)[1].split("\n", 1)[0]


def test_the_card_of_a_metric_says_how_it_is_doing_with_its_pace(shared_company: Company) -> None:
    reply = shared_company.house.ask("ops metric show", "service_level", person="role:supervisor")
    doing = next(part for part in reply.parts if isinstance(part, Item) and "the target is 80.0 %" in part.detail)
    assert [button.label for button in doing.buttons] == ["Why?", "Forecast"]
    assert any(isinstance(part, Chart) for part in reply.parts)

    now = shared_company.house.ask("ops metric show", "contacts_waiting", person="role:supervisor")
    assert not any(isinstance(part, Chart) for part in now.parts)


@pytest.mark.parametrize("cut", ["by channel last month", "per week this month"])
def test_a_cut_figure_says_which_parts_reach_the_target(cut: str, shared_company: Company) -> None:
    _, said = asked(shared_company, f"service level against target {cut}")
    assert re.search(r"\*Target 80\.0 %\*: \d of \d reach it", said), said


@pytest.mark.parametrize(
    "question",
    [
        "fcr last month",
        "top 3 topics by recontact rate last month",
        "fcr last week compared with the week before",
        "why did recontact go up in May?",
        "forecast contacts next week",
        "are we on track for service level this month?",
        "how is billing doing?",
        "how's the floor?",
        "what is the frobnication rate?",
        "fcr for billng last month",
    ],
)
def test_an_answer_card_has_three_buttons_at_most(question: str, shared_company: Company) -> None:
    reply = shared_company.house.ask("ask", question, person="role:supervisor")
    assert reply.outcome is not Outcome.FAILED
    # What is asked back has a button for each of up to four readings.
    assert len(reply.buttons) <= (4 if reply.outcome is Outcome.CLARIFY else 3)
    labels = {button.label for button in reply.buttons}
    assert not {"Investigate", "CSV", "Pin", "Change period", "Make it a commitment"} & labels
