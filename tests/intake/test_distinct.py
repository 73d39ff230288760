"""Cells that repeat themselves are converted once each: the outcome is that of reading row by row."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from frontline.store.intake import distinct
from frontline.store.intake.columns import Plan
from frontline.store.intake.reading import Layout
from tests.intake.conftest import Home

COLUMNS = "interaction_id, ts, customer_key, channel, topic, agent_id, queue, wait_s, handle_s, outcome, source_row"
ROWS = """interaction_id,ts,customer_id,channel,topic,agent_id,queue,wait_s,handle_s,outcome
A1,2026-05-04 10:00:00,17,Phone,billing,a1,Care_Desk,"1.234,5",00:05:12,answered
A2,2026-05-04 10:00:00,17,telephone,  Billing ,a1,care desk,12,5m 12s,answered
A3,04/05/2026 10:00,0000,chat,test,a2,tech,n/a,00:01:00,teleported
A4,half past nine,18,chat,refunds,a2,tech,12,00:01:00,answered
A5,2026-05-04T10:00+05:30,18,chat,mail jo@example.org,a2,tech,-5,00:01:00,abandoned
A5,2026-05-04T10:00+05:30,18,chat,refunds,a2,tech,-5,00:01:00,abandoned
,2026-05-04 10:00:00,19,chat,refunds,a2,tech,12,00:01:00,answered
A7,25/05/2026 10:00,,,,,,,,
A8,2026-05-04 10:00:00,18,chat,refunds,jo@example.org,tech,12,00:01:00,answered
B1,2026-05-04 11:00:00,17,phone,billing,a1,care desk,12,61,answered
B2,2026-05-04 12:00:00,18,phone,billing,a1,tech,12,61,answered
"""


def outcome(folder: Path, name: str, content: bytes) -> tuple[Any, ...]:
    """Load a file into a home of its own; everything that a person could see of the load."""
    folder.mkdir()
    home = Home(folder)
    (folder / "keys" / "org.key").write_bytes(b"k" * 32)
    report = home.load(home.write(name, content), table="interactions", zone="Europe/Amsterdam")
    told = report.files[0]
    findings = sorted((found.code, found.column, found.count, found.first_rows) for found in told.findings)
    rows = home.rows(f"SELECT {COLUMNS} FROM interactions ORDER BY source_row")
    spans = home.rows("SELECT * FROM load_spans ORDER BY ALL")
    return findings, rows, spans, (told.read, told.ok, told.fixed, told.quarantined), told.coverage, told.unmapped


def as_parquet(folder: Path) -> bytes:
    """The same rows with empty cells as NULL."""
    (folder / "rows.csv").write_text(ROWS)
    duckdb.sql(f"SELECT * FROM read_csv('{folder / 'rows.csv'}', all_varchar = true)").write_parquet(
        f"{folder}/rows.pq"
    )
    return (folder / "rows.pq").read_bytes()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_check_finds_the_same_by_value_and_by_row(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = ROWS.encode() if kind == "csv" else as_parquet(tmp_path)
    by_row = outcome(tmp_path / "rows", f"calls.{kind}", content)
    monkeypatch.setattr(distinct, "FEWEST_ROWS", 0)
    monkeypatch.setattr(distinct, "_MOST_DIFFERENT", 2.0)
    by_value = outcome(tmp_path / "values", f"calls.{kind}", content)
    assert by_value == by_row
    assert {code for code, *_ in by_row[0]} >= {"V01", "V02", "V03", "V05", "V07", "V12", "V13"}


def test_only_columns_that_repeat_themselves_are_looked_up() -> None:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE raw AS SELECT range AS _row, 'i' || range AS c0, 'q' || range % 3 AS c1 FROM range(30000)"
    )
    found = distinct.find_repeated(con, plan_of("interaction_id", "queue"), Layout(("interaction_id", "queue")))
    assert found.repeated == {"c1"}
    assert con.execute("SELECT count(*), sum(n) FROM once_c1").fetchone() == (3, 30000)
    assert found.source(["queue"]) == "once_c1"
    assert "raw" in found.source(["interaction_id"])


def plan_of(*fields: str) -> Plan:
    from frontline.catalog.records import Feed, load_records

    return Plan("interactions", load_records().tables["interactions"], {name: Feed(column=name) for name in fields})


def test_an_hour_that_holds_midnight_belongs_to_both_days(home: Home) -> None:
    rows = "interaction_id,ts\nA,2026-05-04T18:10:00Z\nB,2026-05-04T18:50:00Z\n"
    home.load(home.write("calls.csv", rows), table="interactions", zone="Asia/Kolkata")  # midnight is 18:30 UTC
    assert [tuple(map(str, row)) for row in home.rows("SELECT span_start, span_end FROM load_spans")] == [
        ("2026-05-04", "2026-05-06")
    ]
