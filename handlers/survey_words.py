"""What the views of surveys, effort and cost share: reading period and filters, figures with intervals, CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.analysis.intervals import Interval, wilson
from frontline.core.actor import AudienceKind
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, floor_date, step_date
from frontline.core.reply import Outcome, Quote
from frontline.core.text import QuestionText
from frontline.metrics.policy import person_dimensions
from frontline.metrics.query import Filter, MetricQuery, MetricResult, PeriodSpec
from frontline.metrics.questions.restate import say_filters
from handlers.assistant.numbers import HIDDEN, show_period
from handlers.desk import Work
from handlers.registry import Arguments

# A rating younger than this could be told to the caller of yesterday.
DELAY = dt.timedelta(hours=72)
# Of so many likest texts those of the period are quoted.
QUOTES, SEARCHED = 3, 200


class ViewArguments(Arguments):
    """Period, filters and breakdown in the person's own words; ``value`` is the same from a button."""

    words: QuestionText | None = None
    value: str = ""

    @property
    def said(self) -> str:
        """The words, wherever they came from."""
        return (self.words.reveal() if self.words else self.value).strip()


@dataclass(frozen=True)
class Figure:
    """One figure of one group: ``value`` None with ``is_hidden`` when too few stand behind it, else no data."""

    value: float | None
    n: int | None
    is_hidden: bool

    @property
    def events(self) -> int:
        """The numerator of a share."""
        return round((self.value or 0.0) * (self.n or 0))

    @property
    def interval(self) -> Interval | None:
        """The Wilson interval of a share at 95 %."""
        if self.value is None or not self.n:
            return None
        return wilson(self.events, self.n)


NOTHING = Figure(None, None, False)


def read_view(work: Work, said: str, *, metric: str, about: str) -> MetricQuery:
    """Return the query that ``said`` makes beside a metric: its period, filters and breakdown; last month for nothing.

    Raises:
        UsageError: words that are not understood; says which.
    """
    if not said:
        return MetricQuery(metrics=(metric,), period=last_months(work, 1))
    title = work.desk.catalog.metrics[metric].title
    parsed = work.desk.parser().parse(QuestionText(f"{title} {said}".strip()), now=work.now)
    about_person = parsed.query is not None and person_dimensions(work.desk.catalog, parsed.query)
    if parsed.outcome is Outcome.DENIED or about_person:
        raise UsageError(
            "Single agents are not shown here.",
            next_step="A supervisor lists the own team: /ops voice agents. Agents see their own: /ops voice.",
        )
    strange = parsed.not_understood or parsed.left_aside  # no talk is expected behind a command
    if strange or parsed.outcome is not Outcome.ANSWERED or parsed.query is None or parsed.query.metrics != (metric,):
        words = ", ".join(f'"{word}"' for word in strange)
        raise UsageError(
            f"I did not understand {words or 'this'} here.",
            next_step=f"Say a breakdown, a filter or a period, for example: {about}",
        )
    return parsed.query.model_copy(update={"order": None, "limit": None, "compare": None})


def last_months(work: Work, count: int, *, end: dt.date | None = None) -> PeriodSpec:
    """Return the last ``count`` whole months before ``end`` (this month's start)."""
    until = floor_date(end or work.today, Grain.MONTH)
    return PeriodSpec(start=step_date(until, Grain.MONTH, -count), end=until)


def run(
    work: Work,
    metrics: Sequence[str],
    *,
    period: PeriodSpec,
    by: Sequence[str] = (),
    filters: Sequence[Filter] = (),
) -> MetricResult:
    """Return the figures through the one door to numbers, as this person may see them before this audience."""
    query = MetricQuery(metrics=tuple(metrics), by=tuple(by), filters=tuple(filters), period=_plain(period))
    return work.run(query)


def figures(result: MetricResult) -> Mapping[tuple[str, ...], Mapping[str, Figure]]:
    """Return group -> metric -> figure; without a breakdown the only key is ()."""
    hidden = set(result.suppressed)
    width = len(result.query.by)
    found: dict[tuple[str, ...], dict[str, Figure]] = {}
    for at, row in enumerate(result.rows):
        key = tuple(str(value) if value is not None else "unknown" for value in row[:width])
        cells = {}
        for metric in result.query.metrics:
            column = result.columns.index(metric)
            cells[metric] = Figure(_number(row[column]), _count(row[column + 1]), (at, column) in hidden)
        found[key] = cells
    return found


def list_quotes(
    work: Work, metric: str, rated: Figure, period: PeriodSpec, *, wanted: str, topic: str = ""
) -> list[Quote]:
    """Return a few anonymized verbatims of a period, the likest to ``wanted`` first, dated by week only.

    None but in private views of who may search them, none where too few have ``rated`` (a figure of ``metric`` over
    the same customers), and none so young that whoever served the customer could tell who wrote it.
    """
    if rated.is_hidden or (rated.n or 0) < work.desk.catalog.metrics[metric].min_n.person:
        return []
    if work.audience.kind is not AudienceKind.PRIVATE or not work.desk.policy.is_allowed(work.actor, "corpus.search"):
        return []
    where = {"category": topic} if topic else {}
    hits = work.desk.corpus().search(
        work.actor, QuestionText(wanted), k=SEARCHED, kind="verbatim", where=where, collapse=True
    )
    found = []
    for hit in hits:
        at = _received(hit.received)
        if at is None or work.now - at < DELAY:
            continue
        day = at.astimezone(work.desk.zone).date()
        if period.start <= day < period.end:
            monday = day - dt.timedelta(days=day.weekday())
            found.append(Quote(hit.text, caption=f"{hit.category or 'no topic'} · week of {monday.day} {monday:%b}"))
    return found[:QUOTES]


def settled(work: Work, period: PeriodSpec) -> PeriodSpec:
    """Return the part of a period whose ratings are all older than the delay.

    Raises:
        NotFound: nothing of it is.
    """
    last = (work.now - DELAY).astimezone(work.desk.zone).date()
    if period.end <= last:
        return period
    if period.start >= last:
        raise NotFound("Single ratings are shown after 72 hours.", next_step="Ask for last month or last week.")
    return period.model_copy(update={"end": last})


def show_share(figure: Figure, *, decimals: int = 1) -> str:
    """Return 71.4 % [66.0-76.2], "hidden" or "-"."""
    if figure.is_hidden:
        return HIDDEN
    if figure.value is None:
        return "-"
    interval = figure.interval
    said = f"{figure.value * 100:.{decimals}f} %"
    return f"{said} {show_interval(interval)}" if interval else said


def show_interval(interval: Interval, *, scale: float = 100.0, decimals: int = 0) -> str:
    """Return [66-76]."""
    return f"[{interval.low * scale:.{decimals}f}-{interval.high * scale:.{decimals}f}]"


def show_n(figure: Figure) -> int | str | None:
    """Return n, or that it is hidden."""
    return HIDDEN if figure.is_hidden else figure.n


def title_of(work: Work, dim: str) -> str:
    """Return the name of a dimension."""
    return work.desk.catalog.dimensions[dim].title


def describe(work: Work, period: PeriodSpec, filters: Sequence[Filter]) -> str:
    """Return "May 2026, phone, without billing"."""
    return ", ".join([show_period(period.period), *say_filters(filters, work.desk.catalog)])


def stamp_line(result: MetricResult) -> str:
    """Return the definitions behind the figures: csat@1, ces@1."""
    return ", ".join(f"{stamp.metric}@{stamp.version}" for stamp in result.stamps)


def as_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV, hidden and absent values empty; ``bot`` neutralises formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in row])
    return out.getvalue()


def _received(text: str | None) -> dt.datetime | None:
    from retrieval.collection import read_received

    return read_received(text)


def _plain(period: PeriodSpec) -> PeriodSpec:
    return period.model_copy(update={"grain": None})


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _count(value: Any) -> int | None:
    return None if value is None else int(value)
