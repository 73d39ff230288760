"""Why-questions find what was planted, and call noise noise."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import yaml

from frontline.core.reply import Paragraph, Reply
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
