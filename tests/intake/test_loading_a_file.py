"""A good file becomes facts, whatever it is called and however it is written."""

import datetime as dt
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frontline.core.ids import keyed_hash
from frontline.core.ports import Progress
from tests.intake.conftest import Home

CASES = "case_id,opened_at,customer_id,topic\nC1,2026-05-01 10:00,991,Mobile_Data\nC2,2026-05-02 11:30,,billing\n"


def test_two_columns_are_enough_for_cases(home: Home) -> None:
    report = home.load(home.write("cases.csv", "case_id,opened_at\n1,2026-05-01T10:00Z\n2,2026-05-02T10:00Z\n"))
    assert (report.total("read"), report.total("ok"), report.exit_code) == (2, 2, 0)
    assert home.rows("SELECT case_id, opened_at FROM cases ORDER BY 1")[0] == ("1", dt.datetime(2026, 5, 1, 10))


def test_wall_clock_times_become_utc_by_the_declared_zone(home: Home) -> None:
    home.load(home.write("cases.csv", CASES), zone="Europe/Amsterdam")
    assert home.rows("SELECT opened_at FROM cases ORDER BY 1") == [
        (dt.datetime(2026, 5, 1, 8),),
        (dt.datetime(2026, 5, 2, 9, 30),),
    ]
    assert home.facts.meta("zone") == "Europe/Amsterdam"


def test_the_zone_is_asked_once_and_then_remembered_for_the_table(home: Home) -> None:
    home.load(home.write("cases.csv", CASES), zone="Europe/Amsterdam")
    report = home.load(home.write("cases_may.csv", "case_id,opened_at\nC9,2026-05-03 10:00\n"))
    assert report.files[0].zone == "Europe/Amsterdam"
    assert home.rows("SELECT opened_at FROM cases WHERE case_id = 'C9'") == [(dt.datetime(2026, 5, 3, 8),)]


def test_customers_are_kept_as_the_keyed_hash_that_core_makes(home: Home) -> None:
    home.load(home.write("cases.csv", CASES), zone="UTC")
    key = (home.path / "keys" / "org.key").read_bytes()
    assert home.rows("SELECT customer_key FROM cases ORDER BY case_id") == [
        (keyed_hash(key, "customer", "991", length=32),),
        (None,),
    ]
    assert b"991" not in home.generations.current().path.read_bytes().replace(
        keyed_hash(key, "customer", "991").encode(), b""
    )  # type: ignore[union-attr]


def test_dimension_values_are_folded_and_blanks_are_nothing(home: Home) -> None:
    home.load(
        home.write(
            "cases.csv", "case_id,opened_at,topic,segment,region\n1,2026-05-01,Mobile_Data,Small Business,N/A\n"
        ),
        zone="UTC",
    )
    assert home.rows("SELECT topic, segment, region FROM cases") == [("mobile data", "smb", None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_usual_delimiter_is_recognised_plain_or_gzipped(home: Home, delimiter: str, packed: bool) -> None:
    content = CASES.replace(",", delimiter).encode()
    path = home.write("cases.csv.gz" if packed else "cases.csv", gzip.compress(content) if packed else content)
    assert home.load(path, zone="UTC").total("ok") == 2


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", ""), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252")])
def test_the_encoding_is_found_and_said(home: Home, encoding: str, said: str) -> None:
    content = "case_id,opened_at,topic\n1,2026-05-01,réclamation\n".encode(encoding)
    report = home.load(home.write("cases.csv", content), zone="UTC")
    assert home.rows("SELECT topic FROM cases") == [("réclamation",)]
    assert report.files[0].encoding == encoding
    assert [note for note in report.files[0].notes if "V10" in note] == (
        [f"cases.csv was read as {said} (V10)."] if said else []
    )


def test_json_lines_are_read(home: Home) -> None:
    lines = [
        {"case_id": 1, "opened_at": "2026-05-01T10:00:00+02:00", "automated": True},
        {"case_id": "2", "opened_at": "2026-05-01T10:00:00Z"},
    ]
    content = "\n".join(map(json.dumps, lines)) + "\n\nnot json\n" + "\n".join(map(json.dumps, [
        {"case_id": str(n), "opened_at": "2026-05-02T10:00:00Z"} for n in range(3, 8)]))  # fmt: skip
    report = home.load(home.write("cases.jsonl", content))
    assert home.rows("SELECT case_id, opened_at, automated FROM cases ORDER BY 1 LIMIT 2") == [
        ("1", dt.datetime(2026, 5, 1, 8), True),
        ("2", dt.datetime(2026, 5, 1, 10), None),
    ]
    assert report.files[0].findings[0].code == "V11"
    assert report.files[0].findings[0].first_rows == (4,)


def test_parquet_keeps_its_own_instants(home: Home) -> None:
    instants = pa.array([dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)], pa.timestamp("us", tz="Europe/Amsterdam"))
    pq.write_table(pa.table({"case_id": ["1"], "opened_at": instants}), home.feeds / "cases.parquet")
    home.load(home.feeds / "cases.parquet")
    assert home.rows("SELECT opened_at FROM cases") == [(dt.datetime(2026, 5, 1, 12),)]


def test_a_quoted_line_break_stays_one_row(home: Home) -> None:
    report = home.load(
        home.write("cases.csv", 'case_id,opened_at,topic\n1,2026-05-01,"two\nlines"\n2,2026-05-02,x\n'), zone="UTC"
    )
    assert report.total("read") == 2
    assert home.rows("SELECT topic FROM cases ORDER BY case_id") == [("two lines",), ("x",)]


def test_a_column_may_be_named_by_hand(home: Home) -> None:
    report = home.load(
        home.write("tickets.csv", "Nummer,Angelegt\n1,01.05.2026 10:00\n2,31.05.2026 10:00\n"),
        table="cases",
        mapping={"case_id": "Nummer", "opened_at": "Angelegt"},
        zone="UTC",
    )
    assert report.total("ok") == 2
    assert home.rows("SELECT max(opened_at) FROM cases") == [(dt.datetime(2026, 5, 31, 10),)]


def test_a_folder_is_loaded_and_strangers_in_it_are_named(home: Home) -> None:
    home.write("cases.csv", CASES)
    home.write("readme.pdf", b"%PDF-1.4")
    report = home.load(home.feeds, zone="UTC")
    assert report.total("ok") == 2
    assert "readme.pdf was passed over: not a data file." in report.notes


def test_progress_runs_to_its_end(home: Home) -> None:
    seen: list[Progress] = []
    home.load(home.write("cases.csv", CASES), zone="UTC", report=seen.append)
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1].done == seen[-1].total > 0


def test_coverage_is_told_per_optional_column(home: Home) -> None:
    report = home.load(home.write("cases.csv", CASES), zone="UTC")
    assert report.files[0].coverage == {"customer_key": 0.5, "topic": 1.0}


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("31/12/2025 10:00", dt.datetime(2025, 12, 31, 10)),
        ("31-12-2025", dt.datetime(2025, 12, 31)),
        ("31.12.25 23:59:01", dt.datetime(2025, 12, 31, 23, 59, 1)),
        ("2025-12-31T10:00:00.250Z", dt.datetime(2025, 12, 31, 10, 0, 0, 250000)),
        ("2025-12-31 10:00:00+0530", dt.datetime(2025, 12, 31, 4, 30)),
        ("31/12/2025 10:05 PM", dt.datetime(2025, 12, 31, 22, 5)),
    ],
)
def test_the_usual_ways_of_writing_a_time_are_read(home: Home, cell: str, wanted: dt.datetime) -> None:
    home.load(home.write("cases.csv", f"case_id,opened_at\n1,{cell}\n"), zone="UTC")
    assert home.rows("SELECT opened_at FROM cases") == [(wanted,)]
