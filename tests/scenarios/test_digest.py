"""What customers complain about: themes are seen, named, merged and owned, and the month's digest tells the leaders."""

from __future__ import annotations

import re

from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company

KEY = re.compile(r"thm_[0-9a-z]{10}")


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
