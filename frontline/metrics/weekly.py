"""The weeks of a scorecard's metrics by group and stratum, as they stood at an instant, for the two-metric rule."""

from __future__ import annotations

import datetime as dt

from frontline.analysis.goodhart import Goodhart, GoodhartSettings, Measured, find_goodhart
from frontline.catalog.loader import Catalog
from frontline.catalog.schema_models import UNKNOWN
from frontline.catalog.scorecards import Scorecard
from frontline.core.actor import Actor
from frontline.core.errors import NotFound
from frontline.core.periods import Grain, Period, floor_date, local_date
from frontline.metrics.engine import MetricEngine
from frontline.metrics.extracts import ExtractSpec

A_WEEK = 7


def judge_scorecard(
    engine: MetricEngine, catalog: Catalog, actor: Actor, card: Scorecard, *, seen_at: dt.datetime
) -> list[Goodhart]:
    """Return the groups of ``card`` in which its primary got better and its guardrails got worse, the clearest first.

    The weeks are the whole ones that are over at ``seen_at``; week 0 is the oldest. Guardrails without data are
    left out; nothing is found without a primary.

    Raises:
        NotPermitted: the actor may not extract (``metric.extract``).
        NotFound: there are no data for the primary, or for none of the guardrails.
    """
    rule = card.goodhart
    period = _weeks(card, catalog, seen_at)

    def read(key: str) -> Measured | None:
        try:
            return _measured(engine, catalog, actor, card, key, period, seen_at)
        except NotFound:
            return None

    primary = read(card.primary)
    guards = [found for key in card.guards if (found := read(key)) is not None]
    if primary is None or not guards:
        raise NotFound(
            f"There are not enough data to judge {card.title.lower()}.",
            next_step="It needs its primary metric and at least one guardrail.",
        )
    besides = [found for key in card.beside if (found := read(key)) is not None]
    settings = GoodhartSettings(**rule.model_dump(exclude={"weeks"}))
    return find_goodhart([primary, *besides], guards, read(card.speed) if card.speed else None, settings)


def onset_day(found: Goodhart, card: Scorecard, *, seen_at: dt.datetime, catalog: Catalog) -> dt.date:
    """Return the first day of the week of the onset."""
    return _weeks(card, catalog, seen_at).start + dt.timedelta(days=A_WEEK * found.onset)


def _weeks(card: Scorecard, catalog: Catalog, seen_at: dt.datetime) -> Period:
    end = floor_date(local_date(seen_at, catalog.calendar.zone_info), Grain.WEEK)
    return Period(end - dt.timedelta(days=A_WEEK * card.goodhart.weeks), end)


def _measured(
    engine: MetricEngine,
    catalog: Catalog,
    actor: Actor,
    card: Scorecard,
    key: str,
    period: Period,
    seen_at: dt.datetime,
) -> Measured:
    metric, weeks = catalog.metrics[key], card.goodhart.weeks
    allowed = catalog.allowed_dimensions(key)
    if card.group not in allowed:
        raise NotFound(f"{metric.title} is not known by {card.group}.")
    by = (card.group, *((card.stratum,) if card.stratum in allowed else ()))
    extract = engine.extract(actor, ExtractSpec(key, period, by=by, as_seen_at=seen_at, grain=Grain.WEEK))
    cells: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for day, group, *rest in extract.rows:
        stratum, (num, den, _) = (str(rest[0]), rest[1:]) if len(by) > 1 else ("", rest)
        if group in (None, UNKNOWN) or not den:
            continue
        week = (dt.date.fromisoformat(str(day)[:10]) - period.start).days // A_WEEK
        row = cells.setdefault(str(group), {}).setdefault(stratum, [(0.0, 0.0)] * weeks)
        row[week] = (row[week][0] + float(num or 0), row[week][1] + float(den))
    better = 1 if metric.direction == "higher" else -1
    return Measured(key, better, cells)
