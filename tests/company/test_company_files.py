import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from frontline.sandbox.company import model as M
from frontline.sandbox.company.generator import TABLES, generate
from frontline.sandbox.company.truth import Truth
from tests.company.conftest import SCALE, START

Home = tuple[Path, Truth]


def read(home: Home, table: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(home[0] / f"{table}.parquet").to_pydict()
    return found


def test_every_table_is_there_and_has_rows(home: Home) -> None:
    for table in TABLES:
        assert pq.read_metadata(home[0] / f"{table}.parquet").num_rows > 0, table


def test_keys_are_unique_and_references_lead_somewhere(home: Home) -> None:
    interactions, cases, surveys = read(home, "interactions"), read(home, "cases"), read(home, "surveys")
    assert len(set(interactions["interaction_id"])) == len(interactions["interaction_id"])
    assert len(set(cases["case_id"])) == len(cases["case_id"])
    assert {c for c in interactions["case_id"] if c} <= set(cases["case_id"])
    assert {c for c in surveys["case_id"] if c} <= set(cases["case_id"])
    assert {c for c in interactions["customer_id"] if c} <= set(read(home, "customers")["customer_id"])
    assert {a for a in interactions["agent_id"] if a} <= set(read(home, "agents")["agent_id"])


def test_dimension_values_are_the_published_ones(home: Home) -> None:
    interactions = read(home, "interactions")
    for column, values in (
        ("channel", M.CHANNELS), ("topic", M.TOPICS), ("queue", M.QUEUES), ("segment", M.SEGMENTS), ("tier", M.TIERS),
        ("region", M.REGIONS), ("product", M.PRODUCTS), ("language", M.LANGUAGES),
    ):  # fmt: skip
        assert set(interactions[column]) == set(values), column
    assert set(read(home, "teams")["site"]) == set(M.SITES)


def test_nothing_lies_in_the_future_and_nothing_ends_before_it_begins(home: Home) -> None:
    now = M.NOW.astimezone(dt.UTC)
    cases = read(home, "cases")
    assert max(read(home, "interactions")["ts"]) <= now
    for column in ("opened_at", "closed_at", "first_response_at", "escalated_at", "reopened_at"):
        known = [(o, t) for o, t in zip(cases["opened_at"], cases[column], strict=True) if t is not None]
        assert known
        assert all(opened <= at <= now for opened, at in known), column
    for name, first, second in (("surveys", "sent_at", "ts"), ("handoffs", "ts", "accepted_at")):
        rows = read(home, name)
        pairs = zip(rows[first], rows[second], strict=True)
        assert all(b is None or a <= b <= now for a, b in pairs)


def test_live_lines_keep_their_hours(home: Home) -> None:
    rows = read(home, "interactions")
    live = [
        ts.astimezone(M.ZONE)
        for ts, channel, direction, queued in zip(
            rows["ts"], rows["channel"], rows["direction"], rows["queued"], strict=True
        )
        if channel == "phone" and direction == "inbound" and queued
    ]
    assert all(8 <= ts.hour < 21 for ts in live if ts.weekday() < 5)
    assert all(10 <= ts.hour < 17 for ts in live if ts.weekday() == 6)


def test_costs_add_up_to_the_ledger_to_the_cent(home: Home) -> None:
    costs = read(home, "costs")
    months: dict[str, Decimal] = {}
    for period, amount in zip(costs["period"], costs["amount"], strict=True):
        assert isinstance(amount, Decimal)
        months[f"{period:%Y-%m}"] = months.get(f"{period:%Y-%m}", Decimal(0)) + amount
    assert {month: str(total) for month, total in months.items()} == home[1].ledger


def test_agent_states_do_not_overlap(home: Home) -> None:
    rows = read(home, "agent_states")
    last: dict[str, dt.datetime] = {}
    for agent, start, end in zip(rows["agent_id"], rows["ts_from"], rows["ts_to"], strict=True):
        assert start < end
        assert last.get(agent, start) <= start
        last[agent] = end


def test_the_queue_is_told_as_of_now(home: Home) -> None:
    rows = read(home, "queue_now")
    assert max(rows["ts"]) == M.NOW.astimezone(dt.UTC)
    assert set(rows["queue"]) == set(M.QUEUES)
    assert min(rows["waiting"]) >= 0


def test_truth_is_yaml_and_names_place_and_date(home: Home) -> None:
    told = yaml.safe_load((home[0] / "truth.yaml").read_text(encoding="utf-8"))
    kinds = {row["kind"] for row in told["effects"]}
    assert {"recontact_rise", "growing_theme", "form_friction", "effort_cell", "goodhart", "outage", "churn"} <= kinds
    assert all("from" in row for row in told["effects"])
    assert told["effects"][0]["from"] == dt.date(2026, 5, 4)
    assert told["figures"]["interactions"] == pq.read_metadata(home[0] / "interactions.parquet").num_rows


def test_the_same_seed_gives_the_same_rows_and_another_seed_other_ones(home: Home, tmp_path: Path) -> None:
    short = dt.date(2026, 5, 1)
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, seed=seed, scale=0.05, start=short)
    same = [pq.read_table(tmp_path / name / "interactions.parquet") for name in "abc"]
    assert same[0].equals(same[1])
    assert not same[0].equals(same[2])
    truths = [(tmp_path / name / "truth.yaml").read_text(encoding="utf-8") for name in "abc"]
    assert truths[0] == truths[1] != truths[2]


def test_without_effects_nothing_is_planted(tmp_path: Path) -> None:
    truth = generate(tmp_path, seed=1, effects=False, scale=0.05, start=dt.date(2026, 4, 1))
    assert truth.effects == []
    texts = (tmp_path / "documents.jsonl").read_text(encoding="utf-8")
    assert "firmware update" not in texts.replace("after a night", "")


def test_a_document_knows_whom_it_is_about(home: Home) -> None:
    rows = [json.loads(line) for line in (home[0] / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = {row["kind"] for row in rows}
    assert kinds == {"complaint", "verbatim", "debrief", "article"}
    assert sum(row["kind"] == "debrief" for row in rows) >= 12
    complaints = [row for row in rows if row["kind"] == "complaint"]
    assert {row["language"] for row in complaints} == set(M.LANGUAGES)
    assert {row["category"] for row in complaints} == set(M.TOPICS)
    signed = [row for row in complaints if row["known"]["name"].lower() in row["text"].lower()]
    assert len(signed) > len(complaints) / 6
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_size_follows_the_scale(home: Home) -> None:
    days = (M.NOW.date() - START).days
    contacts = pq.read_metadata(home[0] / "interactions.parquet").num_rows
    assert contacts / days == pytest.approx(490 * SCALE, rel=0.12)
    assert pq.read_metadata(home[0] / "customers.parquet").num_rows == pytest.approx(25_000 * SCALE, rel=0.05)
