"""The change of a metric over the groups of a dimension: parts that add up to it, from shown cells alone.

Hidden groups count together as ``the rest``, which is the shown whole less the shown groups: the asking person could
work it out as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from frontline.analysis.decompose import carriers, concentration, contributions, decompose
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import UNKNOWN
from frontline.metrics.guard import OTHER
from frontline.metrics.insights.series import RunTogether, fraction_of
from frontline.metrics.query import Kind, MetricQuery, MetricResult

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog

# Where a change usually sits, most telling first.
LOOKED_AT = ("topic", "queue", "channel", "team", "product", "segment", "region", "tier")
REST = "the rest"
UNNAMED = (REST, UNKNOWN, OTHER)
# Costs are shared out by handling minutes anew for each breakdown; fewer are looked at.
MOST_OF_COSTS = 4
# The split in which one group carries more of the change than its size explains, by this much, is worth a sentence.
STANDS_OUT = 0.15


@dataclass(frozen=True)
class Part:
    """One group's part of the change. ``rate`` and ``mix`` add up to ``total``; both None where the metric is no ratio.

    ``before`` and ``after``: the group's own figure. ``size``: its share of the whole, 0-1, afterwards.
    ``is_noise``: whether its own figure did not move beyond chance; None where nobody can tell.
    """

    group: str
    total: float
    before: float | None
    after: float | None
    size: float
    rate: float | None = None
    mix: float | None = None
    is_noise: bool | None = None


@dataclass(frozen=True)
class Split:
    """The change over the groups of one dimension, largest part first; the parts add up to ``change``."""

    dim: str
    change: float
    parts: tuple[Part, ...]
    carriers: tuple[str, ...]
    concentration: float

    @property
    def drivers(self) -> list[Part]:
        """The parts that go the way of the change."""
        return [part for part in self.parts if part.total * self.change > 0]

    @property
    def detractors(self) -> list[Part]:
        """The parts that work against it."""
        return [part for part in self.parts if part.total * self.change < 0]

    def carried(self) -> float:
        """Return which share of the change the carriers make."""
        return sum(part.total for part in self.parts if part.group in self.carriers) / self.change


def dimensions(catalog: Catalog, query: MetricQuery) -> list[str]:
    """Return the dimensions that a change of the query's metric is looked for in."""
    allowed = catalog.allowed_dimensions(query.metrics[0])
    fixed = {item.dim for item in query.filters if item.op == "in" and len(item.values) == 1}
    found = [dim for dim in LOOKED_AT if dim in allowed and dim not in fixed]
    is_cost = catalog.metrics[query.metrics[0]].kind in (MetricKind.COST, MetricKind.DERIVED)
    return found[:MOST_OF_COSTS] if is_cost else found


@dataclass(frozen=True)
class ShownCell:
    """A figure that is shown: numerator and denominator (1 for no ratio), the rows behind it, its value."""

    num: float
    den: float
    n: int
    value: float


def read_sides(metric: Metric, result: MetricResult, key: str) -> dict[str, dict[str, ShownCell]]:
    """Return window -> group -> what is shown of it."""
    window, value, count = (result.columns.index(name) for name in ("window", key, f"{key}_n"))
    hidden = {row for row, column in result.suppressed if column == value}
    sides: dict[str, dict[str, ShownCell]] = {"current": {}, "compare": {}}
    for place, row in enumerate(result.rows):
        if place in hidden or row[value] is None:
            continue
        num, den = fraction_of(metric, row[value], result.parts[place][0])
        if den > 0:
            group = "" if not result.query.by else _group(row[0])
            sides[row[window]][group] = ShownCell(num, den, int(row[count] or 0), float(row[value]))
    return sides


def _group(value: Any) -> str:
    return UNKNOWN if value is None else str(value)


def compared_by(query: MetricQuery, dim: str) -> MetricQuery:
    """Return the comparison by the groups of one dimension."""
    return query.model_copy(update={"kind": Kind.COMPARISON, "by": (dim,), "compare": query.compare or "previous"})


def split_of(
    catalog: Catalog, result: MetricResult, now: ShownCell, then: ShownCell, noise: float | None
) -> Split | None:
    """Split the change from ``then`` to ``now`` over the groups of a comparison by one dimension (``compared_by``);
    None where that cannot be shown.

    ``noise``: variance of a unit of weight 1 (see ``levels``), for counts over the level; None where it is not known.
    """
    key, dim = result.query.metrics[0], result.query.by[0]
    metric = catalog.metrics[key]
    sides = read_sides(metric, result, key)
    hidden = {_group(result.rows[row][0]) for row, _ in result.suppressed}
    before = {group: cell for group, cell in sides["compare"].items() if group not in hidden}
    after = {group: cell for group, cell in sides["current"].items() if group not in hidden}
    is_ratio = any(behind[0][1] is not None for behind in result.parts)
    rest = _rest(then, before, is_ratio), _rest(now, after, is_ratio)
    if hidden:
        # Fewer than this viewer may see of any group would be a small group together, too.
        if min(cell.n for cell in rest) < max(metric.min_n.group, result.min_n):
            return None
        before[REST], after[REST] = rest
    elif not (_is_covered(then, rest[0]) and _is_covered(now, rest[1])):
        return None
    if len(after) < 2:
        return None
    parts = _ratio_parts(before, after, noise) if is_ratio else _count_parts(before, after, noise)
    totals = {part.group: part.total for part in parts}
    change = now.num / now.den - then.num / then.den
    sizes = {part.group: part.size for part in parts}
    stands = concentration(totals, sizes, among=[group for group in totals if group not in UNNAMED])
    return Split(dim, change, tuple(parts), carriers(totals), stands)


def _rest(whole: ShownCell, shown: Mapping[str, ShownCell], is_ratio: bool) -> ShownCell:
    num = whole.num - sum(cell.num for cell in shown.values())
    den = whole.den - sum(cell.den for cell in shown.values()) if is_ratio else 1.0
    count = whole.n - sum(cell.n for cell in shown.values())
    return ShownCell(num, max(den, 0.0), count, num / den if den > 0 else 0.0)


def _is_covered(whole: ShownCell, rest: ShownCell) -> bool:
    """Whether the groups make up the whole: those that overlap or leave something out explain nothing."""
    return abs(rest.num) <= 1e-6 * max(1.0, abs(whole.num)) + 0.5


def _ratio_parts(before: Mapping[str, ShownCell], after: Mapping[str, ShownCell], noise: float | None) -> list[Part]:
    found = decompose(
        {group: (cell.num, cell.den) for group, cell in before.items()},
        {group: (cell.num, cell.den) for group, cell in after.items()},
    )
    parts = []
    limit = _limit(len(found.effects))
    for effect in found.effects:
        one, two = before.get(effect.group), after.get(effect.group)
        is_noise = None
        if noise is not None and one and two and one.den and two.den:
            gap = two.num / two.den - one.num / one.den
            is_noise = gap**2 <= limit**2 * noise * (1 / one.den + 1 / two.den)
        parts.append(
            Part(
                effect.group,
                effect.total,
                effect.rate_before,
                effect.rate_after,
                effect.share_after,
                effect.rate,
                effect.mix,
                is_noise,
            )
        )
    return parts


def _limit(groups: int) -> float:
    """Return how many standard errors a group's own change must exceed when so many are looked at (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / max(1, groups))


def _count_parts(before: Mapping[str, ShownCell], after: Mapping[str, ShownCell], noise: float | None) -> list[Part]:
    """Counts: ``noise`` is the variance of a count over the count, as of the whole."""
    one = {group: cell.num for group, cell in before.items()}
    two = {group: cell.num for group, cell in after.items()}
    whole = sum(two.values()) or 1.0
    limit = _limit(len({*one, *two}))
    return [
        Part(
            group,
            float(total),
            one.get(group, 0.0),
            two.get(group, 0.0),
            two.get(group, 0.0) / whole,
            is_noise=None if noise is None else total**2 <= limit**2 * noise * (one.get(group, 0) + two.get(group, 0)),
        )
        for group, total in contributions(one, two).items()
    ]


def read_medians(
    run: RunTogether, catalog: Catalog, query: MetricQuery, whole: Mapping[str, Mapping[str, ShownCell]]
) -> tuple[str, tuple[Part, ...]]:
    """Return the dimension and groups whose own median moved furthest, weighted by size: a median has no parts."""
    key = query.metrics[0]
    metric = catalog.metrics[key]
    total = max(1, whole["current"][""].n)
    best: tuple[str, tuple[Part, ...]] = ("", ())
    if metric.kind is MetricKind.LATEST:
        return best
    furthest = 0.0
    dims = dimensions(catalog, query)[:3]
    for dim, result in zip(dims, run([compared_by(query, dim) for dim in dims]), strict=True):
        if result is None:
            continue
        sides = read_sides(metric, result, key)
        then = sides["compare"]
        both = [(group, then[group], cell) for group, cell in sides["current"].items() if group in then]
        parts = [Part(group, two.value - one.value, one.value, two.value, two.n / total) for group, one, two in both]
        parts.sort(key=lambda part: (-abs(part.total) * part.size, part.group))
        if parts and abs(parts[0].total) * parts[0].size > furthest:
            furthest = abs(parts[0].total) * parts[0].size
            best = (dim, tuple(parts[:3]))
    return best


def standing_out(splits: Sequence[Split]) -> list[Split]:
    """Return the splits in which one group carries clearly more than its size explains."""
    return [split for split in splits if split.concentration >= STANDS_OUT]
