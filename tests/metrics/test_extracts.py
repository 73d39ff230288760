"""Daily counts for the recontact routine equal a recount in Python, as they stood at an instant."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.permissions import load_permissions
from frontline.core.actor import SYSTEM, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import NotPermitted
from frontline.core.periods import Period
from frontline.governance.policy import Policy
from frontline.metrics.engine import MetricEngine
from frontline.metrics.extracts import ExtractSpec, recontact_spec
from tests.metrics.world import NOW, ZONE, SmallFacts, World, person

PERIOD = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))


@pytest.mark.parametrize("seen", [dt.datetime(2026, 5, 27, 6, tzinfo=UTC), NOW])
def test_recontact_counts_by_day_and_topic_as_seen_then(engine: MetricEngine, world: World, seen: dt.datetime) -> None:
    found = engine.extract(SYSTEM, recontact_spec(PERIOD, by=("topic",), as_seen_at=seen))

    horizons = [f"{word}_{hours}" for hours in (24, 72, 168) for word in ("mature", "followed")]
    assert found.columns == ("day", "topic", "contacts", *horizons)
    expected = _recount(world, seen.replace(tzinfo=None))
    assert {row[:2]: list(row[2:]) for row in found.rows} == expected


def _recount(world: World, seen: dt.datetime) -> dict[tuple[str, str], list[int]]:
    contacts = sorted(
        (
            row
            for row in world["interactions"]
            if row["ts"] < seen
            and row["customer_key"]
            and row["outcome"] != "abandoned"
            and row["direction"] != "outbound"
        ),
        key=lambda row: row["ts"],
    )
    end = min(seen, max(row["ts"] for row in world["interactions"]))
    found: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(contacts):
        day = row["ts"].replace(tzinfo=UTC).astimezone(ZONE).date()
        if not PERIOD.contains(day):
            continue
        counts = found.setdefault((day.isoformat(), row["topic"]), [0] * 7)
        counts[0] += 1
        gaps = [later["ts"] - row["ts"] for later in contacts[at + 1 :] if later["customer_key"] == row["customer_key"]]
        for place, hours in enumerate((24, 72, 168)):
            length = dt.timedelta(hours=hours)
            if row["ts"] + length <= end:
                counts[1 + 2 * place] += 1
                counts[2 + 2 * place] += any(gap <= length for gap in gaps)
    return found


def test_any_metric_comes_by_day_with_num_den_and_n(engine: MetricEngine) -> None:
    found = engine.extract(SYSTEM, ExtractSpec("service_level", PERIOD, by=("channel",)))
    assert found.columns == ("day", "channel", "num", "den", "n")
    assert all(0 <= num <= den == n for _, _, num, den, n in found.rows)
    assert found.generation == "7"


def test_an_extract_before_the_period_is_empty(engine: MetricEngine) -> None:
    early = dt.datetime(2026, 4, 1, tzinfo=UTC)
    assert engine.extract(SYSTEM, recontact_spec(PERIOD, as_seen_at=early)).rows == ()


def test_an_agent_gets_no_extract(catalog: Catalog, facts: SmallFacts) -> None:
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), Policy(load_permissions().permissions))
    with pytest.raises(NotPermitted):
        engine.extract(person(Role.AGENT), recontact_spec(PERIOD))
    assert engine.extract(SYSTEM, recontact_spec(PERIOD)).rows
