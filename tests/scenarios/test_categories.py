"""Cases by code, and a suggestion for a text, as people in Slack see them."""

from __future__ import annotations

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
    unsure = "/ops category suggest hello, how are you"
    assert "Choose yourself" in text_of(shared_company.command("agent", unsure, containing="nothing was assigned"))
