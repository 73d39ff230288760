"""From cells to the rows of an answer: complete series, stable order, rankings, hidden cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import fold
from frontline.metrics.query import MetricQuery
from frontline.metrics.reading import Cell, Key
from frontline.metrics.sources import UNKNOWN
from frontline.metrics.suppression import hidden_cells

CURRENT, COMPARE = "current", "compare"
EMPTY = Cell(None, 0)


@dataclass(frozen=True)
class Column:
    """The cells of one metric in one window, and those of them that stay hidden."""

    metric: str
    window: str
    cells: Mapping[Key, Cell]
    hidden: frozenset[Key]
    units: tuple[str, ...] = ()  # labels of the series, oldest first


@dataclass(frozen=True)
class Table:
    """Columns, rows and hidden [row, column] of an answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    suppressed: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...] = ()


def hide(metric: Metric, cells: Mapping[Key, Cell], *, by: int, has_series: bool, min_n: int) -> frozenset[Key]:
    """Return the keys of ``cells`` that are hidden, complements included."""
    # What is open at the end of a week is no part of what is open at the end of the month: no total over time.
    adds_over_time = metric.kind not in (MetricKind.SNAPSHOT, MetricKind.COHORT, MetricKind.LATEST)
    axes = [*range(by), *([by] if has_series and adds_over_time else [])]
    return frozenset(hidden_cells({key: cell.n for key, cell in cells.items()}, min_n=min_n, axes=axes))


def fill(metric: Metric, cells: Mapping[Key, Cell], units: Sequence[str], loaded: set[str]) -> dict[Key, Cell]:
    """Return a series without holes: 0 where nothing was counted on loaded days, null elsewhere and for ratios."""
    groups = dict.fromkeys(key[:-1] for key in cells) or {(): None}
    zero = Cell(0, 0, 0, None)
    return {
        (*group, unit): cells.get((*group, unit), zero if metric.is_additive and unit in loaded else EMPTY)
        for group in groups
        for unit in units
    }


def lay_out(catalog: Catalog, query: MetricQuery, parts: Sequence[Column]) -> Table:
    """Lay the columns out as rows: breakdown, period | window, then value and n per metric."""
    has_series, has_compare = query.period.grain is not None, any(part.window == COMPARE for part in parts)
    columns = [*query.by, *(["period"] if has_series else []), *(["window"] if has_compare else [])]
    columns += [name for key in query.metrics for name in (key, f"{key}_n")]
    warnings: list[str] = []
    said = {key[: len(query.by)] for part in parts for key, cell in part.cells.items() if cell.n or not query.by}
    groups = _ordered(catalog, query, said)
    if query.order is not None and query.by:
        groups, warnings = _ranked(query, parts, groups)
    rows: list[tuple[Any, ...]] = []
    suppressed: list[tuple[int, int]] = []
    for key, window, label in _row_keys(groups, parts, has_series=has_series, has_compare=has_compare):
        cells: list[Any] = [*key[: len(query.by)], *label]
        for name in query.metrics:
            part = next(item for item in parts if item.metric == name and item.window == window)
            if key in part.hidden:
                suppressed += [(len(rows), len(cells)), (len(rows), len(cells) + 1)]
                cells += [None, None]
            else:
                cell = part.cells.get(key) or _absent(catalog.metrics[name], key)
                cells += [cell.value, cell.n]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), tuple(suppressed), tuple(warnings))


def _absent(metric: Metric, key: Key) -> Cell:
    return Cell(0, 0) if metric.is_additive and key else EMPTY


def _row_keys(
    groups: Sequence[Key], parts: Sequence[Column], *, has_series: bool, has_compare: bool
) -> Iterable[tuple[Key, str, tuple[str, ...]]]:
    windows = (CURRENT, COMPARE) if has_compare else (CURRENT,)
    for group in groups:
        for window in windows:
            said = (window,) if has_compare else ()
            if not has_series:
                yield group, window, said
                continue
            units = dict.fromkeys(unit for part in parts if part.window == window for unit in part.units)
            for unit in units:
                yield (*group, unit), window, (unit, *said)


def _ordered(catalog: Catalog, query: MetricQuery, groups: Iterable[Key]) -> list[Key]:
    """Order by the catalog's order of values, then by the alphabet; rows without a value come last."""
    places = [{fold(value): at for at, value in enumerate(catalog.values(dim))} for dim in query.by]

    def place(group: Key) -> tuple[tuple[int, str], ...]:
        known = zip(group, places, strict=True)
        return tuple((10_000 if word == UNKNOWN else where.get(fold(word), 9_999), word) for word, where in known)

    return sorted(groups, key=place)


def _ranked(query: MetricQuery, parts: Sequence[Column], groups: Sequence[Key]) -> tuple[list[Key], list[str]]:
    """Rank by the first metric in the current window; ties at the cut stay in; hidden groups have no rank."""
    part = next(item for item in parts if item.metric == query.metrics[0] and item.window == CURRENT)
    values = {group: _value(part, group) for group in groups}
    ranked = [group for group in groups if values[group] is not None and UNKNOWN not in group]
    ranked.sort(key=lambda group: values[group] or 0.0, reverse=query.order == "desc")
    if query.limit is not None and len(ranked) > query.limit > 0:
        cut = values[ranked[query.limit - 1]]
        ranked = [group for at, group in enumerate(ranked) if at < query.limit or values[group] == cut]
    hidden = sum(1 for group in groups if group in part.hidden)
    said = [f"{hidden} group{'s' if hidden > 1 else ''} left out of the ranking: too few behind them"] if hidden else []
    return ranked, said


def _value(part: Column, group: Key) -> float | None:
    """Return what a group is ranked by; a series is ranked by its newest value."""
    if group in part.hidden:
        return None
    if not part.units:
        cell = part.cells.get(group)
        return None if cell is None else cell.value
    cells = [
        part.cells[(*group, unit)]
        for unit in part.units
        if (*group, unit) in part.cells and (*group, unit) not in part.hidden
    ]
    known = [cell.value for cell in cells if cell.value is not None]
    return known[-1] if known else None
