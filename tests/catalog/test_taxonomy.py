"""Codes last: labels of any language count under one, a retired one goes on in another, and mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontline.catalog.taxonomy import load_taxonomy
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
    assert found.hidden == 1
    assert taxonomy.path("BIL-DUP") == "Invoices > Duplicate invoice"


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
