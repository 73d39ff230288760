"""Whatever Slack repeats and whatever dies in between: one effect, one message."""

from __future__ import annotations

from pathlib import Path

from frontline.app.commands.demo import restore_posts
from frontline.governance import tags
from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.server import SandboxSlack
from tests.scenarios.conftest import Company, start_company


def count_tags(company: Company, label: str) -> int:
    import datetime as dt

    with company.house.store.read() as session:
        return tags.count_uses(session, label, since=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def test_a_redelivered_mention_is_answered_once(company: Company) -> None:
    supervisor = company.as_user("supervisor")
    said = supervisor.mention("floor", "fcr last month")

    def answers() -> list[object]:
        return [m for m in supervisor.messages("floor", thread_ts=said.message.ts) if m.bot_id]

    company.slack.wait_for(lambda: any("%" in m.text for m in answers()), timeout=30)
    before = len(answers())
    for shipment in said.shipments:
        company.slack.redeliver(shipment)
        company.slack.redeliver(shipment, new_event_id=True)
    company.slack.settle()
    assert len(answers()) == before


def test_a_redelivered_event_after_a_restart_has_no_second_effect(fresh_home: Path) -> None:
    first = start_company(fresh_home)
    agent = first.as_user("agent")
    said = first.answer(agent, lambda: agent.dm("fcr last month"), containing="%")
    shipments = list(first.slack.shipments)[-1:]
    first.assembly.stop()
    second = start_company(fresh_home, slack=first.slack)
    count = len(agent.messages())
    for shipment in shipments:
        second.slack.redeliver(shipment)
    second.slack.settle()
    assert len(agent.messages()) == count
    assert "%" in text_of(said)
    second.stop()


def test_a_kill_between_work_and_post_gives_exactly_one_post(fresh_home: Path) -> None:
    first = start_company(fresh_home)
    # The routine commits its work and its outbox row; the process ends before anything is delivered.
    first.assembly.stop()
    result = first.assembly.runner.run_slot("recontact_breach", first.breach_slot())
    assert len(result.posts) == 1
    second = start_company(fresh_home, slack=first.slack)
    leader = second.as_user("leader")
    leader.wait_message("floor", containing="econtact", timeout=20)
    for _ in range(3):
        second.assembly.delivery.step()
    posts = [m for m in leader.messages("floor") if m.bot_id and "econtact" in text_of(m)]
    assert len(posts) == 1
    second.stop()


def test_a_post_that_slack_took_before_the_line_broke_is_not_sent_again(company: Company, fresh_home: Path) -> None:
    slack: SandboxSlack = company.slack
    slack.faults.add("chat.postMessage", "reset_after", times=1)
    company.assembly.runner.run_slot("recontact_breach", company.breach_slot())
    leader = company.as_user("leader")
    leader.wait_message("floor", containing="econtact", timeout=20)
    import datetime as dt

    for _ in range(5):
        company.clock.advance(dt.timedelta(seconds=30))
        company.assembly.delivery.step()
    posts = [m for m in leader.messages("floor") if m.bot_id and "econtact" in text_of(m)]
    assert len(posts) == 1


def test_a_double_click_is_one_effect(company: Company) -> None:
    agent = company.as_user("agent")
    said = company.command("agent", "/tag wants two routers #two-routers", containing="#two-routers")
    assert count_tags(company, "two-routers") == 1
    click = agent.click(said, "Undo")
    company.slack.wait_for(lambda: count_tags(company, "two-routers") == 0, timeout=20, what="the undo")
    company.command("agent", "/tag wants two routers #two-routers", containing="Tagged")
    # The second copy of the click must not take the new tag back.
    company.slack.redeliver(click)
    company.slack.settle()
    assert count_tags(company, "two-routers") == 1


def test_a_new_local_slack_shows_again_what_was_posted(fresh_home: Path) -> None:
    first = start_company(fresh_home)
    first.assembly.runner.run_slot("recontact_breach", first.breach_slot())
    first.as_user("leader").wait_message("floor", containing="econtact", timeout=20)
    first.stop()
    second = start_company(fresh_home)
    restore_posts(second.house, second.assembly)
    leader = second.as_user("leader")
    post = leader.wait_message("floor", containing="econtact", timeout=20)
    said = second.answer(leader, lambda: leader.click(post, "Acknowledge"), channel="floor", containing="acknowledged")
    assert "@lena" in text_of(said)
    second.stop()
