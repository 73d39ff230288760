"""A generated company through the real intake and the engine; its truth stays on the side of the tests."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from frontline.analysis.churn import CustomerSigns
from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.ids import keyed_hash
from frontline.governance.policy import Policy
from frontline.metrics.customers import CustomerSpec
from frontline.metrics.engine import MetricEngine
from frontline.sandbox.company.generator import generate
from frontline.sandbox.company.model import NOW
from frontline.store.facts import Facts
from frontline.store.generations import Generations
from frontline.store.intake import Options, ingest
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

TABLES = ("customers", "cases", "interactions", "surveys")
# 240 days and a little: the cadence of the rule reaches that far back.
START = dt.date(2025, 10, 1)


@dataclass(frozen=True)
class Judged:
    """What the engine gave, and who was planted (empty in a company without effects)."""

    signs: list[CustomerSigns]
    planted: frozenset[str]
    opted_out: frozenset[str]


def load_company(home: Path, *, seed: int, scale: float = 1.0, effects: bool = True) -> Judged:
    """Generate, ingest and extract one company as of the demo's now."""
    truth = generate(home / "demo", seed=seed, scale=scale, effects=effects, start=START)
    clock = FrozenClock(NOW)
    store = Store.open(home / "state.sqlite3", clock)
    store.create_schema()
    vault = Vault(store, load_or_create_key(home / "keys" / "vault.key"))
    for table in TABLES:
        ingest(
            [home / "demo" / f"{table}.parquet"], home=home, store=store, vault=vault, now=clock.now(),
            options=Options(table=table, zone="Europe/Amsterdam"), calendar_zone="Europe/Amsterdam",
        )  # fmt: skip
    facts = Facts(Generations(home))
    catalog = load_catalog()
    engine = MetricEngine(catalog, facts, clock, Policy(catalog.permissions.permissions))
    signs = engine.extract_customers(SYSTEM, CustomerSpec(as_seen_at=clock.now()))
    with facts.connect() as connection:
        rows = connection.exec_driver_sql("SELECT customer_key FROM customers WHERE NOT consent_contact").all()
    facts.close()
    store.close()
    key = load_or_create_key(home / "keys" / "org.key")
    named = next((row["customer_ids"] for row in truth.effects if row["id"] == "churners"), [])
    planted = frozenset(keyed_hash(key, "customer", str(name)) for name in named)
    return Judged(signs, planted, frozenset(str(row[0]) for row in rows))
