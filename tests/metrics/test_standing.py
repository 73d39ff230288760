"""How a group stands: random rows say nothing, a planted difference is named, and only what chance does not do."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.periods import local_date
from frontline.metrics.engine import MetricEngine
from frontline.metrics.insights import standing
from frontline.metrics.insights.standing import standing_of
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from tests.metrics.world import NOW, ZONE, OpenDoor, SmallFacts, World, person, write_facts

TODAY = local_date(NOW, ZONE)
RUNNER = person(Role.SUPERVISOR)


@pytest.mark.parametrize(("dim", "group"), [("team", "Coral"), ("topic", "router")])
def test_of_random_rows_nothing_or_hardly_anything_stands_out(
    dim: str, group: str, engine: MetricEngine, catalog: Catalog
) -> None:
    found = standing_of(partial(engine.run, RUNNER), catalog, dim, group, today=TODAY)
    assert len(found.statements) <= 1
    assert "aht" in found.quiet


def test_a_team_that_handles_longer_stands_out_and_the_others_do_not(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    slow = [
        {**row, "handle_s": row["handle_s"] * 1.6 if row["team_id"] == "t2" and row["handle_s"] else row["handle_s"]}
        for row in world["interactions"]
    ]
    facts = SmallFacts(write_facts(tmp_path / "facts-9.duckdb", {**world, "interactions": slow}), "9")
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    found = standing_of(partial(engine.run, RUNNER), catalog, "team", "Breeze", today=TODAY)

    assert found.statements[0].weeks == found.tested["aht"] == found.weeks
    first = found.statements[0]
    assert (first.metric, first.kind) == ("aht", "differs")
    assert first.value / first.other == pytest.approx(1.6, abs=0.15)


def test_a_figure_is_shown_over_the_weeks_that_it_was_tested_on(
    engine: MetricEngine, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "FALSE_RATE", 1.0)  # every test passes
    run = partial(engine.run, RUNNER)

    found = standing.standing_of(run, catalog, "team", "Breeze", today=TODAY)

    ripe = found.tested["fcr_rate"]
    assert (ripe.days, ripe.end) == (28, found.weeks.end - dt.timedelta(days=7))  # a week passes before it is judged
    for item in found.statements:
        assert item.weeks == found.tested[item.metric]
        if item.kind != "differs":
            continue
        own = (Filter(dim="team", values=("Breeze",)),)
        span = PeriodSpec(start=item.weeks.start, end=item.weeks.end)
        shown = run(MetricQuery(metrics=(item.metric,), filters=own, period=span)).rows[0][0]
        assert item.value == pytest.approx(shown)
    assert ("fcr_rate", "differs") in {(item.metric, item.kind) for item in found.statements}
