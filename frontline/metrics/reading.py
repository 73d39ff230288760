"""Executes compiled metrics: rows of (key, num, den, n), spans of loaded days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.clock import UTC, local_midnight
from frontline.core.errors import EngineError
from frontline.metrics.compiler import Ask, Builder, LoadedSpan, Scope, compile_measures
from frontline.metrics.costs import compile_cost, compile_ledger
from frontline.metrics.event_windows import compile_event_window
from frontline.metrics.reach import reaches
from frontline.metrics.shapes import (
    compile_changes,
    compile_cohort,
    compile_latest,
    compile_snapshot,
    compile_state_time,
)
from frontline.metrics.sources import label_of
from frontline.metrics.windows import Slice, bucket_label, buckets

Key = tuple[str, ...]

BUILDERS: Mapping[MetricKind, Builder] = {
    MetricKind.SIMPLE: compile_measures,
    MetricKind.RATIO: compile_measures,
    MetricKind.SNAPSHOT: compile_snapshot,
    MetricKind.LATEST: compile_latest,
    MetricKind.EVENT_WINDOW: compile_event_window,
    MetricKind.COHORT: compile_cohort,
    MetricKind.STATE_TIME: compile_state_time,
    MetricKind.COST: compile_cost,
    MetricKind.LEDGER: compile_ledger,
}

_DIVIDED = (
    MetricKind.RATIO,
    MetricKind.EVENT_WINDOW,
    MetricKind.COHORT,
    MetricKind.STATE_TIME,
    MetricKind.DERIVED,
)
# Those whose statements only group differently for another breakdown.
_IN_SETS = (
    MetricKind.SIMPLE,
    MetricKind.RATIO,
    MetricKind.SNAPSHOT,
    MetricKind.EVENT_WINDOW,
    MetricKind.STATE_TIME,
)


@dataclass(frozen=True)
class Cell:
    """One number with what it is made of. ``num`` and ``den`` as summed; ``value`` in the metric's unit."""

    value: float | int | None
    n: int
    num: float | int | None = None
    den: float | int | None = None


def read_cells(scope: Scope, connection: Connection, ask: Ask) -> dict[Key, Cell]:
    """Return the cells by (labels of the breakdown..., bucket)."""
    if ask.metric.kind is MetricKind.DERIVED:
        return _read_derived(scope, connection, ask)
    if ask.metric.kind is MetricKind.CUMULATIVE:
        return _read_cumulative(scope, connection, ask)
    if ask.metric.kind is MetricKind.SNAPSHOT and ask.grain is not None:
        return _read_open_series(scope, connection, ask)
    if (shared := _read_shared(scope, connection, ask)) is not None:
        return shared
    return _read(scope, connection, ask, BUILDERS[ask.metric.kind](scope, ask))


def execute(connection: Connection, select: sa.Select[Any]) -> Sequence[Sequence[Any]]:
    """Run one SELECT.

    Raises:
        EngineError: the engine refused it.
    """
    try:
        return [tuple(row) for row in connection.execute(select)]
    except DBAPIError as error:
        # The engine's own message may quote a cell.
        raise EngineError(f"The facts cannot be read ({type(error.orig).__name__}).", permanent=True) from error


def merge_cells(metric: Metric, known: Cell | None, cell: Cell) -> Cell:
    """Return two cells as one (``Aurora``, ``aurora``); right where num and den are sums."""
    if known is None:
        return cell
    if known.den is not None and cell.den is not None:
        return _cell(metric, (known.num or 0) + (cell.num or 0), known.den + cell.den, known.n + cell.n)
    return _cell(metric, (known.num or 0) + (cell.num or 0), None, known.n + cell.n)


@dataclass(frozen=True)
class Loaded:
    """What intake left behind about a table: contiguous local days, the first and newest instant, the last load."""

    days: tuple[tuple[dt.date, dt.date], ...]
    first: dt.datetime | None
    watermark: dt.datetime | None
    loaded_at: dt.datetime | None


def read_loaded(catalog: Catalog, connection: Connection, *, table: str, watermark: dt.datetime | None) -> Loaded:
    """Read what was loaded of ``table``."""
    time = catalog.models[table].time
    days = tuple(_span_days(connection, table))
    first = None
    if not days and watermark is not None and time is not None:
        first = execute(connection, sa.select(sa.func.min(sa.column(time))).select_from(sa.table(table)))[0][0]
    at = _loaded_at(connection, table)
    return Loaded(days, None if first is None else _aware(first), watermark, at)


def loaded_spans(loaded: Loaded, *, zone: ZoneInfo, now: dt.datetime) -> list[LoadedSpan]:
    """Return the contiguous loaded days in UTC, oldest first.

    The last day of the last span counts as whole only when the table was loaded after it was over; else the data end
    at the watermark. Without spans the stretch from the first row to the watermark is taken as one.
    """
    if not loaded.days:
        if loaded.first is None or loaded.watermark is None:
            return []
        return [LoadedSpan(loaded.first, max(loaded.watermark, loaded.first))]
    found = [LoadedSpan(local_midnight(start, zone), local_midnight(end, zone)) for start, end in loaded.days]
    last = found[-1]
    if (loaded.loaded_at or now) < last.end and loaded.watermark is not None:
        found[-1] = LoadedSpan(last.start, max(last.start, min(last.end, loaded.watermark)))
    return found


def _read(scope: Scope, connection: Connection, ask: Ask, select: sa.Select[Any]) -> dict[Key, Cell]:
    cells: dict[Key, Cell] = {}
    spelled = [_Labels(scope.catalog, dim) for dim in ask.by]  # a series says the same words again and again
    for row in execute(connection, select):
        *key, num, den, n = row
        labels = [known[value] for known, value in zip(spelled, key, strict=False)]
        if ask.grain is not None:
            labels.append(
                key[-1] if isinstance(key[-1], str) and "T" in key[-1] else bucket_label(key[-1], ask.grain, scope.zone)
            )
        cells[tuple(labels)] = merge_cells(ask.metric, cells.get(tuple(labels)), _cell(ask.metric, num, den, n))
    return cells


class _Labels(dict[Any, str]):
    """The labels of one dimension by what the facts hold, each worked out once."""

    def __init__(self, catalog: Catalog, dim: str) -> None:
        super().__init__()
        self._catalog, self._dim = catalog, dim

    def __missing__(self, value: Any) -> str:
        self[value] = label_of(self._catalog, self._dim, value)
        return self[value]


def _read_shared(scope: Scope, connection: Connection, ask: Ask) -> dict[Key, Cell] | None:
    """Return the cells from the one statement for everything that is asked together; None where there is none."""
    family = scope.together.family(ask.by) if scope.together is not None else ()
    if scope.together is None or not family or ask.metric.kind not in _IN_SETS or not scope.hooks.has_grouping_sets:
        return None
    key = (scope.generation, ask.key, ask.piece, ask.filters, ask.grain, family)
    return scope.together.recall(key, lambda: _read_sets(scope, connection, ask, family)).get(ask.by)


def _read_sets(
    scope: Scope, connection: Connection, ask: Ask, family: Sequence[tuple[str, ...]]
) -> dict[tuple[str, ...], dict[Key, Cell]]:
    """Read several breakdowns at once; one that the facts do not hold is left out, and says so when read alone."""
    rows = scope.rows(ask.metric.model)
    found: dict[tuple[str, ...], dict[Key, Cell]] = {by: {} for by in family if all(rows.has(dim) for dim in by)}
    dims = tuple(dict.fromkeys(dim for by in found for dim in by))
    if not dims:
        return {}
    by_mask: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for by in found:
        by_mask[sum(1 << (len(dims) - 1 - at) for at, dim in enumerate(dims) if dim not in by)].append(by)
    sets = tuple(tuple(dims.index(dim) for dim in bys[0]) for bys in by_mask.values())
    select = BUILDERS[ask.metric.kind](scope, replace(ask, by=dims, sets=sets))
    spelled = {dim: _Labels(scope.catalog, dim) for dim in dims}
    for *values, mask, num, den, n in execute(connection, select):
        said, cell = dict(zip(dims, values, strict=True)), _cell(ask.metric, num, den, n)
        for by in by_mask[mask]:
            key = tuple(spelled[dim][said[dim]] for dim in by)
            found[by][key] = merge_cells(ask.metric, found[by].get(key), cell)
    return found


def _read_open_series(scope: Scope, connection: Connection, ask: Ask) -> dict[Key, Cell]:
    """Roll the open rows forward from unit to unit."""
    assert ask.grain is not None
    at_start = read_cells(scope, connection, before_series(ask))
    opened, closed = (_read(scope, connection, ask, select) for select in compile_changes(scope, ask))
    units = [unit.label for unit in buckets(ask.piece, ask.grain, scope.zone)]
    cells: dict[Key, Cell] = {}
    for group in dict.fromkeys([*at_start, *(key[:-1] for key in opened), *(key[:-1] for key in closed)]):
        count = at_start[group].n if group in at_start else 0
        for unit in units:
            key = (*group, unit)
            count += (opened[key].n if key in opened else 0) - (closed[key].n if key in closed else 0)
            cells[key] = Cell(count, count, count)
    return cells


def before_series(ask: Ask) -> Ask:
    """Return what is open at the start of a series."""
    start = ask.piece.start
    return Ask(ask.key, ask.metric, Slice(ask.piece.period, start, start), ask.by, ask.filters)


def _read_cumulative(scope: Scope, connection: Connection, ask: Ask) -> dict[Key, Cell]:
    """Read what is added up once for the reach of every unit: exact for ratios, medians and distinct counts too."""
    cells: dict[Key, Cell] = {}
    for label, piece in reaches(scope, ask):
        part = read_cells(scope, connection, added_up(scope, ask, piece))
        cells |= {(*at, *([label] if label else [])): cell for at, cell in part.items()}
    return cells


def added_up(scope: Scope, ask: Ask, piece: Slice) -> Ask:
    """Return what a cumulative metric adds up over one reach."""
    assert ask.metric.cumulative is not None
    key = ask.metric.cumulative.of
    return Ask(key, scope.catalog.metrics[key], piece, ask.by, ask.filters)


def _read_derived(scope: Scope, connection: Connection, ask: Ask) -> dict[Key, Cell]:
    above, below = (read_cells(scope, connection, part) for part in derived_parts(scope, ask))
    cells = {}
    for at, cell in below.items():
        money = above[at].value if at in above else None
        cells[at] = _cell(ask.metric, money, cell.value, cell.n)
    return cells


def derived_parts(scope: Scope, ask: Ask) -> tuple[Ask, Ask]:
    """Return numerator and denominator of a derived metric as metrics of their own."""
    metrics = scope.catalog.metrics
    above, below = (
        Ask(key, metrics[key], ask.piece, ask.by, ask.filters, ask.grain)
        for key in (ask.metric.numerator, ask.metric.denominator)
    )
    return above, below


def _cell(metric: Metric, num: Any, den: Any, n: Any) -> Cell:
    num = float(num) if isinstance(num, Decimal) else num
    den = float(den) if isinstance(den, Decimal) else den
    count = int(n or 0)
    if metric.kind in _DIVIDED or (metric.kind is MetricKind.CUMULATIVE and den is not None):
        value = num / den * metric.scale if den and num is not None else (0.0 if den else None)
        return Cell(_rounded(metric, value), count, num or 0, den or 0)
    return Cell(_rounded(metric, num), count, num, None)


def _rounded(metric: Metric, value: float | int | None) -> float | int | None:
    """Money is rounded to the cent: a sum of doubles differs in the last digits from run to run."""
    return round(value, 2) if metric.unit == "money" and value is not None else value


def _span_days(connection: Connection, table: str) -> list[tuple[dt.date, dt.date]]:
    if not sa.inspect(connection).has_table("load_spans"):
        return []
    spans = sa.table("load_spans", sa.column("table_name"), sa.column("span_start"), sa.column("span_end"))
    select = (
        sa.select(spans.c.span_start, spans.c.span_end).where(spans.c.table_name == table).order_by(spans.c.span_start)
    )
    return [(_day(start), _day(end)) for start, end in execute(connection, select)]


def _loaded_at(connection: Connection, table: str) -> dt.datetime | None:
    if not sa.inspect(connection).has_table("loads"):
        return None
    loads = sa.table("loads", sa.column("table_name"), sa.column("loaded_at"))
    found = execute(connection, sa.select(sa.func.max(loads.c.loaded_at)).where(loads.c.table_name == table))[0][0]
    return None if found is None else _aware(found)


def _aware(value: Any) -> dt.datetime:
    instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, dt.datetime):
        instant = dt.datetime.combine(instant, dt.time())
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _day(value: Any) -> dt.date:
    if isinstance(value, str):
        return dt.date.fromisoformat(value[:10])
    return value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(str(value)[:10])
