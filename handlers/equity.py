"""``/ops cost equity``: do some customers get worse service and less of the money, once what they ask for is taken out?

Groups too small are left out, and a difference that chance explains is called noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontline.analysis.rates import discoveries
from frontline.core.errors import NotFound, NotPermitted, UsageError, UserError
from frontline.core.reply import Column, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.extracts import ExtractSpec
from frontline.metrics.query import Filter, PeriodSpec
from handlers.assistant.numbers import HIDDEN
from handlers.cost import MIX, spend, whole_months
from handlers.desk import Work
from handlers.survey_words import (
    Figure,
    ViewArguments,
    as_csv,
    describe,
    figures,
    read_view,
    run,
    show_interval,
    title_of,
)

if TYPE_CHECKING:
    from frontline.analysis.standardise import Standardised

EXAMPLE = "/ops cost equity by language last quarter"
# Customers are compared, not those who serve them.
OF_CUSTOMERS = ("segment", "region", "language", "tier", "product")
# What customers get of us; a higher share is better for them.
OUTCOMES = ("service_level", "fcr_rate", "sla_attainment", "csat")
FALSE_RATE = 0.10
# Two points in a hundred of what was expected, and a twentieth of the money: less is no matter of equity.
SMALLEST, SMALLEST_SPEND = 0.02, 0.05


@dataclass(frozen=True)
class Served:
    """One outcome of one group: what it got, what its mix would have got, and whether the gap is beyond chance."""

    metric: str
    group: str
    figure: Figure
    standard: Standardised | None
    is_named: bool

    @property
    def is_worse(self) -> bool:
        """Whether the group is served worse than its mix explains."""
        return self.is_named and self.standard is not None and self.standard.ratio < 1 - SMALLEST


def show(work: Work, arguments: ViewArguments) -> Reply:
    """Show service and spending by group, with the mix taken out; name who gets worse service and less money."""
    query = read_view(work, arguments.said, metric="cost_per_case", about=EXAMPLE)
    period = whole_months(work, query.period)
    dim = query.by[0] if query.by else "segment"
    if dim not in OF_CUSTOMERS:
        raise UsageError("Equity compares customers.", next_step=f"Say by {', '.join(OF_CUSTOMERS)}: {EXAMPLE}")
    served = outcomes(work, dim, period, query.filters)
    if not served:
        raise NotFound("Nothing of the service is known for that period.", next_step=f"For example: {EXAMPLE}")
    money = {one.group: one for one in spend(work, dim, period, query.filters)}
    less = _less(money)
    groups = sorted({one.group for one in served})
    under = [group for group in groups if group in less and any(one.is_worse for one in served if one.group == group)]
    worse = [one for one in served if one.is_worse]
    title = title_of(work, dim).lower()
    return Reply(
        _headline(work, dim, under, worse, describe(work, period, query.filters)),
        context="after the mix of topic and channel · intervals from resampled days · at most a tenth of those named "
        "is false · groups under 20 are left out",
        parts=[*_lines(work, dim, worse, money), _table(work, dim, groups, served, money)],
        outcome=Outcome.ANSWERED,
        csv=_csv(dim, served, money),
        csv_name=f"equity-by-{title}.csv",
    )


def outcomes(work: Work, dim: str, period: PeriodSpec, filters: Sequence[Filter]) -> list[Served]:
    """Return every outcome of every group; what is hidden in the answers is not judged here either."""
    found: list[tuple[str, str, Figure, Standardised | None]] = []
    for metric in OUTCOMES:
        try:
            shown = figures(run(work, (metric,), period=period, by=(dim,), filters=filters))
            judged = {one.group: one for one in _standardised(work, metric, dim, period, filters)}
        except NotPermitted:
            raise
        except (UserError, ValueError):
            # Not loaded, or not by this dimension: the other outcomes still tell something.
            continue
        for key, cells in shown.items():
            figure = cells[metric]
            if key[0] == "unknown":
                continue
            is_known = figure.value is not None and not figure.is_hidden
            found.append((metric, key[0], figure, judged.get(key[0]) if is_known else None))
    chances = [one.p_value for *_, one in found if one is not None]
    flags = iter(discoveries(chances, rate=FALSE_RATE)) if chances else iter(())
    return [
        Served(metric, group, figure, one, next(flags) if one is not None else False)
        for metric, group, figure, one in found
    ]


def _standardised(
    work: Work, metric: str, dim: str, period: PeriodSpec, filters: Sequence[Filter]
) -> list[Standardised]:
    from frontline.analysis.standardise import collect_days, standardise  # loads numpy

    by = (dim, *(name for name in MIX if name != dim))
    spec = ExtractSpec(metric, period.period, by, tuple(filters))
    rows = []
    for day, group, *rest in work.desk.engine.extract(work.actor, spec).rows:
        rows.append((day, group, "|".join(rest[:-3]), float(rest[-3] or 0), float(rest[-2] or 0)))
    return standardise(collect_days(rows)) if rows else []


def _less(money: Mapping[str, Standardised]) -> frozenset[str]:
    groups = list(money.values())
    flags = discoveries([one.p_value for one in groups], rate=FALSE_RATE) if groups else []
    return frozenset(
        one.group for one, is_named in zip(groups, flags, strict=True) if is_named and one.ratio < 1 - SMALLEST_SPEND
    )


def _headline(work: Work, dim: str, under: Sequence[str], worse: Sequence[Served], when: str) -> str:
    title = title_of(work, dim).lower()
    if under:
        names = ", ".join(work.desk.catalog.dimensions[dim].label_of(group) for group in under)
        return f"Under-served for {when}: {names} gets worse service and less money than what it asks for explains."
    if worse:
        return f"No {title} gets both worse service and less money for {when}; some get worse service."
    return f"No {title} is served worse than what it asks for explains, beyond noise, for {when}."


def _lines(work: Work, dim: str, worse: Sequence[Served], money: Mapping[str, Standardised]) -> list[Part]:
    lines = []
    for one in worse:
        if one.standard is None:
            continue
        title = work.desk.catalog.metrics[one.metric].title.lower()
        spent = money.get(one.group)
        said = (
            f"; spent {spent.ratio:.2f} {show_interval(spent.interval, scale=1, decimals=2)} of expected"
            if spent
            else ""
        )
        crude = one.standard.crude_interval
        plain = "" if crude.high < 1 else " (not to be seen before the mix is taken out)"
        lines.append(
            f"• *{work.desk.catalog.dimensions[dim].label_of(one.group)}*: {title} "
            f"{one.standard.crude * 100:.1f} % where "
            f"{one.standard.expected * 100:.1f} % was expected{plain}{said}"
        )
    return [Paragraph("\n".join(lines))] if lines else []


def _table(
    work: Work, dim: str, groups: Sequence[str], served: Sequence[Served], money: Mapping[str, Standardised]
) -> Table:
    metrics = [metric for metric in OUTCOMES if any(one.metric == metric for one in served)]
    columns = [Column(dim, title_of(work, dim))]
    columns += [Column(metric, f"{work.desk.catalog.metrics[metric].title} (expected)") for metric in metrics]
    columns.append(Column("spend", "Spent of expected"))
    known = {(one.group, one.metric): one for one in served}
    rows = []
    for group in groups:
        row: list[str | int | float | None] = [work.desk.catalog.dimensions[dim].label_of(group)]
        row += [_cell(known.get((group, metric))) for metric in metrics]
        spent = money.get(group)
        row.append(f"{spent.ratio:.2f} {show_interval(spent.interval, scale=1, decimals=2)}" if spent else "-")
        rows.append(row)
    return Table(f"Service and spending by {title_of(work, dim).lower()}", columns, rows)


def _cell(one: Served | None) -> str:
    if one is None or (one.figure.value is None and not one.figure.is_hidden):
        return "-"
    if one.figure.is_hidden:
        return HIDDEN
    if one.standard is None:
        return "too few to say"
    verdict = "worse" if one.is_worse else "better" if one.is_named and one.standard.ratio > 1 + SMALLEST else "noise"
    return f"{one.standard.crude * 100:.1f} % ({one.standard.expected * 100:.1f} %), {verdict}"


def _csv(dim: str, served: Sequence[Served], money: Mapping[str, Standardised]) -> str:
    rows = []
    for one in served:
        standard, spent = one.standard, money.get(one.group)
        row: list[object] = [one.group, one.metric, one.figure.value, one.figure.n]
        row += (
            [standard.expected, standard.ratio, standard.interval.low, standard.interval.high]
            if standard
            else [None] * 4
        )
        rows.append([*row, int(one.is_worse), spent.ratio if spent else None])
    header = (dim, "metric", "value", "n", "expected", "ratio", "ratio_low", "ratio_high", "is_worse", "spend_ratio")
    return as_csv(header, rows)
