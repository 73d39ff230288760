"""The demo company's tags: one label short of a gap, one that is one, and none where nothing is planted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from frontline.app.demo_home import seat_people
from frontline.app.demo_tags import seed_tags
from frontline.catalog.rules import load_rules
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC, FrozenClock
from frontline.core.ports import Verdict
from frontline.core.text import Provenance, RawText, seal
from frontline.governance import outbox, tag_counts, tag_gaps
from frontline.store.work import Store

RULE = load_rules().tags
NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


class Gate:
    """Lets the demo's own texts through."""

    def check(self, text: RawText, **options: Any) -> Verdict:
        return Verdict(seal(text.reveal(), Provenance("index@1")))


class Facts:
    """Six agents in three teams."""

    @contextmanager
    def connect(self) -> Iterator[Any]:
        rows = [(f"AG{n:02d}", ("aurora", "coral", "fjord")[n % 3]) for n in range(6)]
        yield SimpleNamespace(execute=lambda query: SimpleNamespace(all=lambda: rows))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Any]:
    store = Store.open(tmp_path / "state.sqlite3", FrozenClock(NOW))
    store.create_schema()
    with store.unit() as unit:
        seat_people(unit)
        unit.commit()
    yield SimpleNamespace(store=store, gate=Gate(), facts=Facts())
    store.close()


def posted(store: Store) -> list[str]:
    with store.read() as session:
        return [row.key.split("/")[1] for row in outbox.list_messages(session) if row.key.startswith("tag_gap/")]


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_one_label_is_a_gap_and_one_is_a_third_agent_short_of_it(house: Any, seed: int) -> None:
    assert seed_tags(house, seed=seed, effects=True) > 40
    assert posted(house.store) == ["tv-pin-reset"]
    with house.store.read() as session:
        rows = {row.label: row for row in tag_counts.list_activity(session, SYSTEM, RULE, now=NOW)}
        gaps = tag_gaps.list_gaps(session, SYSTEM, RULE, now=NOW)
    assert (rows["billing-email-change"].uses, rows["billing-email-change"].people) == (4, 2)
    assert [gap.activity.label for gap in gaps] == ["tv-pin-reset"]
    assert gaps[0].activity.growth.is_growing
    assert seed_tags(house, seed=seed, effects=True) == 0


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_nothing_is_said_where_nothing_is_planted(house: Any, seed: int) -> None:
    assert seed_tags(house, seed=seed, effects=False) > 20
    assert posted(house.store) == []
    with house.store.read() as session:
        assert tag_gaps.list_gaps(session, SYSTEM, RULE, now=NOW) == []
