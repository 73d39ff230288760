"""The figures of an answer as facts: one shown figure each, with the words that say what it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from frontline.metrics.insights.why import explain
from frontline.metrics.questions.restate import restate, say_filters
from handlers.assistant.numbers import show_bucket, show_number, show_period

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog
    from frontline.catalog.schema_metrics import Metric
    from frontline.metrics.query import MetricQuery, MetricResult
    from handlers.desk import Work

MOST_FACTS = 40


@dataclass(frozen=True)
class Fact:
    """``shown`` is the figure as the card shows it; ``of`` the groups it is of (a filter counts as one); ``when`` its
    period in words; ``source`` the number of the query it came from, from 1. ``is_change``: a difference, signed."""

    metric: str
    of: tuple[str, ...]
    when: str
    shown: str
    value: float
    source: int = 1
    is_change: bool = False
    # Some groups of its query are not among the facts: hidden, not listed in the catalog, or too many.
    is_partial: bool = False
    is_earlier: bool = False  # of the period that the asked one is compared with

    def line(self) -> str:
        """As a model reads it."""
        where = ", ".join(self.of) or "all"
        what = "change of " if self.is_change else ""
        return f"{what}{self.metric} | {where} | {self.when}: {self.shown}"


@dataclass(frozen=True)
class Source:
    """A query that was run, in words: what a finding cites."""

    query: MetricQuery
    label: str
    definition: str


def source_of_result(result: MetricResult, catalog: Catalog) -> Source:
    """Return what is cited for the figures of ``result``."""
    definitions = ", ".join(f"{stamp.metric}@{stamp.version}" for stamp in result.stamps)
    return Source(result.query, restate(result.query, catalog), definitions)


def facts_of(result: MetricResult, catalog: Catalog, *, source: int = 1) -> list[Fact]:
    """Return the shown figures of ``result``: hidden cells and gaps are none, nor are groups by a word of a file.

    Values of a file may be anything, a name included; only those that the catalog lists may go to a model.
    """
    listed = {dim: {*catalog.values(dim), None} for dim in result.query.by}
    kept = {
        number
        for number, row in enumerate(result.rows)
        if all(row[at] in listed[dim] for at, dim in enumerate(result.query.by))
    }
    found = list(_facts(result, catalog, source, kept))
    is_partial = len(kept) != len(result.rows) or bool(result.suppressed) or len(found) > MOST_FACTS
    is_partial = is_partial or result.query.limit is not None
    return [replace(fact, is_partial=is_partial) for fact in found[:MOST_FACTS]]


def driver_facts(work: Work, compared: MetricResult, *, source: int) -> list[Fact]:
    """Return the groups that a change comes from, with their own figures and their signed part of it."""
    catalog = work.desk.catalog
    found = explain(
        work.run,
        catalog,
        compared,
        today=work.today,
    )
    if found is None or found.split is None or compared.compare_period is None:
        return []
    metric = catalog.metrics[compared.query.metrics[0]]
    now, then = show_period(compared.query.period.period), show_period(compared.compare_period)
    facts: list[Fact] = []
    listed = set(catalog.values(found.split.dim))
    for part in [part for part in found.split.parts if part.group in listed][:6]:
        of = (*_filters(compared.query, catalog), catalog.dimensions[found.split.dim].label_of(part.group))
        blank = Fact(metric.title, of, now, "", 0.0, source, is_partial=True)
        if part.before is not None and part.after is not None:
            facts.append(replace(blank, shown=_figure(metric, part.after, catalog), value=part.after))
            facts.append(
                replace(
                    blank, when=then, shown=_figure(metric, part.before, catalog), value=part.before, is_earlier=True
                )
            )
        amount = abs(part.total)
        size = f"{amount * 100:.1f} points" if metric.format == "share" else _figure(metric, amount, catalog)
        signed = f"{'+' if part.total >= 0 else '-'}{size}"
        facts.append(replace(blank, shown=signed, value=part.total, is_change=True))
    return facts


def _facts(result: MetricResult, catalog: Catalog, source: int, kept: set[int]) -> Iterator[Fact]:
    query, hidden = result.query, set(result.suppressed)
    fixed = _filters(query, catalog)
    for number, row in enumerate(result.rows):
        if number not in kept:
            continue
        cells = dict(zip(result.columns, row, strict=True))
        of = (*fixed, *(catalog.dimensions[dim].label_of(cells[dim]) for dim in query.by))
        for key in query.metrics:
            value = cells[key]
            if value is None or (number, result.columns.index(key)) in hidden:
                continue
            metric = catalog.metrics[key]
            shown = _figure(metric, float(value), catalog)
            is_earlier = cells.get("window") == "compare"
            yield Fact(metric.title, of, _when(result, cells), shown, float(value), source, is_earlier=is_earlier)


def _when(result: MetricResult, cells: dict[str, Any]) -> str:
    query = result.query
    if cells.get("window") == "compare" and result.compare_period is not None:
        return show_period(result.compare_period)
    if cells.get("period") is not None:
        return show_bucket(cells["period"], query.period.grain)
    return show_period(query.period.period)


def _filters(query: MetricQuery, catalog: Catalog) -> tuple[str, ...]:
    return say_filters((item for item in query.filters if item.dim not in query.by), catalog)


def _figure(metric: Metric, value: float, catalog: Catalog) -> str:
    return show_number(value, metric.format, decimals=metric.decimals, currency=catalog.calendar.currency)


def lines_of(facts: Sequence[Fact]) -> str:
    """Return the facts, one a line."""
    return "\n".join(fact.line() for fact in facts)
