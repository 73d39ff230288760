"""Data cues in Slack: the card, the practice case, and that a result is nobody else's."""

from __future__ import annotations

from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def test_an_agent_practises_with_a_cue_and_only_a_trainer_sees_how(shared_company: Company) -> None:
    company, agent = shared_company, shared_company.as_user("agent")
    card = company.command("agent", "/ops people cue visited cancel page", containing="open question")
    assert "never mention browsing" in text_of(card)
    assert "You may say" in text_of(card)
    assert "Don't say" in text_of(card)
    old = company.command("agent", "/ops people cue visited cancel page seen 2026-01-02", containing="Do not use it")
    assert "166 days old" in text_of(old)
    never = company.command("agent", "/ops people cue calls at night", containing="is not used at all")
    assert "guess health" in text_of(never)
    case = company.command("agent", "/ops people practice", containing="What do you say?")
    told = company.answer(agent, lambda: agent.click(case, "Say this"), containing="comes again in")
    assert "Don't say" in text_of(told)
    own = company.command("agent", "/ops people practice results", containing="Your practice")
    assert " of 1 right" in text_of(own)
    handle = company.as_user("agent").user.handle
    seen = company.command("trainer", f"/ops people practice results @{handle}", containing="practice with data cues")
    assert " of 1 right" in text_of(seen)
    company.command("trainer", "/ops people practice results all", containing="practised")
    refused = company.command(
        "supervisor", f"/ops people practice results @{handle}", containing="seen by that person and by trainers"
    )
    assert " of 1 right" not in text_of(refused)
    company.command("leader", "/ops people practice", containing="This is for")
