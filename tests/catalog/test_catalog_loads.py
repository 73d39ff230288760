"""The shipped catalog is whole; an overlay changes single keys; every fault is told at once with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.catalog.schema import CapabilityStatus
from frontline.core.errors import CatalogError
from frontline.core.periods import Period

METRICS = [
    "case_volume",
    "contact_volume",
    "backlog",
    "reopen_rate",
    "fcr_rate",
    "recontact_rate",
    "escalation_rate",
    "transfer_rate",
    "abandonment_rate",
    "service_level",
    "asa",
    "aht",
    "first_response_time",
    "resolution_time",
    "sla_attainment",
    "response_rate",
    "csat",
    "ces",
    "nps",
    "qa_score",
    "cost_per_case",
    "total_cost",
    "churn_rate",
    "containment_rate",
    "form_completion_rate",
    "handoff_sla",
    "repeat_information_rate",
    "tag_volume",
    "occupancy",
    "acw",
    "contacts_waiting",
    "longest_wait",
    "agents_available",
]
LOWER = [
    "abandonment_rate",
    "asa",
    "aht",
    "acw",
    "transfer_rate",
    "escalation_rate",
    "recontact_rate",
    "reopen_rate",
    "backlog",
    "first_response_time",
    "resolution_time",
    "churn_rate",
    "repeat_information_rate",
    "cost_per_case",
    "total_cost",
    "contacts_waiting",
    "longest_wait",
]
TODAY = [
    "case_volume",
    "contact_volume",
    "service_level",
    "asa",
    "abandonment_rate",
    "aht",
    "acw",
    "transfer_rate",
    "occupancy",
]
NOW = ["backlog", "contacts_waiting", "longest_wait", "agents_available"]
VALUES = {
    "channel": "phone chat email social portal",
    "region": "north east south west",
    "segment": "consumer smb enterprise",
    "tier": "bronze silver gold platinum",
    "team": "Aurora Breeze Coral Delta Ember Fjord",
    "site": "Utrecht Porto Gdansk",
    "queue": "care tech retention business",
    "product": "fiber cable mobile tv",
    "priority": "low normal high urgent",
    "language": "dutch english portuguese polish",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def faults_of(overlay: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        load_catalog(overlay)
    return [str(fault) for fault in caught.value.faults]


def test_every_metric_of_the_interfaces_is_there_and_nothing_but_variants_beside(catalog: Catalog) -> None:
    own = {key for key, metric in catalog.metrics.items() if metric.variant_of is None}
    assert own == set(METRICS)
    assert {"fcr_rate_same_topic", "service_level_of_answered"} <= set(catalog.metrics)


def test_polarity_and_default_period_are_those_of_the_interfaces(catalog: Catalog) -> None:
    for key in METRICS:
        metric = catalog.metrics[key]
        none = key.endswith("_volume") or key in ("occupancy", "agents_available")
        assert metric.direction == ("none" if none else "lower" if key in LOWER else "higher"), key
        expected = "today" if key in TODAY else "now" if key in NOW else "last_month"
        assert metric.default_period == expected, key


def test_dimensions_have_the_values_of_the_interfaces(catalog: Catalog) -> None:
    for dim, values in VALUES.items():
        assert catalog.values(dim) == tuple(values.split())
    assert len(catalog.values("topic")) == 12
    assert catalog.dimensions["agent"].is_person
    assert catalog.dimensions["team"].canonical("AURORA") == "Aurora"
    assert catalog.dimensions["topic"].canonical("Mobile_Data") == "mobile data"


def test_there_are_42_capabilities_with_their_status_on_a_line_of_its_own(catalog: Catalog) -> None:
    import frontline.catalog.loader as loader

    text = (loader.DEFAULTS / "capabilities.yaml").read_text()
    assert len(catalog.capabilities) == 42
    lines = [line.strip() for line in text.splitlines()]
    assert sum(lines.count(f"status: {status.value}") for status in CapabilityStatus) == 42


def test_every_definition_has_its_own_hash_and_keeps_it(catalog: Catalog, tmp_path: Path) -> None:
    assert len(set(catalog.definition_hashes.values())) == len(catalog.metrics)
    (tmp_path / "metrics.yaml").write_text("metrics:\n  csat:\n    target: 0.8\n  nps:\n    scale: 50\n")
    changed = load_catalog(tmp_path)
    assert changed.definition_hashes["csat"] == catalog.definition_hashes["csat"]  # a target changes no meaning
    assert changed.definition_hashes["nps"] != catalog.definition_hashes["nps"]
    assert changed.hash != catalog.hash


def test_an_overlay_replaces_single_keys(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text("zone: Asia/Jerusalem\n")
    (tmp_path / "metrics.yaml").write_text("metrics:\n  csat:\n    min_n: {group: 20, person: 5}\n")
    catalog = load_catalog(tmp_path)
    assert catalog.calendar.zone == "Asia/Jerusalem"
    assert catalog.calendar.currency == "EUR"
    assert catalog.metrics["csat"].min_n.group == 20
    assert catalog.metrics["csat"].numerator == "csat_satisfied"


def test_a_variant_takes_over_what_it_does_not_say(catalog: Catalog) -> None:
    variant, base = catalog.metrics["recontact_rate_1d"], catalog.metrics["recontact_rate"]
    assert (variant.direction, variant.unlocks, variant.model) == (base.direction, base.unlocks, base.model)
    assert variant.window
    assert variant.window.hours == 24


def test_all_faults_come_at_once_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text("currency: EUR\nzone: Mars/Olympus\n")
    (tmp_path / "metrics.yaml").write_text("metrics:\n  csat:\n    colour: red\n    unit: furlong\n")
    (tmp_path / "policies.yaml").write_text("roles: [\n")
    faults = faults_of(tmp_path)
    assert any(fault.startswith("catalog/calendar.yaml:2: zone") for fault in faults)
    assert any(fault.startswith("catalog/metrics.yaml:3: metrics.csat.colour") for fault in faults)
    assert any(fault.startswith("catalog/metrics.yaml:4: metrics.csat.unit") for fault in faults)
    assert any(fault.startswith("catalog/policies.yaml:2") and "not valid YAML" in fault for fault in faults)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "metrics.yaml",
            "metrics:\n  mean_of_means:\n    title: x\n    owner: leader\n    definition: x\n    kind: derived\n"
            "    model: cases\n    numerator: csat\n    denominator: case_volume\n    unit: share\n    format: share\n"
            "    direction: none\n",
            "an average itself",
        ),
        ("metrics.yaml", "metrics:\n  csat:\n    definition: ''\n", "has no definition"),
        ("metrics.yaml", "metrics:\n  csat:\n    numerator: contacts\n", "whose time is another"),
        ("metrics.yaml", "metrics:\n  aht:\n    denominator: resolution_seconds\n", "whose time is another"),
        ("metrics.yaml", "metrics:\n  csat:\n    numerator: nothing\n", "unknown measure"),
        ("metrics.yaml", "metrics:\n  recontact_rate:\n    maturity_days: 3\n", "mature when its window has passed"),
        ("metrics.yaml", "metrics:\n  x:\n    variant_of: nobody\n", "no metric of its own"),
        ("models.yaml", "measures:\n  tags: {model: tags_fact, aggregate: sum, column: nose}\n", "no column 'nose'"),
        ("models.yaml", "models:\n  cases:\n    joins: {moon: {model: moon, keys: {a: b}}}\n", "unknown model"),
        ("dimensions.yaml", "dimensions:\n  region:\n    columns: {cases: moon.phase}\n", "leads nowhere"),
        ("dimensions.yaml", "dimensions:\n  region:\n    values: [north, North]\n", "listed twice"),
        ("policies.yaml", "roles:\n  agent:\n    deny_metrics: [happiness]\n", "unknown metric"),
        ("capabilities.yaml", "capabilities:\n  M9.9: {title: x}\n", "M9.9"),
    ],
)
def test_contradictions_are_faults(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    (fault,) = [fault for fault in faults_of(tmp_path) if message in fault][:1]
    file, line, _ = fault.split(":", 2)
    assert file in (name, f"catalog/{name}")
    assert int(line) > 0


def test_an_alias_claimed_by_two_metrics_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "lexicon.yaml").write_text("metrics:\n  csat: [smiles per hour]\n  nps: [Smiles per Hour]\n")
    assert any("already an alias of csat" in fault for fault in faults_of(tmp_path))


def test_a_missing_owner_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text(
        "metrics:\n  mine:\n    title: x\n    kind: simple\n    model: cases\n    measure: cases_opened\n"
        "    unit: count\n    format: count\n    direction: none\n"
    )
    assert any("metrics.mine.owner" in fault for fault in faults_of(tmp_path))


def test_a_period_of_the_calendar_follows_its_zone(catalog: Catalog) -> None:
    import datetime as dt

    start, end = Period(dt.date(2026, 3, 29), dt.date(2026, 3, 30)).instants(catalog.calendar.zone_info)
    assert (end - start) == dt.timedelta(hours=23)
