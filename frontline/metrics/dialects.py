"""What engines say differently. Six hooks; everything else is standard SQL.

Local wall time is made by adding the zone's offset from zoneinfo, not by the database's own time zone tables: the
answer is then the same on every engine, and DuckDB needs no extension for it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from frontline.core.errors import EngineError
from frontline.core.periods import Grain

Expression = ColumnElement[Any]
ONE: Expression = sa.literal_column("1")


class Hooks(Protocol):
    """One engine's way of saying it."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        """Return ``instant`` moved by ``seconds``."""
        ...

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        """Return the seconds from ``earlier`` to ``later``."""
        ...

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        """Return the start of the unit of ``grain`` that holds ``local`` (weeks start on Monday)."""
        ...

    def percentile(self, value: Expression, share: float) -> Expression:
        """Return the interpolated percentile over the rows."""
        ...


class DuckDB:
    """DuckDB, the default engine of facts."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        return instant.op("+")(sa.func.to_seconds(_literal(seconds)))

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return sa.func.epoch(later, type_=sa.Double) - sa.func.epoch(earlier, type_=sa.Double)

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        return sa.func.date_trunc(sa.literal_column(f"'{grain.value}'"), local)

    def percentile(self, value: Expression, share: float) -> Expression:
        return sa.func.quantile_cont(value, sa.literal_column(repr(share)))


class PostgreSQL:
    """PostgreSQL."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        return instant.op("+")(_literal(seconds).op("*")(sa.literal_column("interval '1 second'")))

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return sa.cast(sa.extract("epoch", later) - sa.extract("epoch", earlier), sa.Double)

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        return sa.func.date_trunc(sa.literal_column(f"'{grain.value}'"), local)

    def percentile(self, value: Expression, share: float) -> Expression:
        return sa.func.percentile_cont(sa.literal_column(repr(share))).within_group(value)


class SQLite:
    """SQLite, for counts, sums and ratios of small teams; it has no percentile."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        moved = sa.cast(_literal(seconds), sa.String) + sa.literal_column("' seconds'")
        # The stored form has microseconds; comparing text needs the same width.
        return sa.func.strftime(sa.literal_column("'%Y-%m-%d %H:%M:%f000'"), instant, moved)

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return (sa.func.julianday(later) - sa.func.julianday(earlier)) * 86400.0

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        forms = {
            Grain.HOUR: ("%Y-%m-%d %H:00:00",),
            Grain.DAY: ("%Y-%m-%d 00:00:00",),
            Grain.WEEK: ("%Y-%m-%d 00:00:00", "-6 days", "weekday 1"),
            Grain.MONTH: ("%Y-%m-01 00:00:00",),
            Grain.YEAR: ("%Y-01-01 00:00:00",),
        }
        if grain not in forms:
            raise EngineError(f"SQLite cannot group by {grain.value}.", permanent=True)
        form, *moves = (sa.literal_column(f"'{word}'", sa.String) for word in forms[grain])
        return sa.func.strftime(form, local, *moves)

    def percentile(self, value: Expression, share: float) -> Expression:
        raise EngineError("SQLite has no percentiles: keep the facts in DuckDB or PostgreSQL.", permanent=True)


_HOOKS: dict[str, Hooks] = {"duckdb": DuckDB(), "postgresql": PostgreSQL(), "sqlite": SQLite()}


def hooks_of(dialect: str) -> Hooks:
    """Return the hooks of a SQLAlchemy dialect name.

    Raises:
        EngineError: an engine that nobody has run.
    """
    if dialect not in _HOOKS:
        raise EngineError(f"Facts cannot be measured in {dialect}.", permanent=True)
    return _HOOKS[dialect]


def bucket(hooks: Hooks, instant: Expression, grain: Grain, *, offset: Expression | float) -> Expression:
    """Return the start of the local unit: a local wall time, for hours the UTC instant (a day may hold 25)."""
    local = hooks.trunc(hooks.add_seconds(instant, offset), grain)
    if grain is not Grain.HOUR:
        return local
    negative = -offset if isinstance(offset, float) else offset * -1
    return hooks.add_seconds(local, negative)


def local_offset(instant: Expression, zone: ZoneInfo, *, start: dt.datetime, end: dt.datetime) -> Expression | float:
    """Return the zone's offset in seconds at ``instant``, for instants in ``[start, end)``: a constant or a CASE."""
    changes = zone_changes(zone, start=start, end=end)
    first = _offset_at(start, zone)
    if not changes:
        return first
    whens: list[tuple[Expression, Expression]] = [
        (instant < naive(at), sa.literal_column(repr(before))) for at, before, _ in changes
    ]
    return sa.case(*whens, else_=sa.literal_column(repr(changes[-1][2])))


def zone_changes(zone: ZoneInfo, *, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, float, float]]:
    """Return the changes of clocks in ``[start, end)`` as (UTC instant, offset before, offset after) in seconds."""
    found: list[tuple[dt.datetime, float, float]] = []
    step, at = dt.timedelta(days=7), start
    while at < end:
        following = min(at + step, end)
        if _offset_at(at, zone) != _offset_at(following, zone):
            low, high = at, following
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset_at(middle, zone) == _offset_at(low, zone) else (low, middle)
            change = high.replace(microsecond=0)
            found.append((change, _offset_at(at, zone), _offset_at(following, zone)))
        at = following
    return found


def naive(instant: dt.datetime) -> dt.datetime:
    """Return an aware instant as facts hold it: UTC without a zone."""
    return instant.astimezone(dt.UTC).replace(tzinfo=None)


def _offset_at(instant: dt.datetime, zone: ZoneInfo) -> float:
    offset = instant.astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _literal(seconds: Expression | float) -> Expression:
    return sa.literal_column(repr(float(seconds))) if isinstance(seconds, int | float) else seconds
