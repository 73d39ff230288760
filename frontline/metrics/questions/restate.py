"""A query in words. The words parse back to the same query (tested), so a person can correct them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from frontline.catalog.loader import Catalog
from frontline.core.periods import Grain, Period
from frontline.metrics.query import Filter, Kind, MetricQuery, Span

_GRAINS = {
    Grain.HOUR: "hour",
    Grain.DAY: "day",
    Grain.WEEK: "week",
    Grain.MONTH: "month",
    Grain.QUARTER: "quarter",
    Grain.YEAR: "year",
}


def restate(query: MetricQuery, catalog: Catalog) -> str:
    """Return one line that says ``query`` in full, with its dates."""
    names = " and ".join(catalog.metrics[key].title if key in catalog.metrics else key for key in query.metrics)
    head = {
        Kind.WHY: f"Why did {names} change",
        Kind.FORECAST: f"Forecast of {names}",
        Kind.TARGET: f"{names} against target",
    }.get(query.kind, names)
    is_versus = query.kind is Kind.COMPARISON and query.compare is None
    versus = query.by[0] if is_versus and query.by else ""
    parts = [head]
    if query.kind is Kind.RANKING:
        parts.append(f", {'top' if query.order == 'desc' else 'bottom'} {query.limit}")
    by = [dim for dim in query.by if dim != versus]
    if by:
        parts.append(f" by {' and '.join(_dim(dim, catalog) for dim in by)}")
    if query.period.grain is not None:
        parts.append(f" per {_GRAINS[query.period.grain]}")
    parts.extend(_filter(item, catalog, is_versus=item.dim == versus) for item in query.filters)
    parts.append(f", {say_dates(query.period.start, query.period.end)}")
    parts.append(_compare(query))
    return "".join(parts)


def say_filters(filters: Iterable[Filter], catalog: Catalog) -> tuple[str, ...]:
    """Return ("phone and chat", "without billing"), as a card says them."""
    said = []
    for item in filters:
        words = " and ".join(catalog.dimensions[item.dim].label_of(value) for value in item.values)
        said.append(f"without {words}" if item.op == "not_in" else words)
    return tuple(said)


def say_dates(start: dt.date, end: dt.date) -> str:
    """Return the half-open span ``start`` .. ``end`` as people say it, last day included."""
    period = Period(start, end)
    last = period.last_day
    if start == last:
        return f"{start.day} {start:%B %Y}"
    if period.whole_months == 1:
        return f"{start:%B %Y}"
    if period.whole_months == 12 and start.month == 1:
        return f"{start.year}"
    return f"{start.day} {start:%B %Y} to {last.day} {last:%B %Y}"


def _dim(dim: str, catalog: Catalog) -> str:
    return catalog.dimensions[dim].title.lower() if dim in catalog.dimensions else dim


def _filter(item: Filter, catalog: Catalog, *, is_versus: bool) -> str:
    dimension = catalog.dimensions.get(item.dim)
    words = [dimension.label_of(value) if dimension is not None else value for value in item.values]
    if is_versus:
        return f", {_dim(item.dim, catalog)} {' vs '.join(words)}"
    joined = " and ".join(words)
    return f", {'without ' if item.op == 'not_in' else ''}{_dim(item.dim, catalog)} {joined}"


def _compare(query: MetricQuery) -> str:
    match query.compare:
        case None:
            return ""
        case "previous":
            return ", compared with the previous period"
        case "last_year":
            return ", compared with the same period last year"
        case Span() as span:
            return f", compared with {say_dates(span.start, span.end)}"
