"""What a number means changes in the open: seen, signed by two, counted, asked for by version, taken back."""

from __future__ import annotations

import re
from typing import Any

from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.records import Message
from tests.scenarios.conftest import Company


def share(text: str) -> str:
    found = re.search(r"\d+\.\d %", text)
    assert found is not None
    return found.group()


def test_a_definition_is_seen_signed_adopted_asked_for_by_version_and_taken_back(shared_company: Company) -> None:
    company = shared_company
    supervisor, leader = company.as_user("supervisor"), company.as_user("leader")
    before = share(text_of(company.command("supervisor", "/ask fcr last month", containing="First-contact")))
    seen = company.command("supervisor", "/ops metric diff fcr_rate --window 14", containing="before anybody can adopt")
    assert "window: 7 days → 14 days" in text_of(seen)
    proposed = company.answer(
        supervisor, lambda: supervisor.click(seen, "Propose it"), containing="Proposed as fcr_rate@3"
    )
    assert share(text_of(company.command("supervisor", "/ask fcr last month", containing="First-contact"))) == before
    own = company.answer(supervisor, lambda: supervisor.click(proposed, "Look and sign"), containing="What changes")
    company.answer(supervisor, lambda: supervisor.click(own, "Sign"), containing="signature of a leader")

    company.assembly.delivery.step()
    asked = leader.wait_message(containing="proposes fcr_rate@3", timeout=20)
    card = company.answer(leader, lambda: leader.click(asked, "Look and sign"), containing="before anybody can adopt")
    adopted = company.answer(leader, lambda: leader.click(card, "Sign"), containing="counts from now on")

    now = text_of(company.command("supervisor", "/ask fcr last month", containing="fcr_rate@3"))
    assert share(now) != before
    old = text_of(company.command("supervisor", "/ask fcr_rate@2 last month", containing="fcr_rate@2"))
    assert share(old) == before
    assert "in force is fcr_rate@3" in old
    company.answer(leader, lambda: leader.click(adopted, "Undo"), containing="does not count any more")
    assert share(text_of(company.command("supervisor", "/ask fcr last month", containing="fcr_rate@2"))) == before
    shown = text_of(company.command("supervisor", "/ops metric show fcr_rate", containing="fcr_rate@3"))
    assert "signed by @sam, @lena" in shown


def shown_form(company: Company, who: str, title: str) -> Any:
    person = company.as_user(who)
    return company.slack.wait_for(
        lambda: person.view if person.view and title in str(person.view.definition.get("title")) else None, timeout=20
    )


def test_an_answer_that_the_analyst_vouches_for_says_so_to_whoever_asks_it(shared_company: Company) -> None:
    company, analyst = shared_company, shared_company.as_user("analyst")
    answer = company.command("analyst", "/ask csat by segment last month", containing="Customer satisfaction")
    details = company.answer(analyst, lambda: analyst.click(answer, "Details"), containing="How this figure")
    analyst.click(details, "Verify")
    view = shown_form(company, "analyst", "Verify")
    company.answer(
        analyst, lambda: analyst.submit(view, {"words": "csat by segment last month"}), containing="carries your name"
    )
    asked = company.command("supervisor", "/ask csat by segment last month", containing="Customer satisfaction")
    assert "verified by @" in text_of(asked)
    other = company.command("supervisor", "/ask csat by region last month", containing="Customer satisfaction")
    assert "verified by @" not in text_of(other)


def test_a_word_explained_by_a_click_is_understood_once_its_owner_agrees(shared_company: Company) -> None:
    company, leader, supervisor = shared_company, *map(shared_company.as_user, ("leader", "supervisor"))
    unclear = company.command("leader", "/ask stickiness by channel last month", containing="stickiness")
    label = next(name for name in ("Recontact rate", "Escalation rate", "Reopen rate") if name in str(unclear.blocks))
    button = next(text for text in button_labels(unclear) if text.startswith(label))
    company.answer(leader, lambda: leader.click(unclear, button), containing="is asked whether that word")
    company.assembly.delivery.step()
    card = supervisor.wait_message(containing="took a new word", timeout=20)
    company.answer(supervisor, lambda: supervisor.click(card, "Approve"), containing="for everybody")
    company.command("analyst", "/ask stickiness by channel last month", containing=label)
    assert "stickiness" in text_of(company.command("supervisor", "/ops words list", containing="learned word"))


def button_labels(message: Message) -> list[str]:
    found = [
        element["text"]["text"]
        for block in message.blocks or ()
        if block.get("type") == "actions"
        for element in block["elements"]
    ]
    return [str(text) for text in found]
