"""Decisions about tiles as they are typed and clicked: nothing but a dashboard and a metric, and what is gone goes."""

from __future__ import annotations

import itertools

from frontline.app.wiring import House
from frontline.core.reply import Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.governance import dashboards
from frontline.store.models.dashboards import TileDecision
from tests.definitions.conftest import house

__all__ = ["house"]
_numbers = itertools.count()


def click(house: House, value: str) -> Reply:
    who = PersonRef(handle="sam")
    return house.doorway.dispatch(
        Request(f"tile-{next(_numbers)}", RequestKind.ACTION, who, "dashboard.decide", value=value)
    )


def say(house: House, words: str) -> Reply:
    return house.ask("ops", f"dashboard {words}", person="sam")


def tiles(house: House) -> list[str]:
    with house.store.read() as session:
        return dashboards.tiles_of(session, "team", house.catalog.scorecards.dashboard("team"))


def test_a_command_takes_a_dashboard_and_a_metric_and_no_decision(house: House) -> None:
    for words in ("retire team csat merged", "add team nps kept", "retire team"):
        assert "Say which dashboard" in say(house, words).headline
    assert "csat" in tiles(house)
    assert say(house, "retire team csat").headline.endswith("retired.")
    assert "csat" not in tiles(house)


def test_a_tile_is_merged_into_one_that_is_there_and_only_a_merge_names_another(house: House) -> None:
    for value in ("team csat merged moon", "team csat merged nps", "team csat merged csat"):
        assert "is not on this dashboard" in click(house, value).headline
    for value in ("team csat merged", "team csat retired nps", "team csat"):
        assert "older version" in click(house, value).headline
    assert "merged into" in click(house, "team csat merged qa_score").headline
    assert "csat" not in tiles(house)


def test_a_tile_whose_metric_is_gone_says_so_and_can_be_retired(house: House) -> None:
    with house.store.unit() as unit:
        decided = {"decision": "added", "into": "", "quarter": "2026-Q2"}
        unit.session.add(TileDecision(at=unit.now, actor_key="per_x", dashboard="team", metric="old_one", **decided))
        unit.commit()
    assert "old_one" in tiles(house)
    assert "no longer defined" in str(say(house, "show team").parts)
    assert "no longer defined" in str(say(house, "review team").parts)
    retired = say(house, "retire team old_one")
    assert "old_one: retired" in retired.headline
    assert not retired.buttons
    assert "old_one" not in tiles(house)
