"""Figures as evidence: what stood in the answer when a promise was made, and what stands there when it is closed.

Both are taken through the metrics engine by whoever acts, as one figure over the same filters, and kept with their
definition, n and period. Nobody types a number.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from pydantic import ValidationError

from frontline.catalog.schema_metrics import DefaultPeriod
from frontline.core.errors import EngineError, NotPermitted, UsageError, UserError
from frontline.core.ids import content_hash
from frontline.core.periods import Grain, Period, floor_date, step_date, unit_period, units
from frontline.governance.commitments import NOW, THEN
from frontline.metrics.checks import canonical_key
from frontline.metrics.insights.series import plain
from frontline.metrics.policy import person_dimensions
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec
from frontline.store.models.governance import Commitment
from frontline.store.models.themes import Theme
from handlers.assistant.numbers import HIDDEN, show_number, show_period
from handlers.desk import Work
from retrieval import theme_registry

# Prefix of the source of a commitment that was made from an answer.
PREFIX = "met"


def read_query(value: str) -> MetricQuery | None:
    """Return the query that travelled in a button or a form; None when ``value`` is an id of something else.

    Raises:
        UsageError: it is a query that this version does not understand.
    """
    if not value.startswith("{"):
        return None
    try:
        return MetricQuery.model_validate_json(value)
    except ValidationError:
        raise UsageError("That button is from an older version.", next_step="Ask the question again.") from None


def source_of(query: MetricQuery) -> str:
    """Return the id of a question as the source of commitments: equal questions have equal ones."""
    return f"{PREFIX}_{content_hash(canonical_key(query))[:12]}"


def freeze(work: Work, query: MetricQuery) -> dict[str, Any]:
    """Return the figure of a question now, as one value over its filters, with everything that makes it checkable.

    Raises:
        UsageError: it is about a single agent: whoever reads the commitment would read that.
        NotPermitted, NotFound, UsageError: the engine has no such figure for this person.
    """
    catalog = work.desk.catalog
    # One figure: the breakdown, the series and the comparison of the answer are left out.
    period = PeriodSpec(start=query.period.start, end=query.period.end)
    asked = plain(query, Kind.LOOKUP, period)
    if person_dimensions(catalog, asked):
        raise UsageError(
            "A figure about single agents cannot stand in a commitment that others read.",
            next_step="Ask for the team or the whole company.",
        )
    result = work.run(asked)
    metric, stamp = catalog.metrics[asked.metrics[0]], result.stamps[0]
    column = result.columns.index(asked.metrics[0])
    is_hidden = not result.rows or (0, column) in result.suppressed
    value = None if is_hidden else result.rows[0][column]
    shown = show_number(value, metric.format, decimals=metric.decimals, currency=catalog.calendar.currency)
    return {
        "metric": asked.metrics[0],
        "title": metric.title,
        "value": None if value is None else float(value),
        "shown": HIDDEN if result.rows and is_hidden else shown,
        "n": stamp.n,
        "period": show_period(period.period),
        "definition": f"{stamp.metric}@{stamp.version}",
        "hash": stamp.definition_hash,
        "as_of": stamp.as_of.isoformat() if stamp.as_of else None,
        "generation": stamp.generation,
        "at": work.now.isoformat(),
        "query": asked.as_json(),
    }


def freeze_theme(work: Work, key: str, *, after: str = "") -> dict[str, Any]:
    """Return the share of a theme in the latest month that was worked out; {} without one later than ``after``.

    A person who may see no themes freezes nothing.
    """
    theme = work.session.get(Theme, key)
    if theme is None or not work.desk.policy.is_allowed(work.actor, "theme.list"):
        return {}
    months = [month for month in theme_registry.list_periods(work.session, theme.kind) if month[:1].isdigit()]
    if not months or months[0] <= after:
        return {}
    found = theme_registry.list_themes(
        work.session, work.actor, kind=theme.kind, period=months[0], policy=work.desk.policy
    )
    if found is None or not found.documents:
        return {}
    view = found.find(key)
    size = view.size if view is not None else 0
    return {
        "theme": key,
        "month": months[0],
        "title": f"This theme{' and what it was merged with' if theme.merged_into else ''} in {theme.kind}s",
        "value": size / found.documents,
        "shown": f"{size} of {found.documents}",
        "n": found.documents,
        "period": f"{dt.date.fromisoformat(months[0] + '-01'):%B %Y}",
        "at": work.now.isoformat(),
    }


def measure(work: Work, row: Commitment, metric: str = "") -> dict[str, Any]:
    """Return what closing a commitment adds to its evidence: the figure now, of its promise or of ``metric``.

    Empty when it has none and none is named, and for a theme as long as no newer month of it is worked out. A promised
    figure that cannot be taken any more says why in ``shown``.

    Raises:
        NotFound, UsageError, NotPermitted: ``metric`` cannot be answered.
    """
    then = row.evidence.get(THEN)
    if then is not None and "theme" in then:
        newest = freeze_theme(work, then["theme"], after=then["month"])
        if newest:
            return {NOW: newest}
    if then is None or "query" not in then:
        return {NOW: freeze(work, _usual(work, metric))} if metric else {}
    query = MetricQuery.model_validate(then["query"])
    made = dt.datetime.fromisoformat(then["at"]).astimezone(work.desk.zone).date()
    span = newest_period(query.period.period, made=made, today=work.today)
    moved = query.model_copy(update={"period": PeriodSpec(start=span.start, end=span.end)})
    try:
        return {NOW: freeze(work, moved)}
    except (UserError, EngineError) as error:
        # The promise may still be closed: what it was about can have gone with a load, or with a role.
        why = "not for your role" if isinstance(error, NotPermitted) else "not available"
        return {NOW: {"metric": then["metric"], "title": then["title"], "value": None, "shown": why}}


def newest_period(period: Period, *, made: dt.date, today: dt.date) -> Period:
    """Return the newest span of the same kind: whole months and weeks that are over, else as many days up to today.

    Where no newer month or week is over yet, as many days up to yesterday: the same figure twice would say nothing.
    """
    grain, count = (Grain.MONTH, period.whole_months) if period.whole_months else (Grain.WEEK, period.days // 7)
    is_whole = period.whole_months or (period.start.weekday() == units().first_weekday and period.days % 7 == 0)
    if is_whole:
        end = floor_date(today, grain)
        if end > period.end:
            return Period(step_date(end, grain, -count), end)
    end = today + dt.timedelta(days=1) if period.contains(made) else today
    return Period(end - dt.timedelta(days=period.days), end)


def sentence(evidence: dict[str, Any]) -> str:
    """Return "Recontact rate 27.3 % when promised (May 2026), 24.9 % now (June 2026)."; "" without figures."""
    then, now = evidence.get(THEN), evidence.get(NOW)
    if then and now:
        return f"{then['title']} {then['shown']} when promised{_when(then)}, {now['shown']} now{_when(now)}."
    if then:
        return f"{then['title']} {then['shown']} when promised{_when(then)}."
    if now:
        return f"{now['title']} {now['shown']}{_when(now)}."
    return ""


def as_state(query: MetricQuery) -> str:
    """Return a query as it travels in a button or a form."""
    return json.dumps(query.as_state(), separators=(",", ":"))


def _when(figure: dict[str, Any]) -> str:
    return f" ({figure['period']})" if figure.get("period") else ""


def _usual(work: Work, metric: str) -> MetricQuery:
    catalog = work.desk.catalog
    if metric not in catalog.metrics:
        known = ", ".join(catalog.metrics)
        raise UsageError(f"There is no metric {metric!r}.", next_step=f"Metrics: {known}.")
    period = unit_period(work.today, Grain.DAY)
    if catalog.metrics[metric].default_period is DefaultPeriod.LAST_MONTH:
        period = unit_period(work.today, Grain.MONTH).previous()
    return MetricQuery(metrics=(metric,), period=PeriodSpec(start=period.start, end=period.end))
