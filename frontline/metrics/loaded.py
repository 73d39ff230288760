"""What is loaded for a period: refuses what cannot be known, and tells a day without contacts from one without data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.errors import NotFound
from frontline.metrics.compiler import Ask, LoadedSpan, Scope
from frontline.metrics.guard import Guarded
from frontline.metrics.tables import Column, fill
from frontline.metrics.windows import Windows, buckets

ONE_SECOND = dt.timedelta(seconds=1)


def as_column(scope: Scope, ask: Ask, window: str, guarded: Guarded) -> Column:
    """Return the guarded cells as a column, a series without holes."""
    if ask.grain is None:
        return Column(ask.key, window, guarded.cells, guarded.hidden, (), guarded.folded)
    found = buckets(ask.piece, ask.grain, scope.zone)
    units = tuple(item.label for item in found)
    spans = scope.spans(ask.metric.model)
    loaded = {item.label for item in found if is_loaded(spans, item.start, item.end)}
    cells = fill(ask.metric, guarded.cells, units, loaded)
    return Column(ask.key, window, cells, guarded.hidden, units, guarded.folded)


def require_loaded(spans: Sequence[LoadedSpan], ask: Ask, scope: Scope) -> None:
    """Refuse a slice of which no day is loaded.

    Raises:
        NotFound: says which days are.
    """
    if spans and not is_loaded(spans, ask.piece.start, ask.piece.end):
        first, last = (instant.astimezone(scope.zone) for instant in (spans[0].start, spans[-1].end - ONE_SECOND))
        title = scope.catalog.models[ask.metric.model].title
        raise NotFound(
            f"No {title} are loaded for that period.",
            next_step=f"They run from {first:%-d %b %Y} to {last:%-d %b %Y}.",
        )


def require_now(metric: Metric, windows: Windows) -> None:
    """Refuse a reading of now for a past period.

    Raises:
        NotFound: the metric is known only for now.
    """
    if metric.kind is MetricKind.LATEST and not windows.is_unfinished:
        raise NotFound(
            f"{metric.title} is known only for now.",
            next_step="Ask for it now; what people waited in the past is the average speed of answer.",
        )


def until(watermark: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """Return how far the data reach for one who lives at ``now``."""
    return None if watermark is None else min(watermark, now)


def is_loaded(spans: Sequence[LoadedSpan], start: dt.datetime, end: dt.datetime) -> bool:
    """Whether any of ``[start, end)`` lies in a loaded span."""
    return any(span.start < end and start < span.end for span in spans)
