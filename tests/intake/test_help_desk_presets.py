# ruff: noqa: E501  (headers as the products write them)
"""Exports of help desks load by preset: invented rows under the products' own headers."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from frontline.catalog.records import load_records
from frontline.core.errors import UsageError
from tests.intake.conftest import Home

ZENDESK = """Summation column,Id,Requester,Requester id,Requester email,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Due date,Solved at,Satisfaction Score,Reopens,Replies
1,101,Wilma Testvrouw,9001,w@example.org,Wilma Testvrouw,Kim Agentsen,Tier 1,No internet,tv,Solved,High,Web form,Incident,2026-05-04 10:00:00 UTC,2026-05-05 09:00:00 UTC,,2026-05-05 09:00:00 UTC,Good,1,3
1,102,Piet Proefman,9002,p@example.org,Piet Proefman,,Tier 1,Invoice,,Open,-,Mail,Question,2026-05-04 11:00:00 UTC,2026-05-04 11:00:00 UTC,,,Not Offered,0,0
"""
SALESFORCE = """Case Number,Case Owner,Account Name,Subject,Status,Priority,Case Origin,Case Reason,Type,Date/Time Opened,Date/Time Closed,Age
00001001,Kim Agentsen,Acme,Broken,Closed,High,Phone,Installation,Mechanical,5/14/2026 3:04 PM,5/15/2026 9:00 AM,18
00001002,Lee Helperson,Beta,Slow,New,Medium,Web,Performance,Electrical,5/14/2026 4:04 PM,,18
"""
DATA_LOADER = """Id,CaseNumber,OwnerId,ContactId,Status,Priority,Origin,Reason,CreatedDate,ClosedDate
500x1,00001001,005a,003a,Closed,High,Email,Billing,2026-05-14T13:04:00.000+0000,2026-05-15T07:00:00.000+0000
"""
FRESHDESK = """Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,Last update time,Resolution status,First response status,Tags,Product,Full name,Email
77,Help,Resolved,Urgent,Portal,Refund,Kim Agentsen,Support,2026-05-04 10:00:00,2026-05-06 10:00:00,2026-05-05 10:00:00,,2026-05-05 10:00:00,Within SLA,Within SLA,,App,Wilma Testvrouw,w@example.org
78,Help,Open,Low,Feedback Widget,Refund,Kim Agentsen,Support,2026-05-04 11:00:00,2026-05-06 10:00:00,,,2026-05-05 10:00:00,SLA Violated,,,App,Piet Proefman,p@example.org
"""
INTERCOM = """Conversation ID,Conversation started at,Channel,User ID,Teammate assigned,Team assigned,Conversation state,Last closed at,Conversation reopens,Topic
c1,2026-05-04 10:00:00,Messenger,u1,Kim Agentsen,Chat team,closed,2026-05-04 11:00:00,0,Login
c2,2026-05-04 12:00:00,Email,u2,,Chat team,open,,1,Billing
"""
WANTED: dict[str, tuple[str, str, list[tuple[Any, ...]]]] = {
    "zendesk": (ZENDESK, "case_id, opened_at, channel, priority, team_id", [
        ("101", dt.datetime(2026, 5, 4, 10), "portal", "high", "Tier 1"), ("102", dt.datetime(2026, 5, 4, 11), "email", None, "Tier 1")]),
    "salesforce": (SALESFORCE, "case_id, opened_at, channel, topic, priority", [
        ("00001001", dt.datetime(2026, 5, 14, 15, 4), "phone", "installation", "high"), ("00001002", dt.datetime(2026, 5, 14, 16, 4), "portal", "performance", "normal")]),
    "freshdesk": (FRESHDESK, "case_id, closed_at, channel, sla_met, priority", [
        ("77", dt.datetime(2026, 5, 5, 10), "portal", True, "urgent"), ("78", None, "portal", False, "low")]),
    "intercom": (INTERCOM, "case_id, closed_at, channel, topic, reopened_count", [
        ("c1", dt.datetime(2026, 5, 4, 11), "chat", "login", 0), ("c2", None, "email", "billing", 1)]),
}  # fmt: skip


@pytest.mark.parametrize("preset", WANTED)
def test_an_export_loads_under_its_own_headers_and_leaves_names_behind(home: Home, preset: str) -> None:
    content, columns, rows = WANTED[preset]
    report = home.load(home.write("export.csv", content), preset=preset, zone="UTC")
    assert (report.total("ok"), report.exit_code) == (2, 0)
    assert home.rows(f"SELECT {columns} FROM cases ORDER BY case_id") == rows
    live = home.generations.current()
    assert live is not None
    assert not any(name in live.path.read_bytes() for name in (b"Agentsen", b"Testvrouw", b"example.org", b"Acme"))


def test_a_data_loader_export_is_salesforce_too(home: Home) -> None:
    home.load(home.write("Case.csv", DATA_LOADER), preset="salesforce")
    assert home.rows("SELECT case_id, opened_at, channel FROM cases") == [
        ("00001001", dt.datetime(2026, 5, 14, 13, 4), "email")
    ]


def test_a_column_of_ones_own_is_added_to_a_preset_by_hand(home: Home) -> None:
    content = (
        ZENDESK.replace("Replies\n", "Replies,Root cause\n").replace(",3\n", ",3,Router\n").replace(",0,0\n", ",0,0,\n")
    )
    mapping = {"topic": "Root cause", "status": "-", "channel.chat": "Mail"}
    home.load(home.write("export.csv", content), preset="zendesk", mapping=mapping)
    assert home.rows("SELECT topic, status, channel FROM cases ORDER BY case_id") == [
        ("router", None, "portal"),
        (None, None, "chat"),
    ]


def test_the_wrong_preset_says_what_is_missing(home: Home) -> None:
    with pytest.raises(
        UsageError, match="is not an export of Intercom conversations: it lacks the column Conversation ID"
    ):
        home.load(home.write("export.csv", FRESHDESK), preset="intercom")


def test_telco_customers_load_without_any_date(home: Home) -> None:
    content = (
        "customerID,gender,SeniorCitizen,tenure,InternetService,Contract,MonthlyCharges,Churn\n"
        "0001-AAAAA,Female,0,1,DSL,Month-to-month,29.85,No\n0002-BBBBB,Male,0,34,No,One year,56.95,Yes\n"
    )
    report = home.load(home.write("telco.csv", content), preset="telco-churn")
    assert report.total("ok") == 2
    assert home.rows("SELECT segment, tier, product, status FROM customers ORDER BY source_row") == [
        ("consumer", "month-to-month", "dsl", "active"),
        ("consumer", "one year", "phone only", "churned"),
    ]
    assert home.facts.load_spans("customers") == ()


@pytest.mark.data
def test_the_public_telco_file_loads_whole(home: Home) -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "telco_churn" / "Telco-Customer-Churn.csv"
    if not path.is_file():
        pytest.skip("needs the public data folder beside the repository (../shared/data/telco_churn)")
    report = home.load(path, preset="telco-churn")
    assert (report.total("read"), report.total("ok"), report.codes) == (7_043, 7_043, {})
    assert home.rows("SELECT count(*) FROM customers WHERE status = 'churned'") == [(1_869,)]


def test_every_preset_names_fields_of_its_table_once() -> None:
    records = load_records()
    for preset in records.presets.values():
        if preset.loads == "facts":
            assert set(records.tables[preset.table].required) <= set(preset.fields)
