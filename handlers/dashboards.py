"""``/ops dashboard``: the tiles of an audience, and once a quarter what to keep, merge or retire."""

from __future__ import annotations

from frontline.catalog.schema_metrics import DefaultPeriod
from frontline.catalog.scorecards import Dashboard
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.periods import Grain, unit_period
from frontline.core.reply import Button, Column, Item, Outcome, Reply, Table
from frontline.governance import dashboards
from frontline.governance.dashboards import ADDED, KEPT, MERGED, RETIRED
from handlers import dashboard_review
from handlers.desk import Work
from handlers.figures import Asked, Figure, change, read_figures, show
from handlers.registry import Arguments

A_WEEK = 7
UNDEFINED = "no longer defined"


class DashboardArguments(Arguments):
    """The key of a dashboard; "" for all that are meant for this person."""

    value: str = ""


class TileArguments(Arguments):
    """``<dashboard> <metric> [decision [into]]``."""

    value: str


def list_dashboards(work: Work, arguments: Arguments) -> Reply:
    """List the dashboards with their tiles."""
    catalog = work.desk.catalog
    items = [
        Item(
            board.title,
            detail=f"{', '.join(_titles(work, _tiles(work, key, board)))} · owner: {board.owner}",
            buttons=[Button("Show", "dashboard.show", key), Button("Review", "dashboard.review", key)],
        )
        for key, board in catalog.scorecards.dashboards.items()
    ]
    return Reply(f"{len(items)} dashboards.", parts=items, outcome=Outcome.ANSWERED)


def show_dashboard(work: Work, arguments: DashboardArguments) -> Reply:
    """Show the tiles of a dashboard: today beside last week, or last month beside the month before."""
    key = arguments.value.strip().lower()
    if not key:
        return list_dashboards(work, arguments)
    board = work.desk.catalog.scorecards.dashboard(key)
    tiles = _tiles(work, key, board)
    there = [name for name in tiles if name in work.desk.catalog.metrics]
    figures = [figure for name in there for figure in read_figures(work, (name,), _asked(work, name))]
    currency = work.desk.catalog.calendar.currency
    rows = [
        [
            figure.metric.title,
            "today" if _is_of_today(figure) else "last month",
            figure.missing or show(figure, figure.now, currency=currency),
            "" if figure.missing else show(figure, figure.then, currency=currency),
            change(figure),
        ]
        for figure in figures
    ]
    rows += [[name, "", UNDEFINED, "", ""] for name in tiles if name not in there]
    labels = ("Tile", "Of", "Now", "Before", "Difference")
    return Reply(
        f"{board.title}: {len(tiles)} tiles.",
        context="today beside the same time a week ago, last month beside the month before",
        parts=[Table(board.title, [Column(str(at), label) for at, label in enumerate(labels)], rows)],
        buttons=[Button("Review", "dashboard.review", key)],
        outcome=Outcome.ANSWERED,
    )


def review(work: Work, arguments: DashboardArguments) -> Reply:
    """Propose what to keep, merge or retire on one dashboard, or on all of them."""
    desk = work.desk
    key = arguments.value.strip().lower()
    keys = [key] if key else list(desk.catalog.scorecards.dashboards)
    replies = [
        dashboard_review.reply_of(
            dashboard_review.review(work.session, desk.engine, desk.catalog, work.actor, name, now=work.now),
            desk.catalog,
        )
        for name in keys
    ]
    if len(replies) == 1:
        return replies[0]
    items = [
        Item(reply.headline, buttons=[Button("Show", "dashboard.review", name)])
        for name, reply in zip(keys, replies, strict=True)
    ]
    return Reply(
        f"{len(keys)} dashboards reviewed: keep, merge or retire.",
        context="Each proposes what to keep, merge or retire; the role that owns a dashboard decides.",
        parts=items,
        outcome=Outcome.ANSWERED,
    )


def add_tile(work: Work, arguments: TileArguments) -> Reply:
    """Put a metric on a dashboard, unless it is full."""
    return _decide(work, *_tile(arguments.value), ADDED)


def retire_tile(work: Work, arguments: TileArguments) -> Reply:
    """Take a metric off a dashboard; it can still be asked for."""
    return _decide(work, *_tile(arguments.value), RETIRED)


def decide(work: Work, arguments: TileArguments) -> Reply:
    """Record the owner's decision about a tile, from a button: ``<dashboard> <metric> <decision> [into]``."""
    words = arguments.value.lower().split()
    decision = words[2] if len(words) > 2 else ""
    if decision not in (ADDED, KEPT, RETIRED, MERGED) or len(words) != (4 if decision == MERGED else 3):
        raise UsageError("That button is from an older version.", next_step="Review again: /ops dashboard review team")
    return _decide(work, words[0], words[1], decision, into="".join(words[3:]))


def _decide(work: Work, key: str, metric: str, decision: str, *, into: str = "") -> Reply:
    catalog = work.desk.catalog
    board = catalog.scorecards.dashboard(key)
    tiles = _tiles(work, key, board)
    # A tile whose metric is gone can still be taken off.
    if metric not in catalog.metrics and not (metric in tiles and decision in (RETIRED, MERGED)):
        raise NotFound(f"There is no metric {metric!r}.", next_step="For example: /ops dashboard add team csat")
    if decision == MERGED and (into == metric or into not in tiles):
        raise Conflict("The tile that it would go into is not on this dashboard (any more).")
    dashboards.decide(
        work.unit, work.actor, key, board, metric, decision, rules=catalog.scorecards.review, today=work.today,
        into=into, policy=work.desk.policy,
    )  # fmt: skip
    title = catalog.metrics[metric].title if metric in catalog.metrics else metric
    said = f"merged into {_titles(work, [into])[0]}" if decision == MERGED else decision
    is_back = decision in (RETIRED, MERGED) and metric in catalog.metrics
    back = [Button("Undo", "dashboard.decide", f"{key} {metric} {ADDED}")] if is_back else []
    return Reply(
        f"{title}: {said}.",
        context=f"{board.title} has {len(_tiles(work, key, board))} of {catalog.scorecards.review.cap} tiles.",
        buttons=back,
    )


def _tile(words: str) -> tuple[str, str]:
    parts = words.lower().split()
    if len(parts) != 2:
        raise UsageError(
            "Say which dashboard and which metric.", next_step="For example: /ops dashboard retire team csat"
        )
    return parts[0], parts[1]


def _tiles(work: Work, key: str, board: Dashboard) -> list[str]:
    return dashboards.tiles_of(work.session, key, board)


def _titles(work: Work, names: list[str]) -> list[str]:
    metrics = work.desk.catalog.metrics
    return [metrics[name].title.lower() if name in metrics else name for name in names]


def _is_of_today(figure: Figure) -> bool:
    return figure.metric.default_period is not DefaultPeriod.LAST_MONTH


def _asked(work: Work, name: str) -> Asked:
    if work.desk.catalog.metrics[name].default_period is not DefaultPeriod.LAST_MONTH:
        today = unit_period(work.today, Grain.DAY)
        return Asked(today, today.shifted_days(-A_WEEK))
    month = unit_period(work.today, Grain.MONTH).previous()
    return Asked(month, month.previous())
