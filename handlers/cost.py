"""``/ops cost``: what a case costs, with the mix of work taken out, and held against the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from frontline.analysis.rates import discoveries
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, floor_date, step_date
from frontline.core.reply import Button, Chart, Column, Outcome, Paragraph, Part, Reply, Table
from frontline.metrics.extracts import ExtractSpec
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from handlers.assistant.numbers import HIDDEN, show_number
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
    stamp_line,
    title_of,
)

if TYPE_CHECKING:
    from frontline.analysis.standardise import Standardised

EXAMPLE = "/ops cost by region last quarter"
# What a case is about and how it came in decides most of what it takes.
MIX = ("topic", "channel")
FALSE_RATE = 0.10


def show(work: Work, arguments: ViewArguments) -> Reply:
    """Show cost per case by group: crude, as the mix would make it, and whether the rest is more than noise."""
    from frontline.analysis.standardise import by_group  # loads numpy

    query = read_view(work, arguments.said, metric="cost_per_case", about=EXAMPLE)
    period = whole_months(work, query.period)
    dim = query.by[0] if query.by else "segment"
    shown = figures(run(work, ("cost_per_case", "total_cost"), period=period, by=(dim,), filters=query.filters))
    whole = run(work, ("cost_per_case", "total_cost", "ledger_total"), period=period)
    found = by_group(spend(work, dim, period, query.filters))
    money = work.desk.catalog.calendar.currency
    named = _named(found)
    rows = [_row(work, dim, key[0], cells, found.get(key[0]), named) for key, cells in shown.items()]
    columns = [
        Column(dim, title_of(work, dim)),
        Column("cases", "Cases"),
        Column("cost", "Cost"),
        Column("crude", "Per case"),
        Column("expected", "Its mix would cost"),
        Column("ratio", "Ratio [95 %]"),
        Column("direct", "With everybody's mix"),
        Column("verdict", "After the mix"),
    ]
    title = f"Cost per case by {title_of(work, dim).lower()}"
    total = figures(whole)[()]
    parts: list[Part] = [*_chart(work, dim, shown, title), Table(title, columns, rows)]
    parts.append(Paragraph(reconciliation(work, period, query.filters, total)))
    return Reply(
        f"Cost per case {show_number(total['cost_per_case'].value, 'money', currency=money)} for "
        f"{describe(work, period, ())}; by {title_of(work, dim).lower()}{_where(work, query)}.",
        context=f"{stamp_line(whole)} · time-driven activity-based cost · mix of topic and channel · "
        "intervals from resampled days",
        parts=parts,
        buttons=[Button("CSV", "cost.csv", arguments.said), Button("Equity", "cost.equity", "by region")],
        outcome=Outcome.ANSWERED,
        csv=_csv(dim, shown, found),
        csv_name="cost.csv",
    )


def send_csv(work: Work, arguments: ViewArguments) -> Reply:
    """Send the table of the view as a file."""
    reply = show(work, arguments)
    return Reply(reply.headline, context=reply.context, csv=reply.csv, csv_name=reply.csv_name, outcome=reply.outcome)


def home_panel(work: Work) -> Sequence[Part]:
    """Return one line for App Home: cost per case of the last month, and whether the ledger agrees."""
    query = read_view(work, "", metric="cost_per_case", about=EXAMPLE)
    period = whole_months(work, query.period)
    total = figures(run(work, ("cost_per_case", "total_cost", "ledger_total"), period=period))[()]
    money = work.desk.catalog.calendar.currency
    figure = show_number(total["cost_per_case"].value, "money", currency=money)
    said = reconciliation(work, period, (), total)
    return [Paragraph(f"*Cost*\nCost per case {figure} for {describe(work, period, ())}. {said} (`/ops cost`)")]


def spend(work: Work, dim: str, period: PeriodSpec, filters: Sequence[Filter]) -> list[Standardised]:
    """Return the cost of every group with the mix of topic and channel taken out.

    Raises:
        NotFound: nothing was spent or opened.
        NotPermitted: the actor may not work with daily counts.
    """
    from frontline.analysis.standardise import collect_days, standardise  # loads numpy

    by = (dim, *(name for name in MIX if name != dim))
    rows: list[tuple[str, str, str, float, float]] = []
    for metric, is_amount in (("total_cost", True), ("case_volume", False)):
        spec = ExtractSpec(metric, period.period, by, tuple(filters))
        for day, group, *rest in work.desk.engine.extract(work.actor, spec).rows:
            number = float(rest[-3] or 0)
            rows.append((day, group, "|".join(rest[:-3]), number if is_amount else 0.0, 0.0 if is_amount else number))
    if not rows:
        raise NotFound("Nothing was spent there.", next_step=f"Ask for another period: {EXAMPLE}")
    return standardise(collect_days(rows))


def whole_months(work: Work, period: PeriodSpec) -> PeriodSpec:
    """Return the period if it is whole months that have ended: the ledger knows nothing smaller.

    Raises:
        UsageError: it is anything else.
    """
    start, end = period.start, period.end
    end = min(end, floor_date(work.today, Grain.MONTH))
    if start >= end or start.day != 1 or end.day != 1:
        last = step_date(floor_date(work.today, Grain.MONTH), Grain.MONTH, -1)
        raise UsageError(
            "The ledger is kept by month, and that is no whole month that has ended.",
            next_step=f"For example: /ops cost {last:%B} or /ops cost last quarter",
        )
    return period.model_copy(update={"start": start, "end": end, "grain": None})


def reconciliation(work: Work, period: PeriodSpec, filters: Sequence[Filter], total: Mapping[str, Figure]) -> str:
    """Say whether what was shared out is what was booked."""
    money = work.desk.catalog.calendar.currency
    booked, shared = total["ledger_total"].value, total["total_cost"].value
    if booked is None or shared is None:
        return f"The ledger has nothing for {describe(work, period, ())}."
    gap = round(shared - booked, 2)
    said = f"Shared out {show_number(shared, 'money', currency=money)}, booked in the ledger "
    said += f"{show_number(booked, 'money', currency=money)}: "
    said += "they agree to the cent." if not gap else f"a difference of {money} {gap:+,.2f}."
    if months := _months_missing(work, period):
        said += f" Nothing is booked for {months}."
    return said + (" A filter shows a part of it." if filters else "")


def _months_missing(work: Work, period: PeriodSpec) -> str:
    missing = []
    month = period.start
    while month < period.end:
        after = step_date(month, Grain.MONTH, 1)
        one = figures(run(work, ("ledger_total",), period=PeriodSpec(start=month, end=after)))
        if not any(cells["ledger_total"].n for cells in one.values()):
            missing.append(f"{month:%B %Y}")
        month = after
    return ", ".join(missing)


def _named(found: Mapping[str, Standardised]) -> frozenset[str]:
    """Return the groups whose ratio is beyond chance, at a false discovery rate of 10 % among them."""
    groups = list(found.values())
    flags = discoveries([one.p_value for one in groups], rate=FALSE_RATE)
    return frozenset(one.group for one, is_named in zip(groups, flags, strict=True) if is_named)


def _row(
    work: Work,
    dim: str,
    group: str,
    cells: Mapping[str, Figure],
    one: Standardised | None,
    named: frozenset[str],
) -> list[str | int | float | None]:
    money = work.desk.catalog.calendar.currency
    label = work.desk.catalog.dimensions[dim].label_of(group)
    figure = cells["cost_per_case"]
    if figure.is_hidden or cells["total_cost"].is_hidden or figure.value is None:
        nothing = HIDDEN if figure.is_hidden or cells["total_cost"].is_hidden else "-"
        return [label, *[nothing] * 6, "too few to say"]
    said = show_number(cells["total_cost"].value, "money", currency=money)
    start = [label, figure.n, said, show_number(figure.value, "money", currency=money)]
    if one is None:
        return [*start, "-", "-", "-", "too few to say"]
    verdict = "within noise" if group not in named else "dearer" if one.ratio > 1 else "cheaper"
    direct = "-" if one.direct is None else show_number(one.direct, "money", currency=money)
    interval = show_interval(one.interval, scale=1, decimals=2)
    return [*start, show_number(one.expected, "money", currency=money), f"{one.ratio:.2f} {interval}", direct, verdict]


def _chart(work: Work, dim: str, shown: Mapping[tuple[str, ...], Mapping[str, Figure]], title: str) -> list[Part]:
    label_of = work.desk.catalog.dimensions[dim].label_of
    values = [(label_of(key[0])[:20], cells["cost_per_case"].value) for key, cells in shown.items()]
    known = [value for _, value in values if value is not None]
    if not 2 <= len(known) == len(values) <= 20:
        return []
    money = work.desk.catalog.calendar.currency
    low, high = (show_number(value, "money", currency=money) for value in (min(known), max(known)))
    series = [("Cost per case", [value for _, value in values])]
    return [Chart(title, "bar", [name for name, _ in values], series, alt=f"from {low} to {high}", format="money")]


def _csv(dim: str, shown: Mapping[tuple[str, ...], Mapping[str, Figure]], found: Mapping[str, Standardised]) -> str:
    rows = []
    for key, cells in shown.items():
        figure, one = cells["cost_per_case"], found.get(key[0])
        row: list[object] = [key[0], figure.n, cells["total_cost"].value, figure.value]
        if one is None or figure.value is None:
            rows.append([*row, *[None] * 5])
            continue
        row += [round(one.expected, 4), round(one.ratio, 4), round(one.interval.low, 4), round(one.interval.high, 4)]
        rows.append([*row, None if one.direct is None else round(one.direct, 4)])
    header = (dim, "cases", "total_cost", "cost_per_case", "expected", "ratio", "ratio_low", "ratio_high", "direct")
    return as_csv(header, rows)


def _where(work: Work, query: MetricQuery) -> str:
    said = describe(work, query.period, query.filters).partition(", ")[2]
    return f", {said}" if said else ""
