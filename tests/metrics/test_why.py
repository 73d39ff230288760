"""Why a metric moved, recomputed in plain Python from the rows and from shown answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.catalog.loader import Catalog
from frontline.catalog.schema import RolePolicy
from frontline.core.actor import Role
from frontline.core.clock import UTC
from frontline.core.errors import UsageError
from frontline.core.periods import local_date
from frontline.metrics.engine import MetricEngine
from frontline.metrics.insights.splits import REST, Split
from frontline.metrics.insights.why import Why, explain
from frontline.metrics.query import Kind, MetricQuery, MetricResult, PeriodSpec
from tests.metrics.world import NOW, ZONE, Row, World, person

TODAY = local_date(NOW, ZONE)
MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
METRICS = ["contact_volume", "case_volume", "backlog", "aht", "csat", "nps", "recontact_rate", "abandonment_rate",
           "sla_attainment", "total_cost", "cost_per_case", "occupancy", "churn_rate", "qa_score"]  # fmt: skip


def compared(engine: MetricEngine, metric: str, period: PeriodSpec = MAY) -> MetricResult:
    query = MetricQuery(kind=Kind.COMPARISON, metrics=(metric,), period=period, compare="previous")
    return engine.run(person(Role.SUPERVISOR), query)


def why(engine: MetricEngine, catalog: Catalog, metric: str, period: PeriodSpec = MAY) -> Why:
    run = partial(engine.run, person(Role.SUPERVISOR))
    found = explain(run, catalog, compared(engine, metric, period), today=TODAY)
    assert found is not None
    return found


def month_of(row: Row) -> int:
    return int(row["ts"].replace(tzinfo=UTC).astimezone(ZONE).month)


def splits(found: Why) -> list[Split]:
    return [*([found.split] if found.split else []), *found.others]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(METRICS), st.dates(dt.date(2026, 4, 6), dt.date(2026, 5, 20)), st.integers(7, 28))
def test_every_split_adds_up_to_the_change_that_the_answer_shows(
    engine: MetricEngine, catalog: Catalog, metric: str, start: dt.date, days: int
) -> None:
    period = PeriodSpec(start=start, end=start + dt.timedelta(days=days))
    result = compared(engine, metric, period)
    values = {row[0]: row[1] for row in result.rows}
    found = explain(partial(engine.run, person(Role.SUPERVISOR)), catalog, result, today=TODAY)
    if found is None:
        assert None in values.values()
        return
    for split in splits(found):
        # Money is shown in cents, and cut by group in cents.
        slack = 0.02 * len(split.parts) if catalog.metrics[metric].unit == "money" else 1e-9
        change = values["current"] - values["compare"]
        assert sum(part.total for part in split.parts) == pytest.approx(change, abs=slack)


def test_the_parts_of_a_count_are_the_rows_counted_by_hand(
    engine: MetricEngine, catalog: Catalog, world: World
) -> None:
    months = Counter((row["topic"], month_of(row)) for row in world["interactions"])
    by_topic = next(split for split in splits(why(engine, catalog, "contact_volume")) if split.dim == "topic")
    assert {part.group: part.total for part in by_topic.parts} == {
        topic: months[topic, 5] - months[topic, 4] for topic in ("billing", "refunds", "router", "roaming")
    }


def test_rate_and_mix_of_a_mean_are_those_of_the_midpoint_formula(
    engine: MetricEngine, catalog: Catalog, world: World
) -> None:
    def cell(month: int, channel: str | None = None) -> tuple[float, int]:
        found = [
            row["handle_s"]
            for row in world["interactions"]
            if row["handle_s"] is not None and month_of(row) == month and channel in (None, row["channel"])
        ]
        return sum(found), len(found)

    by_channel = next(split for split in splits(why(engine, catalog, "aht")) if split.dim == "channel")
    (s0, n0), (s1, n1) = cell(4), cell(5)
    for part in by_channel.parts:
        (k0, m0), (k1, m1) = cell(4, part.group), cell(5, part.group)
        assert part.rate == pytest.approx((k1 / m1 - k0 / m0) * (m0 / n0 + m1 / n1) / 2)
        middle = (k0 / m0 + k1 / m1) / 2 - (s0 / n0 + s1 / n1) / 2
        assert part.mix == pytest.approx((m1 / n1 - m0 / n0) * middle)


def test_hidden_groups_count_together_and_never_alone(engine: MetricEngine, catalog: Catalog) -> None:
    period = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 5, 15))
    seen_rest = 0
    for metric in ("csat", "sla_attainment"):
        for split in splits(why(engine, catalog, metric, period)):
            query = MetricQuery(
                kind=Kind.COMPARISON, metrics=(metric,), by=(split.dim,), period=period, compare="previous"
            )
            result = engine.run(person(Role.SUPERVISOR), query)
            hidden = {result.rows[row][0] for row, _ in result.suppressed}
            assert not hidden & {part.group for part in split.parts}
            assert bool(hidden) == any(part.group == REST for part in split.parts)
            seen_rest += bool(hidden)
    assert seen_rest, "the small world has to hide something here"


def test_the_split_that_was_asked_for_leads(engine: MetricEngine, catalog: Catalog) -> None:
    run = partial(engine.run, person(Role.SUPERVISOR))
    for dim in ("team", "channel"):
        found = explain(run, catalog, compared(engine, "contact_volume"), today=TODAY, by=(dim,))
        assert found is not None
        assert found.split is not None
        assert found.split.dim == dim


def test_the_rest_is_as_large_as_the_viewer_may_see(engine: MetricEngine, catalog: Catalog) -> None:
    period = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 5, 15))
    supervisor = person(Role.SUPERVISOR)

    def rests(floor: int) -> int:
        """Return how many splits have a rest for somebody with this floor."""
        found = explain(
            lambda query: replace(engine.run(supervisor, query), min_n=floor),
            catalog,
            compared(engine, "sla_attainment", period),
            today=TODAY,
        )
        assert found is not None
        return sum(any(part.group == REST for part in split.parts) for split in splits(found))

    assert rests(catalog.metrics["sla_attainment"].min_n.group) > 0
    assert rests(10_000) == 0


def test_every_answer_says_how_many_had_to_stand_behind_it(engine: MetricEngine, catalog: Catalog) -> None:
    assert compared(engine, "csat").min_n == catalog.metrics["csat"].min_n.group
    strict = {**catalog.policies.roles, Role.SUPERVISOR: RolePolicy(min_n=40)}
    policies = catalog.policies.model_copy(update={"roles": strict})
    stricter = engine.under(replace(catalog, policies=policies))
    assert compared(stricter, "csat").min_n == 40


def test_random_rows_have_no_start_and_their_change_is_noise(engine: MetricEngine, catalog: Catalog) -> None:
    found = [why(engine, catalog, metric) for metric in ("aht", "abandonment_rate", "contact_volume")]
    assert [item.is_noise for item in found] == [True, True, True]
    assert not any(item.start is not None and item.start.is_clear for item in found)


def test_a_version_that_is_not_in_force_has_no_reasons(engine: MetricEngine, catalog: Catalog) -> None:
    result = compared(engine, "contact_volume")
    by_version = replace(result, query=result.query.model_copy(update={"pins": ("contact_volume@99",)}))
    with pytest.raises(UsageError, match="not by contact_volume@99"):
        explain(partial(engine.run, person(Role.SUPERVISOR)), catalog, by_version, today=TODAY)


def test_a_median_is_not_split(engine: MetricEngine, catalog: Catalog) -> None:
    found = why(engine, catalog, "resolution_time")
    assert not found.is_splittable
    assert found.split is None
    assert found.medians
