"""The post about a new gap among the tags is one of its routine: previewed in the first days, silent once stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.app.settings import Settings
from frontline.app.speaking import gap_voice
from frontline.app.terminal import Globals
from frontline.app.wiring import House
from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.text import Provenance, seal
from frontline.governance import outbox, routine_settings, tags
from frontline.governance.tag_gaps import ROUTINE
from frontline.governance.tags import DeskAuthor

ADA = Actor("per_ada", "ada", roles=frozenset({Role.ADMIN}))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Settings(home=tmp_path, admins=()), Globals(json=True))
    yield made
    made.store.close()


def states_after_a_gap(house: House) -> list[str]:
    """Tag until a label is a gap; return the states of the posts about it."""
    for number in range(6):
        with house.store.unit() as unit:
            text = seal(f"wants the bill on paper {number}", Provenance("index@1"))
            author = DeskAuthor(f"a{number % 3}", team="aurora")
            tags.add_tag(
                unit, SYSTEM, text, label="paper-invoice", case_key=str(number), author=author, speak=gap_voice(house)
            )
            unit.commit()
    with house.store.read() as session:
        found = outbox.list_messages(session, states=(*outbox.OPEN_STATES, "shadow"))
        return [row.state for row in found if row.key.startswith("tag_gap/")]


def test_in_the_first_days_of_an_organisation_no_channel_sees_it(house: House) -> None:
    assert states_after_a_gap(house) == ["shadow"]


def test_once_its_routine_is_live_it_goes_where_it_belongs(house: House) -> None:
    with house.store.unit() as unit:
        routine_settings.go_live(unit, ADA, ROUTINE)
        unit.commit()
    assert states_after_a_gap(house) == ["pending"]


def test_whoever_stops_the_routine_stops_it_too(house: House) -> None:
    with house.store.unit() as unit:
        routine_settings.switch(unit, ADA, ROUTINE, is_on=False)
        unit.commit()
    assert states_after_a_gap(house) == []
