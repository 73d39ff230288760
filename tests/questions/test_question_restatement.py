"""What the answer says it understood, typed back in, gives the same query."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.catalog.loader import load_catalog
from frontline.core.periods import Grain
from frontline.core.reply import Outcome
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec, Span
from frontline.metrics.questions.restate import restate

from .conftest import Ask

CATALOG = load_catalog()
METRICS = sorted(set(CATALOG.metrics) - {"contacts_waiting", "longest_wait", "agents_available"})
DIMS = ["channel", "region", "segment", "tier", "topic", "team", "site", "queue", "product", "language", "priority"]


@st.composite
def filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    dims = draw(st.lists(st.sampled_from(DIMS), max_size=2, unique=True))
    return tuple(
        Filter(
            dim=dim,
            op=draw(st.sampled_from(["in", "not_in"])),
            values=tuple(draw(st.lists(st.sampled_from(CATALOG.values(dim)), min_size=1, max_size=2, unique=True))),
        )
        for dim in dims
    )


@st.composite
def spans(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    start = draw(st.dates(dt.date(2025, 1, 1), dt.date(2026, 5, 1)))
    end = start + dt.timedelta(days=draw(st.integers(1, 400)))
    return start, min(end, dt.date(2026, 6, 17))


@st.composite
def queries(draw: st.DrawFn) -> MetricQuery:
    start, end = draw(spans())
    kind = draw(st.sampled_from([Kind.LOOKUP, Kind.TREND, Kind.RANKING, Kind.COMPARISON, Kind.WHY, Kind.TARGET]))
    wheres = draw(filters())
    free = [dim for dim in DIMS if dim not in {item.dim for item in wheres}]
    by: tuple[str, ...] = ()
    if kind in (Kind.LOOKUP, Kind.TREND):
        by = tuple(draw(st.lists(st.sampled_from(free), max_size=2, unique=True)))
    elif kind is Kind.RANKING:
        by = (draw(st.sampled_from(free)),)
    is_ranked = kind is Kind.RANKING
    compare: str | Span | None = None
    if kind in (Kind.COMPARISON, Kind.WHY):
        other = start - dt.timedelta(days=40)
        compare = draw(st.sampled_from(["previous", "last_year", Span(start=other, end=other + dt.timedelta(days=9))]))
    return MetricQuery(
        kind=kind,
        metrics=(draw(st.sampled_from(METRICS)),),
        by=by,
        filters=wheres,
        period=PeriodSpec(
            start=start,
            end=end,
            grain=draw(st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH])) if kind is Kind.TREND else None,
        ),
        compare=compare,
        order=draw(st.sampled_from(["asc", "desc"])) if is_ranked else None,
        limit=draw(st.integers(2, 20)) if is_ranked else None,
    )


def same(one: MetricQuery, other: MetricQuery) -> bool:
    """Whether both ask the same; the order of names never matters."""

    def key(query: MetricQuery) -> tuple[object, ...]:
        wheres = frozenset((item.dim, item.op, frozenset(item.values)) for item in query.filters)
        return (query.kind, frozenset(query.metrics), frozenset(query.by), wheres, query.period, query.compare,
                query.order, query.limit)  # fmt: skip

    return key(one) == key(other)


@given(query=queries())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_restatement_parses_back_to_the_same_query(ask: Ask, query: MetricQuery) -> None:
    words = restate(query, CATALOG)
    parsed = ask(words)
    assert parsed.outcome is Outcome.ANSWERED, (words, parsed.message)
    assert parsed.query is not None
    assert same(parsed.query, query), (words, parsed.query)


def test_a_comparison_of_two_values_parses_back(ask: Ask) -> None:
    first = ask("csat gold vs silver in may").query
    assert first is not None
    again = ask(restate(first, CATALOG)).query
    assert again is not None
    assert same(first, again)
