"""What the quarterly review proposes for each tile of a dashboard: keep, merge or retire, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontline.analysis.redundancy import Alike, alike_pairs
from frontline.catalog.loader import Catalog
from frontline.core.actor import Actor
from frontline.core.clock import local_midnight
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, floor_date, local_date, step_date
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply
from frontline.governance import dashboards
from frontline.governance.dashboards import KEPT, MERGED, RETIRED, Uses
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Kind, MetricQuery, PeriodSpec

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a tile, and why. ``into``: the tile that says the same."""

    metric: str
    decision: str
    reason: str
    into: str = ""


@dataclass(frozen=True)
class Review:
    """The review of one dashboard. ``watched_days``: for how long looks are on record."""

    key: str
    proposals: Sequence[Proposal]
    watched_days: int
    decided: Sequence[str] = ()
    has_owner: bool = True


def review(
    session: Session, engine: MetricEngine, catalog: Catalog, actor: Actor, key: str, *, now: dt.datetime
) -> Review:
    """Judge every tile of a dashboard by looks, actions and likeness over the quarter before ``now``.

    Raises:
        NotFound: there is no dashboard with this key.
        NotPermitted: the actor may not ask for one of its metrics.
    """
    board, rules = catalog.scorecards.dashboard(key), catalog.scorecards.review
    zone = catalog.calendar.zone_info
    today = local_date(now, zone)
    since = local_midnight(step_date(today, Grain.MONTH, -3), zone)
    usage = dashboards.read_usage(session, since=since, rules=rules)
    watched = (today - usage.since).days
    tiles = dashboards.tiles_of(session, key, board)
    series = {name: found for name in tiles if (found := _weeks(engine, catalog, actor, name, today))}
    pairs = alike_pairs(series, least=rules.alike, least_changes=rules.alike_changes)
    proposals: list[Proposal] = []
    for name in tiles:
        uses = usage.by_metric.get(name, Uses())
        rank = {tile: (usage.by_metric.get(tile, Uses()).weighted, -tiles.index(tile)) for tile in tiles}
        gone = {item.metric for item in proposals if item.decision != KEPT}
        twin = _twin(name, pairs, rank, gone)
        acted = name in usage.acted
        if name not in catalog.metrics:
            proposals.append(Proposal(name, RETIRED, "it is no longer defined"))
        elif name not in series:
            proposals.append(Proposal(name, RETIRED, "there are no data for it"))
        elif twin is not None:
            pair, other = twin
            title = catalog.metrics[other].title.lower()
            words = f"says the same as {title} (r {pair.r:+.2f}, changes {pair.r_changes:+.2f})"
            proposals.append(Proposal(name, MERGED, words, other))
        elif watched >= rules.watched_days and uses.weighted < rules.least_looks and not acted:
            proposals.append(Proposal(name, RETIRED, f"{_looks(uses)} in {watched} days, and nothing done about it"))
        else:
            proposals.append(Proposal(name, KEPT, _why_kept(uses, acted, watched, rules.watched_days)))
    quarter = dashboards.quarter_of(today)
    decided = [
        f"{catalog.metrics[row.metric].title if row.metric in catalog.metrics else row.metric} {row.decision}"
        for row in dashboards.decisions_of(session, key)
        if row.quarter == quarter
    ]
    return Review(key, proposals, watched, decided, dashboards.has_owner(session, board))


def reply_of(found: Review, catalog: Catalog) -> Reply:
    """Return the review as a card: what is proposed per tile, each with buttons for its owner."""
    board = catalog.scorecards.dashboard(found.key)
    counts = {name: sum(item.decision == name for item in found.proposals) for name in (KEPT, MERGED, RETIRED)}
    parts: list[Part] = [_item(item, found.key, catalog) for item in found.proposals]
    if found.decided:
        parts.append(Paragraph(f"_Decided this quarter: {', '.join(found.decided)}._"))
    if not found.has_owner:
        parts.append(Paragraph(f"_Nobody holds the role {board.owner}: this dashboard has no owner._"))
    rules = catalog.scorecards.review
    watch = f"looks of {found.watched_days} days, one a person and day"
    if found.watched_days < rules.watched_days:
        watch += f"; under {rules.watched_days} days nobody is said not to have looked"
    return Reply(
        f"{board.title}: keep {counts[KEPT]}, merge {counts[MERGED]}, retire {counts[RETIRED]} of "
        f"{len(found.proposals)} tiles.",
        context=f"{watch} · alike over {rules.weeks} weeks · {board.owner}s decide; what is retired can be asked for",
        parts=parts,
        buttons=[Button("Make it a commitment", "commitment.about.form", f"rev_{found.key}")],
        outcome=Outcome.ANSWERED,
    )


def _item(item: Proposal, key: str, catalog: Catalog) -> Item:
    title = catalog.metrics[item.metric].title if item.metric in catalog.metrics else item.metric
    verb = {KEPT: "keep", MERGED: "merge", RETIRED: "retire"}[item.decision]
    buttons = [Button("Keep", "dashboard.decide", f"{key} {item.metric} {KEPT}")]
    if item.decision == MERGED:
        buttons.insert(0, Button("Merge", "dashboard.decide", f"{key} {item.metric} {MERGED} {item.into}"))
    if item.decision == RETIRED:
        buttons.insert(0, Button("Retire", "dashboard.decide", f"{key} {item.metric} {RETIRED}"))
    return Item(title, detail=f"{verb}: {item.reason}", buttons=buttons if item.decision != KEPT else ())


def _twin(
    name: str, pairs: Sequence[Alike], rank: dict[str, tuple[float, int]], gone: set[str]
) -> tuple[Alike, str] | None:
    """Return the tile that ``name`` goes into: it says the same, is looked at more (or stands first), and stays."""
    for pair in pairs:
        if name not in (pair.first, pair.second):
            continue
        other = pair.second if name == pair.first else pair.first
        if rank[other] > rank[name] and other not in gone:
            return pair, other
    return None


def _weeks(engine: MetricEngine, catalog: Catalog, actor: Actor, metric: str, today: dt.date) -> list[float | None]:
    """Return the whole weeks of a metric, oldest first; empty without data."""
    end = floor_date(today, Grain.WEEK)
    start = end - dt.timedelta(weeks=catalog.scorecards.review.weeks)
    period = PeriodSpec(start=start, end=end, grain=Grain.WEEK)
    try:
        result = engine.run(actor, MetricQuery(kind=Kind.TREND, metrics=(metric,), period=period))
    except (NotFound, UsageError):
        return []
    at = result.columns.index(metric)
    values = [None if row[at] is None else float(row[at]) for row in result.rows]
    return values if any(value is not None for value in values) else []


def _looks(uses: Uses) -> str:
    return "nobody looked" if not uses.looks else f"{uses.looks} look{'s' if uses.looks != 1 else ''}"


def _why_kept(uses: Uses, acted: bool, watched: int, enough: int) -> str:
    if acted:
        return f"something was done about it; {_looks(uses)}"
    if watched < enough and not uses.looks:
        return f"looks are on record for {watched} days only"
    return _looks(uses)
