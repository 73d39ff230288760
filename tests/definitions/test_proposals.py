"""What can be proposed, how it is said, and what the linter refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.catalog.conditions import read_condition, show_condition
from frontline.catalog.definitions import bundle_of, in_force, version_of, with_version
from frontline.catalog.loader import Catalog, load_catalog
from frontline.catalog.proposals import propose, propose_whole
from frontline.core.errors import UsageError

BASE = {
    "title": "Late answers",
    "owner": "analyst",
    "definition": "Of the answered contacts, those transferred.",
    "kind": "ratio",
    "model": "interactions",
    "numerator": "contacts_transferred",
    "denominator": "contacts_answered",
    "unit": "share",
    "format": "share",
    "direction": "lower",
}


@pytest.mark.parametrize(
    ("key", "options", "what", "before", "after"),
    [
        ("fcr_rate", {"window": "14"}, "window", "7 days", "14 days"),
        ("recontact_rate", {"window": "36h"}, "window", "7 days", "36 hours"),
        ("recontact_rate", {"same": "topic"}, "a repeat shares", "none", "topic"),
        ("service_level", {"min-n": "30"}, "fewest shown", "10 (person 5)", "30 (person 5)"),
        ("service_level", {"target": "0.85"}, "target", "0.8", "0.85"),
        ("resolution_time", {"percentile": "0.9"}, "measure", "percentile 0.5", "percentile 0.9"),
        ("service_level", {"threshold": "wait_s=30"}, "numerator", "wait_s <= 20", "wait_s <= 30"),
        ("csat", {"threshold": "score=5"}, "numerator", "score >= 4", "score >= 5"),
        ("aht", {"where": "channel in phone"}, "filter", "none", "channel is phone"),
    ],
)
def test_a_change_is_said_in_the_words_of_the_desk(
    catalog: Catalog, key: str, options: dict[str, str], what: str, before: str, after: str
) -> None:
    proposal = propose(catalog, key, options, number=9)
    change = next(item for item in proposal.changes if item.what == what)
    assert before in change.before
    assert after in change.after
    assert proposal.version.name == f"{key}@9"


def test_a_window_goes_with_its_maturity_and_its_words(catalog: Catalog) -> None:
    said = propose(catalog, "fcr_rate", {"window": "14"}, number=3).version.bundle["metric"]
    assert (said["window"]["hours"], said["maturity_days"]) == (336, 14)
    assert "within 14 days" in said["definition"]
    assert "Contacts younger than 14 days" in said["caveats"][0]


def test_a_threshold_changes_nobody_elses_measure(catalog: Catalog) -> None:
    proposal = propose(catalog, "service_level", {"threshold": "30"}, number=3)
    changed = with_version(catalog, proposal.version)
    assert changed.measures["answered_within_20_s"] == catalog.measures["answered_within_20_s"]
    assert changed.definition_hashes["service_level"] == proposal.version.hash
    assert (
        changed.definition_hashes["service_level_of_answered"] == catalog.definition_hashes["service_level_of_answered"]
    )


@pytest.mark.parametrize(
    ("key", "options", "said"),
    [
        ("fcr_rate", {"window": "7"}, "says already"),
        ("csat", {"window": "7"}, "looks at no window"),
        ("fcr_rate", {"window": "soon"}, "no length of time"),
        ("fcr_rate", {"window": "90"}, "between 1 hour and 60 days"),
        ("service_level", {"numerator": "cases_opened"}, "whose time is another"),
        ("service_level", {"numerator": "magic"}, "There is no numerator"),
        ("aht", {"where": "moon in full"}, "no column moon"),
        ("aht", {"where": "customer_key not in 7f3"}, "single people"),
        ("aht", {"where": "please"}, "cannot read the filter"),
        ("aht", {"min-n": "1"}, "may never stand behind"),
        ("aht", {"title": "Service level"}, "claimed by service_level"),
        ("aht", {"definition": ""}, "has no definition"),
        ("aht", {"owner": "nobody"}, "owner"),
        ("cost_per_case", {"numerator": "csat"}, "an average itself"),
        ("nps", {"threshold": "score=8"}, "no other limit"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(catalog: Catalog, key: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        propose(catalog, key, options, number=9)
    assert said in str(refused.value)


def test_a_file_may_bring_a_new_metric_with_its_own_measure(catalog: Catalog) -> None:
    measures = {
        "quick": {
            "model": "interactions",
            "aggregate": "count",
            "where": [{"column": "outcome", "among": ["answered"]}, {"column": "wait_s", "at_most": 60}],
        }
    }
    said = {**BASE, "title": "Within a minute", "numerator": "quick"}
    proposal = propose_whole(catalog, "within_a_minute", said, measures, number=1)
    there = in_force(catalog, [proposal.version])
    assert there.metrics["within_a_minute"].title == "Within a minute"
    assert "quick" not in there.measures  # a name of its own, so that it takes nobody else's


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": None}, "owner"),
        ({"definition": " "}, "has no definition"),
        ({"denominator": "cases_opened"}, "whose time is another"),
        ({"title": "CSAT"}, "claimed by csat"),
        ({"min_n": {"group": 2, "person": 2}}, "may never stand behind"),
    ],
)
def test_a_file_that_contradicts_the_catalog_is_refused(catalog: Catalog, change: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        propose_whole(catalog, "late_answers", {**BASE, **change}, {}, number=1)
    assert said in str(refused.value)


def test_the_higher_number_is_in_force_and_of_equal_ones_the_adopted(catalog: Catalog, tmp_path: Path) -> None:
    adopted = propose(catalog, "fcr_rate", {"window": "14"}, number=3).version
    assert in_force(catalog, [adopted]).definition_hashes["fcr_rate"] == adopted.hash
    (tmp_path / "metrics.yaml").write_text("metrics:\n  fcr_rate: {version: 4}\n")
    newer = load_catalog(tmp_path)
    assert in_force(newer, [adopted]).metrics["fcr_rate"].version == 4
    (tmp_path / "metrics.yaml").write_text("metrics:\n  fcr_rate: {version: 3}\n")
    assert in_force(load_catalog(tmp_path), [adopted]).definition_hashes["fcr_rate"] == adopted.hash


def test_an_old_version_is_the_same_under_a_catalog_that_counts_otherwise(catalog: Catalog, tmp_path: Path) -> None:
    old = version_of(catalog, "service_level")
    (tmp_path / "models.yaml").write_text(
        "measures:\n  answered_within_20_s:\n"
        "    where: [{column: outcome, among: [answered]}, {column: wait_s, at_most: 60}]\n"
    )
    changed = load_catalog(tmp_path)
    assert changed.definition_hashes["service_level"] != old.hash
    again = with_version(changed, old)
    measure = again.measures[again.metrics["service_level"].numerator]
    assert measure == catalog.measures["answered_within_20_s"]
    assert bundle_of(changed, "service_level") != old.bundle


def test_a_column_that_nobody_counts_changes_no_meaning(catalog: Catalog, tmp_path: Path) -> None:
    columns = [*catalog.models["interactions"].columns, "mood"]
    (tmp_path / "models.yaml").write_text(f"models:\n  interactions:\n    columns: [{', '.join(columns)}]\n")
    assert load_catalog(tmp_path).definition_hashes == catalog.definition_hashes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channel not in email, social", "channel is not email or social"),
        ("channel is phone", "channel is phone"),
        ("wait_s <= 600", "wait_s <= 600"),
        ("queued is true", "queued is true"),
        ("wait_s is known", "wait_s is known"),
        ("queued is not true", "queued is not true"),
    ],
)
def test_a_filter_is_read_and_read_out(text: str, said: str) -> None:
    columns = ("channel", "wait_s", "queued")
    assert show_condition(read_condition(text, columns=columns)) == said
