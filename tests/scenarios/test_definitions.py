"""What a number means changes in the open: seen, signed by two, counted, asked for by version, taken back."""

from __future__ import annotations

import re

from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def share(text: str) -> str:
    found = re.search(r"\d+\.\d %", text)
    assert found is not None
    return found.group()


def test_a_definition_is_seen_signed_adopted_asked_for_by_version_and_taken_back(company: Company) -> None:
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
