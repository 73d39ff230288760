"""The rule on generated companies through the real intake and engine: found where it is planted, else silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.governance.policy import Policy
from frontline.metrics.engine import MetricEngine
from frontline.metrics.weekly import judge_scorecard, onset_day
from frontline.sandbox.company.generator import generate
from frontline.sandbox.company.model import NOW
from frontline.store.facts import Facts
from frontline.store.generations import Generations
from frontline.store.intake import Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

TABLES = ("teams", "agents", "cases", "interactions", "surveys")
# 36 weeks and a little.
START = dt.date(2025, 9, 20)


def judged(home: Path, *, seed: int, effects: bool) -> tuple[list[tuple[str, dt.date]], list[tuple[str, dt.date]]]:
    """Return what the scorecard ``fcr`` tells as (team, week of the onset), and what was planted."""
    truth = generate(home / "demo", seed=seed, effects=effects, start=START)
    clock = FrozenClock(NOW)
    store = Store.open(home / "state.sqlite3", clock)
    store.create_schema()
    vault = Vault(store, load_or_create_key(home / "keys" / "vault.key"))
    for table in TABLES:
        ingest(
            [home / "demo" / f"{table}.parquet"], home=home, store=store, vault=vault, now=clock.now(),
            options=Options(table=table, zone="Europe/Amsterdam"), calendar_zone="Europe/Amsterdam",
        )  # fmt: skip
    facts, catalog = Facts(Generations(home)), load_catalog()
    engine = MetricEngine(catalog, facts, clock, Policy(catalog.permissions.permissions))
    card = catalog.scorecards.scorecard("fcr")
    found = judge_scorecard(engine, catalog, SYSTEM, card, seen_at=NOW)
    told = [(item.group.lower(), onset_day(item, card, seen_at=NOW, catalog=catalog)) for item in found]
    facts.close()
    store.close()
    planted = [(str(row["team"]), row["from"]) for row in truth.effects if row["id"] == "goodhart"]
    return told, planted  # type: ignore[return-value]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_planted_team_and_no_other_is_told_with_its_week(seed: int, tmp_path: Path) -> None:
    told, planted = judged(tmp_path, seed=seed, effects=True)
    assert [team for team, _ in told] == [team for team, _ in planted]
    assert abs((told[0][1] - planted[0][1]).days) <= 10


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_company_without_effects_is_silent(seed: int, tmp_path: Path) -> None:
    assert judged(tmp_path, seed=seed, effects=False) == ([], [])
