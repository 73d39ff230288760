"""Complaints are read from their export as they are; what cannot be used is counted, not dropped in silence."""

from pathlib import Path

import pytest

from frontline.catalog.records import Preset, load_records
from frontline.core.errors import UsageError
from frontline.store.intake.documents import DocumentCounts, read_documents


@pytest.fixture
def cfpb() -> Preset:
    return load_records().presets["cfpb"]


def test_a_narrative_keeps_its_line_breaks_quotes_and_masks(tmp_path: Path, cfpb: Preset) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(
        b"\xef\xbb\xbfcomplaint_id,date_received,product,issue,state,narrative\r\n"
        b'7,2023-03-22,Loan,None,GA,"On XX/XX/2023 I\n\ncalled ""them""."\r\n'
    )
    assert list(read_documents(path, cfpb)) == [
        {
            "id": "7",
            "kind": "complaint",
            "text": 'On XX/XX/2023 I\n\ncalled "them".',
            "category": "Loan",
            "issue": None,
            "region": "GA",
            "received_at": "2023-03-22",
            "consent": False,
            "language": "english",
        }
    ]


def test_rows_that_cannot_be_used_are_counted_by_reason(tmp_path: Path, cfpb: Preset) -> None:
    path = tmp_path / "c.csv"
    path.write_text("row_id,product,narrative\n1,Loan,late\n2,Loan,\n1,Loan,again\n,Loan,nobody\n3,Loan\n4,Loan,fine\n")
    counts = DocumentCounts()
    assert [row["id"] for row in read_documents(path, cfpb, counts=counts)] == ["1", "4"]
    assert counts == DocumentCounts(read=6, given=2, empty=1, damaged=2, doubled=1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"row_id,product\n1,Loan\n", "lacks the column narrative"),
        (b"row_id;product;narrative\n1;Loan;late\n", "lacks the column"),
        (b"", "is empty"),
        (b"PK\x03\x04", "a ZIP archive"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, cfpb: Preset, content: bytes, sentence: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=sentence):
        list(read_documents(path, cfpb))


@pytest.mark.data
def test_both_public_samples_are_read_completely(cfpb: Preset) -> None:
    folder = Path(__file__).parents[3] / "shared" / "data" / "cfpb"
    if not folder.is_dir():
        pytest.skip("needs the public data folder beside the repository (../shared/data/cfpb)")
    for name, wanted, dated in (("cfpb_loans_2023.csv", 1_978, True), ("cfpb_products.csv", 2_743, False)):
        counts = DocumentCounts()
        rows = list(read_documents(folder / name, cfpb, counts=counts))
        assert counts == DocumentCounts(read=wanted, given=wanted)
        assert all((row["received_at"] is not None) is dated for row in rows)
