"""Checks a query against the catalog, and puts it into one spelling so that equal questions are equal."""

from __future__ import annotations

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MetricKind
from frontline.core.errors import NotFound, UsageError
from frontline.metrics.query import Filter, Kind, MetricQuery


def check_query(catalog: Catalog, query: MetricQuery) -> MetricQuery:
    """Return ``query`` with its dimensions and values in the catalog's spelling.

    Raises:
        NotFound: a metric or dimension that the catalog does not know.
        UsageError: a combination that has no answer.
    """
    if not query.metrics:
        raise UsageError("The question names no metric.", next_step="Name one, for example csat or backlog.")
    for key in query.metrics:
        if key not in catalog.metrics:
            raise NotFound(f"There is no metric {key!r}.", next_step="`/ops help` lists the metrics.")
    if query.kind is Kind.FORECAST:
        raise UsageError("A forecast is not measured.", next_step="Ask for the trend so far.")
    for dim in (*query.by, *(item.dim for item in query.filters)):
        _check_dimension(catalog, query, dim)
    for key in query.metrics:
        if catalog.metrics[key].kind is MetricKind.LATEST and query.period.grain is not None:
            raise UsageError(
                f"{catalog.metrics[key].title} is known only for now, not as a series.",
                next_step="Ask for it now, or for the average speed of answer over time.",
            )
    filters = tuple(_spelled(catalog, item) for item in query.filters)
    return query.model_copy(update={"filters": filters, "by": tuple(dict.fromkeys(query.by))})


def canonical_key(query: MetricQuery) -> str:
    """Return the same text for questions that mean the same: order of filters and values never matters."""
    filters = sorted((item.dim, item.op, tuple(sorted(set(item.values)))) for item in query.filters)
    plain = query.model_copy(
        update={"filters": tuple(Filter(dim=dim, op=op, values=values) for dim, op, values in filters)}
    )
    return plain.model_dump_json(exclude={"period": {"moves"}})


def _check_dimension(catalog: Catalog, query: MetricQuery, dim: str) -> None:
    if dim not in catalog.dimensions:
        known = ", ".join(catalog.dimensions)
        raise NotFound(f"There is no dimension {dim!r}.", next_step=f"There are: {known}.")
    for key in query.metrics:
        allowed = catalog.allowed_dimensions(key)
        if dim not in allowed:
            metric, title = catalog.metrics[key].title, catalog.dimensions[dim].title.lower()
            raise UsageError(
                f"{metric} cannot be cut by {title}.",
                next_step=f"It can be cut by {', '.join(allowed)}." if allowed else "Ask for it as a whole.",
                choices=allowed,
            )


def _spelled(catalog: Catalog, item: Filter) -> Filter:
    if not item.values:
        raise UsageError(f"The filter on {item.dim} names no value.", next_step="Name at least one value.")
    dimension = catalog.dimensions[item.dim]
    return item.model_copy(update={"values": tuple(dict.fromkeys(dimension.canonical(word) for word in item.values))})
