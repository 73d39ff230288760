"""What one viewer may ask about, before whom: the catalog cut down to it, for whoever proposes a question.

A single agent is never among it: figures about a person are asked for in the asker's own words or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from frontline.catalog.loader import Catalog
from frontline.core.actor import Actor, Audience
from frontline.core.errors import NotPermitted
from frontline.metrics.policy import Authorizer, View, view_of
from frontline.metrics.query import MetricQuery, PeriodSpec

# Who may ask does not depend on when.
_ANY_DAY = PeriodSpec(start=dt.date(2000, 1, 1), end=dt.date(2000, 1, 2))


@dataclass(frozen=True)
class Permitted:
    """Metric keys with the dimensions each takes, and dimension keys with the values that may be named."""

    metrics: Mapping[str, tuple[str, ...]]
    values: Mapping[str, tuple[str, ...]]

    def allows(self, query: MetricQuery) -> bool:
        """Whether everything that ``query`` names is among it."""
        if not query.metrics or any(key not in self.metrics for key in query.metrics):
            return False
        dims = {*query.by, *(item.dim for item in query.filters)}
        if any(dim not in self.metrics[key] for dim in dims for key in query.metrics):
            return False
        return all(item.values and set(item.values) <= set(self.values[item.dim]) for item in query.filters)


def permitted_to(catalog: Catalog, authorizer: Authorizer, actor: Actor, audience: Audience) -> Permitted:
    """Return what ``actor`` may ask before ``audience``; empty for somebody who may ask nothing."""

    def view(query: MetricQuery) -> View | None:
        try:
            return view_of(catalog, authorizer, actor, query, audience=audience, team_of=lambda _word: None)
        except NotPermitted:
            return None

    metrics: dict[str, tuple[str, ...]] = {}
    values: dict[str, tuple[str, ...]] = {}
    for key in catalog.metrics:
        query = MetricQuery(metrics=(key,), period=_ANY_DAY)
        if (whole := view(query)) is None:
            continue
        dims = tuple(
            dim
            for dim in catalog.allowed_dimensions(key)
            if not catalog.dimensions[dim].is_person and view(query.model_copy(update={"by": (dim,)})) is not None
        )
        metrics[key] = dims
        held = {row.dim: set(row.values) for row in whole.rows}
        for dim in dims:
            values[dim] = tuple(word for word in catalog.values(dim) if word in held.get(dim, {word}))
    return Permitted(metrics, values)
