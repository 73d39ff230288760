"""Forecast and target from the engine's answers; what is measured is recomputed from the rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest

from frontline.catalog.loader import Catalog
from frontline.core.actor import Role
from frontline.core.clock import UTC
from frontline.core.errors import UsageError
from frontline.metrics.engine import MetricEngine
from frontline.metrics.insights.outlook import Forecast, forecast
from frontline.metrics.insights.pace import Pace, Verdict, judge_pace
from frontline.metrics.query import Filter, Kind, MetricQuery, MetricResult, PeriodSpec
from tests.metrics.world import ZONE, World, person

TODAY = dt.date(2026, 6, 17)
SUPERVISOR = person(Role.SUPERVISOR)
JUNE = PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 7, 1))
THIS_MONTH = PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 6, 18))
NEXT_WEEK = PeriodSpec(start=dt.date(2026, 6, 22), end=dt.date(2026, 6, 29))
MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))


def ahead(
    engine: MetricEngine, catalog: Catalog, metric: str, period: PeriodSpec = NEXT_WEEK, **rest: object
) -> Forecast:
    query = MetricQuery.model_validate({"kind": Kind.FORECAST, "metrics": (metric,), "period": period, **rest})
    run = partial(engine.run, SUPERVISOR)
    return forecast(run, catalog, query, today=TODAY, is_holiday=lambda _day: False)


def pace(
    engine: MetricEngine,
    catalog: Catalog,
    metric: str,
    target: float,
    period: PeriodSpec,
    *,
    hide: bool = False,
) -> Pace:
    aimed = catalog.metrics[metric].model_copy(update={"target": target})
    own = type("Own", (), {})()
    own.__dict__.update({name: getattr(catalog, name) for name in ("dimensions", "measures", "calendar", "models")})
    own.metrics = {**catalog.metrics, metric: aimed}
    own.allowed_dimensions = catalog.allowed_dimensions
    run = partial(engine.run, SUPERVISOR)
    result = run(MetricQuery(metrics=(metric,), period=period))

    def run_hidden(asked: MetricQuery) -> MetricResult:
        found = run(asked)
        if asked.kind is not Kind.LOOKUP:
            return found
        return replace(found, rows=((None, None),), suppressed=((0, 0), (0, 1)), parts=(((None, None),),))

    found = judge_pace(run_hidden if hide else run, own, result, today=TODAY, is_holiday=lambda _day: False)
    assert found is not None
    return found


def counted(world: World, start: dt.date, end: dt.date) -> int:
    days = [row["ts"].replace(tzinfo=UTC).astimezone(ZONE).date() for row in world["interactions"]]
    return sum(start <= day < end for day in days)


def test_a_volume_is_forecast_over_a_gap_in_the_data(engine: MetricEngine, catalog: Catalog, world: World) -> None:
    found = ahead(engine, catalog, "contact_volume")
    usual = counted(world, dt.date(2026, 4, 22), TODAY) / 8
    whole = found.whole.projection
    assert whole.low < usual < whole.high
    assert sum(piece.projection.value for piece in found.units) == pytest.approx(whole.value)
    assert len(found.units) == 7


def test_what_is_measured_of_a_period_counts_as_it_is(engine: MetricEngine, catalog: Catalog, world: World) -> None:
    found = ahead(engine, catalog, "contact_volume", JUNE)
    known = counted(world, JUNE.start, TODAY)
    assert found.known[0] == known
    assert found.whole.projection.value == pytest.approx(known + found.rest.value)


@pytest.mark.parametrize(
    ("metric", "said"),
    [("contacts_waiting", "reading of now"), ("resolution_time", "median"), ("tag_volume", "too short")],
)
def test_what_has_no_forecast_is_refused_with_a_sentence(
    metric: str, said: str, engine: MetricEngine, catalog: Catalog
) -> None:
    with pytest.raises(UsageError, match=said):
        ahead(engine, catalog, metric)


def test_a_version_that_is_not_in_force_has_no_forecast_and_one_that_is_has(
    engine: MetricEngine, catalog: Catalog
) -> None:
    number = catalog.metrics["contact_volume"].version
    with pytest.raises(UsageError, match=f"not by contact_volume@{number + 1}") as refused:
        ahead(engine, catalog, "contact_volume", pins=(f"contact_volume@{number + 1}",))
    assert "trend" in (refused.value.next_step or "")
    own = ahead(engine, catalog, "contact_volume", pins=(f"contact_volume@{number}",))
    assert own.whole == ahead(engine, catalog, "contact_volume").whole


def test_a_period_that_is_over_and_one_too_far_ahead_are_refused(engine: MetricEngine, catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="over"):
        ahead(engine, catalog, "contact_volume", MAY)
    with pytest.raises(UsageError, match="too short"):
        ahead(engine, catalog, "contact_volume", PeriodSpec(start=dt.date(2027, 1, 1), end=dt.date(2028, 1, 1)))


def few_so_far(engine: MetricEngine) -> MetricQuery:
    """Return a question about a running period of which less is known than may be shown, and more than nothing."""
    filters = (Filter(dim="topic", values=("router",)), Filter(dim="channel", values=("chat",)))
    for back in range(2, 8):
        start = TODAY - dt.timedelta(days=back)
        for days in (1, 2):
            period = PeriodSpec(start=start, end=start + dt.timedelta(days=days))
            shown = engine.run(SUPERVISOR, MetricQuery(metrics=("contact_volume",), filters=filters, period=period))
            if shown.suppressed:
                return MetricQuery(metrics=("contact_volume",), filters=filters, period=period)
    raise AssertionError("the small world has to hide something here")


def test_what_is_hidden_of_a_running_period_is_not_counted_as_none(engine: MetricEngine, catalog: Catalog) -> None:
    few = few_so_far(engine)
    today, start = few.period.end, few.period.start
    run = partial(engine.run, SUPERVISOR)
    whole = PeriodSpec(start=start, end=start + dt.timedelta(days=14))
    asked = few.model_copy(update={"kind": Kind.FORECAST, "period": whole})
    with pytest.raises(UsageError, match="Too few stand behind contact volume") as refused:
        forecast(run, catalog, asked, today=today, is_holiday=lambda _day: False)
    assert "still to come" in (refused.value.next_step or "")
    ahead_only = asked.model_copy(update={"period": PeriodSpec(start=today, end=whole.end)})
    assert forecast(run, catalog, ahead_only, today=today, is_holiday=lambda _day: False).known == (0.0, 0.0)


def test_the_pace_is_unknown_where_what_came_so_far_is_hidden(engine: MetricEngine, catalog: Catalog) -> None:
    found = pace(engine, catalog, "contact_volume", 700, THIS_MONTH, hide=True)
    assert (found.verdict, found.projection, found.needed) == (Verdict.UNKNOWN, None, None)


def test_a_finished_period_has_met_or_missed_its_target(engine: MetricEngine, catalog: Catalog) -> None:
    value = engine.run(SUPERVISOR, MetricQuery(metrics=("abandonment_rate",), period=MAY)).rows[0][0]
    low, high = (pace(engine, catalog, "abandonment_rate", value + gap, MAY) for gap in (-0.1, 0.1))
    near = pace(engine, catalog, "abandonment_rate", value - 0.001, MAY)
    assert (low.verdict, high.verdict) == (Verdict.MISSED, Verdict.MET)  # lower is better
    assert (low.is_close, high.is_close, near.is_close) == (False, False, True)
    assert high.gap == pytest.approx(-0.1)


def test_the_rest_that_is_needed_ends_exactly_on_the_target(
    engine: MetricEngine, catalog: Catalog, world: World
) -> None:
    found = pace(engine, catalog, "contact_volume", 700, THIS_MONTH)
    so_far = counted(world, JUNE.start, dt.date(2026, 6, 18))
    assert found.needed == pytest.approx(700 - so_far)
    assert found.per_day == pytest.approx((700 - so_far) / 14)


def test_the_verdict_follows_the_range_of_the_end(engine: MetricEngine, catalog: Catalog) -> None:
    middle = pace(engine, catalog, "abandonment_rate", 0.5, THIS_MONTH).projection
    assert middle is not None
    # lower is better
    targets = {Verdict.ON_PACE: middle.high + 0.01, Verdict.BEHIND: middle.low - 0.01, Verdict.OPEN: middle.value}
    for verdict, target in targets.items():
        assert pace(engine, catalog, "abandonment_rate", target, THIS_MONTH).verdict is verdict


def test_out_of_reach_is_said(engine: MetricEngine, catalog: Catalog) -> None:
    found = pace(engine, catalog, "abandonment_rate", 0.0001, THIS_MONTH)
    assert not found.is_reachable
    assert found.verdict is Verdict.BEHIND
