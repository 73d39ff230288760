"""Tags through the local Slack: the label that is there already, merges with undo, gaps and what is done about them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from frontline.core.actor import SYSTEM
from frontline.core.text import Provenance, RawText, seal
from frontline.governance import tag_gaps, tags
from frontline.governance.tags import DeskAuthor
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message, View
from tests.scenarios.conftest import Company

LABEL = "esim-transfer"


@pytest.fixture
def company(company: Company) -> Company:
    """A running company whose gate is open: on a busy machine that alone takes longer than a test waits."""
    company.house.gate.check(RawText("warm"))
    return company


def tag_from_desk(company: Company, *agents: str, label: str = LABEL, first_case: int = 700100) -> None:
    """Tag as a help desk does for its agents."""
    with company.house.store.unit() as unit:
        for number, agent in enumerate(agents):
            text = seal(f"wants to move the esim, call {number}", Provenance("index@1"))
            author = DeskAuthor(agent, team="coral")
            case = str(first_case + number)
            tags.add_tag(unit, SYSTEM, text, label=label, case_key=case, author=author)
        unit.commit()


def opened(company: Company, person: Persona, field: str) -> View:
    """Return the person's modal once it shows a field: until then it says that it is opening."""
    view = company.slack.wait_for(
        lambda: person.view if person.view and field in str(person.view.definition) else None, timeout=20, what=field
    )
    assert view is not None
    return view


def gap_posts(company: Company, expected: int) -> list[Message]:
    """Return the messages about our label in #floor once there are so many of them."""
    let_out(company)
    company.slack.wait_for(lambda: len(_posted(company)) >= expected, timeout=30, what=f"{expected} posts of the gap")
    return _posted(company)


def let_out(company: Company) -> None:
    """Move the frozen clock on: a channel takes one message a second, and the demo's own gap is the first."""
    company.as_user("supervisor").wait_message("floor", containing="#tv-pin-reset has no process", timeout=30)
    company.clock.advance(dt.timedelta(seconds=5))


def _posted(company: Company) -> list[Message]:
    return [
        message
        for message in company.as_user("supervisor").messages("floor")
        if message.bot_id and f"#{LABEL} has no process" in text_of(message)
    ]


def test_other_words_for_a_label_in_use_find_it_and_can_be_put_back(company: Company) -> None:
    company.command("agent", "/tag 8123 can't change the billing email #billing-email-change", containing="Tagged")
    said = company.command("agent", "/tag 8124 cant change invoice mail", containing="Tagged")
    assert "#billing-email-change" in text_of(said)
    assert "use number 6" in text_of(said)
    agent = company.as_user("agent")
    own = company.answer(agent, lambda: agent.click(said, "Make it #change-invoice-mail"), containing="Moved")
    assert "the first use of #change-invoice-mail" in text_of(own)


def test_a_new_label_close_to_one_in_use_is_kept_and_one_click_moves_it(company: Company) -> None:
    company.command("agent", "/tag 8123 can't change the billing email #billing-email-change", containing="Tagged")
    said = company.command("agent", "/tag 8125 wrong address on it #invoice-mail-change", containing="Did you mean")
    assert "Tagged as #invoice-mail-change" in text_of(said)
    agent = company.as_user("agent")
    moved = company.answer(agent, lambda: agent.click(said, "Use #billing-email-change instead"), containing="Moved")
    assert "use number 6" in text_of(moved)
    shown = company.command("supervisor", "/ops tag show billing-email-change", containing="6 uses by 3 people")
    assert "#invoice-mail-change was given up for it" in text_of(shown)
    kept = company.command("agent", "/tag 8126 see the case #billing-mail-changes", containing="Did you mean")
    company.answer(agent, lambda: agent.click(kept, "Keep #billing-mail-changes"), containing="Kept as")


def test_the_fifth_use_by_the_third_agent_is_posted_once_with_its_buttons(company: Company) -> None:
    tag_from_desk(company, "a07", "a07", "a08", "a08")
    assert gap_posts(company, 0) == []
    company.command("agent", f"/tag 8123 wants to move the esim to a new phone #{LABEL}", containing="use number 5")
    [post] = gap_posts(company, 1)
    assert "5 uses by 3 people in 14 days" in text_of(post)
    assert "new phone" not in text_of(post)
    company.command("agent", f"/tag 8124 esim to another phone #{LABEL}", containing="use number 6")
    assert len(gap_posts(company, 1)) == 1
    supervisor = company.as_user("supervisor")
    supervisor.click(post, "Make it a commitment")
    view = opened(company, supervisor, "What will be done")
    title = {"title": "write down how an eSIM is moved"}
    made = company.answer(supervisor, lambda: supervisor.submit(view, title), channel="floor", containing="cmt_")
    identity = re.search(r"cmt_\w+", text_of(made))
    assert identity is not None
    with company.house.store.read() as session:
        found = tag_gaps.open_commitment(session, LABEL)
    assert found is not None
    assert (found.commitment_id, found.kind) == (identity.group(), "change_request")


def test_a_gap_is_closed_by_a_process_through_its_form(company: Company) -> None:
    tag_from_desk(company, "a07", "a07", "a08", "a08", "a09")
    [post] = gap_posts(company, 1)
    supervisor = company.as_user("supervisor")
    supervisor.click(post, "There is a process")
    view = opened(company, supervisor, "Which process")
    supervisor.submit(view, {})
    assert "which process it is" in str(supervisor.view.errors if supervisor.view else "")
    process = {"process": "billing handbook, chapter four"}
    linked = company.answer(
        supervisor, lambda: supervisor.submit(view, process), channel="floor", containing="has a process"
    )
    assert "no gap any more" in text_of(linked)
    shown = company.command("supervisor", f"/ops tag show {LABEL}", containing="5 uses by 3 people")
    assert "billing handbook" in text_of(shown)
    listed = company.command("supervisor", "/ops tag list", containing=f"#{LABEL}")
    assert "1 without a process" in text_of(listed)  # the demo's own #tv-pin-reset
    company.command("supervisor", f"/ops tag unlink {LABEL}", containing="no process any more")


def test_a_merge_counts_together_and_is_undone_with_a_click(company: Company) -> None:
    tag_from_desk(company, "a07", "a08")
    tag_from_desk(company, "a07", label="move-esim", first_case=700200)
    merged = company.command("supervisor", f"/ops tag merge #move-esim into {LABEL}", containing="counts for")
    assert "Together 3 uses" in text_of(merged)
    company.command("agent", f"/ops tag merge move-esim into {LABEL}", containing="This is for")
    said = company.command("agent", "/tag 8129 esim please #move-esim", containing="counts for")
    assert f"use number 4 of #move-esim on case 8129, which counts for #{LABEL}" in text_of(said)
    supervisor = company.as_user("supervisor")
    company.answer(supervisor, lambda: supervisor.click(merged, "Undo"), containing="stands for itself")
    shown = company.command("supervisor", f"/ops tag show {LABEL}", containing="uses by")
    assert "2 uses by 2 people" in text_of(shown)
    lost = company.command("supervisor", "/ops tag show esim-transfr", containing="no such label")
    assert f"#{LABEL}" in text_of(lost)


def test_a_newcomer_finds_labels_and_is_the_third_agent_of_one(company: Company) -> None:
    listed = text_of(company.command("supervisor", "/ops tag list", containing="labels were used"))
    assert "#paper-invoice" in listed
    assert "#invoice-by-post" not in listed
    assert "1 without a process" in listed
    floor = company.as_user("supervisor")
    floor.wait_message("floor", containing="#tv-pin-reset has no process", timeout=30)
    said = company.command("agent", "/tag 8123 cannot change the billing email", containing="Tagged")
    assert "#billing-email-change" in text_of(said)
    let_out(company)
    post = floor.wait_message("floor", containing="#billing-email-change has no process", timeout=30)
    assert "5 uses by 3 people" in text_of(post)
    agent = company.as_user("agent")
    agent.open_home()
    home = company.slack.wait_for(
        lambda: agent.home if agent.home and "Your last tags" in str(agent.home.definition) else None, timeout=20
    )
    assert home is not None
    assert "cannot change the billing email" in str(home.definition)
