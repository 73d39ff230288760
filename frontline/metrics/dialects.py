"""What engines say differently. Six hooks; everything else is standard SQL, on DuckDB, PostgreSQL and SQLite.

Local wall time is made by adding the zone's offset from zoneinfo, not by the database's own time zone tables: the
answer is then the same on every engine, and DuckDB needs no extension for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement, KeyedColumnElement

from frontline.core.errors import EngineError
from frontline.core.periods import Grain, units

Expression = ColumnElement[Any]
ONE: Expression = sa.literal_column("1")


class Hooks(Protocol):
    """One engine's way of saying it."""

    has_grouping_sets: bool

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        """Return ``instant`` moved by ``seconds``."""
        ...

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        """Return the seconds from ``earlier`` to ``later``."""
        ...

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        """Return the start of the unit of ``grain`` that holds ``local`` (weeks start on Monday)."""
        ...

    def day(self, local: Expression) -> Expression:
        """Return the date of a local wall time, comparable with a column of dates."""
        ...

    def percentile(self, value: KeyedColumnElement[Any], share: float) -> Expression:
        """Return the interpolated percentile over the rows of ``placed``."""
        ...

    def placed(self, source: sa.FromClause, keys: Sequence[str], value: str) -> sa.FromClause:
        """Return ``source`` with what ``percentile`` needs beside every row of a group of ``keys``."""
        ...


class _Standard:
    """What two of the three say alike."""

    has_grouping_sets = True

    def day(self, local: Expression) -> Expression:
        return sa.cast(local, sa.Date)

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        return sa.func.date_trunc(sa.literal_column(f"'{grain.value}'"), local)

    def placed(self, source: sa.FromClause, keys: Sequence[str], value: str) -> sa.FromClause:
        return source


class DuckDB(_Standard):
    """DuckDB, the default engine of facts."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        if isinstance(seconds, sa.Case) and seconds.else_ is not None:
            # An offset by the time of year, at every row of a series: half the time of adding intervals. A constant in
            # every branch is worked out once; a value of the CASE would be at every row.
            micros = [(test, _micros(then)) for test, then in seconds.whens]
            moved = sa.func.epoch_us(instant) + sa.case(*micros, else_=_micros(seconds.else_))
            return sa.func.make_timestamp(moved, type_=sa.DateTime)
        return instant.op("+")(sa.func.to_seconds(_literal(seconds)))

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        return self.day(local) if grain is Grain.DAY else super().trunc(local, grain)

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return sa.func.epoch(later, type_=sa.Double) - sa.func.epoch(earlier, type_=sa.Double)

    def percentile(self, value: KeyedColumnElement[Any], share: float) -> Expression:
        return sa.func.quantile_cont(value, sa.literal_column(repr(share)))


class PostgreSQL(_Standard):
    """PostgreSQL."""

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        return instant.op("+")(_literal(seconds).op("*")(sa.literal_column("interval '1 second'")))

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return sa.cast(sa.extract("epoch", later) - sa.extract("epoch", earlier), sa.Double)

    def percentile(self, value: KeyedColumnElement[Any], share: float) -> Expression:
        return sa.func.percentile_cont(sa.literal_column(repr(share))).within_group(value)


class SQLite:
    """SQLite, for the facts of small teams. Instants are text of one width, whole seconds and six digits more.

    SQLite's own functions round to the millisecond, which may be the next day: they get the whole seconds only, and
    are asked to move by whole seconds only.
    """

    has_grouping_sets = False

    def add_seconds(self, instant: Expression, seconds: Expression | float) -> Expression:
        moved = sa.cast(_literal(seconds), sa.String) + sa.literal_column("' seconds'")
        return _strftime("%Y-%m-%d %H:%M:%S", instant, moved) + sa.func.substr(instant, 20, type_=sa.String)

    def seconds_between(self, later: Expression, earlier: Expression) -> Expression:
        return _epoch(later) - _epoch(earlier)

    def trunc(self, local: Expression, grain: Grain) -> Expression:
        if grain is Grain.QUARTER:
            month = sa.cast(_strftime("%m", local), sa.Integer)
            back = (
                sa.literal_column("'-'", sa.String)
                + sa.cast((month - 1) % 3, sa.String)
                + sa.literal_column("' months'")
            )
            return _strftime("%Y-%m-01 00:00:00", local, sa.literal_column("'start of month'"), back)
        forms = {
            Grain.HOUR: ("%Y-%m-%d %H:00:00",),
            Grain.DAY: ("%Y-%m-%d 00:00:00",),
            Grain.WEEK: ("%Y-%m-%d 00:00:00", "-6 days", "weekday 1"),
            Grain.MONTH: ("%Y-%m-01 00:00:00",),
            Grain.YEAR: ("%Y-01-01 00:00:00",),
        }
        form, *moves = forms[grain]
        return _strftime(form, local, *(sa.literal_column(f"'{word}'", sa.String) for word in moves))

    def day(self, local: Expression) -> Expression:
        return sa.func.date(local)

    def percentile(self, value: KeyedColumnElement[Any], share: float) -> Expression:
        """SQLite has none: weigh the two values between which it lies, by the places of ``placed``."""
        at: Expression = (sa.column(f"{value.key}_rows") - 1) * sa.literal_column(repr(share))
        below: Expression = sa.cast(at, sa.Integer)
        place: Expression = sa.column(f"{value.key}_place") - 1
        over = at - below
        return sa.func.sum(sa.case((place == below, value * (1 - over)), (place == below + 1, value * over)))

    def placed(self, source: sa.FromClause, keys: Sequence[str], value: str) -> sa.FromClause:
        group = [source.c[key] for key in keys]
        # Rows without a value have places of their own, and weigh nothing.
        place = sa.func.row_number().over(partition_by=[*group, source.c[value].is_(None)], order_by=source.c[value])
        rows = sa.func.count(source.c[value]).over(partition_by=group)
        return sa.select(*source.c, place.label(f"{value}_place"), rows.label(f"{value}_rows")).subquery("placed")


def _strftime(form: str, instant: Expression, *moves: Expression) -> Expression:
    whole = sa.func.substr(instant, 1, 19)
    return sa.func.strftime(sa.literal_column(f"'{form}'", sa.String), whole, *moves, type_=sa.String)


def _epoch(instant: Expression) -> Expression:
    digits = sa.literal_column("'0'", sa.String) + sa.func.substr(instant, 20, type_=sa.String)
    return sa.cast(_strftime("%s", instant), sa.Double) + sa.cast(digits, sa.Double)


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
    # Engines know Monday weeks alone: others are cut a day or two later and moved back.
    shift = float((7 - units().first_weekday) % 7 * 86_400) if grain is Grain.WEEK else 0.0
    moved = hooks.add_seconds(instant, offset + shift) if shift else hooks.add_seconds(instant, offset)
    local = hooks.trunc(moved, grain)
    if shift:
        return hooks.add_seconds(local, -shift)
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


def _micros(seconds: Expression) -> Expression:
    return sa.cast(seconds * sa.literal_column("1000000"), sa.BigInteger)


def _literal(seconds: Expression | float) -> Expression:
    return sa.literal_column(repr(float(seconds))) if isinstance(seconds, int | float) else seconds
