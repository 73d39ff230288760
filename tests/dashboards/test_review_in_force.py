"""The quarterly review counts by the definitions in force when it runs, not by those of the start."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.clock import FrozenClock
from frontline.metrics.engine import MetricEngine
from frontline.store.work import Store
from handlers.dashboard_review import Review
from jobs import dashboards
from jobs.dashboards import DashboardReview
from jobs.runner import JobRunner, RunnerSettings
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
DEFINITION = next(row for row in CATALOG.routines.routines if row.key == "dashboard_review")


def test_an_engine_made_after_the_start_is_the_one_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def review(_session: Any, engine: Any, *_: Any, **__: Any) -> Review:
        asked.append(engine.name)
        return Review("team", (), 90)

    monkeypatch.setattr(dashboards, "review", review)
    made = {"engine": cast(MetricEngine, SimpleNamespace(name="old"))}
    store = Store.open(tmp_path / "state.sqlite3", FrozenClock(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)))
    store.create_schema()
    routine = DashboardReview(DEFINITION, lambda: made["engine"], lambda: CATALOG)
    runner = JobRunner(store, [routine], RunnerSettings(AMSTERDAM))
    made["engine"] = cast(MetricEngine, SimpleNamespace(name="new"))
    runner.run_slot("dashboard_review", None)
    store.close()
    assert set(asked) == {"new"}
