"""Change period: the same question over another usual period, one button each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from frontline.core.periods import Grain, Period
from frontline.core.reply import Button, Outcome, Reply
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec, Span
from frontline.metrics.relative import Relative
from handlers import evidence
from handlers.desk import Work

# A query of these kinds looks ahead; another past period would be another question.
_AHEAD = (Kind.FORECAST,)
_UNITS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER)
# A series wants at least two points of its grain.
_LENGTHS = {Grain.HOUR: 0, Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}


def offers_periods(query: MetricQuery, work: Work) -> bool:
    """Whether another period makes sense: not for what is known only now, nor for what lies ahead."""
    metrics = [work.desk.catalog.metrics[key] for key in query.metrics]
    return query.kind not in _AHEAD and not any(metric.latest is not None for metric in metrics)


def choose(work: Work, query: MetricQuery) -> Reply:
    """Offer the usual periods as buttons; each answers the whole question again."""
    buttons = [
        Button(label, "metric.show", evidence.as_state(_moved(query, span, moves)))
        for label, span, moves in _usual(work.today)
        if span != query.period.period and _fits(query.period.grain, span.days)
    ]
    return Reply(
        "Over which period?",
        context="Any other one: answer in the thread, for example “in April” or “last 6 weeks”.",
        buttons=buttons,
        outcome=Outcome.CLARIFY,
    )


def _usual(today: dt.date) -> Iterator[tuple[str, Period, Relative]]:
    for unit in _UNITS:
        running = Relative(unit=unit, back=0, count=1 if unit is Grain.DAY else None)
        last = Relative(unit=unit, back=1, count=1)
        name = "today" if unit is Grain.DAY else f"this {unit.value}"
        yield name[:1].upper() + name[1:], running.period(today), running
        name = last.say()
        yield name[:1].upper() + name[1:], last.period(today), last


def _fits(grain: Grain | None, days: int) -> bool:
    return grain is None or days > _LENGTHS[grain]


def _moved(query: MetricQuery, span: Period, moves: Relative) -> MetricQuery:
    period = PeriodSpec(start=span.start, end=span.end, grain=query.period.grain, moves=moves)
    # An explicit other period belonged to the old one.
    compare = "previous" if isinstance(query.compare, Span) else query.compare
    return query.model_copy(update={"period": period, "compare": compare})
