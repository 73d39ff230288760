from pathlib import Path

import pytest

from frontline.catalog.rules import load_rules
from frontline.core.errors import CatalogError, NotFound


def test_the_shipped_rule_watches_topics_more_strictly_than_the_company() -> None:
    rule = load_rules().rule("recontact_breach")
    assert rule.by_topic is not None
    assert rule.by_topic.sigmas > rule.company.sigmas
    assert rule.horizons == (1, 3)
    assert rule.confirm == 7


def test_an_overlay_replaces_a_rule_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  recontact_breach: {title: Ours, metric: recontact_rate, owner: analyst, horizons: [1]}\n",
        encoding="utf-8",
    )
    rule = load_rules(tmp_path).rule("recontact_breach")
    assert (rule.title, rule.horizons, rule.by_topic) == ("Ours", (1,), None)


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  x:\n    title: T\n    metric: m\n    owner: o\n    horizons: [9]\n    company: {sigmas: 99}\n",
        encoding="utf-8",
    )
    with pytest.raises(CatalogError) as caught:
        load_rules(tmp_path)
    assert caught.value.faults[0].file == "catalog/rules.yaml"
    assert caught.value.faults[0].line >= 2


def test_an_unknown_rule_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="recontact_breach"):
        load_rules().rule("nope")
