"""Scorecards and dashboards are data: what contradicts itself is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.errors import CatalogError

CARD = "scorecards:\n  own:\n    title: Own\n    owner: leader\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{CARD}    primary: fcr_rate\n    guards: [cast]\n", "unknown metric 'cast'"),
        (f"{CARD}    primary: fcr_rate\n    guards: [fcr_rate]\n", "a metric cannot guard itself"),
        (f"{CARD}    primary: contact_volume\n    guards: [csat]\n", "has no better side"),
        (f"{CARD}    primary: asa\n    guards: [csat]\n", "is no share"),
        (f"{CARD}    primary: fcr_rate\n    guards: []\n", "at least 1 item"),
        (f"{CARD}    primary: fcr_rate\n    guards: [csat]\n    group: planet\n", "unknown dimension 'planet'"),
        ("dashboards:\n  own: {title: O, owner: leader, roles: [leader], tiles: [nope]}\n", "unknown metric 'nope'"),
        ("dashboards:\n  own: {title: O, owner: leader, roles: [leader], tiles: [csat, csat]}\n", "shows a tile twice"),
        ("review: {cap: 2}\n", "2 are the most"),
        ("- not a mapping\n", "must be a mapping"),
    ],
)
def test_a_contradiction_is_told(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "scorecards.yaml").write_text(text)
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path)


def test_an_organisations_scorecard_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "scorecards.yaml").write_text(f"{CARD}    primary: csat\n    guards: [service_level]\n")
    cards = load_catalog(tmp_path).scorecards
    assert cards.scorecard("own").metrics == ("csat", "service_level")
    assert cards.scorecard("fcr").primary == "fcr_rate"
