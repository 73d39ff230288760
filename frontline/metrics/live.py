"""The queues as they stand: from the live state where it is fresher than the loaded readings, else from those.

Live readings enter as literal rows in the place of the fact table, so that filters, breakdowns and stamps are the same
ones, whichever source an answer rests on. The stamp says which one it was, and how old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import sqlalchemy as sa

from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.metrics.compiler import LoadedSpan, Scope
from frontline.metrics.dialects import naive
from frontline.metrics.sources import FilledView

MODEL = "queue_now"
_TYPES: Mapping[str, type[sa.types.TypeEngine[Any]]] = {
    "ts": sa.DateTime,
    "queue": sa.String,
    "channel": sa.String,
    "waiting": sa.Integer,
    "longest_wait_s": sa.Double,
    "available": sa.Integer,
}


class LiveReading(Protocol):
    """One queue at an instant (``frontline.store.live.Reading``); waits in seconds."""

    @property
    def as_of(self) -> dt.datetime: ...

    @property
    def queue(self) -> str: ...

    @property
    def channel(self) -> str: ...

    @property
    def waiting(self) -> int: ...

    @property
    def longest_wait_s(self) -> float | None: ...

    @property
    def available(self) -> int | None: ...


LiveSource = Callable[[], Sequence[LiveReading]]


@dataclass(frozen=True)
class LiveNow:
    """The live readings that count at an instant: none that lies after it."""

    readings: tuple[LiveReading, ...] = ()

    @property
    def as_of(self) -> dt.datetime | None:
        """When the newest of them was true."""
        return max((reading.as_of for reading in self.readings), default=None)


def live_now(source: LiveSource | None, now: dt.datetime) -> LiveNow:
    """Read the live state for one who lives at ``now``."""
    return LiveNow(tuple(reading for reading in source() if reading.as_of <= now) if source is not None else ())


def with_live(scope: Scope, live: LiveNow) -> Scope:
    """Return ``scope`` with the live readings in the place of the loaded ones, where they are fresher."""
    as_of = live.as_of
    if as_of is None:
        return scope
    loaded = scope.watermark(MODEL)
    if loaded is not None and loaded >= as_of:
        return scope
    counts = _filled(live.readings)

    def watermark(table: str) -> dt.datetime | None:
        return as_of if table == MODEL else scope.watermark(table)

    def spans(table: str) -> Sequence[LoadedSpan]:
        return [] if table == MODEL else scope.spans(table)

    def filled(table: str) -> Mapping[str, int]:
        return counts if table == MODEL else scope.filled.counts(table)

    return replace(
        scope,
        filled=FilledView(filled),
        spans=spans,
        watermark=watermark,
        literal={MODEL: _rows(live.readings)},
        recorded=scope,
    )


def freshness_notes(scope: Scope, metric: Metric) -> list[str]:
    """Say where a reading of now comes from and how old it is; one that is too old is called stale."""
    as_of = scope.watermark(metric.model)
    if metric.kind is not MetricKind.LATEST or metric.latest is None or as_of is None:
        return []
    age = max(0, int((scope.now - as_of).total_seconds() // 60))
    old = "less than a minute old" if age == 0 else "1 minute old" if age == 1 else f"{age} minutes old"
    source = "live state" if metric.model in scope.literal else "loaded readings"
    if scope.now - as_of <= dt.timedelta(minutes=metric.latest.live_stale_after):
        return [f"{source}, {old}"]
    return [f"stale: the {source} {'is' if source == 'live state' else 'are'} {old}"]


def _rows(readings: Sequence[LiveReading]) -> sa.FromClause:
    # The casts give a column that happens to hold nothing its type. A UNION: DuckDB 1.5 fails on a rank over VALUES.
    selects = [
        sa.select(*(sa.cast(value, _TYPES[name]).label(name) for name, value in zip(_TYPES, row, strict=True)))
        for row in (
            (naive(item.as_of), item.queue, item.channel or None, item.waiting, item.longest_wait_s, item.available)
            for item in readings
        )
    ]
    return sa.union_all(*selects).subquery(MODEL)


def _filled(readings: Sequence[LiveReading]) -> Mapping[str, int]:
    held = {name: len(readings) for name in _TYPES}
    held["channel"] = sum(1 for item in readings if item.channel)
    held["longest_wait_s"] = sum(1 for item in readings if item.longest_wait_s is not None)
    held["available"] = sum(1 for item in readings if item.available is not None)
    return {"": len(readings), **held}
