# ruff: noqa: E501  (rows of invented files)
"""The folder, the query and the webhook: each loads what it gets once, says why it refused, and loses nothing."""

import datetime as dt
import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from frontline.catalog.records import load_records
from frontline.core.errors import CatalogError, Conflict, EngineError, UsageError
from frontline.store.intake import LoadReport, Options, ingest
from frontline.store.intake.feeds.declaration import SqlFeed, load_feeds
from frontline.store.intake.feeds.drop_folder import Dropped, Fate, take_drop_folder
from frontline.store.intake.feeds.sql_pull import pull
from frontline.store.intake.feeds.webhook import MAX_BODY, Receipt, Rejected, accept, receive, sign
from tests.intake.conftest import NOW, Home

CASES = "case_id,opened_at\n" + "".join(f"{n},2026-05-01T10:00:00Z\n" for n in range(10))
SECRET = b"shared between two machines"
RECORDS = load_records()


def loader(home: Home) -> Callable[[Path, Options], LoadReport]:
    def load(path: Path, options: Options) -> LoadReport:
        return ingest([path], home=home.path, store=home.store, vault=home.vault, now=home.clock.now(), options=options)

    return load


# the folder


def drop(home: Home, name: str, content: str | bytes, *, age: int = 60) -> Path:
    path = home.path / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (NOW.timestamp() - age,) * 2)
    return path


def take(home: Home, load: Any = None) -> dict[str, Dropped]:
    taken = take_drop_folder(home.path / "inbox", load or loader(home), records=RECORDS, now=NOW)
    return {item.name: item for item in taken}


def test_good_and_bad_files_go_their_ways_with_a_report_each(home: Home) -> None:
    good, bad = drop(home, "cases.csv", CASES + "x,never\n"), drop(home, "pixel.csv", b"\x89PNG\r\n\x1a\n")
    taken = take(home)
    assert (taken["cases.csv"].fate, taken["pixel.csv"].fate) == (Fate.PROCESSED, Fate.REFUSED)
    assert not good.exists()
    assert not bad.exists()
    processed = home.path / "inbox" / "processed" / "2026-06-17"
    report = json.loads((processed / "cases.csv.report.json").read_text())
    assert (report["read"], report["ok"], report["quarantined"], report["codes"]) == (11, 10, 1, {"V03": 1})
    said = json.loads((home.path / "inbox" / "refused" / "2026-06-17" / "pixel.csv.report.json").read_text())
    assert "PNG picture" in said["reason"]
    assert said["next"]
    assert home.facts.tables() == {"cases": 10}
    assert take(home) == {}


def test_a_file_that_is_still_written_waits(home: Home) -> None:
    path = drop(home, "cases.csv", CASES, age=3)
    drop(home, "cases2.csv.part", CASES)
    assert {name: item.fate for name, item in take(home).items()} == {"cases.csv": Fate.WAITING}
    assert path.exists()


@pytest.mark.parametrize("error", [Conflict("Another load is running."), EngineError("disk", permanent=False)])
def test_a_file_waits_while_the_store_cannot_take_it(home: Home, error: Exception) -> None:
    path = drop(home, "cases.csv", CASES)

    def refuse(path: Path, options: Options) -> LoadReport:
        raise error

    assert take(home, refuse)["cases.csv"].fate is Fate.WAITING
    assert path.exists()
    assert take(home)["cases.csv"].fate is Fate.PROCESSED


def test_a_crash_between_load_and_move_loads_nothing_twice(home: Home) -> None:
    path = drop(home, "cases.csv", CASES)
    loader(home)(path, Options())
    taken = take(home)["cases.csv"]
    assert taken.fate is Fate.PROCESSED
    assert taken.report is not None
    assert taken.report.is_unchanged


def test_a_subfolder_is_a_feed_with_its_own_mapping(home: Home) -> None:
    rules = "table: interactions\nzone: UTC\nmap:\n  interaction_id: Nr\n  ts: Day+Hour\n  outcome: S\n  outcome.answered: yes\n"
    drop(home, "pbx/feed.yaml", rules)
    drop(home, "pbx/may.csv", "Nr,Day,Hour,S\n1,2026-05-01,10:00,True\n2,2026-05-02,11:00,x\n")
    drop(home, "cases/anything.csv", CASES)
    taken = take(home)
    assert {item.fate for item in taken.values()} == {Fate.PROCESSED}
    assert home.rows("SELECT ts, outcome FROM interactions ORDER BY 1") == [
        (dt.datetime(2026, 5, 1, 10), "answered"),
        (dt.datetime(2026, 5, 2, 11), "unmapped"),
    ]


def test_a_faulty_feed_holds_its_files_back_and_not_those_of_others(home: Home) -> None:
    drop(home, "pbx/feed.yaml", "tabel: interactions\n")
    held = drop(home, "pbx/may.csv", "Nr\n1\n")
    drop(home, "cases.csv", CASES)
    taken = take(home)
    assert (taken["may.csv"].fate, taken["cases.csv"].fate) == (Fate.WAITING, Fate.PROCESSED)
    assert "feed.yaml" in taken["may.csv"].sentence
    assert held.exists()


def test_two_files_of_one_name_are_both_kept(home: Home) -> None:
    for number in (1, 2):
        drop(home, "cases.csv", f"case_id,opened_at\n{number},2026-05-01T10:00:00Z\n")
        take(home)
    kept = sorted(path.name for path in (home.path / "inbox" / "processed" / "2026-06-17").glob("*.csv"))
    assert kept == ["cases.2.csv", "cases.csv"]


def test_links_are_not_followed(home: Home) -> None:
    drop(home, "cases.csv", CASES)
    (home.path / "inbox" / "evil.csv").symlink_to(home.path / "keys" / "org.key")
    assert set(take(home)) == {"cases.csv"}


def test_a_file_that_unpacks_to_a_flood_is_refused(home: Home) -> None:
    line = b"1,2026-05-01T10:00:00Z\n"
    drop(home, "cases.csv.gz", gzip.compress(b"case_id,opened_at\n" + line * (90_000_000 // len(line)), 9))
    assert "unpacks to more than 250 times" in take(home)["cases.csv.gz"].sentence


# the query

FEED = SqlFeed(
    url_from="CRM_URL",
    query="SELECT id AS case_id, created AS opened_at, updated, topic FROM ticket WHERE updated >= :since ORDER BY updated",
    watermark="updated",
    table="cases",
    zone="UTC",
)


@pytest.fixture
def crm(tmp_path: Path) -> sqlite3.Connection:
    con = sqlite3.connect(tmp_path / "crm.sqlite")
    con.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, created TEXT, updated TEXT, topic TEXT)")
    return con


def add(con: sqlite3.Connection, number: int, updated: str, topic: str = "billing") -> None:
    con.execute("INSERT OR REPLACE INTO ticket VALUES (?, ?, ?, ?)", (number, "2026-05-01 10:00:00", updated, topic))
    con.commit()


def pulled(home: Home, feed: SqlFeed = FEED, name: str = "crm") -> Any:
    engine = create_engine(f"sqlite:///{home.path / 'crm.sqlite'}")
    try:
        return pull(name, feed, engine, home.facts, loader(home))
    finally:
        engine.dispose()


def test_a_pull_begins_where_the_last_one_ended(home: Home, crm: sqlite3.Connection) -> None:
    for number in range(3):
        add(crm, number, f"2026-05-0{number + 1} 10:00:00")
    first = pulled(home)
    assert (first.rows, first.until) == (3, "2026-05-03 10:00:00")
    add(crm, 1, "2026-05-04 10:00:00", "outage")
    add(crm, 9, "2026-05-05 10:00:00")
    second = pulled(home)
    # The last row of the first pull lies within the overlap and is recognised.
    assert (second.rows, second.since) == (3, "2026-05-03 09:55:00")
    assert (second.report.total("added"), second.report.total("changed")) == (1, 1)
    assert home.rows("SELECT case_id, topic FROM cases ORDER BY case_id") == [
        ("0", "billing"), ("1", "outage"), ("2", "billing"), ("9", "billing")]  # fmt: skip


def test_a_row_committed_late_is_still_fetched(home: Home, crm: sqlite3.Connection) -> None:
    add(crm, 1, "2026-05-01 10:00:00")
    pulled(home)
    add(crm, 2, "2026-05-01 09:58:00")
    assert pulled(home).report.total("added") == 1


def test_the_watermark_goes_back_with_the_generation(home: Home, crm: sqlite3.Connection) -> None:
    add(crm, 1, "2026-05-01 10:00:00")
    pulled(home)
    add(crm, 2, "2026-05-09 10:00:00")
    pulled(home)
    home.generations.rollback()
    assert pulled(home).report.total("added") == 1


def test_refused_rows_leave_the_watermark(home: Home, crm: sqlite3.Connection) -> None:
    crm.execute("INSERT INTO ticket VALUES (1, 'never', '2026-05-01 10:00:00', '')")
    crm.commit()
    with pytest.raises(UsageError, match="cannot be loaded"):
        pulled(home)
    add(crm, 1, "2026-05-01 10:00:00")
    assert pulled(home).report.total("added") == 1


def test_nothing_new_is_no_load(home: Home, crm: sqlite3.Connection) -> None:
    assert pulled(home).report is None
    assert home.facts.generation == ""


def test_a_number_may_be_the_watermark(home: Home, crm: sqlite3.Connection) -> None:
    add(crm, 7, "2026-05-01 10:00:00")
    query = "SELECT id AS case_id, id, created AS opened_at FROM ticket WHERE id > :since"
    feed = FEED.model_copy(update={"query": query, "watermark": "id", "start": 0})
    assert pulled(home, feed).rows == 1
    assert pulled(home, feed).rows == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("DELETE FROM ticket WHERE updated >= :since", "is not a single SELECT"),
        ("SELECT 1; DROP TABLE ticket -- :since", "is not a single SELECT"),
        ("SELECT id AS case_id, created AS opened_at, updated FROM ticket", "does not use :since"),
        ("SELECT id FROM ticket WHERE updated >= :since", "does not select its watermark column"),
    ],
)
def test_a_query_that_is_none_is_refused(home: Home, crm: sqlite3.Connection, query: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        pulled(home, FEED.model_copy(update={"query": query}))


def test_a_database_that_fails_is_one_sentence_without_its_address(home: Home) -> None:
    with pytest.raises(EngineError, match="did not answer the query") as caught:
        pulled(home)
    assert str(home.path) not in str(caught.value)


def test_feeds_are_declared_in_a_file_and_faults_name_their_line(home: Home) -> None:
    catalog = home.path / "catalog"
    catalog.mkdir()
    assert load_feeds(catalog) == {}
    (catalog / "feeds.yaml").write_text(
        "feeds:\n  crm:\n    url_from: CRM_URL\n    query: SELECT 1 WHERE :since\n    watermark: updated\n    map: {topic: 5}\n"
    )
    assert load_feeds(catalog)["crm"].options().mapping == {"topic": "5"}
    (catalog / "feeds.yaml").write_text("feeds:\n  crm:\n    query: SELECT 1\n")
    with pytest.raises(CatalogError, match=r"feeds\.yaml"):
        load_feeds(catalog)


# the webhook

ROWS = {"rows": [{"tag_id": "t1", "ts": "2026-06-17T08:00:00Z", "label": "Late parcel"}]}


def post(body: bytes | None = None, *, table: str = "tags_fact", at: dt.datetime = NOW, **headers: str) -> Receipt:
    content = json.dumps(ROWS).encode() if body is None else body
    stamp = int(at.timestamp())
    sent = {"X-Frontline-Timestamp": str(stamp), "X-Frontline-Signature": sign(content, stamp, SECRET)}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return accept(table, content, sent, SECRET, NOW, tables=RECORDS.tables)


def send(home: Home, receipt: Receipt) -> LoadReport | None:
    def load(taken: Receipt) -> LoadReport:
        return loader(home)(taken.write(home.feeds), Options(table=taken.table))

    return receive(receipt, home.store, load)


def test_signed_rows_are_loaded_once(home: Home) -> None:
    receipt = post(Idempotency_Key="macro-17")
    report = send(home, receipt)
    assert report is not None
    assert report.total("added") == 1
    assert home.rows("SELECT label FROM tags_fact") == [("late parcel",)]
    assert send(home, receipt) is None
    # The same request under another key is a captured one.
    assert send(home, post(Idempotency_Key="macro-18")) is None
    later = json.dumps(ROWS).replace("t1", "t2").encode()
    assert send(home, post(later, Idempotency_Key="macro-17")) is None
    assert send(home, post(later, Idempotency_Key="macro-19")) is not None


def test_refused_rows_may_be_sent_again_under_the_same_key(home: Home) -> None:
    bad = json.dumps({"rows": [{"tag_id": "t1", "ts": "never", "label": "x"}]}).encode()
    with pytest.raises(UsageError):
        send(home, post(bad, Idempotency_Key="k"))
    assert send(home, post(Idempotency_Key="k")) is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Frontline_Signature": "v1=" + "0" * 64},
        {"X_Frontline_Signature": ""},
        {"X_Frontline_Signature": "v1=é"},
        {"X_Frontline_Timestamp": "0"},
        {"X_Frontline_Timestamp": "soon"},
        {"X_Frontline_Timestamp": "٣"},
        {"X_Frontline_Timestamp": ""},
    ],
)
def test_an_unsigned_or_altered_request_is_not_taken(headers: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        post(**headers)
    assert caught.value.status == 401


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24])
def test_a_genuine_request_out_of_its_time_is_not_taken(minutes: int) -> None:
    with pytest.raises(Rejected) as caught:
        post(at=NOW + dt.timedelta(minutes=minutes))
    assert caught.value.status == 401


@pytest.mark.parametrize("minutes", [-4, 0, 4])
def test_clocks_may_differ_a_little(minutes: int) -> None:
    assert post(at=NOW + dt.timedelta(minutes=minutes)).table == "tags_fact"


def test_without_a_secret_nothing_is_taken() -> None:
    stamp = int(NOW.timestamp())
    with pytest.raises(Rejected):
        accept("cases", b"[]", {"X-Frontline-Timestamp": str(stamp), "X-Frontline-Signature": sign(b"[]", stamp, b"")}, b"", NOW, tables=["cases"])  # fmt: skip  # noqa: E501


def test_ten_megabytes_are_refused_before_anything_is_read() -> None:
    with pytest.raises(Rejected) as caught:
        accept("cases", b"x" * 10_000_000, {}, SECRET, NOW, tables=["cases"])
    assert caught.value.status == 413
    assert post(b'[{"a": "' + b"x" * (MAX_BODY - 11) + b'"}]').rows


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b"[1]",
        b'"x"',
        b"{}",
        b'{"rows": []}',
        b'[{"a": [1]}]',
        b'[{"a": NaN}]',
        b"\xff",
        b"[" * 50_000,
    ],
)
def test_a_body_that_is_no_rows_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        post(body)
    assert caught.value.status == 400


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        post(table="passwords")
    assert caught.value.status == 404


def test_rows_may_come_one_a_line() -> None:
    assert len(post(b'{"a": 1}\n{"a": 2}\n').rows) == 2


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=300), key=st.text(max_size=20), stamp=st.integers(min_value=-(10**6), max_value=10**6))
def test_no_request_makes_it_fail_otherwise(body: bytes, key: str, stamp: int) -> None:
    at = int(NOW.timestamp()) + stamp
    headers = {
        "X-Frontline-Timestamp": str(at),
        "X-Frontline-Signature": sign(body, at, SECRET),
        "Idempotency-Key": key,
    }
    try:
        receipt = accept("cases", body, headers, SECRET, NOW, tables=["cases"])
    except Rejected:
        return  # anything else fails the test
    assert abs(stamp) <= 300
    assert all(isinstance(row, dict) for row in receipt.rows)
