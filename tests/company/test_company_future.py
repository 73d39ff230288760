"""The days after the demo's now: the same whatever the steps, and nothing of them reaches back."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from frontline.sandbox.company.future import Future, extend
from frontline.sandbox.company.generator import FUTURE, TABLES, World, generate, play
from frontline.sandbox.company.model import NOW
from frontline.sandbox.company.tables import to_arrow

SMALL = {"seed": 2, "scale": 0.08, "start": dt.date(2026, 4, 20)}
DAYS = 6
LATER = NOW + dt.timedelta(hours=22, minutes=20)
Rows = set[tuple[Any, ...]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("future")
    generate(folder, **SMALL, future_days=DAYS)
    return folder


@pytest.fixture(scope="module")
def whole() -> World:
    return play(**SMALL, future_days=DAYS)


def rows(table: Any) -> Rows:
    return set(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_a_future_changes_nothing_of_the_past(made: Path, tmp_path: Path) -> None:
    generate(tmp_path, **SMALL)
    for name in (*(f"{table}.parquet" for table in TABLES), "documents.jsonl", "truth.yaml"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes(), name


def test_the_kept_part_changes_exactly_as_the_whole_company_does(made: Path, whole: World) -> None:
    changes = Future.load(made / FUTURE).changes(NOW, LATER)
    before, after = whole.snapshot(NOW), whole.snapshot(LATER)
    for table in TABLES:
        if table in ("teams", "agents", *changes.restated):
            continue
        expected = rows(to_arrow(after[table])) - rows(to_arrow(before[table]))
        assert rows(changes.tables[table]) == expected, table
    assert rows(changes.tables["queue_now"]) == rows(to_arrow(after["queue_now"]))
    since = changes.restated["agent_states"]
    states = {row for row in rows(to_arrow(after["agent_states"])) if row[2] >= since}
    assert rows(changes.tables["agent_states"]) == states
    assert {row for row in rows(to_arrow(before["agent_states"])) if row[2] < since} <= rows(
        to_arrow(after["agent_states"])
    )


def test_no_row_of_an_earlier_instant_disappears_from_a_table_that_is_not_restated(whole: World, made: Path) -> None:
    keys = {"cases": 0, "interactions": 0, "surveys": 0, "handoffs": 0, "qa_audits": 0, "tags_fact": 0, "customers": 0}
    earlier, later = whole.snapshot(NOW), whole.snapshot(LATER)
    for table, place in keys.items():
        known, then = (list(to_arrow(part[table]).columns[place].to_pylist()) for part in (earlier, later))
        assert set(known) <= set(then)
        assert len(then) == len(set(then))


def test_open_cases_and_queues_are_those_of_the_whole_company(made: Path, whole: World) -> None:
    future = Future.load(made / FUTURE)
    snapshot = whole.snapshot(LATER)
    cases = to_arrow(snapshot["cases"]).to_pylist()
    assert {row["case_id"] for row in future.open_cases(LATER)} == {
        row["case_id"] for row in cases if row["status"] != "closed"
    }
    queues = to_arrow(snapshot["queue_now"]).to_pylist()
    newest = max(row["ts"] for row in queues)
    told = [{name: row[name] for name in row if name != "busy"} for row in future.queues(LATER)]
    assert told == [row for row in queues if row["ts"] == newest]


def test_texts_of_the_future_come_once_whatever_the_steps(made: Path) -> None:
    future = Future.load(made / FUTURE)
    end = NOW + dt.timedelta(days=5)
    at_once = list(future.documents(NOW, end))
    steps = [NOW + dt.timedelta(hours=hours) for hours in (0, 5, 22, 49, 120)]
    in_steps = [row for a, b in zip(steps, steps[1:], strict=False) for row in future.documents(a, b)]
    assert sorted(at_once, key=lambda row: row["id"]) == sorted(in_steps, key=lambda row: row["id"])
    known = {line.split('"')[3] for line in (made / "documents.jsonl").read_text().splitlines()}
    assert at_once
    assert not known & {row["id"] for row in at_once}


def test_a_longer_future_begins_as_the_shorter_one_did(made: Path, tmp_path: Path) -> None:
    path = tmp_path / FUTURE
    path.write_bytes((made / FUTURE).read_bytes())
    short = Future.load(path)
    extend(path, **SMALL, effects=True, until=NOW.date() + dt.timedelta(days=1), more=10)
    longer = Future.load(path)
    assert longer.end > short.end
    one, other = short.changes(NOW, LATER), longer.changes(NOW, LATER)
    for table in one.tables:
        assert rows(one.tables[table]) == rows(other.tables[table])


def test_the_files_hold_only_rows_of_the_past(made: Path) -> None:
    contacts = pq.read_table(made / "interactions.parquet").to_pylist()
    assert max(row["ts"] for row in contacts) <= NOW
