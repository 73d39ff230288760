"""The words of the two-metric rule: what got better, at which price, since when. For the scorecard and its alarm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontline.catalog.loader import Catalog
from frontline.catalog.scorecards import Scorecard
from frontline.core.actor import SYSTEM
from frontline.core.reply import Paragraph, Part
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec
from handlers.assistant.numbers import show_number

if TYPE_CHECKING:
    from frontline.analysis.goodhart import Goodhart, Move
    from frontline.metrics.engine import MetricEngine

# Guardrails that moved by less than this are not named: together they may have counted, alone they say nothing.
NAMED_SIGMAS = 1.5


@dataclass(frozen=True)
class Told:
    """A finding with the first day of the week of its onset."""

    found: Goodhart
    onset: dt.date
    card: Scorecard

    @property
    def worse(self) -> list[Move]:
        """The guardrails that are worth naming, the worst first."""
        return [move for move in self.found.guards if -move.z >= NAMED_SIGMAS]


def judge(engine: MetricEngine, catalog: Catalog, card: Scorecard, *, seen_at: dt.datetime) -> list[Told]:
    """Return where a scorecard gets better at a price, with the data that were there at ``seen_at``.

    It reads groups of the whole company, never single agents, as the system; who may see them is judged at the doorway.

    Raises:
        NotFound: there are no data to judge by.
    """
    from frontline.metrics.weekly import judge_scorecard, onset_day  # loads numpy

    found = judge_scorecard(engine, catalog, SYSTEM, card, seen_at=seen_at)
    return [Told(item, onset_day(item, card, seen_at=seen_at, catalog=catalog), card) for item in found]


def headline_of(told: Told, catalog: Catalog) -> str:
    """Return "Breeze: recontact rate gets better at the price of recontact rate, days 8 to 14, since 18 March"."""
    worse = " and ".join(catalog.metrics[move.key].title.lower() for move in told.worse[:2])
    better = catalog.metrics[told.found.primary.key].title
    return (
        f"Goodhart in {told.found.group}: {better.lower()} gets better at the price of {worse}, "
        f"since the week of {told.onset.day} {told.onset:%B}"
    )


def explain(told: Told, catalog: Catalog) -> Part:
    """Return what got better, what got worse and which signs speak for work cut short."""
    found = told.found
    lines = [f"*{found.group}, since the week of {told.onset.day} {told.onset:%B}* (Goodhart)"]
    lines.append(f"• better: {_move(found.primary, catalog)}")
    lines += [f"• worse: {_move(move, catalog)}" for move in told.worse]
    if found.fall is not None:
        metric = catalog.metrics[found.fall.key]
        before, after = (show_number(value, metric.format) for value in (found.fall.before, found.fall.after))
        lines.append(
            f"• a sign: {metric.title.lower()} fell by {-found.fall.shift:.0%} in that week ({before} to {after})"
        )
    lines.append(
        "_Two figures beside each other prove no intent: ask what changed in that week before anything is decided._"
    )
    return Paragraph("\n".join(lines))


def question_about(told: Told, today: dt.date) -> MetricQuery:
    """Return the question whose figure a commitment about the finding keeps: the worst guardrail of the group."""
    worst = told.found.guards[0].key
    end = today.replace(day=1)
    start = (end - dt.timedelta(days=1)).replace(day=1)
    return MetricQuery(
        kind=Kind.LOOKUP,
        metrics=(worst,),
        filters=(Filter(dim=told.card.group, values=(told.found.group,)),),
        period=PeriodSpec(start=start, end=end),
    )


def groups_in_words(found: Sequence[Told]) -> str:
    """Return "Breeze" or "Breeze and Coral"."""
    return " and ".join(told.found.group for told in found)


def _move(move: Move, catalog: Catalog) -> str:
    metric = catalog.metrics[move.key]
    before, after = (show_number(value, metric.format, decimals=metric.decimals) for value in (move.before, move.after))
    return (
        f"{metric.title.lower()} {move.shift * 100:+.1f} points against the others on the same work "
        f"({abs(move.z):.1f} standard errors; as it stands {before} to {after}, n {move.n:,})"
    )
