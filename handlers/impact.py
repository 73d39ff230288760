"""What stands behind a theme and a pain point in a month: contacts, money, and the rank that follows.

Rank: weighted shortest job first. What a delay costs a month, over how long the work takes (the SAFe framework's WSJF;
"cost of delay divided by duration" in Reinertsen 2009, "The Principles of Product Development Flow").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontline.analysis.intervals import wilson
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import Period
from frontline.governance.pain_points import PainView
from frontline.metrics.query import MetricQuery, MetricResult, PeriodSpec
from handlers.desk import Work
from retrieval.theme_registry import ThemePeriod, ThemeView

# Working weeks of a change that takes "a few" (three) days, weeks or months.
WEEKS = {"days": 0.6, "weeks": 3.0, "months": 13.0}
SIZES = (("days", "A few days"), ("weeks", "A few weeks"), ("months", "A few months"))
# Where nobody said how big the change is.
UNSAID = "weeks"


@dataclass(frozen=True)
class TopicCost:
    """What a topic took in a month, out of the metrics engine: contacts and loaded cost."""

    contacts: float
    cost: float


@dataclass(frozen=True)
class Impact:
    """What stands behind a theme in a month: contacts and money, with the interval that its share leaves."""

    contacts: float
    low: float
    cost: float
    high: float


@dataclass(frozen=True)
class Ranked:
    """A pain point with its place. ``impact``: of the theme that it names, None without one that has figures.

    ``size``: days | weeks | months, ``is_said`` by who submitted it; ``score``: money a month over weeks of work.
    """

    view: PainView
    impact: Impact | None
    size: str
    is_said: bool
    score: float | None


def impact_of(theme: ThemeView, found: ThemePeriod, costs: Mapping[str, TopicCost]) -> Impact | None:
    """Return contacts and money: per category, the theme's share of its documents times what the category took.

    None when no category of the theme has figures.
    """
    contacts = low = cost = high = 0.0
    known = False
    for category, count in theme.categories.items():
        topic, total = costs.get(category), found.categories.get(category, 0)
        if topic is None or not total:
            continue
        known = True
        share = wilson(count, total)
        contacts += topic.contacts * count / total
        cost += topic.cost * count / total
        low += topic.cost * share.low
        high += topic.cost * share.high
    return Impact(contacts, low, cost, high) if known else None


def rank(views: Sequence[PainView], found: ThemePeriod | None, costs: Mapping[str, TopicCost]) -> list[Ranked]:
    """Return pain points by money a month for each week of work, the most first; then those without a figure."""
    ranked = [_ranked(view, found, costs) for view in views]
    return sorted(ranked, key=lambda row: -row.score if row.score is not None else math.inf)


def costs_of(result: MetricResult) -> dict[str, TopicCost]:
    """Return topic -> what it took, of an answer to ``cost_query``; none where a cell is hidden."""
    at = {name: place for place, name in enumerate(result.columns)}
    return {
        str(row[at["topic"]]): TopicCost(float(row[at["contact_volume"]]), float(row[at["total_cost"]]))
        for row in result.rows
        if row[at["topic"]] and row[at["contact_volume"]] is not None and row[at["total_cost"]] is not None
    }


def cost_query(month: Period) -> MetricQuery:
    """Return the question for contacts and loaded cost of a month by topic."""
    period = PeriodSpec(start=month.start, end=month.end)
    return MetricQuery(metrics=("contact_volume", "total_cost"), by=("topic",), period=period)


def costs_for(work: Work, month: Period) -> dict[str, TopicCost]:
    """Return what topics took in a month; {} where this person may not see it or nothing is known."""
    try:
        return costs_of(work.run(cost_query(month)))
    except (NotFound, NotPermitted, UsageError):
        return {}


def rough(value: float) -> str:
    """Return two significant figures: the rest would be a promise."""
    if value < 1:
        return "0"
    step = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return f"{round(value / step) * step:,.0f}"


def rank_words(ranked: Ranked, currency: str) -> str:
    """Say money, size and score: "EUR 9,600 a month (6,600 to 13,000), a few weeks of work: WSJF 3,200"."""
    size = dict(SIZES)[ranked.size].lower()
    if ranked.impact is None or ranked.score is None:
        return f"{size} of work" if ranked.is_said else ""
    money = ranked.impact
    work = f"{size} of work" if ranked.is_said else f"work not said, taken as {size}"
    spent = f"{currency} {rough(money.cost)} a month ({rough(money.low)} to {rough(money.high)})"
    return f"{spent}, {work}: WSJF {rough(ranked.score)}"


def _ranked(view: PainView, found: ThemePeriod | None, costs: Mapping[str, TopicCost]) -> Ranked:
    rows = (view.row, *view.merged)
    themes = {theme.key: theme for row in rows if found and row.theme_key and (theme := found.find(row.theme_key))}
    impacts = [impact for theme in themes.values() if found and (impact := impact_of(theme, found, costs))]
    # Merged ones are one matter: its money is not counted twice, and its work is the most that anybody expects.
    impact = max(impacts, key=lambda each: each.cost, default=None)
    said = [row.size for row in rows if row.size in WEEKS]
    size = max(said, key=WEEKS.__getitem__, default=UNSAID)
    score = impact.cost / WEEKS[size] if impact else None
    return Ranked(view, impact, size, bool(said), score)
