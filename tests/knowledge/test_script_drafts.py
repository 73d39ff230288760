"""Who may approve a draft: nobody who wrote some of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontline.catalog.scripts import Override, load_scripts
from frontline.core.actor import Actor, Role
from frontline.core.errors import NotFound, UsageError
from frontline.governance import scripts
from frontline.governance.policy import shipped_policy
from frontline.store.work import Store, Unit
from tests.stores import clock_at, store

__all__ = ["clock", "store"]

POLICY, RULES = shipped_policy(), load_scripts()
TOMAS, STELLA, ADA = (
    Actor(f"per_{handle}", handle, roles=frozenset({role}))
    for handle, role in (("tomas", Role.TRAINER), ("stella", Role.STEWARD), ("ada", Role.ADMIN))
)
BODY = {
    "topic": "Visit",
    "title": "A visit",
    "blocks": [{"id": "hello", "text": {"en": "Good day."}}, {"id": "close", "text": {"en": "Bye."}}],
}


clock = clock_at(8, 40)


@pytest.fixture
def unit(store: Store) -> Iterator[Unit]:
    with store.unit() as unit:
        yield unit


def publish(unit: Unit, actor: Actor) -> None:
    scripts.publish(unit, actor, "visit", rules=RULES, today=unit.now.date(), policy=POLICY)


def edit(unit: Unit, actor: Actor, block: str, region: str) -> None:
    change = Override(block=block, when={"region": region}, text={"en": f"{block} in the {region}."})
    scripts.override(unit, actor, "visit", change, policy=POLICY)


def test_whoever_wrote_some_of_a_draft_does_not_approve_it_though_somebody_changed_it_after_them(unit: Unit) -> None:
    scripts.put_draft(unit, ADA, scripts.read_script(BODY), policy=POLICY)
    publish(unit, STELLA)
    edit(unit, TOMAS, "hello", "north")
    edit(unit, STELLA, "close", "west")
    for author in (TOMAS, STELLA):
        with pytest.raises(UsageError, match="somebody else has to approve"):
            publish(unit, author)
    publish(unit, ADA)
    # The next draft is of whoever writes it.
    edit(unit, ADA, "close", "north")
    publish(unit, TOMAS)


def test_a_draft_that_is_loaded_anew_is_of_who_loads_it(unit: Unit) -> None:
    for author in (TOMAS, STELLA):
        scripts.put_draft(unit, author, scripts.read_script(BODY), policy=POLICY)
    publish(unit, TOMAS)


def test_what_is_only_a_draft_is_not_named_among_the_scripts(unit: Unit) -> None:
    scripts.put_draft(unit, ADA, scripts.read_script(BODY), policy=POLICY)
    with pytest.raises(NotFound) as refused:
        scripts.access_script(unit.session, TOMAS, "visit", policy=POLICY)
    assert "visit" not in refused.value.next_step


def test_a_draft_with_more_variants_than_there_is_room_for_says_how_many_it_adds(unit: Unit) -> None:
    scripts.put_draft(unit, ADA, scripts.read_script(BODY), policy=POLICY)
    publish(unit, STELLA)
    for region in ("north", "east", "south", "west"):
        edit(unit, TOMAS, "hello", region)
    for segment in ("smb", "enterprise"):
        change = Override(block="close", when={"segment": segment}, text={"en": f"Bye, {segment}."})
        scripts.override(unit, TOMAS, "visit", change, policy=POLICY)
    with pytest.raises(UsageError, match="visit has 1 variant, this adds 14, and the budget is 7") as refused:
        publish(unit, STELLA)
    assert "8 too many" in refused.value.next_step


def test_whoever_looks_for_a_draft_of_what_is_published_hears_how_one_is_made(unit: Unit) -> None:
    scripts.put_draft(unit, ADA, scripts.read_script(BODY), policy=POLICY)
    publish(unit, STELLA)
    for topic, step in (("visit", "/ops kb edit visit"), ("visti", "Scripts: visit.")):
        with pytest.raises(NotFound) as refused:
            scripts.access_script(unit.session, TOMAS, topic, policy=POLICY, state=scripts.DRAFT)
        assert step in refused.value.next_step
