"""Kinds of commitments are data: shipped, changed and added to by an overlay, and refused with file and line."""

from pathlib import Path

import pytest

from frontline.catalog.commitment_kinds import load_commitment_kinds, shipped_kinds
from frontline.catalog.loader import load_catalog
from frontline.core.errors import CatalogError, UsageError

KINDS = "promise theme root_cause dispute record_conflict change_request outreach lesson rotation review_action action"


def test_every_kind_of_the_product_is_shipped() -> None:
    assert set(KINDS.split()) | {"pain_point", "knowledge"} == set(shipped_kinds().kinds)
    assert load_catalog().commitment_kinds == shipped_kinds()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("alr_4k7q0z2m9x", "root_cause"),
        ("thm_1", "theme"),
        ("tag_1", "change_request"),
        ("met_0123", "action"),
        ("xyz_1", "promise"),
        ("tag", "promise"),
        ("", "promise"),
    ],
)
def test_the_prefix_of_the_source_chooses_the_kind(source: str, kind: str) -> None:
    assert shipped_kinds().of_source(source) == kind


def test_an_unknown_kind_is_answered_with_the_list() -> None:
    with pytest.raises(UsageError, match="'wish' is no kind") as refused:
        shipped_kinds().kind("wish")
    assert "promise" in refused.value.next_step


def test_an_overlay_changes_single_keys_and_adds_kinds(tmp_path: Path) -> None:
    (tmp_path / "commitment_kinds.yaml").write_text(
        "kinds:\n  theme: {days: 15}\n  training: {title: Training, days: 30, sources: [trn], owners: [trainer]}\n"
    )
    kinds = load_commitment_kinds(tmp_path)
    assert (kinds.kind("theme").days, kinds.kind("theme").evidence) == (15, "metric")
    assert kinds.of_source("trn_1") == "training"
    assert load_catalog(tmp_path).commitment_kinds.kind("training").title == "Training"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kinds:\n  theme: {colour: red}\n", "catalog/commitment_kinds.yaml:2: kinds.theme.colour"),
        ("kinds:\n  theme: {owners: [boss]}\n", "catalog/commitment_kinds.yaml:2"),
        ("kinds:\n  mine: {title: Mine, sources: [alr]}\n", "ids of alr_ are claimed by root_cause and mine"),
        ("kinds:\n  mine: {days: 3}\n", "title"),
    ],
)
def test_a_wrong_overlay_is_a_fault_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "commitment_kinds.yaml").write_text(text)
    with pytest.raises(CatalogError) as refused:
        load_catalog(tmp_path)
    assert any(message in str(fault) for fault in refused.value.faults), refused.value.faults
