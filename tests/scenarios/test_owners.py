"""A promise from an answer to its end, through the local Slack: made, handed over, reminded of, kept, taken back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message
from tests.scenarios.conftest import Company


def shown_form(company: Company, person: Persona, title: str) -> Any:
    return company.slack.wait_for(
        lambda: person.view if person.view and title in str(person.view.definition.get("title")) else None, timeout=20
    )


def open_form(company: Company, person: Persona, message: Message, button: str, *, title: str) -> Any:
    person.click(message, button)
    return shown_form(company, person, title)


def test_a_promise_made_from_an_answer_is_handed_over_reminded_of_kept_and_taken_back(company: Company) -> None:
    supervisor, leader = company.as_user("supervisor"), company.as_user("leader")
    answer = company.command("supervisor", "/ask recontact rate last month", containing="Recontact rate")
    then = re.search(r"\d+\.\d %", text_of(answer))
    assert then is not None
    details = company.answer(supervisor, lambda: supervisor.click(answer, "Details"), containing="How this figure")
    view = open_form(company, supervisor, details, "Make it a commitment", title="Make a commitment")
    assert f"{then.group()} for May 2026" in str(view)
    made = company.answer(
        supervisor,
        lambda: supervisor.submit(view, {"title": "explain the new bill", "due": "2026-06-18"}),
        containing="You own it until Thursday 18 June",
    )
    assert f"Recontact rate {then.group()} when promised (May 2026)" in text_of(made)
    key = re.search(r"cmt_\w+", text_of(made)).group()  # type: ignore[union-attr]  # asserted above

    handed = company.command(
        "supervisor", f"/own hand {key} @lena because it needs a budget", containing="@lena was asked"
    )
    assert "explain the new bill" in text_of(handed)
    company.assembly.delivery.step()
    asked = leader.wait_message(containing="asks you to own this", timeout=20)
    company.answer(leader, lambda: leader.click(asked, "Accept"), containing="Accepted")

    # Tomorrow at nine the clock has come to the day: the reminder arrives, and nothing else is needed.
    company.clock.move_to(dt.datetime(2026, 6, 18, 7, 0, tzinfo=dt.UTC))
    company.assembly.tick()
    reminder = leader.wait_message(containing="1 due today", timeout=20)
    kept = company.answer(leader, lambda: leader.click(reminder, "Done"), containing="A promise kept")
    assert re.search(rf"Recontact rate {then.group()} when promised \(May 2026\), \d+\.\d % now \(", text_of(kept))
    again = company.answer(leader, lambda: leader.click(kept, "Undo"), containing="It is open again")
    assert key in text_of(again)
    history = text_of(company.command("leader", f"/own show {key}", containing="@lena owns it"))
    for said in (
        "@sam made it",
        "handed it over to @lena",
        "@lena accepted it",
        "closed it as done",
        "opened it again",
    ):
        assert said in history


def test_a_theme_is_not_done_until_a_figure_shows_it(company: Company) -> None:
    made = company.command("leader", '/own add "refunds in three days" --kind theme', containing="You own it")
    key = re.search(r"cmt_\w+", text_of(made)).group()  # type: ignore[union-attr]  # every reply names it
    leader = company.as_user("leader")
    leader.command("/own", f"done {key}")
    view = shown_form(company, leader, "What came of it?")
    assert "Which figure shows that it is done?" in str(view)
    kept = company.answer(
        leader, lambda: leader.submit(view, {"metric": "csat", "note": "new refund desk"}), containing="A promise kept"
    )
    assert re.search(r"Customer satisfaction \d+\.\d % \(May 2026\)", text_of(kept))
    company.command("leader", f"/own undo {key}", containing="It is open again")
    typed = company.command("leader", f"/own done {key} --metric csat new refund desk", containing="A promise kept")
    assert "Customer satisfaction" in text_of(typed)


def test_a_leader_sees_what_the_company_owns_and_what_is_overdue(company: Company) -> None:
    assert "no open commitments" in text_of(company.command("leader", "/own team", containing="open commitment"))
    made = company.command("agent", '/own add "call the plumber back" due tomorrow', containing="You own it")
    key = re.search(r"cmt_\w+", text_of(made)).group()  # type: ignore[union-attr]  # every reply names it
    company.command("agent", f"/own block {key} waiting for the parts", containing="it is blocked")
    company.command("agent", f"/own link {key} https://jira.example.com/browse/CARE-7", containing="Linked")
    company.clock.move_to(dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC))
    late = text_of(company.command("leader", "/own overdue", containing="1 open commitment, 1 overdue"))
    assert "1 blocked" in late
    assert "@anna" in late
    assert "https://jira.example.com/browse/CARE-7" in late
    denied = text_of(company.command("trainer", "/own overdue", containing="This is for"))
    assert "plumber" not in denied
    dropped = company.command("agent", f"/own drop {key} the customer moved", containing="Given up")
    agent = company.as_user("agent")
    company.answer(agent, lambda: agent.click(dropped, "Undo"), containing="It is open again")
