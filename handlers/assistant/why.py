"""Why a figure moved: the change split into rate and mix effects, in the dimension that concentrates it most.

The split is arithmetic, not a cause; the words say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontline.analysis.decompose import Decomposition, Effect, decompose
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.metrics.query import Kind, MetricQuery, MetricResult
from handlers.assistant.numbers import show_number

if TYPE_CHECKING:
    from frontline.catalog.schema_metrics import Metric
    from handlers.assistant.turn import Turn

# Where a change usually sits, most telling first.
LOOKED_AT = ("topic", "queue", "channel", "product", "segment", "region")
MOST_DRIVERS = 3
# Kinds whose value is a ratio over n, so that value x n can be added up over groups.
SPLITTABLE = ("share", "seconds", "score")


def explain_change(turn: Turn) -> list[str]:
    """Return sentences about where the change of the turn's metric comes from; empty when nothing can be said."""
    query = turn.plan.query
    if query is None or len(query.metrics) != 1:
        return []
    metric = turn.work.desk.catalog.metrics[query.metrics[0]]
    if metric.unit not in SPLITTABLE:
        return []
    found = [(dim, split) for dim in _dimensions(turn, query) if (split := _split(turn, query, dim)) is not None]
    if not found:
        return ["The groups behind it are too small, or not recorded, to say where the change comes from."]
    dim, split = max(found, key=lambda pair: _concentration(pair[1]))
    title = turn.work.desk.catalog.dimensions[dim].title.lower()
    drivers = [effect for effect in split.effects if effect.total * split.change > 0][:MOST_DRIVERS]
    against = [effect for effect in split.effects if effect.total * split.change < 0][:1]
    currency = turn.work.desk.catalog.calendar.currency
    lines = [f"*Where it comes from, by {title}* (arithmetic, not a proven cause)"]
    lines += [f"• {_sentence(effect, metric, currency)}" for effect in drivers]
    lines += [f"• working against it: {_sentence(effect, metric, currency)}" for effect in against]
    return ["\n".join(lines)]


def _dimensions(turn: Turn, query: MetricQuery) -> list[str]:
    allowed = turn.work.desk.catalog.allowed_dimensions(query.metrics[0])
    fixed = {item.dim for item in query.filters if item.op == "in" and len(item.values) == 1}
    return [dim for dim in LOOKED_AT if dim in allowed and dim not in fixed]


def _split(turn: Turn, query: MetricQuery, dim: str) -> Decomposition | None:
    wanted = query.model_copy(
        update={
            "kind": Kind.COMPARISON,
            "compare": query.compare or "previous",
            "by": (dim,),
            "order": None,
            "limit": None,
        }
    )
    try:
        result = turn.work.desk.engine.run(turn.work.actor, wanted, audience=turn.work.audience)
        return _decomposed(result)
    except (NotFound, NotPermitted, UsageError, ValueError):
        # This dimension cannot be looked at; another one may.
        return None


def _decomposed(result: MetricResult) -> Decomposition | None:
    if result.suppressed or "window" not in result.columns:
        return None
    metric = result.query.metrics[0]
    window, value, count = (result.columns.index(name) for name in ("window", metric, f"{metric}_n"))
    sides: dict[str, dict[str, tuple[int, int]]] = {"current": {}, "compare": {}}
    for row in result.rows:
        if row[value] is not None and row[count]:
            sides[row[window]][_group(row[0])] = (round(float(row[value]) * int(row[count])), int(row[count]))
    if len(sides["current"]) < 2:
        return None
    return decompose(sides["compare"], sides["current"])


def _group(value: Any) -> str:
    return "not known" if value is None else str(value)


def _concentration(split: Decomposition) -> float:
    """How much more of the change one group carries than its size explains: a big group carries much of anything."""
    if not split.change:
        return 0.0
    return max(effect.total / split.change - effect.share_after for effect in split.effects)


def _sentence(effect: Effect, metric: Metric, currency: str) -> str:
    def figure(value: float) -> str:
        if metric.format == "share":
            return f"{value * 100:+.1f} points"
        sign = "+" if value >= 0 else "-"
        return sign + show_number(abs(value), metric.format, decimals=metric.decimals, currency=currency)

    which = "its own rate" if abs(effect.rate) >= abs(effect.mix) else "its share of the contacts"
    before = show_number(effect.rate_before, metric.format, decimals=metric.decimals, currency=currency)
    after = show_number(effect.rate_after, metric.format, decimals=metric.decimals, currency=currency)
    return f"{effect.group}: {figure(effect.total)}, mostly through {which} ({before} to {after})"
