"""Several figures side by side, each with what it is held against. Every one is a question to the metrics engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from frontline.analysis.intervals import is_within_noise
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Period
from frontline.core.request import RequestKind
from frontline.metrics.query import Filter, Kind, MetricQuery, MetricResult, PeriodSpec, Span
from handlers.assistant.numbers import HIDDEN, NOTHING, show_number
from handlers.desk import Work

# Shares of counted things, whose difference can be told from chance; a share of time cannot be tested like that.
_COUNTED = (MetricKind.RATIO, MetricKind.EVENT_WINDOW, MetricKind.COHORT)
CURRENT, COMPARE = "current", "compare"


@dataclass(frozen=True)
class Reading:
    """A value with the number behind it. ``is_hidden``: there is one, and too few stand behind it."""

    value: float | None = None
    n: int | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class Figure:
    """A metric now and then. ``missing`` says why there is none; ``notes`` are those of its stamp."""

    key: str
    metric: Metric
    now: Reading = Reading()
    then: Reading = Reading()
    as_of: dt.datetime | None = None
    notes: Sequence[str] = ()
    missing: str = ""
    definition: str = ""

    @property
    def is_counted_share(self) -> bool:
        """Whether the difference of two such shares can be told from chance."""
        return self.metric.unit == "share" and self.metric.kind in _COUNTED

    @property
    def is_stale(self) -> bool:
        """Whether the reading is older than its definition allows."""
        return any(note.startswith("stale:") for note in self.notes)


@dataclass(frozen=True)
class Asked:
    """What all the figures are asked for: a period, another one beside it, the same filters and breakdown."""

    period: Period
    compare: Period | None = None
    filters: tuple[Filter, ...] = ()
    by: tuple[str, ...] = field(default=())

    def query(self, metric: str) -> MetricQuery:
        """Return the question about one metric."""
        compare = None if self.compare is None else Span(start=self.compare.start, end=self.compare.end)
        return MetricQuery(
            kind=Kind.LOOKUP if compare is None else Kind.COMPARISON,
            metrics=(metric,),
            by=self.by,
            filters=self.filters,
            period=PeriodSpec(start=self.period.start, end=self.period.end),
            compare=compare,
        )


def read_figures(work: Work, metrics: Sequence[str], asked: Asked) -> list[Figure]:
    """Return a figure per metric; one that cannot be had says why in ``missing`` and does not take the others away.

    That somebody looked at them is written down with the answer.

    Raises:
        NotPermitted: the person may not see one of them.
    """
    figures = [_read(work, key, asked) for key in metrics]
    _note_look(work, [figure.key for figure in figures if not figure.missing])
    return figures


def read_groups(work: Work, metrics: Sequence[str], asked: Asked) -> dict[str, dict[str, Reading]]:
    """Return group -> metric -> reading for a breakdown by one dimension; metrics that it does not fit are left out.

    Raises:
        NotPermitted: the person may not see one of them.
    """
    groups: dict[str, dict[str, Reading]] = {}
    for key in metrics:
        try:
            result = work.run(asked.query(key))
        except (NotFound, UsageError):
            continue
        for at, row in enumerate(result.rows):
            if row[0] is not None:
                groups.setdefault(str(row[0]), {})[key] = _reading(result, key, at)
    _note_look(work, sorted({key for readings in groups.values() for key in readings}))
    return groups


def show(figure: Figure, reading: Reading, *, currency: str) -> str:
    """Return a reading in words; hidden ones say that they are."""
    if reading.is_hidden:
        return HIDDEN
    metric = figure.metric
    return show_number(reading.value, metric.format, decimals=metric.decimals, currency=currency)


def change(figure: Figure) -> str:
    """Return the difference to what it is held against in words; "" where one of the two is not there.

    Of counted shares it says whether chance alone would do that (Newcombe's interval); of others only how much.
    """
    now, then = figure.now, figure.then
    if now.value is None or then.value is None:
        return ""
    gap = now.value - then.value
    if figure.metric.unit == "share":
        words = f"{gap * 100:+.1f} points"
        return f"{words}, within noise" if _is_noise(figure) else words
    if not gap:
        return "the same"
    if figure.metric.format == "count" and max(abs(now.value), abs(then.value)) < 20:
        return f"{gap:+.0f}"
    if then.value:
        return f"{gap / then.value:+.0%}"
    sign = "+" if gap > 0 else "-"
    return f"{sign}{show_number(abs(gap), figure.metric.format, decimals=figure.metric.decimals)}"


def _note_look(work: Work, metrics: Sequence[str]) -> None:
    """Name the metrics in the audit entry; App Home draws its panels by itself, so that nobody need have looked."""
    if metrics and work.request.kind is not RequestKind.HOME:
        work.audit["metrics"] = list(dict.fromkeys([*work.audit.get("metrics", ()), *metrics]))


def _is_noise(figure: Figure) -> bool:
    now, then = figure.now, figure.then
    if not figure.is_counted_share or not now.n or not then.n or now.value is None or then.value is None:
        return False
    return is_within_noise(round(now.value * now.n), now.n, round(then.value * then.n), then.n)


def _read(work: Work, key: str, asked: Asked) -> Figure:
    metric = work.desk.catalog.metrics[key]
    try:
        result = work.run(asked.query(key))
    except (NotFound, UsageError) as error:
        return Figure(key, metric, missing=error.message)
    stamp = result.stamps[0]
    found = {window: _reading(result, key, at) for at, window in enumerate(_windows(result))}
    return Figure(
        key,
        metric,
        found.get(CURRENT, Reading()),
        found.get(COMPARE, Reading()),
        as_of=stamp.as_of,
        notes=stamp.notes,
        definition=f"{stamp.metric}@{stamp.version}",
    )


def _windows(result: MetricResult) -> list[str]:
    if "window" not in result.columns:
        return [CURRENT] * len(result.rows)
    at = result.columns.index("window")
    return [row[at] for row in result.rows]


def _reading(result: MetricResult, key: str, row: int) -> Reading:
    at = result.columns.index(key)
    value, n = result.rows[row][at : at + 2]
    return Reading(None if value is None else float(value), n, (row, at) in result.suppressed)


__all__ = ["NOTHING", "Asked", "Figure", "Reading", "change", "read_figures", "read_groups", "show"]
