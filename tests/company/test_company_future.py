import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq

from frontline.sandbox.company.generator import generate
from frontline.sandbox.company.model import NOW


def test_the_future_holds_only_rows_that_come_or_change_later(tmp_path: Path) -> None:
    generate(tmp_path, seed=2, scale=0.05, start=dt.date(2026, 5, 15), future_days=5)
    now, later = (pq.read_table(tmp_path / part / "cases.parquet").to_pylist() for part in ("", "future"))
    known = {row["case_id"]: row for row in now}
    assert later
    instant = NOW.astimezone(dt.UTC)
    for row in later:
        assert row != known.get(row["case_id"])
        assert row["case_id"] in known or row["opened_at"] > instant - dt.timedelta(hours=6)
    contacts = pq.read_table(tmp_path / "future" / "interactions.parquet").to_pylist()
    assert max(row["ts"] for row in contacts) <= instant + dt.timedelta(days=5)
    assert sum(row["ts"] > instant for row in contacts) > 0.9 * len(contacts)
