"""Money of the ledger, shared out by handling minutes (time-driven activity-based costing).

Every ledger line names a month and perhaps a team and a channel. It is spread over the contacts of that month, team
and channel in proportion to their handling seconds; a line that meets no such contact is spread over the whole month.
So the cells of any breakdown add up to the ledger, to the cent of rounding.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from frontline.core.clock import local_midnight
from frontline.core.periods import Grain, floor_date, local_date, step_date
from frontline.metrics.compiler import Ask, Scope, grouped, select_cells
from frontline.metrics.dialects import bucket, local_offset, naive
from frontline.metrics.sources import fact_table


def compile_cost(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Compile loaded cost over the slice. A part of a month takes its part by the activity in it."""
    first = floor_date(ask.piece.period.start, Grain.MONTH)
    last_day = local_date(ask.piece.end - dt.timedelta(microseconds=1), scope.zone)
    after = step_date(floor_date(last_day, Grain.MONTH), Grain.MONTH, 1)
    weighed = _weighed_contacts(scope, first, after)
    rates = _rates(scope, weighed, first, after)
    table = fact_table(scope.catalog, "interactions")
    same_cell = sa.and_(*(weighed.c[name] == rates.c[name] for name in ("month", "team_key", "channel_key")))
    priced = (
        sa.select(*(weighed.c[column.name] for column in table.c), (weighed.c.weight * rates.c.rate).label("amount"))
        .select_from(weighed.outerjoin(rates, same_cell))
        .subquery("priced")
    )
    rows = scope.rows("interactions", priced)
    values = {"a": rows.column("amount")}
    return grouped(scope, ask, rows, "ts", values, (sa.func.sum(sa.column("a")), sa.null(), sa.func.count()))


def compile_ledger(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Compile what was booked for the months that lie wholly in the period: dates of the ledger, no instants."""
    rows = scope.rows("costs")
    booked, month = rows.column("amount"), sa.cast(rows.column("period"), sa.Date)
    start, end = ask.piece.period.start, ask.piece.period.end
    first = start if start.day == 1 else step_date(floor_date(start, Grain.MONTH), Grain.MONTH, 1)
    names = [f"d{at}" for at in range(len(ask.by))]
    inner = [rows.dimension(key).label(name) for key, name in zip(ask.by, names, strict=True)]
    if ask.grain is not None:
        inner.append(scope.hooks.trunc(month, ask.grain).label("bucket"))
        names.append("bucket")
    tests = [month >= first, month < floor_date(end, Grain.MONTH), *rows.where(ask.filters)]
    seen = (
        sa.select(*inner, sa.cast(booked, sa.Double).label("a"))
        .select_from(rows.from_clause)
        .where(*tests)
        .subquery("seen")
    )
    return select_cells(seen, names, (sa.func.sum(sa.column("a")), sa.null(), sa.func.count()))


def months_without_ledger(scope: Scope, ask: Ask) -> sa.Select[tuple[object, ...]]:
    """Return the newest month of the ledger before the end of the slice."""
    costs = fact_table(scope.catalog, "costs")
    return sa.select(sa.func.max(costs.c.period)).where(costs.c.period < ask.piece.period.end)


def _weighed_contacts(scope: Scope, first: dt.date, after: dt.date) -> sa.CTE:
    """Every contact of the months with its weight: handling seconds, or 1 in a month that has none."""
    table = fact_table(scope.catalog, "interactions")
    start, end = local_midnight(first, scope.zone), min(local_midnight(after, scope.zone), scope.now)
    offset = local_offset(table.c.ts, scope.zone, start=start, end=end)
    month = scope.hooks.day(bucket(scope.hooks, table.c.ts, Grain.MONTH, offset=offset)).label("month")
    seconds = sa.func.coalesce(table.c.handle_s, sa.literal_column("0.0"))
    inner = (
        sa.select(*table.c, month, seconds.label("seconds"))
        .where(table.c.ts >= naive(start), table.c.ts < naive(end))
        .subquery("timed")
    )
    in_month = sa.func.sum(inner.c.seconds).over(partition_by=inner.c.month)
    weight = sa.case((in_month > 0, inner.c.seconds), else_=sa.literal_column("1.0")).label("weight")
    keys = [sa.func.coalesce(inner.c[name], "").label(key) for name, key in _KEYS.items()]
    return sa.select(*inner.c, weight, *keys).cte("weighed")


_KEYS = {"team_id": "team_key", "channel": "channel_key"}


def _rates(scope: Scope, weighed: sa.CTE, first: dt.date, after: dt.date) -> sa.Subquery:
    """Money per weight for every (month, team, channel): the sum over the ledger lines that reach that cell."""
    costs = fact_table(scope.catalog, "costs")
    month = scope.hooks.day(costs.c.period)
    pools = (
        sa.select(
            month.label("month"),
            costs.c.team_id,
            costs.c.channel,
            sa.cast(sa.func.sum(costs.c.amount), sa.Double).label("amount"),
        )
        .where(month >= first, month < after)
        .group_by(month, costs.c.team_id, costs.c.channel)
        .cte("pools")
    )
    keys = ("month", "team_key", "channel_key")
    cells = (
        sa.select(*(weighed.c[key] for key in keys), sa.func.sum(weighed.c.weight).label("weight"))
        .group_by(*(weighed.c[key] for key in keys))
        .cte("cells")
    )

    def reaches(cell: sa.FromClause) -> sa.ColumnElement[bool]:
        return sa.and_(*(sa.or_(pools.c[name].is_(None), pools.c[name] == cell.c[key]) for name, key in _KEYS.items()))

    whole = cells.alias("whole")
    own = sa.func.sum(sa.case((reaches(whole), whole.c.weight)))
    sized = (
        sa.select(*pools.c, own.label("own"), sa.func.sum(whole.c.weight).label("total"))
        .select_from(pools.join(whole, pools.c.month == whole.c.month))
        .group_by(*pools.c)
        .cte("sized")
    )
    has_own = sized.c.own > 0
    own_match = sa.and_(
        *(sa.or_(sized.c[name].is_(None), sized.c[name] == cells.c[key]) for name, key in _KEYS.items())
    )
    meets = sa.and_(sized.c.month == cells.c.month, sa.or_(sa.not_(sa.func.coalesce(has_own, sa.false())), own_match))
    rate = sa.func.sum(sized.c.amount / sa.case((has_own, sized.c.own), else_=sized.c.total))
    return (
        sa.select(*(cells.c[key] for key in keys), rate.label("rate"))
        .select_from(cells.join(sized, meets))
        .group_by(*(cells.c[key] for key in keys))
        .subquery("rates")
    )
