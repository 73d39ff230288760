"""Decides what of an answer may be shown, seen beside every other answer that could be subtracted from it.

A filtered answer is a part of a finer table: the breakdown together with the filtered dimensions. That table is judged
with all its totals (``suppression``), which comes out the same for the filter, for its opposite and for no filter. A
filtered cell is shown when it can be worked out from what that table shows, for then it tells nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from sqlalchemy.engine import Connection

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import UNKNOWN, Aggregate, fold
from frontline.metrics.compiler import Ask, Scope
from frontline.metrics.query import Filter
from frontline.metrics.reading import Cell, Key, merge_cells, read_cells
from frontline.metrics.suppression import TOTAL, Judged, judge

OTHER = "other"  # the row of all values outside the catalog with too few behind them
INSIDE, OUTSIDE = "inside", "outside"
# A finer table with more cells than this is cut down to what the filter takes and all the rest.
MOST_CELLS = 400

NOT_OVER_TIME = (MetricKind.SNAPSHOT, MetricKind.COHORT, MetricKind.LATEST, MetricKind.CUMULATIVE)
_ADDS_UP = (Aggregate.COUNT, Aggregate.SUM, Aggregate.NET)
# Money is rounded cell by cell; the others need more than one statement, or the newest row of all.
_NOT_FROM_PARTS = (MetricKind.LATEST, MetricKind.COST, MetricKind.DERIVED)


@dataclass(frozen=True)
class Guarded:
    """The cells of an answer, rare words folded, with the hidden keys and the n of the whole (None: too few)."""

    cells: dict[Key, Cell]
    hidden: frozenset[Key]
    folded: tuple[frozenset[str], ...]  # per place of the breakdown the words that went into ``other``
    n: int | None


@dataclass(frozen=True)
class _Table:
    """The finer table: keys of ``width`` words of the breakdown, the filtered dimensions, and the bucket of a series.

    ``taken`` are the words that the filters take, by place: the answer is the sum over them. ``mixed`` are places
    whose ``other`` is only partly taken.
    """

    counts: Mapping[Key, int]
    width: int
    has_bucket: bool
    adds_over_time: bool
    taken: Mapping[int, Set[str]]
    mixed: Set[int]

    @property
    def size(self) -> int:
        return len(next(iter(self.counts), ()))

    @property
    def cut(self) -> list[int]:
        """Return the places of dimensions that are filtered but not part of the breakdown."""
        return [at for at in self.taken if at >= self.width]

    @property
    def axes(self) -> list[int]:
        """Return the places over which cells add up to what can be asked for."""
        return [at for at in range(self.size) if self.adds_over_time or not (self.has_bucket and at == self.size - 1)]

    def words(self, at: int) -> set[str]:
        return {key[at] for key in self.counts}

    def short(self, key: Key) -> Key:
        """Return the key of the answer for a key of the finer table."""
        return (*key[: self.width], *(key[-1:] if self.has_bucket else ()))

    def full(self, short: Key) -> Key:
        """Return the key of the finer table, totals over the filtered dimensions."""
        return (*short[: self.width], *(TOTAL for _ in self.cut), *short[self.width :])


@dataclass(frozen=True)
class Answered:
    """The cells of an answer, and the finer table where that was read for them (see ``guard``)."""

    cells: dict[Key, Cell]
    finer: Mapping[Key, Cell] | None = None


def read_answer(scope: Scope, connection: Connection, ask: Ask, *, asked: int, min_n: int) -> Answered:
    """Read what is asked; where it is a sum over cells of the finer table, read that table alone, once for both."""
    filters = ask.filters[:asked]
    is_series_of_open = ask.metric.kind is MetricKind.SNAPSHOT and ask.grain is not None
    is_sum = ask.metric.kind not in _NOT_FROM_PARTS and not is_series_of_open and adds_up(scope.catalog, ask.metric)
    if not (filters and min_n and is_sum) or any(scope.catalog.dimensions[item.dim].is_person for item in filters):
        return Answered(read_cells(scope, connection, ask))
    dims = finer_dims(ask.by, filters)
    finer = read_cells(scope, connection, replace(ask, by=dims, filters=ask.filters[asked:]))
    taken = {
        at: _taken(
            scope, connection, ask, [item for item in filters if item.dim == dim], dim, {key[at] for key in finer}
        )
        for at, dim in enumerate(dims)
        if any(item.dim == dim for item in filters)
    }
    width, cells = len(ask.by), dict[Key, Cell]()
    for key, cell in finer.items():
        if all(key[at] in words for at, words in taken.items()):
            short = (*key[:width], *key[len(dims) :])
            cells[short] = merge_cells(ask.metric, cells.get(short), cell)
    if not cells:  # an aggregate over no rows is a row, too
        return Answered(read_cells(scope, connection, ask), finer)
    return Answered(cells, finer)


def finer_dims(by: tuple[str, ...], filters: Sequence[Filter]) -> tuple[str, ...]:
    """Return the breakdown of the finer table: that of the answer, then the dimensions of the question's filters."""
    return (*by, *dict.fromkeys(item.dim for item in filters if item.dim not in by))


def guard(
    scope: Scope,
    connection: Connection,
    ask: Ask,
    answered: Answered,
    *,
    asked: int,
    min_n: int,
    is_self: bool = False,
) -> Guarded:
    """Return the cells (as ``read_answer`` read them for ``ask``) with what is to be hidden.

    The first ``asked`` filters of ``ask`` are the question's own; the others are policy and hold for every question of
    the same viewer. ``is_self``: agents ask for themselves, so that colleagues count only as a whole.
    """
    cells = answered.cells
    if min_n == 0 or ask.metric.kind is MetricKind.LATEST:
        none: tuple[frozenset[str], ...] = tuple(frozenset() for _ in ask.by)
        return Guarded(dict(cells), frozenset(), none, sum(cell.n for cell in cells.values()))
    filters = ask.filters[:asked]
    dims = finer_dims(ask.by, filters)
    counts = {key: cell.n for key, cell in cells.items()}
    if filters:
        whole = answered.finer
        if whole is None:
            whole = read_cells(scope, connection, replace(ask, by=dims, filters=ask.filters[asked:]))
        counts = {key: cell.n for key, cell in whole.items()}
    over_time = ask.grain is not None and ask.metric.kind not in NOT_OVER_TIME
    table = _Table(counts, len(ask.by), ask.grain is not None, over_time, {}, set())
    taken = {
        at: _taken(scope, connection, ask, [item for item in filters if item.dim == dim], dim, table.words(at))
        for at, dim in enumerate(dims)
        if any(item.dim == dim for item in filters)
    }
    folded = tuple(_rare(scope.catalog, table, at, dim, min_n) for at, dim in enumerate(ask.by))
    mixed = {at for at in taken if at < len(ask.by) and folded[at] & taken[at] and folded[at] - taken[at]}
    counts = defaultdict(int)
    for key, count in table.counts.items():
        counts[_fold_key(key, folded)] += count
    taken = {at: {_fold_key((*[""] * at, word), folded)[at] for word in words} for at, words in taken.items()}
    table = replace(table, counts=dict(counts), taken=taken, mixed=mixed)
    own, stuck = _fold_cells(scope.catalog, ask.metric, cells, folded)
    table, judged = _judge(table, min_n, is_self)
    seen = {table.short(key) for key in (*table.counts, *judged.hidden)} | set(own)
    hidden = stuck | {key for key, cell in own.items() if 0 < cell.n < min_n}
    hidden |= {key for key in seen if TOTAL not in key and not _is_shown(table, judged, key)}
    hidden |= _small_steps(scope, connection, ask, min_n, folded)
    return Guarded(own, frozenset(hidden), folded, _whole_n(table, judged, own, hidden, min_n))


def _small_steps(scope: Scope, connection: Connection, ask: Ask, min_n: int, folded: Sequence[Set[str]]) -> set[Key]:
    """Return the units of a running series that too few were added in: the step to them would tell of these."""
    if ask.metric.cumulative is None or ask.grain is None:
        return set()
    key = ask.metric.cumulative.of
    steps = read_cells(scope, connection, replace(ask, key=key, metric=scope.catalog.metrics[key]))
    return {_fold_key(at, folded) for at, cell in steps.items() if 0 < cell.n < min_n}


def is_listed(catalog: Catalog, dim: str, word: str) -> bool:
    """Whether ``word`` may always be shown: a value of the catalog, or the handle of an agent."""
    if word in (UNKNOWN, OTHER) or catalog.dimensions[dim].is_person:
        return True
    return fold(word) in {fold(value) for value in catalog.values(dim)}


def _taken(
    scope: Scope, connection: Connection, ask: Ask, filters: Sequence[Filter], dim: str, words: Set[str]
) -> set[str]:
    """Return those of ``words`` that the filters on one dimension take."""
    if scope.catalog.dimensions[dim].is_person:  # named by handle or by id: only the facts know who is who
        alone = replace(ask, by=(dim,), filters=tuple(filters), grain=None)
        return {key[0] for key in read_cells(scope, connection, alone)} & words
    named = [({fold(word.removeprefix("@")) for word in item.values}, item.op == "in") for item in filters]
    return {word for word in words if all((fold(word) in values) == wanted for values, wanted in named)}


def _rare(catalog: Catalog, table: _Table, at: int, dim: str, min_n: int) -> frozenset[str]:
    """Return the words outside the catalog with too few behind them, whatever else the table is cut by.

    Words of a file may be anything, a name and a telephone number included. They are judged without the question's
    own filters and by the dimension alone, so that every question folds the same ones.
    """
    unlisted = {word for word in table.words(at) if not is_listed(catalog, dim, word)}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for key, count in table.counts.items():
        sums[key[at], key[-1] if table.has_bucket and not table.adds_over_time else ""] += count
    known = {word for (word, _), count in sums.items() if count >= min_n}
    return frozenset(unlisted - known)


def _fold_key(key: Key, folded: Sequence[Set[str]]) -> Key:
    return tuple(OTHER if at < len(folded) and word in folded[at] else word for at, word in enumerate(key))


def _fold_cells(
    catalog: Catalog, metric: Metric, cells: Mapping[Key, Cell], folded: Sequence[Set[str]]
) -> tuple[dict[Key, Cell], set[Key]]:
    """Return the cells with rare words in one row, and the keys whose value does not follow from its parts."""
    found: dict[Key, Cell] = {}
    stuck: set[Key] = set()
    for key, cell in cells.items():
        at = _fold_key(key, folded)
        if at in found and not adds_up(catalog, metric):
            stuck.add(at)
        found[at] = merge_cells(metric, found.get(at), cell)
    return found, stuck


def adds_up(catalog: Catalog, metric: Metric) -> bool:
    """Whether num and den of a whole are the sums over its parts: not for percentiles and distinct counts."""
    if metric.cumulative is not None:
        return adds_up(catalog, catalog.metrics[metric.cumulative.of])
    if metric.kind is MetricKind.DERIVED:
        return all(adds_up(catalog, catalog.metrics[key]) for key in (metric.numerator, metric.denominator))
    names = [name for name in (metric.measure, metric.numerator, metric.denominator) if name]
    return all(catalog.measures[name].aggregate in _ADDS_UP for name in names)


def _judge(table: _Table, min_n: int, is_self: bool) -> tuple[_Table, Judged]:
    """Judge the finer table in full, or where it is too fine with every filtered dimension cut in two."""
    cells = prod(len(table.words(at)) for at in range(table.size))
    if not table.cut or not table.counts or (cells <= MOST_CELLS and not is_self):
        return table, judge(table.counts, min_n=min_n, axes=table.axes)
    halves: dict[Key, int] = defaultdict(int)
    for key, count in table.counts.items():
        for sides in product((INSIDE, OUTSIDE), repeat=len(table.cut)):
            halves[_with(key, table.cut, sides)] += 0
        sides = tuple(INSIDE if key[at] in table.taken[at] else OUTSIDE for at in table.cut)
        halves[_with(key, table.cut, sides)] += count
    taken = {at: {INSIDE} if at in table.cut else words for at, words in table.taken.items()}
    halved = replace(table, counts=dict(halves), taken=taken)
    also = [] if is_self else _hidden_sides(table, min_n)
    return halved, judge(halved.counts, min_n=min_n, axes=halved.axes, also=also)


def _hidden_sides(table: _Table, min_n: int) -> list[Key]:
    """Return the sides of the filters that stay hidden when nothing is broken down: those answers stay as they are."""
    if table.has_bucket and not table.adds_over_time:
        return []
    alone: dict[Key, int] = defaultdict(int)
    for key, count in table.counts.items():
        alone[tuple(word if at in table.cut else TOTAL for at, word in enumerate(key))] += count
    if len(alone) > MOST_CELLS:
        return []
    judged = judge(alone, min_n=min_n, axes=table.cut)
    plain = replace(table, counts=alone)
    found = []
    for sides in product((INSIDE, OUTSIDE), repeat=len(table.cut)):
        taken = {
            at: table.taken[at] if side == INSIDE else plain.words(at) - table.taken[at]
            for at, side in zip(table.cut, sides, strict=True)
        }
        key = tuple(TOTAL for _ in range(table.size))
        if not _follows(replace(plain, taken=taken), judged, key, table.cut):
            found.append(_with(key, table.cut, sides))
    return found


def _is_shown(table: _Table, judged: Judged, short: Key) -> bool:
    """Whether a cell of the answer (or with ``TOTAL`` in it a sum of them) may be shown."""
    key = table.full(short)
    if any(key[at] in (OTHER, TOTAL) for at in table.mixed):
        return False
    sums = [at for at in table.taken if key[at] == TOTAL]
    if any(key[at] not in table.taken[at] for at in table.taken if at not in sums):
        return True  # not in the answer
    return _follows(table, judged, key, sums)


def _follows(table: _Table, judged: Judged, key: Key, places: Sequence[int]) -> bool:
    """Whether ``key`` can be worked out from what the table shows: in each place its parts, or all less the rest."""
    ways = [(sorted(table.taken[at]), [TOTAL, *sorted(table.words(at) - table.taken[at])]) for at in places]
    return any(
        not any(judged.is_hidden(_with(key, places, words)) for words in product(*way)) for way in product(*ways)
    )


def _whole_n(table: _Table, judged: Judged, own: Mapping[Key, Cell], hidden: Set[Key], min_n: int) -> int | None:
    """Return the rows behind the whole answer, None where that would tell of too few.

    What is open at the end of a week is open at the end of the month too: then the fullest bucket counts.
    """
    if hidden and not any(cell.n for key, cell in own.items() if key not in hidden):
        return None
    wholes: dict[Key, int] = defaultdict(int)
    for key, cell in own.items():
        bucket = () if not table.has_bucket else (TOTAL,) if table.adds_over_time else key[-1:]
        wholes[(*(TOTAL for _ in range(table.width)), *bucket)] += cell.n
    if not wholes:
        return 0
    fullest = max(wholes, key=lambda key: (wholes[key], key))
    if wholes[fullest] == 0 or not table.counts:
        return wholes[fullest] if not hidden else None
    return wholes[fullest] if wholes[fullest] >= min_n and _is_shown(table, judged, fullest) else None


def _with(key: Key, places: Sequence[int], words: Sequence[str]) -> Key:
    chosen = dict(zip(places, words, strict=True))
    return tuple(chosen.get(at, word) for at, word in enumerate(key))
