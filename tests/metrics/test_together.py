"""Breakdowns asked at once: the same answers as one by one, from one pass over the rows."""

from __future__ import annotations

import datetime as dt
import gc
from dataclasses import replace

import pytest
import sqlalchemy as sa

from frontline.catalog.loader import Catalog
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, Kind, MetricQuery, MetricResult, PeriodSpec
from frontline.metrics.sources import FactsSource
from frontline.metrics.together import Together
from tests.metrics.world import NOW, OpenDoor, SmallFacts, person

MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
JUNE = PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 6, 18))
DIMS = ("topic", "queue", "channel", "team", "segment", "region", "product", "site")
SAM = person(Role.SUPERVISOR)
NOT_PHONE = Filter(dim="channel", op="not_in", values=("phone",))


def of(metric: str, *, period: PeriodSpec = MAY, filters: tuple[Filter, ...] = ()) -> list[MetricQuery]:
    whole = MetricQuery(kind=Kind.COMPARISON, metrics=(metric,), filters=filters, period=period, compare="previous")
    return [whole.model_copy(update={"by": (dim,)}) for dim in DIMS]


def fresh(catalog: Catalog, facts: FactsSource) -> MetricEngine:
    return MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())


def alone(engine: MetricEngine, query: MetricQuery) -> MetricResult | None:
    try:
        return engine.run(SAM, query)
    except (NotFound, NotPermitted, UsageError):
        return None


def rounded(result: MetricResult) -> MetricResult:
    """Sums of floats may come in another order."""
    parts = tuple(
        tuple((None if n is None else round(n, 6), None if d is None else round(d, 6)) for n, d in row)
        for row in result.parts
    )
    return replace(result, parts=parts)


@pytest.mark.parametrize(
    ("metric", "period", "filters"),
    [
        ("contact_volume", MAY, ()),
        ("escalation_rate", JUNE, ()),
        ("csat", MAY, (NOT_PHONE,)),
        ("aht", MAY, (NOT_PHONE, Filter(dim="topic", values=("billing", "router", "roaming")))),
        ("resolution_time", MAY, ()),
        ("recontact_rate", JUNE, ()),
        ("fcr_rate", MAY, (NOT_PHONE,)),
        ("backlog", MAY, ()),
        ("occupancy", JUNE, ()),
        ("churn_rate", MAY, ()),
        ("total_cost", MAY, ()),
    ],
)
def test_breakdowns_asked_at_once_are_those_asked_one_by_one(
    catalog: Catalog, facts: SmallFacts, metric: str, period: PeriodSpec, filters: tuple[Filter, ...]
) -> None:
    queries = of(metric, period=period, filters=filters)
    found = fresh(catalog, facts).run_together(SAM, queries)
    engine = fresh(catalog, facts)
    wanted = [alone(engine, query) for query in queries]
    assert [result and rounded(result) for result in found] == [result and rounded(result) for result in wanted]
    assert any(result is not None and result.rows for result in found)
    assert [result.sql for result in found if result] == [result.sql for result in wanted if result]


def test_one_statement_reads_every_breakdown_of_a_period(catalog: Catalog, facts: SmallFacts) -> None:
    engine = fresh(catalog, facts)
    engine.run_together(SAM, of("recontact_rate"))  # what is true of the generation is known from here on
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        engine.run_together(SAM, of("recontact_rate", period=JUNE))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(sent) == 3, "this period, the one before, and how many callers were identified"


def test_what_was_read_for_small_cells_too_is_not_kept_with_the_answers(catalog: Catalog, facts: SmallFacts) -> None:
    found = fresh(catalog, facts).run_together(SAM, of("recontact_rate"))
    gc.collect()
    assert any(result is not None for result in found)
    assert not [one for one in gc.get_objects() if isinstance(one, Together)]
