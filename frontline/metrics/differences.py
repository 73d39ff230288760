"""Two definitions side by side: what one shows less what the other shows must not tell of too few rows.

Both answers may be seen, and their difference is the rows that only one of them counts. Where these are fewer than may
stand behind a figure, the second answer is hidden, and with it everything beside it: one hidden month follows from the
quarter and the other two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.metrics.query import Fraction, MetricResult

# Sums are added up in any order; less than half a row is none.
NOTHING = 0.5
TOO_NEAR = "hidden: so few make the difference to the version in force that it would tell of them"


@dataclass(frozen=True)
class Apart:
    """An answer with what is hidden beside another one. ``is_alone``: just one row of it would have told of too few,
    so that the hidden one follows from any total that is shown."""

    result: MetricResult
    is_hidden: bool = False
    is_alone: bool = False


def hide_near(result: MetricResult, other: MetricResult, *, floor: int) -> Apart:
    """Hide the columns of ``result`` in which a row has 1 to ``floor`` - 1 fewer or more behind it than in ``other``.

    Both have the same breakdown and series; the metrics are compared in their order. n, numerator and denominator
    count. What ``other`` hides cannot be subtracted.
    """
    floor = max(floor, result.min_n, other.min_n)
    is_hidden = is_alone = False
    for place in range(len(result.query.metrics)):
        rows = {_label(other, at): _behind(other, at, place) for at in range(len(other.rows))}
        mine = [(_behind(result, at, place), rows.get(_label(result, at), ())) for at in range(len(result.rows))]
        told = sum(_is_near(one, two, floor) for one, two in mine)
        stamps = (result.stamps[place].n or 0,), (other.stamps[place].n or 0,)
        if not told and not _is_near(*stamps, floor):
            continue
        is_alone = is_alone or (told <= 1 and all(one is not None for one, _ in mine))
        is_hidden = True
        result = _without(result, place)
    if is_hidden and result.query.order is not None:
        # The order of the rows would tell what is hidden of them.
        return Apart(_by_label(result), True, is_alone)
    return Apart(result, is_hidden, is_alone)


def with_floors(catalog: Catalog, keys: Iterable[str], other: Catalog) -> Catalog:
    """Return ``catalog`` with as many behind a figure of ``keys`` as ``other`` asks for too: the higher counts."""
    raised: dict[str, Metric] = {}
    for key in keys:
        metric, known = catalog.metrics[key], other.metrics.get(key)
        if known is not None:
            raised[key] = with_floor(metric, group=known.min_n.group, person=known.min_n.person)
    return _with_metrics(catalog, raised)


def with_floor(metric: Metric, *, group: int, person: int = 0) -> Metric:
    """Return the metric with at least so many behind a figure; a reading of now has no rows behind it."""
    floors = {"group": max(metric.min_n.group, group), "person": max(metric.min_n.person, person)}
    if metric.kind is MetricKind.LATEST:
        return metric
    return metric.model_copy(update={"min_n": metric.min_n.model_copy(update=floors)})


def raised(catalog: Catalog, key: str, floor: int) -> Catalog:
    """Return ``catalog`` with at least ``floor`` behind a figure of ``key``."""
    return _with_metrics(catalog, {key: with_floor(catalog.metrics[key], group=floor)})


def _with_metrics(catalog: Catalog, metrics: Mapping[str, Metric]) -> Catalog:
    return replace(catalog, metrics=MappingProxyType({**catalog.metrics, **metrics}))


def _first(result: MetricResult) -> int:
    return result.columns.index(result.query.metrics[0])


def _label(result: MetricResult, at: int) -> tuple[str, ...]:
    return tuple(str(word) for word in result.rows[at][: _first(result)])


def _behind(result: MetricResult, at: int, place: int) -> tuple[float, ...] | None:
    """Return n, numerator and denominator of a row; None where it is hidden."""
    column = _first(result) + 2 * place
    if (at, column) in result.suppressed:
        return None
    num, den = result.parts[at][place]
    return tuple(float(value or 0) for value in (result.rows[at][column + 1], num, den))


def _is_near(one: tuple[float, ...] | None, two: tuple[float, ...] | None, floor: int) -> bool:
    if one is None or two is None:
        return False
    two = two or (0.0,) * len(one)  # a row that only one of them has
    return any(NOTHING <= abs(a - b) < floor for a, b in zip(one, two, strict=True))


def _without(result: MetricResult, place: int) -> MetricResult:
    """Return the answer without the figures of one metric."""
    column = _first(result) + 2 * place
    rows = tuple((*row[:column], None, None, *row[column + 2 :]) for row in result.rows)
    none: Fraction = (None, None)
    stamps = list(result.stamps)
    stamps[place] = replace(stamps[place], n=None, coverage={})
    hidden = {(at, column + more) for at in range(len(rows)) for more in (0, 1)}
    return replace(
        result,
        rows=rows,
        suppressed=tuple(sorted({*result.suppressed, *hidden})),
        parts=tuple((*row[:place], none, *row[place + 1 :]) for row in result.parts),
        stamps=tuple(stamps),
    )


def _by_label(result: MetricResult) -> MetricResult:
    order = sorted(range(len(result.rows)), key=lambda at: _label(result, at))
    moved = {at: to for to, at in enumerate(order)}
    return replace(
        result,
        rows=tuple(result.rows[at] for at in order),
        parts=tuple(result.parts[at] for at in order),
        suppressed=tuple(sorted((moved[at], column) for at, column in result.suppressed)),
    )
