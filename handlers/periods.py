"""Change period: the same question over another usual period, one button each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from frontline.core.periods import Grain, floor_date, step_date
from frontline.core.reply import Button, Outcome, Reply
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec, Span
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
        Button(label, "metric.show", evidence.as_state(_moved(query, start, end)))
        for label, start, end in _usual(work.today)
        if (start, end) != (query.period.start, query.period.end) and _fits(query.period.grain, (end - start).days)
    ]
    return Reply(
        "Over which period?",
        context="Any other one: answer in the thread, for example “in April” or “last 6 weeks”.",
        buttons=buttons,
        outcome=Outcome.CLARIFY,
    )


def _usual(today: dt.date) -> Iterator[tuple[str, dt.date, dt.date]]:
    for unit in _UNITS:
        floor = floor_date(today, unit)
        name = "today" if unit is Grain.DAY else f"this {unit.value}"
        yield name[:1].upper() + name[1:], floor, today + dt.timedelta(days=1)
        name = "yesterday" if unit is Grain.DAY else f"last {unit.value}"
        yield name[:1].upper() + name[1:], step_date(floor, unit, -1), floor


def _fits(grain: Grain | None, days: int) -> bool:
    return grain is None or days > _LENGTHS[grain]


def _moved(query: MetricQuery, start: dt.date, end: dt.date) -> MetricQuery:
    period = PeriodSpec(start=start, end=end, grain=query.period.grain)
    # An explicit other period belonged to the old one.
    compare = "previous" if isinstance(query.compare, Span) else query.compare
    return query.model_copy(update={"period": period, "compare": compare})
