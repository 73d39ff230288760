"""What an organisation sees in its first days, and a person who wants quiet, through the local Slack."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.app.demo_home import MARK
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company, start_company


@pytest.fixture
def newcomer(company_home: Path, tmp_path: Path) -> Iterator[Company]:
    """The same company on its first day with Frontline: without the mark of the demo it starts in shadow."""
    home = tmp_path / "newcomer"
    shutil.copytree(company_home, home)
    (home / MARK).unlink()
    running = start_company(home)
    yield running
    running.stop()


def test_in_its_first_days_a_routine_speaks_to_the_admin_until_it_goes_live(newcomer: Company) -> None:
    admin, supervisor = newcomer.as_user("admin"), newcomer.as_user("supervisor")
    ran = newcomer.assembly.runner.run_slot("churn_alerts", "2026-06-17")
    assert ran.note.endswith("1 kept in shadow"), ran.note
    newcomer.assembly.delivery.step()
    preview = admin.wait_message(containing="Preview: this would go to #retention", timeout=60)
    assert "until 1 Jul" in text_of(preview)
    assert not [m for m in supervisor.messages("retention") if m.bot_id]
    listed = text_of(newcomer.command("admin", "/ops routine list", containing="shadow until 1 Jul"))
    assert "1 post kept in shadow" in listed

    newcomer.answer(admin, lambda: admin.click(preview, "Post it to #retention now"), containing="Posted to #retention")
    newcomer.assembly.delivery.step()
    posted = supervisor.wait_message("retention", containing="Reach out", timeout=60)
    assert "Preview" not in text_of(posted)
    again = newcomer.answer(admin, lambda: admin.click(preview, "Post it to #retention now"), containing="already")
    assert "It was posted already" in text_of(again)

    newcomer.answer(admin, lambda: admin.click(preview, "Go live with this routine"), containing="is live from")
    newcomer.clock.move_to(dt.datetime(2026, 6, 18, 7, 0, tzinfo=dt.UTC))
    live = newcomer.assembly.runner.run_slot("churn_alerts", "2026-06-18")
    assert [post.channel for post in live.posts] == ["#retention"] * len(live.posts)
    assert "shadow" not in live.note


def test_an_admin_previews_and_switches_routines_and_others_may_not(company: Company) -> None:
    company.command("admin", "/ops routine preview churn_alerts 2026-06-17", containing="would make 1 post")
    company.assembly.delivery.step()
    admin = company.as_user("admin")
    preview = admin.wait_message(containing="A rehearsal: nothing was kept", timeout=60)
    assert "Reach out" not in text_of(preview)
    assert company.assembly.runner.run_slot("churn_alerts", "2026-06-17").posts[0].channel == "#retention"
    company.command("admin", "/ops routine off churn_alerts", containing="churn_alerts is off")
    assert "churn_alerts` Customers to call today: off" in str(
        company.command("admin", "/ops routine", containing="churn_alerts").blocks
    )
    denied = company.command("supervisor", "/ops routine on churn_alerts", containing="This is for")
    assert "is on" not in text_of(denied)
    unknown = company.command("admin", "/ops routine live nothing", containing="There is no routine nothing")
    assert "jobs list" in text_of(unknown)


def test_a_person_mutes_and_the_promise_comes_when_the_mute_ends(company: Company) -> None:
    company.command("leader", "/ops me mute 2 days", containing="Muted")
    company.command("supervisor", '/own add "a new refund mail" @lena due friday', containing="was asked to own it")
    company.assembly.delivery.step()
    leader = company.as_user("leader")
    assert not [m for m in leader.messages() if "asks you to own this" in text_of(m)]
    assert "muted 1" in text_of(company.command("admin", "/ops status", containing="direct messages that wait"))
    company.clock.move_to(dt.datetime(2026, 6, 19, 9, 0, tzinfo=dt.UTC))
    company.assembly.delivery.step()
    assert leader.wait_message(containing="asks you to own this", timeout=60)
    shown = text_of(company.command("leader", "/ops me quiet 18:00-08:00", containing="quiet from 18:00 to 08:00"))
    assert "at most 5 messages" in shown
