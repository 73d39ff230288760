"""The weekly sample through the local Slack: two people code without each other's answer, and a steward decides."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from frontline.governance import coding, people
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import View
from frontline.store.models.coding import Coding
from tests.scenarios.conftest import Company

SHOW = "/ops metric show taxonomy"
SLOTS = ("2026-06-08", "2026-06-15")


def modal(company: Company, person: Persona) -> View:
    view = company.slack.wait_for(
        lambda: person.view if person.view and "narrowest" in str(person.view.definition) else None,
        timeout=20,
        what="the form",
    )
    assert view is not None
    return view


def mix_up(company: Company, one: str, other: str) -> None:
    """Let the two coders of every case that waits say another code each."""
    house = company.house
    with house.store.unit() as unit:
        rows = list(unit.session.scalars(select(Coding).order_by(Coding.sample_id, Coding.coder_key)))
        for place, row in enumerate(rows):
            actor = people.actor_by_key(unit.session, row.coder_key)
            code = (one, other)[place % 2]
            coding.answer(unit, actor, row.sample_id, code, taxonomy=house.catalog.taxonomy, policy=house.policy)
        unit.commit()


def test_two_people_code_blind_and_a_steward_decides_what_they_mix_up(company: Company) -> None:
    runner = company.assembly.runner
    for slot in SLOTS:
        runner.run_slot("category_sample", slot)
    company.assembly.delivery.step()
    supervisor, steward = company.as_user("supervisor"), company.as_user("steward")
    asked = supervisor.wait_message(containing="wait for a category from you", timeout=30)
    shown = company.answer(supervisor, lambda: supervisor.click(asked, "Begin"), containing="Which category is this")
    supervisor.click(shown, "Choose its category")
    view = modal(company, supervisor)
    company.answer(supervisor, lambda: supervisor.submit(view, {"code": "BIL"}), containing="Kept: Billing (BIL)")
    company.command("agent", "/ops category code", containing="This is for")
    company.command("supervisor", SHOW, containing="answers are still to come")
    mix_up(company, "BIL", "REF")
    said = text_of(company.command("supervisor", SHOW, containing="AC1"))
    assert "first level: AC1 -" in said
    assert "it misses 0.70" in said
    company.clock.move_to(company.clock.now() + dt.timedelta(days=5))
    runner.run_slot("category_sample", "2026-06-22")
    listed = company.command("steward", SHOW, containing="taken for each other in")
    assert "taken for each other" not in text_of(company.command("supervisor", SHOW, containing="AC1"))
    done = company.answer(steward, lambda: steward.click(listed, "Accept"), containing="Taxonomy 2")
    assert "Refunds (REF)" not in text_of(company.command("supervisor", SHOW, containing="taxonomy 2"))
    company.command("supervisor", f"{SHOW} 1", containing="taxonomy 1 ")
    company.answer(steward, lambda: steward.click(done, "Undo"), containing="is undone")
    company.command("supervisor", SHOW, containing="taxonomy 3")
    company.command("supervisor", f"{SHOW} 9", containing="no such version")
