"""A house without data, and people who may sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House, read_instant
from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.actor import Actor, Role
from frontline.core.clock import FrozenClock
from frontline.governance import people


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = FrozenClock(read_instant("2026-06-17T10:40", ZoneInfo("Europe/Amsterdam")))
    opened = House(Settings(home=tmp_path / "home", admins=("ada",)), Globals(json=True), clock=clock)
    with opened.store.unit() as unit:
        for handle, role in (("sam", Role.SUPERVISOR), ("lena", Role.LEADER), ("finn", Role.ANALYST)):
            people.add_person(unit, handle, roles=(role,))
        unit.commit()
    yield opened
    opened.store.close()


def actor(house: House, handle: str) -> Actor:
    with house.store.read() as session:
        return people.actor_by_key(session, people.person_of(session, handle).key)
