"""One small company in DuckDB, SQLite and PostgreSQL: the same questions have the same figures."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MinN
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery
from tests.metrics.engines import POSTGRES, postgres_facts, sqlite_facts
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World

SPRING = {"start": dt.date(2026, 3, 16), "end": dt.date(2026, 5, 4)}  # the change of clocks of 29 March is in it
ALL = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 6, 18)}  # with a gap, and unfinished
MAY = {"start": dt.date(2026, 5, 1), "end": dt.date(2026, 6, 1)}
CLOCKS = {"start": dt.date(2026, 3, 28), "end": dt.date(2026, 3, 31)}
NOW_DAY = {"start": dt.date(2026, 6, 17), "end": dt.date(2026, 6, 18)}

SMB = Filter(dim="segment", values=("smb",))
NOT_CARE = Filter(dim="queue", op="not_in", values=("care",))
NOT_PHONE = Filter(dim="channel", op="not_in", values=("phone", "email"))
NO_SEGMENT = Filter(dim="segment", values=("unknown",))
AURORA = Filter(dim="team", values=("aurora", "Breeze"))

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    # counts, ratios and nets, over days of 23 hours, weeks, months, quarters and years
    ("contact_volume", {"by": ("channel", "topic"), "period": MAY}),
    ("contact_volume", {"period": {**CLOCKS, "grain": "hour"}}),
    ("contact_volume", {"period": {**SPRING, "grain": "day"}}),
    ("contact_volume", {"by": ("team",), "period": {**SPRING, "grain": "week"}, "filters": (NO_SEGMENT,)}),
    ("contact_volume", {"by": ("segment",), "period": {**ALL, "grain": "quarter"}}),
    ("case_volume", {"by": ("priority",), "period": {**ALL, "grain": "month"}}),
    ("case_volume", {"period": {**ALL, "grain": "year"}, "filters": (SMB, NOT_CARE)}),
    ("case_volume", {"by": ("topic",), "period": MAY, "order": "desc", "limit": 2, "kind": "ranking"}),
    ("reopen_rate", {"by": ("team",), "period": ALL}),
    ("escalation_rate", {"by": ("topic",), "period": ALL, "filters": (NOT_CARE,)}),
    ("transfer_rate", {"by": ("team",), "period": SPRING, "filters": (NOT_PHONE,)}),
    ("abandonment_rate", {"by": ("queue",), "period": MAY}),
    ("fcr_rate_marked", {"by": ("site",), "period": MAY}),
    ("service_level", {"by": ("channel",), "period": MAY, "compare": "previous", "kind": "comparison"}),
    ("service_level_without_short_abandons", {"period": {**SPRING, "grain": "week"}}),
    ("service_level_of_answered", {"by": ("tier",), "period": MAY}),
    ("asa", {"by": ("queue", "channel"), "period": ALL}),
    ("aht", {"by": ("team",), "period": ALL, "filters": (SMB,)}),
    ("acw", {"by": ("topic",), "period": {**MAY, "grain": "week"}}),
    ("sla_attainment", {"by": ("topic",), "period": ALL}),
    ("response_rate", {"by": ("channel",), "period": SPRING}),
    ("csat", {"by": ("topic",), "period": ALL, "filters": (AURORA,)}),
    ("ces", {"by": ("segment",), "period": ALL}),
    ("nps", {"by": ("team",), "period": {**ALL, "grain": "quarter"}}),
    ("qa_score", {"by": ("site",), "period": ALL}),
    ("handoff_sla", {"by": ("team",), "period": ALL}),
    ("repeat_information_rate", {"by": ("topic",), "period": ALL}),
    ("tag_volume", {"by": ("team",), "period": {**ALL, "grain": "month"}}),
    ("form_completion_rate", {"period": {**ALL, "grain": "month"}}),
    # percentiles
    ("first_response_time", {"by": ("queue", "channel"), "period": ALL}),
    ("resolution_time", {"by": ("topic",), "period": {**ALL, "grain": "month"}}),
    ("resolution_time", {"period": SPRING, "filters": (SMB,)}),
    # what followed within a window
    ("recontact_rate", {"by": ("channel",), "period": SPRING}),
    ("recontact_rate", {"period": {**ALL, "grain": "week"}, "filters": (NOT_PHONE,)}),
    ("recontact_rate_1d", {"by": ("topic",), "period": MAY}),
    ("recontact_rate_same_topic", {"by": ("segment",), "period": ALL}),
    ("fcr_rate", {"by": ("topic",), "period": ALL}),
    ("fcr_rate_same_topic", {"by": ("team",), "period": SPRING}),
    ("containment_rate", {"by": ("queue",), "period": ALL}),
    # open at the end, lost of those there, staffed time, money, now
    ("backlog", {"by": ("queue",), "period": MAY}),
    ("backlog", {"by": ("priority",), "period": {**SPRING, "grain": "week"}}),
    ("churn_rate", {"by": ("segment",), "period": {**ALL, "grain": "month"}}),
    ("occupancy", {"by": ("team",), "period": {"start": dt.date(2026, 6, 1), "end": dt.date(2026, 6, 18)}}),
    ("occupancy", {"period": {"start": dt.date(2026, 6, 8), "end": dt.date(2026, 6, 18), "grain": "day"}}),
    ("total_cost", {"by": ("team", "channel"), "period": MAY}),
    ("cost_per_case", {"by": ("channel",), "period": {**ALL, "grain": "month"}}),
    ("contacts_waiting", {"by": ("queue",), "period": NOW_DAY}),
    ("longest_wait", {"period": NOW_DAY}),
    ("agents_available", {"by": ("channel",), "period": NOW_DAY}),
]


@pytest.fixture(scope="module")
def open_catalog(catalog: Catalog) -> Catalog:
    """The shipped catalog, but the smallest cell is shown too: what is compared here is figures."""
    nothing = MinN(group=0, person=0)
    found = {key: metric.model_copy(update={"min_n": nothing}) for key, metric in catalog.metrics.items()}
    return replace(catalog, metrics=found)


@pytest.fixture(scope="module")
def duckdb_engine(open_catalog: Catalog, facts: SmallFacts) -> MetricEngine:
    return MetricEngine(open_catalog, facts, FrozenClock(NOW), OpenDoor())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def other(
    request: pytest.FixtureRequest, open_catalog: Catalog, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MetricEngine]:
    """The engine over the same company elsewhere."""
    if request.param == "postgresql" and not os.environ.get(POSTGRES):
        pytest.skip(f"no PostgreSQL: {POSTGRES} names none (.ci/run starts one)")
    folder = tmp_path_factory.mktemp("engines")
    place = sqlite_facts(folder, world) if request.param == "sqlite" else postgres_facts(world)
    with place as facts:
        yield MetricEngine(open_catalog, facts, FrozenClock(NOW), OpenDoor())


@pytest.mark.parametrize(("metric", "rest"), QUESTIONS, ids=[f"{at}-{key}" for at, (key, _) in enumerate(QUESTIONS)])
def test_every_engine_gives_the_same_figures(
    duckdb_engine: MetricEngine, other: MetricEngine, metric: str, rest: dict[str, Any]
) -> None:
    query = MetricQuery.model_validate({"metrics": (metric,), **rest})

    ours, theirs = duckdb_engine.run(SYSTEM, query), other.run(SYSTEM, query)

    assert sum(row[-1] or 0 for row in ours.rows) > 0
    assert not ours.suppressed
    assert theirs.columns == ours.columns
    assert [_words(row) for row in theirs.rows] == [_words(row) for row in ours.rows]
    for mine, other_row in zip(ours.rows, theirs.rows, strict=True):
        assert _figures(other_row) == pytest.approx(_figures(mine), rel=1e-9, abs=1e-9, nan_ok=True)
    assert (theirs.stamps[0].n, theirs.stamps[0].coverage) == (ours.stamps[0].n, ours.stamps[0].coverage)
    assert theirs.warnings == ours.warnings


@pytest.mark.parametrize("metric", ["contact_volume", "recontact_rate", "backlog"])
def test_every_engine_reads_breakdowns_at_once_as_one_by_one(
    other: MetricEngine, open_catalog: Catalog, metric: str
) -> None:
    whole = MetricQuery.model_validate({"metrics": (metric,), "period": MAY, "filters": (NOT_CARE,)})
    queries = [whole.model_copy(update={"by": (dim,)}) for dim in ("topic", "channel", "segment", "team")]
    found = other.under(open_catalog).run_together(SYSTEM, queries)
    assert [result.rows for result in found if result] == [other.run(SYSTEM, query).rows for query in queries]


def _words(row: tuple[Any, ...]) -> list[Any]:
    """Labels, and the places without a figure."""
    return [value if isinstance(value, str) or value is None else 0 for value in row]


def _figures(row: tuple[Any, ...]) -> list[float]:
    return [float(value) for value in row if value is not None and not isinstance(value, str)]
