"""What makes a number checkable: definition and version, window, n, coverage, how far the data reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from frontline.catalog.schema_metrics import MetricKind, WindowShape
from frontline.metrics.compiler import Ask, LoadedSpan, Scope
from frontline.metrics.event_windows import coverage_select, immature_spans
from frontline.metrics.query import Filter
from frontline.metrics.reading import execute


def coverage(scope: Scope, connection: Connection, ask: Ask, *, n: int) -> dict[str, float]:
    """Return the share of contacts that the metric can see at all; empty where it sees every row.

    ``n`` are the rows behind the whole answer: of a recontact rate without young contacts, all the identified ones.
    """
    window = ask.metric.window
    if ask.metric.kind is not MetricKind.EVENT_WINDOW or window is None or window.shape is WindowShape.CONTAINMENT:
        return {}
    is_known = window.shape is WindowShape.RECONTACT and not immature_spans(scope, ask)

    def read() -> Sequence[Sequence[Any]]:
        return execute(connection, coverage_select(scope, ask, count_identified=not is_known))

    key = ("coverage", scope.generation, ask.key, ask.piece, ask.filters)  # the same for every breakdown
    rows = read() if scope.together is None else scope.together.recall(key, read)
    identified, answered, _ = rows[0] if rows else (0, 0, 0)
    identified = n if is_known else identified
    return {"identified callers": round(identified / answered, 4)} if answered else {}


def maturity_notes(scope: Scope, ask: Ask) -> list[str]:
    """Say which days are left out because their window has not passed."""
    if ask.metric.kind is not MetricKind.EVENT_WINDOW:
        return []
    hours = ask.metric.window.hours if ask.metric.window else 0
    window = f"{hours // 24}-day" if hours % 24 == 0 else f"{hours}-hour"
    return [
        f"{_days(low, high, scope.zone)} left out: younger than the {window} window"
        for low, high in immature_spans(scope, ask)
    ]


def gap_notes(spans: Sequence[LoadedSpan], ask: Ask, zone: ZoneInfo) -> list[str]:
    """Say which days of the slice were never loaded."""
    found = []
    at = ask.piece.start
    for span in spans:
        if span.start > at and at < ask.piece.end:
            found.append(f"{_days(at, min(span.start, ask.piece.end), zone)} not loaded")
        at = max(at, span.end)
    return found


def ledger_note(newest: object, ask: Ask) -> list[str]:
    """Say how far the ledger reaches when the period goes beyond it."""
    if newest is None:
        return []
    month = newest.date() if isinstance(newest, dt.datetime) else dt.date.fromisoformat(str(newest)[:10])
    last = ask.piece.period.last_day
    if (month.year, month.month) < (last.year, last.month):
        return [f"the ledger reaches to {month:%B %Y}; later months cost nothing yet"]
    return []


def filter_note(filters: Iterable[Filter]) -> list[str]:
    """Say what the rows were held to."""
    words = [f"{item.dim} {'is' if item.op == 'in' else 'is not'} {' or '.join(item.values)}" for item in filters]
    return [f"filters: {'; '.join(words)}"] if words else []


def _days(low: dt.datetime, high: dt.datetime, zone: ZoneInfo) -> str:
    first = low.astimezone(zone)
    last = (high - dt.timedelta(microseconds=1)).astimezone(zone)
    if first.date() == last.date():
        return f"{first:%-d %b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last:%-d %b %Y}"
    return f"{first:%-d %b %Y} to {last:%-d %b %Y}"
