"""Daily counts for routines and models: under the same policy, unsuppressed, as they stood at an instant."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from frontline.catalog.schema_metrics import EventWindow, MetricKind, WindowShape
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, Period
from frontline.metrics.compiler import Ask, Scope
from frontline.metrics.dialects import ONE, Expression, bucket, local_offset, naive
from frontline.metrics.event_windows import answered_contacts, is_mature
from frontline.metrics.query import Filter
from frontline.metrics.reading import execute, read_cells
from frontline.metrics.sources import label_of
from frontline.metrics.statements import sql_of
from frontline.metrics.windows import Slice, bucket_label


@dataclass(frozen=True)
class ExtractSpec:
    """What to extract: num, den and n of a metric per ``grain`` (a day), or daily recontact counts per horizon
    (``horizons`` in hours).

    ``as_seen_at`` hides every row after that instant: what a routine would have seen then.
    """

    metric: str
    period: Period
    by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    as_seen_at: dt.datetime | None = None
    horizons: tuple[int, ...] = ()
    grain: Grain = Grain.DAY


@dataclass(frozen=True)
class Extract:
    """Rows in the order of ``columns``; days are ISO dates in the catalog's zone, days without rows are absent."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    generation: str = ""
    sql: str = ""


def recontact_spec(
    period: Period, *, by: tuple[str, ...] = (), as_seen_at: dt.datetime | None = None, filters: tuple[Filter, ...] = ()
) -> ExtractSpec:
    """Return the spec of the recontact routine: per local day (and per value of ``by``) the identified answered
    contacts, and for 1, 3 and 7 days those mature by then and those followed."""
    return ExtractSpec("recontact_rate", period, by, filters, as_seen_at, (24, 72, 168))


def read_extract(scope: Scope, connection: Connection, spec: ExtractSpec) -> Extract:
    """Read the extract. Columns: ``day``, the breakdown, then num, den, n; or with horizons ``contacts`` and per
    horizon of h hours ``mature_h`` and ``followed_h`` (followed counted among the mature only)."""
    start, end = spec.period.instants(scope.zone)
    piece = Slice(spec.period, start, min(end, scope.now))
    if piece.start >= piece.end:
        return Extract(("day", *spec.by), ())
    metric = scope.catalog.metrics[spec.metric]
    ask = Ask(spec.metric, metric, piece, spec.by, spec.filters, spec.grain)
    if not spec.horizons:
        cells = read_cells(scope, connection, ask)
        rows = [(key[-1], *key[:-1], cell.num, cell.den, cell.n) for key, cell in cells.items()]
        columns = ("day", *spec.by, "num", "den", "n")
        return Extract(columns, tuple(sorted(rows)), sql=sql_of(scope, ask, connection.dialect))
    if (
        metric.kind is not MetricKind.EVENT_WINDOW
        or metric.window is None
        or metric.window.shape is not WindowShape.RECONTACT
    ):
        raise UsageError("Horizons are for the recontact rate.", next_step="Leave them out.")
    return _read_horizons(scope, connection, ask, metric.window, spec.horizons)


def _read_horizons(
    scope: Scope, connection: Connection, ask: Ask, window: EventWindow, horizons: tuple[int, ...]
) -> Extract:
    widest = window.model_copy(update={"hours": max(horizons)})
    rows = scope.rows("interactions", answered_contacts(scope, ask.piece.start, ask.piece.end, widest))
    instant, following = rows.column("ts"), rows.column("next_ts")
    flags: list[sa.Label[Any]] = []
    for hours in horizons:
        judged = replace(
            ask, metric=ask.metric.model_copy(update={"window": window.model_copy(update={"hours": hours})})
        )
        mature = is_mature(scope, judged, instant)
        followed = sa.and_(mature, following <= scope.hooks.add_seconds(instant, hours * 3600))
        flags += [sa.case((mature, ONE)).label(f"mature_{hours}"), sa.case((followed, ONE)).label(f"followed_{hours}")]
    offset = local_offset(instant, scope.zone, start=ask.piece.start, end=ask.piece.end)
    keys: list[Expression] = [bucket(scope.hooks, instant, Grain.DAY, offset=offset).label("day")]
    keys += [rows.dimension(key).label(f"d{at}") for at, key in enumerate(ask.by)]
    inside = [instant >= naive(ask.piece.start), instant < naive(ask.piece.end), *rows.where(ask.filters)]
    seen = sa.select(*keys, *flags).select_from(rows.from_clause).where(*inside).subquery("seen")
    group = [seen.c[key.name] for key in keys if isinstance(key, sa.Label)]
    counts = [sa.func.count().label("contacts"), *(sa.func.count(seen.c[flag.name]).label(flag.name) for flag in flags)]
    select = sa.select(*group, *counts).select_from(seen).group_by(*group)
    found = []
    for day, *rest in execute(connection, select):
        labels = [label_of(scope.catalog, dim, value) for dim, value in zip(ask.by, rest, strict=False)]
        found.append(
            (bucket_label(day, Grain.DAY, scope.zone), *labels, *(int(value) for value in rest[len(ask.by) :]))
        )
    columns = ("day", *ask.by, "contacts", *(flag.name for flag in flags))
    return Extract(columns, tuple(sorted(found)), sql=str(select.compile(dialect=connection.dialect)))
