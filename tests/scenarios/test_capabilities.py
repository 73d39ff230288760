"""Every capability that says it is done answers an allowed role and refuses a denied one, through the local Slack."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.catalog.schema import CapabilityStatus
from frontline.governance import audit
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company

CAPABILITIES = load_catalog().capabilities
DONE = [key for key, row in CAPABILITIES.items() if row.status is CapabilityStatus.DONE]


def test_all_42_are_registered() -> None:
    assert len(CAPABILITIES) == 42


@pytest.mark.parametrize("key", DONE)
def test_a_done_capability_answers_an_allowed_role(key: str, shared_company: Company) -> None:
    row = CAPABILITIES[key]
    said = shared_company.command(row.roles[0].value, row.example, containing=row.expect)
    assert row.expect in text_of(said)


@pytest.mark.parametrize("key", DONE)
def test_a_done_capability_refuses_a_denied_role_and_writes_it_down(key: str, shared_company: Company) -> None:
    row = CAPABILITIES[key]
    assert row.denied_role is not None, "a done capability names a role that may not use it"
    said = shared_company.command(row.denied_role.value, row.example, containing="This is for")
    assert row.expect not in text_of(said)
    with shared_company.house.store.read() as session:
        assert any(entry.outcome == "denied" for entry in audit.entries(session, limit=5))


@pytest.mark.parametrize("key", DONE)
def test_a_done_capability_names_a_scenario_that_exists(key: str) -> None:
    stories = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert f"def {CAPABILITIES[key].scenario}(" in stories
