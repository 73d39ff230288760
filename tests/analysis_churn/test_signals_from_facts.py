"""Signs per customer equal a recount in Python, as they stood at an instant, and leave only under the policy."""

import datetime as dt
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from frontline.analysis.churn import CustomerSigns
from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import NotFound, NotPermitted
from frontline.governance.policy import Policy
from frontline.metrics.customers import CustomerSpec
from frontline.metrics.engine import MetricEngine
from tests.metrics.world import NOW, Row, SmallFacts, World, make_world, person, write_facts

SPAN = {"interactions": [(dt.date(2025, 9, 1), dt.date(2026, 6, 18))]}
EARLIER = dt.datetime(2026, 5, 20, 6, tzinfo=UTC)
CATALOG = load_catalog()


@pytest.fixture(scope="module")
def world() -> World:
    made = make_world(11)
    for n, row in enumerate(made["customers"]):
        row["consent_contact"] = (True, False, None)[n % 3]
        row["status"] = "active"
    return made


@pytest.fixture(scope="module")
def engine(world: World, tmp_path_factory: pytest.TempPathFactory) -> MetricEngine:
    return engine_over(tmp_path_factory.mktemp("facts"), world)


def engine_over(folder: Path, world: World) -> MetricEngine:
    facts = SmallFacts(write_facts(folder / "facts-7.duckdb", world, spans=SPAN))
    return MetricEngine(CATALOG, facts, FrozenClock(NOW), Policy(CATALOG.permissions.permissions))


def days(seen: dt.datetime, count: int) -> dt.datetime:
    return seen - dt.timedelta(days=count)


def recount(world: World, customer: Row, seen: dt.datetime) -> CustomerSigns:
    key = customer["customer_key"]
    cases = [row for row in world["cases"] if row["customer_key"] == key and days(seen, 30) <= row["opened_at"] < seen]
    contacts = [
        row
        for row in world["interactions"]
        if row["customer_key"] == key
        and row["outcome"] != "abandoned"
        and row["direction"] != "outbound"
        and row["ts"] < seen
    ]
    topics = Counter(row["topic"] for row in contacts if row["ts"] >= days(seen, 30))
    topic = min(topics, key=lambda name: (-topics[name], name)) if topics else None
    signup = customer["signup_at"]
    return CustomerSigns(
        customer_key=key,
        unresolved=sum(row["closed_at"] is None or row["closed_at"] > seen for row in cases),
        same_topic=topics[topic] if topic else 0,
        topic=topic,
        ces=last_answer(world, key, "ces", seen),
        nps=last_answer(world, key, "nps", seen),
        recent_contacts=sum(row["ts"] >= days(seen, 60) for row in contacts),
        usual_contacts=sum(days(seen, 240) <= row["ts"] < days(seen, 60) for row in contacts),
        tenure_days=None if signup is None else (seen - signup).days,
        segment=customer["segment"],
        tier=customer["tier"],
        region=customer["region"],
        consent_contact=customer["consent_contact"],
    )


def last_answer(world: World, key: str, kind: str, seen: dt.datetime) -> float | None:
    found = [
        row
        for row in world["surveys"]
        if row["customer_key"] == key and row["type"] == kind and row["ts"] and days(seen, 90) <= row["ts"] < seen
    ]
    score: float | None = (
        min(found, key=lambda row: (-row["ts"].timestamp(), row["survey_id"]))["score"] if found else None
    )
    return score


@pytest.mark.parametrize("seen", [EARLIER, NOW])
def test_signs_are_a_recount_of_what_was_there_then(engine: MetricEngine, world: World, seen: dt.datetime) -> None:
    naive = seen.replace(tzinfo=None)
    active = [
        row
        for row in world["customers"]
        if (row["signup_at"] is None or row["signup_at"] <= naive)
        and (row["churned_at"] is None or row["churned_at"] > naive)
    ]
    expected = {row["customer_key"]: recount(world, row, naive) for row in active}
    found = {row.customer_key: row for row in engine.extract_customers(SYSTEM, CustomerSpec(as_seen_at=seen))}
    heard = {key for key, row in expected.items() if row != silent(row)}
    assert set(found) >= heard
    assert set(found) <= set(expected)
    assert found == {key: expected[key] for key in found}
    assert len(found) > 40


def silent(row: CustomerSigns) -> CustomerSigns:
    return CustomerSigns(
        row.customer_key, recent_contacts=0, usual_contacts=0, tenure_days=row.tenure_days, segment=row.segment,
        tier=row.tier, region=row.region, consent_contact=row.consent_contact,
    )  # fmt: skip


def test_a_future_row_changes_no_past_sign(engine: MetricEngine, world: World, tmp_path: Path) -> None:
    before = engine.extract_customers(SYSTEM, CustomerSpec(as_seen_at=EARLIER))
    cut = EARLIER.replace(tzinfo=None)
    past = dict(world)
    past["interactions"] = [row for row in world["interactions"] if row["ts"] < cut]
    past["surveys"] = [row for row in world["surveys"] if row["ts"] and row["ts"] < cut]
    assert engine_over(tmp_path, past).extract_customers(SYSTEM, CustomerSpec(as_seen_at=EARLIER)) == before


def test_a_five_point_ease_scale_is_brought_to_seven(world: World, tmp_path: Path) -> None:
    small = dict(world)
    asked = {"survey_id": "s1", "customer_key": "c0", "type": "ces", "ts": dt.datetime(2026, 6, 1), "sent_at": None}
    small["surveys"] = [
        {**asked, "score": 2.0, "scale_max": 5.0},
        {**asked, "survey_id": "s2", "type": "nps", "score": 4.0, "scale_max": 5.0},
    ]
    small["customers"] = [{**world["customers"][0], "signup_at": None, "churned_at": None}]
    [found] = engine_over(tmp_path, small).extract_customers(SYSTEM, CustomerSpec())
    assert (found.ces, found.nps) == (2.5, None)


def test_a_feed_that_knows_value_and_contract_end_is_read_with_them(world: World, tmp_path: Path) -> None:
    engine = engine_over(tmp_path, world)
    with duckdb.connect(str(tmp_path / "facts-7.duckdb")) as connection:
        connection.execute("ALTER TABLE customers ADD COLUMN value DOUBLE")
        connection.execute("ALTER TABLE customers ADD COLUMN renewal_at TIMESTAMP")
        connection.execute("UPDATE customers SET value = 480, renewal_at = TIMESTAMP '2026-07-17 12:00:00'")
    found = engine.extract_customers(SYSTEM, CustomerSpec())
    assert {(row.value, row.renewal_days) for row in found} == {(480.0, 30)}


def test_a_feed_that_begins_late_gives_no_cadence(world: World, tmp_path: Path) -> None:
    facts = SmallFacts(write_facts(tmp_path / "facts-7.duckdb", world))  # two spans with a gap between them
    engine = MetricEngine(CATALOG, facts, FrozenClock(NOW), Policy(CATALOG.permissions.permissions))
    assert {row.usual_contacts for row in engine.extract_customers(SYSTEM, CustomerSpec())} == {None}


def test_who_has_left_is_not_judged(world: World, tmp_path: Path) -> None:
    gone = dict(world)
    gone["customers"] = [{**row, "status": "Churned", "churned_at": None} for row in world["customers"]]
    assert engine_over(tmp_path, gone).extract_customers(SYSTEM, CustomerSpec()) == []


def test_without_customers_the_answer_says_what_to_load(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No customers are loaded"):
        engine_over(tmp_path, {**world, "customers": []}).extract_customers(SYSTEM, CustomerSpec())


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.TRAINER, Role.STEWARD])
def test_rows_of_customers_are_not_for_everybody(engine: MetricEngine, role: Role) -> None:
    with pytest.raises(NotPermitted):
        engine.extract_customers(person(role), CustomerSpec())
