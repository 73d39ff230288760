"""Loads meet what is there by key: the same again changes nothing, newer content wins, days make spans."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.catalog.records import load_records
from frontline.store.intake import merge
from tests.intake.conftest import Home

HEAD = "case_id,opened_at,topic,channel\n"


def cases(*rows: str) -> str:
    return HEAD + "\n".join(rows) + "\n"


def test_loading_the_same_file_twice_changes_nothing_and_says_so(home: Home) -> None:
    path = home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,billing,phone", "2,2026-05-01T10:00:00Z,outage,chat"))
    home.load(path)
    before = home.snapshot()
    report = home.load(path)
    assert report.is_unchanged
    assert report.exit_code == 4
    assert report.lines()[-1] == "Nothing changed: all of it was loaded before."
    assert home.snapshot() == before


def test_a_file_with_rejected_rows_is_also_known_the_second_time(home: Home) -> None:
    path = home.write("cases.csv", cases(*[f"{n},2026-05-01T10:00:00Z,billing,phone" for n in range(9)], "x,never,,"))
    assert home.load(path).exit_code == 1
    before = home.snapshot()
    assert home.load(path).exit_code == 4
    assert home.snapshot() == before


def test_newer_content_wins_by_key(home: Home) -> None:
    home.load(home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,billing,phone")))
    report = home.load(
        home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,outage,phone", "2,2026-05-01T10:00:00Z,,"))
    )
    assert (report.total("added"), report.total("changed")) == (1, 1)
    assert home.rows("SELECT case_id, topic FROM cases ORDER BY 1") == [("1", "outage"), ("2", None)]


def test_a_column_that_a_file_lacks_keeps_what_it_holds(home: Home) -> None:
    home.load(home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,billing,phone")))
    home.load(home.write("cases.csv", "case_id,opened_at,closed_at\n1,2026-05-01T10:00:00Z,2026-05-02T10:00:00Z\n"))
    assert home.rows("SELECT topic, channel, closed_at FROM cases") == [
        ("billing", "phone", dt.datetime(2026, 5, 2, 10))
    ]


def test_doubled_keys_inside_one_file_keep_the_last(home: Home) -> None:
    rows = [f"1,2026-05-01T10:00:00Z,{topic},phone" for topic in ("billing", "billing", "outage")]
    report = home.load(home.write("cases.csv", cases(*rows)))
    assert report.codes == {"V02": 2}
    assert (report.total("ok"), report.total("skipped")) == (1, 2)
    assert home.rows("SELECT topic, source, source_row FROM cases") == [("outage", "cases.csv", 4)]


def test_a_key_of_several_columns_may_have_empty_parts(home: Home) -> None:
    content = "period,cost_type,amount,currency,team_id\n2026-05,licence,10.50,EUR,\n2026-05,wages,99.10,EUR,T1\n"
    home.load(home.write("costs.csv", content))
    report = home.load(home.write("costs.csv", content.replace("10.50", "11.50")))
    assert (report.total("added"), report.total("changed")) == (0, 1)
    assert home.rows("SELECT sum(amount) FROM costs") == [(Decimal("110.60"),)]


def test_every_load_leaves_a_row_with_its_counts(home: Home) -> None:
    home.load(
        home.write("cases.csv", cases(*[f"{n},2026-05-01T10:00:00Z,,phone" for n in range(5)], ",2026-05-01,,")),
        zone="UTC",
    )
    assert home.rows(
        "SELECT table_name, source, rows_read, rows_ok, rows_fixed, rows_quarantined, codes FROM loads"
    ) == [("cases", "cases.csv", 6, 5, 0, 1, {"V01": 1})]


def test_a_gap_of_more_than_three_empty_days_splits_the_loaded_span(home: Home) -> None:
    days = ["2026-05-01", "2026-05-02", "2026-05-06", "2026-05-11", "2026-05-12"]
    home.load(home.write("cases.csv", cases(*[f"{day},{day}T12:00:00Z,," for day in days])))
    assert [(span.start.isoformat(), span.end.isoformat()) for span in home.facts.load_spans("cases")] == [
        ("2026-05-01", "2026-05-07"),  # 3, 4 and 5 May are empty: three days do not split
        ("2026-05-11", "2026-05-13"),  # 7 to 10 May: four do
    ]


def test_the_days_of_a_span_are_local_days(home: Home) -> None:
    path = home.write("cases.csv", cases("1,2026-05-01T23:30:00Z,,"))
    home.load(path, calendar_zone="Europe/Amsterdam")
    assert home.facts.load_spans("cases")[0].start == dt.date(2026, 5, 2)


def test_months_of_costs_make_one_span(home: Home) -> None:
    rows = "".join(f"2026-{month:02d}-01,wages,1,EUR\n" for month in (1, 2, 3, 5))
    home.load(home.write("costs.csv", "period,cost_type,amount,currency\n" + rows))
    assert [(span.start.month, span.end.month) for span in home.facts.load_spans("costs")] == [(1, 4), (5, 6)]


def test_the_watermark_is_the_latest_instant(home: Home) -> None:
    home.load(home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,,", "2,2026-05-03T10:00:00Z,,")))
    assert home.facts.watermark("cases") == dt.datetime(2026, 5, 3, 10, tzinfo=dt.UTC)
    assert home.facts.watermark("surveys") is None


def test_values_of_a_dimension_come_from_every_table_and_follow_the_flip(home: Home) -> None:
    home.load(home.write("cases.csv", cases("1,2026-05-01T10:00:00Z,,phone")))
    assert home.facts.distinct_values("channel") == ("phone",)
    home.load(home.write("interactions.csv", "interaction_id,ts,channel\n1,2026-05-01T10:00:00Z,Chat\n"))
    home.load(home.write("teams.csv", "team_id,name\nT1,Aurora\n"))
    assert home.facts.distinct_values("channel") == ("chat", "phone")
    assert home.facts.distinct_values("team") == ("Aurora",)
    assert home.facts.tables() == {"cases": 1, "interactions": 1, "teams": 1}


@pytest.fixture(scope="module")
def open_facts() -> Any:
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS cur")
    con.execute("SET TimeZone = 'UTC'")
    merge.create_tables(con, load_records())
    return con


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offsets=st.lists(st.integers(min_value=0, max_value=40), min_size=1, max_size=12, unique=True),
    gap_days=st.integers(min_value=1, max_value=5),
)
def test_spans_cover_exactly_the_loaded_days_and_never_join_over_a_gap(
    open_facts: Any, offsets: list[int], gap_days: int
) -> None:
    start = dt.date(2026, 3, 20)  # the clocks change on the 29th
    records = load_records()
    con = open_facts.execute("DELETE FROM cur.cases")
    for offset in offsets:
        instant = dt.datetime.combine(start + dt.timedelta(days=offset), dt.time(0, 30)) - dt.timedelta(hours=1)
        con.execute("INSERT INTO cur.cases (case_id, opened_at) VALUES (?, ?)", [str(offset), instant])
    merge.refresh_spans(con, ["cases"], records, zone="Europe/Amsterdam", gap_days=gap_days)
    # 23:30 UTC of the day before is 00:30 in winter and 01:30 in summer: the same local day.
    expected: list[list[int]] = []
    for offset in sorted(offsets):
        if expected and offset - expected[-1][1] <= gap_days:
            expected[-1][1] = offset + 1
        else:
            expected.append([offset, offset + 1])
    found = [((a - start).days, (b - start).days) for a, b in merge.read_spans(con)["cases"]]
    assert found == [(a, b) for a, b in expected]
