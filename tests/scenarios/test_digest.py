"""What customers complain about: themes are seen, named, merged and owned, and the month's digest tells the leaders."""

from __future__ import annotations

import re
from typing import Any

from frontline.core.actor import SYSTEM
from frontline.governance import commitments, pain_points
from frontline.sandbox.slack.driver import Persona, text_of
from tests.scenarios.conftest import Company

KEY = re.compile(r"thm_[0-9a-z]{10}")


def shown_form(company: Company, person: Persona, title: str) -> Any:
    """Return the form with this title once this person sees it."""
    return company.slack.wait_for(
        lambda: person.view if person.view and title in str(person.view.definition.get("title")) else None, timeout=20
    )


def themes_owned(company: Company) -> list[str]:
    with company.house.store.read() as session:
        return [row.commitment_id for row in commitments.list_for(session, SYSTEM, kind="theme")]


def keys_of(text: str) -> list[str]:
    return list(dict.fromkeys(KEY.findall(text)))


def test_a_leader_makes_somebody_accountable_for_a_theme_and_others_can_ask_who_it_is(company: Company) -> None:
    listed = text_of(company.command("leader", "/ops theme list", containing="May 2026"))
    label, first = listed.split("• ")[1].split("\n")[:2]
    assert "no owner yet" in first
    key = keys_of(first)[0]
    company.command("leader", f"/ops theme assign {key} @iris due in 2 weeks", containing="@iris was asked to own it")
    assert "@iris" in text_of(company.command("supervisor", f"/ops theme show {key}", containing=key))
    again = company.command("leader", f"/ops theme assign {key} @sam due in 2 weeks", containing="owns it already")
    assert "@iris" in text_of(again)
    assert re.search(r"/own hand cmt_\w+ @person", text_of(again))
    word = max(re.findall(r"[a-z]+", label), key=len)
    company.command("leader", f"/ask who owns the {word} theme?", containing="@iris owns it.")


def test_a_supervisor_renames_a_theme_merges_two_and_takes_it_back(company: Company) -> None:
    one, other = keys_of(text_of(company.command("supervisor", "/ops theme list", containing="May 2026")))[:2]
    company.command("supervisor", f"/ops theme rename {one} router reboots, says Maria Jansen", containing="Renamed")
    shown = text_of(company.command("supervisor", f"/ops theme show {one}", containing=one))
    assert "router reboots" in shown
    assert "Jansen" not in shown
    merged = company.command("supervisor", f"/ops theme merge {other} into {one}", containing="Merged")
    assert other not in text_of(company.command("supervisor", "/ops theme list", containing="May 2026"))
    supervisor = company.as_user("supervisor")
    company.answer(supervisor, lambda: supervisor.click(merged, "Undo"), containing="on its own again")
    assert other in text_of(company.command("supervisor", "/ops theme list", containing="May 2026"))


def test_whoever_may_not_see_themes_is_told_who_may(company: Company) -> None:
    assert "This is for" in text_of(company.command("trainer", "/ops theme list", containing="This is for"))
    missing = company.command("leader", "/ops theme show thm_0000000000", containing="no theme")
    assert "/ops theme list" in text_of(missing)


def test_a_pain_point_travels_from_the_form_to_a_decision_and_back(company: Company) -> None:
    supervisor, leader = company.as_user("supervisor"), company.as_user("leader")
    supervisor.command("/ops", "theme submit")
    form = shown_form(company, supervisor, "Submit a pain point")
    company.answer(
        supervisor,
        lambda: supervisor.submit(form, {"title": "customers repeat their story, says Maria Jansen"}),
        containing="Submitted for the digest of 2026-07",
    )
    listed = company.command("leader", "/ops theme pains", containing="1 pain point for the digest of 2026-07")
    assert "Jansen" not in text_of(listed)
    leader.click(listed, "Decline")
    why = shown_form(company, leader, "Decline")
    company.answer(leader, lambda: leader.submit(why, {"reason": "the new desk solves it"}), containing="Declined")
    company.assembly.delivery.step()
    told = supervisor.wait_message(containing="Your pain point was declined", timeout=60)
    assert "the new desk solves it" in text_of(told)


def submit_pain(company: Company, role: str, **values: str) -> None:
    person = company.as_user(role)
    person.command("/ops", "theme submit")
    form = shown_form(company, person, "Submit a pain point")
    company.answer(person, lambda: person.submit(form, values), containing="Submitted for the digest of 2026-07")


def test_three_who_say_the_same_in_other_words_are_one_line_with_its_money_and_rank(company: Company) -> None:
    supervisor, leader = company.as_user("supervisor"), company.as_user("leader")
    supervisor.command("/ops", "theme submit")
    form = shown_form(company, supervisor, "Submit a pain point")
    [growing] = re.findall(r"'text': '([^']+ · growing)'", str(form.definition))
    key = re.search(rf"'text': '{re.escape(growing)}'.*?(thm_[0-9a-z]{{10}})", str(form.definition))
    assert key is not None
    given = {"title": "routers restart after the update", "theme": key.group(1), "size": "days",
             "evidence": "forty calls in a week"}  # fmt: skip
    company.answer(supervisor, lambda: supervisor.submit(form, given), containing="Submitted for the digest")
    submit_pain(company, "analyst", title="the router restarts since the update")
    submit_pain(company, "leader", title="after the update routers keep restarting")
    for left in (2, 1):
        listed = company.command("leader", "/ops theme pains", containing=f"{left + 1} pain points for the digest")
        assert "Do these two say the same?" in text_of(listed)
        leader.click(listed, "Yes, merge them")
        company.slack.wait_for(lambda left=left: sources(company) == 4 - left, timeout=30, what="the merge")
    listed = company.command("leader", "/ops theme pains", containing="1 pain point for the digest of 2026-07")
    assert re.search(r"3 sources · EUR [\d,]+ a month \([\d,]+ to [\d,]+\), a few days of work: WSJF", text_of(listed))
    shown = company.answer(leader, lambda: leader.click(listed, "Show"), containing="A pain point of the digest")
    assert "forty calls in a week" in text_of(shown)
    for words in ("the router restarts since the update", "after the update routers keep restarting"):
        assert words in text_of(shown)


def sources(company: Company) -> int:
    with company.house.store.read() as session:
        views = pain_points.list_pains(session, SYSTEM, month="2026-07", policy=company.house.policy)
    return max(len(view.submitters) for view in views)


def test_the_digest_reaches_the_leaders_and_a_theme_is_accepted_with_one_button(company: Company) -> None:
    result = company.assembly.runner.run_slot("pain_point_digest", "2026-06")
    assert result.state == "done", result.note
    company.assembly.delivery.step()
    leader = company.as_user("leader")
    post = leader.wait_message("leadership", containing="May 2026: 4 promises due, 3 kept", timeout=60)
    assert post.text.count("contacts and EUR") == 3
    assert "missing: @sam" in text_of(post)
    leader.click(post, "Accept")
    form = shown_form(company, leader, "Accept and assign")
    leader.submit(form, {"title": "find out and fix", "due": "2026-06-30"})
    company.slack.wait_for(lambda: themes_owned(company), timeout=60, what="the commitment")
    assert "@lena, accepted" in text_of(company.command("leader", "/ops theme list", containing="May 2026"))
    leader.open_home()
    home = company.slack.wait_for(lambda: leader.home if "Themes" in str(leader.home) else None, timeout=60)
    assert "themes in" in str(home)
