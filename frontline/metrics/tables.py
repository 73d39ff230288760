"""From cells to the rows of an answer: complete series, stable order, rankings, hidden cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric
from frontline.catalog.schema_models import UNKNOWN, fold
from frontline.core.errors import UsageError
from frontline.metrics.guard import OTHER, is_listed
from frontline.metrics.query import Fraction, MetricQuery
from frontline.metrics.reading import Cell, Key

# A series of more rows than this is nothing to read, and takes minutes to lay out.
MOST_ROWS = 50_000
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
    folded: tuple[frozenset[str], ...] = ()  # per place of the breakdown the words that went into ``other``

    def is_hidden(self, key: Key) -> bool:
        """Whether ``key`` has a value that is not shown, by itself or because it is part of ``other``."""
        return key in self.hidden or any(word in words for word, words in zip(key, self.folded, strict=False))


@dataclass(frozen=True)
class Table:
    """Columns, rows and hidden [row, column] of an answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    suppressed: tuple[tuple[int, int], ...]
    warnings: tuple[str, ...] = ()
    parts: tuple[tuple[Fraction, ...], ...] = ()


def fill(metric: Metric, cells: Mapping[Key, Cell], units: Sequence[str], loaded: set[str]) -> dict[Key, Cell]:
    """Return a series without holes: 0 where nothing was counted on loaded days, null elsewhere and for ratios.

    Raises:
        UsageError: more than ``MOST_ROWS`` rows.
    """
    groups = dict.fromkeys(key[:-1] for key in cells) or {(): None}
    if len(groups) * len(units) > MOST_ROWS:
        raise UsageError(
            f"That breaks down into {len(groups) * len(units):,} rows, more than anybody reads.",
            next_step="Ask with one breakdown less, a filter, or by week or month.",
        )
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
    said |= {key[: len(query.by)] for part in parts for key in part.hidden}
    said, masked = _without_rare(catalog, query, parts, said)
    groups = _ordered(catalog, query, said)
    if query.order is not None and query.by:
        groups, warnings = _ranked(query, parts, groups, masked)
    rows: list[tuple[Any, ...]] = []
    suppressed: list[tuple[int, int]] = []
    fractions: list[tuple[Fraction, ...]] = []
    for key, window, label in _row_keys(groups, parts, has_series=has_series, has_compare=has_compare):
        cells: list[Any] = [*key[: len(query.by)], *label]
        behind: list[Fraction] = []
        for name in query.metrics:
            part = next(item for item in parts if item.metric == name and item.window == window)
            if part.is_hidden(key) or key[: len(query.by)] in masked:
                suppressed += [(len(rows), len(cells)), (len(rows), len(cells) + 1)]
                cells += [None, None]
                behind.append((None, None))
            else:
                cell = part.cells.get(key) or _absent(catalog.metrics[name], key)
                cells += [cell.value, cell.n]
                behind.append((cell.num, cell.den))
        rows.append(tuple(cells))
        fractions.append(tuple(behind))
    return Table(tuple(columns), tuple(rows), tuple(suppressed), tuple(warnings), tuple(fractions))


def _without_rare(
    catalog: Catalog, query: MetricQuery, parts: Sequence[Column], groups: set[Key]
) -> tuple[set[Key], set[Key]]:
    """Return the groups without the words that nothing is shown of, and the rows which such words went into.

    A word of a file that the catalog does not list may be anything. It is said only beside a number of its own.
    """
    shown = [
        {key[at] for part in parts for key, cell in part.cells.items() if cell.n and not part.is_hidden(key)}
        for at in range(len(query.by))
    ]
    found: set[Key] = set()
    masked: set[Key] = set()
    for group in groups:
        said = tuple(
            word if word in shown[at] or is_listed(catalog, query.by[at], word) else OTHER
            for at, word in enumerate(group)
        )
        found.add(said)
        if said != group:
            masked.add(said)
    return found, masked


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


def _ranked(
    query: MetricQuery, parts: Sequence[Column], groups: Sequence[Key], masked: set[Key]
) -> tuple[list[Key], list[str]]:
    """Rank by the first metric in the current window; ties at the cut stay in; hidden groups have no rank."""
    part = next(item for item in parts if item.metric == query.metrics[0] and item.window == CURRENT)
    folded = [bool(words) for words in part.folded]
    values = {group: None if group in masked else _value(part, group) for group in groups}
    ranked = [
        group
        for group in groups
        if values[group] is not None
        and UNKNOWN not in group
        and not any(was and word == OTHER for was, word in zip(folded, group, strict=False))
    ]
    ranked.sort(key=lambda group: values[group] or 0.0, reverse=query.order == "desc")
    if query.limit is not None and len(ranked) > query.limit > 0:
        cut = values[ranked[query.limit - 1]]
        ranked = [group for at, group in enumerate(ranked) if at < query.limit or values[group] == cut]
    hidden = sum(1 for group in groups if part.is_hidden(group) or group in masked)
    said = [f"{hidden} group{'s' if hidden > 1 else ''} left out of the ranking: too few behind them"] if hidden else []
    return ranked, said


def _value(part: Column, group: Key) -> float | None:
    """Return what a group is ranked by; a series is ranked by its newest value."""
    if part.is_hidden(group):
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
