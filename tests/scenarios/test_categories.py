"""Cases by code, and a suggestion for a text, as people in Slack see them."""

from __future__ import annotations

import json

from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company

SHOW = "/ops metric show taxonomy"


def test_cases_are_counted_by_code_and_other_is_held_against_its_target(shared_company: Company) -> None:
    said = text_of(shared_company.command("supervisor", SHOW, containing='share of "other"'))
    assert "one code per label across regions" in said
    assert "within the 10% that it should stay under" in said
    assert "This is for" in text_of(shared_company.command("agent", SHOW, containing="This is for"))


def test_an_agent_gets_three_categories_for_a_text_and_no_label_where_none_is_sure(shared_company: Company) -> None:
    words = "/ops category suggest they took the money twice, the invoice of my internet was charged two times"
    said = text_of(shared_company.command("agent", words, containing="nothing was assigned"))
    assert "Billing (BIL)" in said
    for talk in ("hello, how are you", "good morning everyone", "ok thanks, bye", "lunch is at noon today"):
        unsure = shared_company.command("agent", f"/ops category suggest {talk}", containing="nothing was assigned")
        assert "Choose yourself" in text_of(unsure), talk


def test_the_card_of_a_tagged_case_shows_three_categories_and_assigns_none(shared_company: Company) -> None:
    documents = (shared_company.home / "demo" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    case = json.loads(documents[0])["id"].removeprefix("complaint-")
    said = text_of(shared_company.command("agent", f"/ops category suggest {case}", containing="nothing was assigned"))
    assert "Likeliest categories" in said
    assert json.loads(documents[0])["text"][:30] not in said
    lost = shared_company.command("agent", "/ops category suggest 99999999", containing="no case with that number")
    assert "/ops category suggest router" in text_of(lost)
    words = "they took the money twice, the invoice was charged two times"
    said = text_of(shared_company.command("agent", f"/tag 8130 {words} #charged-twice-card", containing="Tagged as"))
    assert "Billing (BIL)" in said
    assert "Nothing was assigned" in said
    unsure = shared_company.command("agent", "/tag 8131 hello how are you #small-talk", containing="Tagged as")
    assert "No category is sure, choose yourself" in text_of(unsure)


def test_no_rise_of_other_is_posted_while_there_is_none(shared_company: Company) -> None:
    result = shared_company.assembly.runner.rehearse("other_share", "2026-06-15")
    assert result.posts == ()
    assert result.note == "no rise over 14 weeks"


def test_cases_are_cut_by_the_second_level(shared_company: Company) -> None:
    asked = "/ask cases by subtopic last month for billing"
    said = text_of(shared_company.command("supervisor", asked, containing="duplicate invoice"))
    assert "Case volume by subtopic" in said
