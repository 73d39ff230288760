"""Codes last: labels of any language count under one, a retired one goes on in another, and mistakes are named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.taxonomy import Revision, load_taxonomy
from frontline.core.errors import CatalogError
from handlers.taxonomy import fold


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("billing", "BIL"),
        ("Facturatie", "BIL"),
        ("faturação", "BIL"),
        ("faktury", "BIL"),
        ("dubbele factuur", "BIL-DUP"),
        ("Fatura  duplicada", "BIL-DUP"),
        ("podwójna_faktura", "BIL-DUP"),
        ("geen internet", "OUT-NET"),
        ("rou-boo", "ROU-BOO"),
        ("something new", "OTH"),
        ("", "OTH"),
    ],
)
def test_labels_of_every_language_count_under_one_code(label: str, code: str) -> None:
    assert load_taxonomy().code_of(label) == code


def overlay(folder: Path, text: str) -> Path:
    (folder / "taxonomy.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_renamed_and_a_retired_code_keep_their_trend(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(
        overlay(
            tmp_path,
            """
version: 2
codes:
  BIL: {title: Invoices, formerly: [Billing], labels: {dutch: [facturatie]}}
  REF: {title: Refunds, retired: 2026-03-01, into: BIL, labels: {dutch: [terugbetaling]}}
""",
        )
    )
    found = fold(taxonomy, {"billing": 10, "Invoices": 5, "facturatie": 3, "refunds": 2, "terugbetaling": 1, "x": None})
    assert found.counts == {"BIL": 21}
    assert found.hidden.total() == 1
    assert taxonomy.path("BIL-DUP") == "Invoices > Duplicate invoice"


def test_cases_without_a_label_are_not_other_and_count_in_no_share() -> None:
    """Their feed does not say what they are: a thousand of them do not mean that a code is missing."""
    found = fold(load_taxonomy(), {"billing": 90, "misc": 10, "unknown": 900, "": 3})
    assert found.counts == {"BIL": 90, "OTH": 10}
    assert found.unlabelled == 903
    assert found.share("OTH") == pytest.approx(0.10)


def test_a_share_of_labels_that_are_all_hidden_is_not_nought() -> None:
    found = fold(load_taxonomy(), {"billing": 90, "misc": None, "refunds": None, "terugbetaling": 20})
    assert found.is_hidden("OTH")
    assert not found.is_hidden("REF")  # at least 20
    assert not found.is_hidden("ROA")  # no label of it came at all


@pytest.mark.parametrize(
    ("codes", "fault"),
    [
        ("BIL: {title: B, parent: NON}", "unknown code NON"),
        ("XXX: {title: X, parent: BIL-DUP}", "third level"),
        ("XXX: {title: X, retired: 2026-01-01}", "says not into which"),
        ("XXX: {title: X, labels: {dutch: [faktury]}}", "is a label of"),
        (
            "XXX: {title: X, retired: 2026-01-01, into: YYY}\n  YYY: {title: Y, retired: 2026-01-01, into: XXX}",
            "circle",
        ),
        ("XXX: {title: X, color: red}", "Extra inputs"),
        ("- XXX", "codes: Input should be a valid"),
    ],
)
def test_a_taxonomy_that_contradicts_itself_is_refused(tmp_path: Path, codes: str, fault: str) -> None:
    with pytest.raises(CatalogError) as refused:
        load_taxonomy(overlay(tmp_path, f"codes:\n  {codes}\n"))
    assert any(fault in str(found) for found in refused.value.faults)


def test_a_merge_keeps_the_trend_in_one_line_and_the_old_version_counts_as_it_did() -> None:
    taxonomy = load_taxonomy()
    merged = taxonomy.revised([Revision("BIL", 2, dt.date(2026, 6, 17), second="REF")])
    assert merged.version == 2
    assert merged.code_of("terugbetaling") == "BIL"
    assert "REF" not in merged.in_force()
    assert merged.at(1).code_of("terugbetaling") == "REF"
    assert merged.at(1).codes == taxonomy.codes


def test_a_split_adds_two_parts_below_and_is_undone_as_a_version_of_its_own() -> None:
    split = Revision("MOB", 2, dt.date(2026, 6, 17), parts={"MOB-SLO": "Slow data", "MOB-COV": "No coverage"}, undone=3)
    taxonomy = load_taxonomy().revised([split])
    assert taxonomy.version == 3
    assert "MOB-SLO" not in taxonomy.codes
    assert taxonomy.at(2).path(taxonomy.at(2).code_of("no coverage")) == "Mobile data > No coverage"
    with pytest.raises(ValueError, match="1 to 3"):
        taxonomy.at(4)


def test_what_lies_under_a_merged_code_lies_under_the_one_that_stays() -> None:
    merged = load_taxonomy().revised([Revision("ROU", 2, dt.date(2026, 6, 17), second="OUT")])
    assert merged.top("OUT-NET") == "ROU"
    assert merged.path("OUT-NET") == "Router > No internet"
    with pytest.raises(ValueError, match="no code"):
        load_taxonomy().revised([Revision("GONE", 2, dt.date(2026, 6, 17), second="OUT")])
