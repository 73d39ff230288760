"""Where effort hides: /ops effort names the planted cell of companies of other seeds, and few cells where none is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.render_text import render_text
from frontline.app.settings import Settings
from frontline.app.terminal import Globals
from frontline.app.wiring import House
from frontline.core.clock import FrozenClock
from frontline.sandbox.company.generator import generate
from frontline.sandbox.company.model import NOW
from frontline.store.intake import Options, ingest

TABLES = ("teams", "agents", "cases", "interactions", "surveys")
SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
LEAST_FOUND, MOST_FALSE = 10, 2


def named(home: Path, *, seed: int, effects: bool) -> tuple[list[str], str]:
    """Return the cells that /ops effort names as harder than expected, and the planted one."""
    truth = generate(home / "demo", seed=seed, effects=effects)
    house = House(Settings(home=home, admins=("ada",)), Globals(json=True), clock=FrozenClock(NOW))
    for table in TABLES:
        ingest(
            [home / "demo" / f"{table}.parquet"], home=home, store=house.store, vault=house.vault, now=NOW,
            options=Options(table=table, zone="Europe/Amsterdam"), calendar_zone="Europe/Amsterdam",
        )  # fmt: skip
    said = render_text(house.ask("ops", "effort", person="role:supervisor"))
    house.store.close()
    hidden = said[said.index("Hidden friction") : said.index("Friction that no survey")]
    found = re.findall(r"• \*?([\w ]+ / [\w ]+?)\*?:", hidden)
    planted = [f"{row['channel']} / {row['topic']}" for row in truth.effects if row["id"] == "hidden_effort"]
    return [cell.lower() for cell in found], planted[0] if planted else ""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_planted_cell_is_named_in_nearly_all_companies_and_few_name_one_without(tmp_path: Path) -> None:
    told = {seed: named(tmp_path / f"planted{seed}", seed=seed, effects=True) for seed in SEEDS}
    assert sum(planted in found for found, planted in told.values()) >= LEAST_FOUND, told
    silent = {seed: named(tmp_path / f"none{seed}", seed=seed, effects=False)[0] for seed in SEEDS[:10]}
    assert sum(bool(found) for found in silent.values()) <= MOST_FALSE, silent
