"""What routines read: counts out of the metric engine, as SYSTEM, as they stood at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from frontline.core.actor import SYSTEM
from frontline.core.periods import Period

if TYPE_CHECKING:
    from frontline.analysis.breach import RecontactDay
    from frontline.analysis.churn import CustomerSigns
    from frontline.app.wiring import House
    from frontline.catalog.rules import ChurnRule
    from frontline.catalog.scorecards import Scorecard
    from handlers.goodhart import Told
    from handlers.impact import TopicCost
    from jobs.categories import OtherSource
    from jobs.churn import ChurnSource
    from jobs.digest import TopicCosts
    from jobs.recontact import RecontactSource
    from jobs.scorecards import ScorecardJudge

RECONTACT = "recontact_rate"


def recontact_source(house: House) -> RecontactSource:
    """Return the source of ``recontact_breach``: daily identified contacts and those followed, mature ones only."""

    def read(
        *, start: dt.date, end: dt.date, seen_at: dt.datetime, horizons: Sequence[int], by_topic: bool
    ) -> Sequence[RecontactDay]:
        from frontline.metrics.extracts import ExtractSpec
        from jobs.recontact import days_of_extract

        hours = tuple(24 * days for days in horizons)
        spec = ExtractSpec(RECONTACT, Period(start, end), as_seen_at=seen_at, horizons=hours)
        found = house.engine.extract(SYSTEM, spec)
        days = days_of_extract(found.columns, found.rows)
        if by_topic and "topic" in house.catalog.allowed_dimensions(RECONTACT):
            split = house.engine.extract(
                SYSTEM, ExtractSpec(RECONTACT, Period(start, end), by=("topic",), as_seen_at=seen_at, horizons=hours)
            )
            days += days_of_extract(split.columns, split.rows, topic="topic")
        return days

    return read


def churn_source(house: House) -> ChurnSource:
    """Return the source of ``churn_alerts``: one row of signs per customer key, as seen at an instant."""

    def read(*, seen_at: dt.datetime, rule: ChurnRule) -> Sequence[CustomerSigns]:
        from frontline.metrics.customers import CustomerSpec

        names = ("window_days", "survey_days", "recent_days", "cadence_days")
        days: dict[str, Any] = {name: getattr(rule, name) for name in names}
        return house.engine.extract_customers(SYSTEM, CustomerSpec(seen_at, **days))

    return read


def topic_costs(house: House) -> TopicCosts:
    """Return the source of ``pain_point_digest``: contacts and loaded cost of a month by topic, none where hidden."""

    def read(*, month: Period) -> Mapping[str, TopicCost]:
        from handlers.impact import cost_query, costs_of

        return costs_of(house.engine.run(SYSTEM, cost_query(month)))

    return read


def scorecard_judge(house: House) -> ScorecardJudge:
    """Return the source of ``goodhart_watch``: where a scorecard gets better at a price, as seen at an instant."""

    def judge(card: Scorecard, *, seen_at: dt.datetime) -> Sequence[Told]:
        from handlers import goodhart

        return goodhart.judge(house.engine, house.catalog, card, seen_at=seen_at)

    return judge


def other_source(house: House) -> OtherSource:
    """Return the source of ``other_share``: per whole week the cases under "other" and all, as seen at an instant."""

    def read(*, seen_at: dt.datetime, weeks: int) -> Sequence[tuple[int, int]]:
        from frontline.core.periods import Grain, floor_date, local_date
        from frontline.metrics.extracts import ExtractSpec

        taxonomy = house.catalog.taxonomy
        end = floor_date(local_date(seen_at, house.catalog.calendar.zone_info), Grain.WEEK)
        start = end - dt.timedelta(weeks=weeks)
        spec = ExtractSpec("case_volume", Period(start, end), by=("topic",), as_seen_at=seen_at, grain=Grain.WEEK)
        counts = [[0, 0] for _ in range(weeks)]
        for day, topic, cases, *_ in house.engine.extract(SYSTEM, spec).rows:
            week = counts[(dt.date.fromisoformat(str(day)[:10]) - start).days // 7]
            week[1] += int(cases)
            # A case without any label is not "other": its feed does not say.
            week[0] += int(cases) if taxonomy.code_of(str(topic)) == taxonomy.other and topic else 0
        return [(events, trials) for events, trials in counts]

    return read
