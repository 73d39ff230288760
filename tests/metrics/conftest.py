"""One small company for the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.clock import FrozenClock
from frontline.metrics.engine import MetricEngine
from tests.metrics.oracle import Oracle
from tests.metrics.statements import ABOUT_LOADS, Watch, assert_is_one_select
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World, make_world, write_facts


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def facts(world: World, tmp_path_factory: pytest.TempPathFactory) -> SmallFacts:
    path: Path = tmp_path_factory.mktemp("facts") / "facts-7.duckdb"
    return SmallFacts(write_facts(path, world))


@pytest.fixture(scope="session")
def oracle(world: World) -> Oracle:
    return Oracle(world)


@pytest.fixture(scope="session")
def engine(catalog: Catalog, facts: SmallFacts) -> MetricEngine:
    return MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    watch = Watch()
    stop = watch.listen()
    yield watch
    stop()


@pytest.fixture(autouse=True)
def _every_statement_is_one_select_over_facts(watch: Watch, catalog: Catalog) -> Iterator[None]:
    """Whatever a test of this folder asks, in whichever engine: what reaches the database only reads facts."""
    watch.take()  # what tests of other folders sent from this process since
    yield
    for dialect, text in watch.take():
        assert_is_one_select(text, {*catalog.models, *ABOUT_LOADS}, dialect=dialect)
