"""The days of an agent, a supervisor, a leader and a trainer, through the local Slack and the real bot."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from frontline.governance import audit
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def denials(company: Company) -> list[str]:
    with company.house.store.read() as session:
        return [entry.action for entry in audit.entries(session, limit=200) if entry.outcome == "denied"]


def test_an_agent_tags_a_request_and_takes_it_back(company: Company) -> None:
    said = company.command(
        "agent",
        "/tag 8123 can't change the billing email, says Maria Jansen #billing-email",
        containing="#billing-email",
    )
    assert "Tagged" in text_of(said)
    assert "Jansen" not in text_of(said)
    again = company.command("agent", "/tag 8123 cannot change billing email #billing-email", containing="Already")
    assert "nothing was added" in text_of(again)
    agent = company.as_user("agent")
    undone = company.answer(agent, lambda: agent.click(said, "Undo"), containing="back")
    assert "#billing-email" in text_of(undone)


def test_an_agent_tags_with_the_form_and_sees_what_is_wrong_before_it_is_sent(company: Company) -> None:
    agent = company.as_user("agent")
    agent.command("/tag")
    view = company.slack.wait_for(
        lambda: agent.view if agent.view and "Tag" in str(agent.view.definition.get("title")) else None, timeout=20
    )
    agent.submit(view, {"text": "paper invoice", "label": "!!!"})
    assert agent.view is not None
    assert "letters and digits" in str(agent.view.errors)
    said = company.answer(agent, lambda: agent.submit(agent.view, {"text": "paper invoice", "label": "paper-invoice"}))
    assert "#paper-invoice" in text_of(said)


def test_a_supervisor_asks_follows_up_and_clicks(company: Company) -> None:
    supervisor = company.as_user("supervisor")
    question = supervisor.mention("floor", "fcr last month")
    answer = company.in_thread(supervisor, question, containing="%")
    assert re.search(r"First-contact resolution \d\d\.\d %", answer.text)
    assert "May 2026" in answer.text
    supervisor.reply(question, "and by channel?")
    split = company.in_thread(supervisor, question, containing="by channel")
    assert "phone" in text_of(split)
    supervisor.click(answer, "Details")
    details = company.in_thread(supervisor, question, containing="fcr_rate@2 (")
    assert "Europe/Amsterdam" in text_of(details)
    supervisor.click(details, "Change period")
    choice = company.in_thread(supervisor, question, containing="Over which period?")
    supervisor.click(choice, "Last quarter")
    assert "January to March 2026" in text_of(company.in_thread(supervisor, question, containing="January to March"))
    supervisor.click(details, "Not right")
    assert "/ops metric show fcr_rate" in text_of(company.in_thread(supervisor, question, containing="in other words"))


def test_a_supervisor_is_refused_a_person_in_a_channel_and_it_is_audited(company: Company) -> None:
    supervisor = company.as_user("supervisor")
    question = supervisor.mention("floor", "csat by agent last month")
    company.slack.wait_for(lambda: "metric.ask" in denials(company), timeout=30, what="the audited refusal")
    said = " ".join(text_of(m) for m in supervisor.messages("floor", thread_ts=question.message.ts) if m.bot_id)
    assert not re.search(r"\d\d\.\d %", said)


def test_a_leader_sees_the_breach_acknowledges_it_and_the_next_one_is_told(company: Company) -> None:
    result = company.assembly.runner.run_slot("recontact_breach", company.breach_slot())
    assert result.state == "done"
    assert result.posts, result.note
    company.assembly.delivery.step()
    leader = company.as_user("leader")
    post = leader.wait_message("floor", containing="econtact", timeout=20)
    acknowledged = company.answer(
        leader, lambda: leader.click(post, "Acknowledge"), channel="floor", containing="acknowledged"
    )
    assert "lena" in text_of(acknowledged)
    supervisor = company.as_user("supervisor")
    told = company.answer(
        supervisor, lambda: supervisor.click(post, "Acknowledge"), channel="floor", containing="faster"
    )
    assert "@lena" in text_of(told)


def test_a_trainer_finds_examples_and_an_agent_is_denied(company: Company) -> None:
    found = company.command("trainer", '/ops example find "charged twice" -n 5', containing="best first")
    assert "Only you see these" in text_of(found)
    refused = company.command("agent", '/ops example find "charged twice"', containing="trainer")
    assert "best first" not in text_of(refused)
    assert "example.find" in denials(company)


def test_a_promise_is_made_listed_and_kept(company: Company) -> None:
    made = company.command(
        "supervisor", '/own add "rewrite the refund mail" due friday', containing="You own it until Friday"
    )
    identity = re.search(r"cmt_\w+", text_of(made))
    assert identity is not None
    listed = company.command("supervisor", "/own", containing="rewrite the refund mail")
    assert "1 open commitment" in text_of(listed)
    kept = company.command("supervisor", f"/own done {identity.group()} the mail is live", containing="promise kept")
    assert "rewrite the refund mail" in text_of(kept)
    empty = company.command("supervisor", "/own", containing="You owe")
    assert "nobody" in text_of(empty)


def test_help_shows_each_role_its_own_and_an_unknown_command_gets_a_suggestion(company: Company) -> None:
    trainer = text_of(company.command("trainer", "/ops help", containing="what you can do"))
    agent = text_of(company.command("agent", "/ops help", containing="what you can do"))
    assert "/ops example find" in trainer
    assert "/ops example find" not in agent
    assert "/tag" in agent
    lost = company.command("trainer", "/ops exmple fnd charged", containing="Did you mean")
    assert "/ops example find" in text_of(lost)


@pytest.mark.parametrize("typed", ["/ops help", "ops help"])
def test_a_command_may_be_typed_in_a_message_with_or_without_its_slash(shared_company: Company, typed: str) -> None:
    agent = shared_company.as_user("agent")
    said = shared_company.answer(agent, lambda: agent.dm(typed), containing="what you can do")
    assert "/tag" in text_of(said)


def test_strangers_and_guests_get_nothing(company: Company) -> None:
    refused = company.command("guest", "/ask fcr last month", channel="general")
    assert "Guests" in text_of(refused)
    stranger = company.as_user("stranger")
    said = stranger.mention("partner-desk", "fcr last month")
    company.slack.settle()
    answers = [m for m in stranger.messages("partner-desk", thread_ts=said.message.ts) if m.bot_id]
    assert not any("%" in text_of(message) for message in answers)


def test_the_morning_list_of_customers_who_may_leave_is_worked(company: Company) -> None:
    result = company.assembly.runner.run_slot("churn_alerts", "2026-06-17")
    assert result.posts, result.note
    company.assembly.delivery.step()
    supervisor = company.as_user("supervisor")
    post = supervisor.wait_message("retention", containing="Reach out", timeout=20)
    taken = company.answer(supervisor, lambda: supervisor.click(post, "Reach out"), channel="retention")
    assert "sam" in text_of(taken) or "You" in text_of(taken)
    # A short code stands for the customer; who it is stays in the vault.
    assert re.search(r"C-[0-9a-f]{8}", text_of(post))
    assert not re.search(r"CU-\d", text_of(post))
    who = company.answer(supervisor, lambda: supervisor.click(taken, "Who is it?"), channel="retention")
    assert re.search(r"is customer CU-\d{6}\.", text_of(who))
    leader = company.as_user("leader")
    assert who.ephemeral_for == supervisor.user.id
    refused = company.answer(leader, lambda: leader.click(taken, "Who is it?"), channel="retention")
    assert "CU-" not in text_of(refused)
    assert "outreach.identify" in denials(company)


def test_the_owner_is_reminded_of_a_promise_and_moves_its_date(company: Company) -> None:
    company.command("supervisor", '/own add "rewrite the refund mail" due tomorrow', containing="You own it")
    company.clock.move_to(dt.datetime(2026, 6, 18, 7, 30, tzinfo=dt.UTC))
    result = company.assembly.runner.run_slot("ownership_reminders", "2026-06-18")
    assert len(result.posts) == 1, result.note
    company.assembly.delivery.step()
    supervisor = company.as_user("supervisor")
    reminder = supervisor.wait_message(containing="New date", timeout=20)
    supervisor.click(reminder, "New date")
    view = company.slack.wait_for(
        lambda: (
            supervisor.view if supervisor.view and "New date" in str(supervisor.view.definition.get("title")) else None
        ),
        timeout=20,
    )
    moved = company.answer(
        supervisor, lambda: supervisor.submit(view, {"due": "2026-06-26"}), containing="Friday 26 June"
    )
    assert "rewrite the refund mail" in text_of(moved)


def test_app_home_shows_what_to_try(company: Company) -> None:
    trainer = company.as_user("trainer")
    trainer.open_home()
    home = company.slack.wait_for(lambda: trainer.home, timeout=20)
    assert "/ops example find" in str(home.definition)
    assert "older version" not in str(home.definition)


def test_a_tag_never_stores_a_number_or_a_name_of_a_person(company: Company) -> None:
    said = company.command("agent", "/tag 0612345678 Jan Jansen wants a callback #callback", containing="Tagged")
    assert "0612345678" not in text_of(said)
    assert "Jansen" not in text_of(said)
    refused = company.command("agent", "/tag wants a callback #jan-jansen", containing="may not hold a name")
    assert "Tagged" not in text_of(refused)
    company.house.store.checkpoint()
    stored = (company.home / "state.sqlite3").read_bytes()
    assert b"0612345678" not in stored
    assert b"jansen" not in stored.lower()


def test_commands_work_as_messages_too(company: Company) -> None:
    agent = company.as_user("agent")
    tagged = company.answer(
        agent, lambda: agent.dm("tag 8124 cannot log in to the portal #portal-login"), containing="Tagged"
    )
    assert "#portal-login" in text_of(tagged)
    helped = company.answer(agent, lambda: agent.dm("ops help"), containing="what you can do")
    assert "/tag" in text_of(helped)
    counted = company.answer(agent, lambda: agent.dm("tag volume last month"), containing="Tag volume")
    assert "May 2026" in text_of(counted)


def test_a_promise_asked_of_somebody_reaches_them_and_only_they_accept(company: Company) -> None:
    made = company.command(
        "supervisor", '/own add "fix the billing page" @lena due friday', containing="was asked to own it"
    )
    assert "Accept" not in text_of(made)
    company.assembly.delivery.step()
    leader = company.as_user("leader")
    asked = leader.wait_message(containing="asks you to own this", timeout=20)
    accepted = company.answer(leader, lambda: leader.click(asked, "Accept"), containing="Accepted")
    assert "fix the billing page" in text_of(accepted)
