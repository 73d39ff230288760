"""From local dates to half-open UTC ranges: what is asked, how far it has come, and what it is compared with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from frontline.core.clock import UTC
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, Period, floor_date, local_date, unit_period
from frontline.metrics.query import Kind, MetricQuery, Span


@dataclass(frozen=True)
class Slice:
    """A period in UTC instants; ``end`` is cut where the period has not come to its end."""

    period: Period
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Bucket:
    """One unit of a series: its label (ISO) and its instants within the slice."""

    label: str
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Windows:
    """What a query covers. ``compare_period`` is the whole span that was named; its slice has equal elapsed time."""

    current: Slice
    compare: Slice | None
    compare_period: Period | None
    is_unfinished: bool
    notes: tuple[str, ...] = ()


def resolve_windows(
    query: MetricQuery, *, now: dt.datetime, zone: ZoneInfo, watermark: dt.datetime | None = None
) -> Windows:
    """Return the UTC ranges of ``query``. Data reach to ``watermark``; nothing after ``now`` is looked at.

    Raises:
        UsageError: the period has not begun.
    """
    period = query.period.period
    start, end = period.instants(zone)
    if start >= now:
        raise UsageError(
            f"The period from {period.start.isoformat()} has not begun.", next_step="Ask for a past or current period."
        )
    is_unfinished = end > now
    current = Slice(period, start, min(end, now))
    notes = []
    reached = min(now, watermark) if watermark else now
    if is_unfinished:
        notes.append(f"unfinished: data reach to {_said(reached, zone)}")
    elif watermark and watermark < end - dt.timedelta(days=1):
        notes.append(f"the data reach only to {_said(watermark, zone)}")
    grain = query.period.grain
    if grain is not None and grain is not Grain.HOUR and floor_date(period.start, grain) != period.start:
        notes.append(f"the first {grain.value} is a part: it begins on {period.start:%-d %b %Y}")
    compare_period = resolve_compare(query, today=local_date(now, zone), is_unfinished=is_unfinished)
    if compare_period is None:
        return Windows(current, None, None, is_unfinished, tuple(notes))
    compare_start, compare_end = compare_period.instants(zone)
    if is_unfinished:
        cut = min(compare_end, same_elapsed(period.start, max(reached, start), compare_period.start, zone))
        if cut < compare_end:
            notes.append(f"compared with the same elapsed time: to {_said(cut, zone)}")
        compare_end = cut
    compare_end = min(max(compare_end, compare_start), now)
    return Windows(
        current, Slice(compare_period, compare_start, compare_end), compare_period, is_unfinished, tuple(notes)
    )


def resolve_compare(query: MetricQuery, *, today: dt.date, is_unfinished: bool) -> Period | None:
    """Return the dates that ``query.compare`` means (interfaces: "previous", "last year", explicit dates).

    An unfinished period ends tomorrow; the previous one of "this month so far" is the whole month before.
    """
    period = query.period.period
    compare = query.compare or ("previous" if query.kind is Kind.WHY else None)
    if compare is None:
        return None
    if isinstance(compare, Span):
        return compare.period
    unit = _unfinished_unit(period, today) if is_unfinished else None
    if compare == "last_year":
        if unit is not None and unit.days == 7:
            return period.shifted_days(-364)
        return period.last_year()
    if period.days == 1 and query.kind is Kind.WHY:
        return period.shifted_days(-7)  # the same weekday of the week before
    return unit.previous() if unit is not None else period.previous()


def same_elapsed(start: dt.date, reached: dt.datetime, other: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the instant as far into a period from ``other`` as ``reached`` is into one from ``start``.

    Counted in days and wall time, so that 10:40 stays 10:40 across a change of clocks.
    """
    wall = reached.astimezone(zone)
    day = other + (wall.date() - start)
    return dt.datetime.combine(day, wall.time(), tzinfo=zone).astimezone(UTC)


def buckets(piece: Slice, grain: Grain, zone: ZoneInfo) -> list[Bucket]:
    """Return the units of ``grain`` that the slice touches, oldest first."""
    if grain is Grain.HOUR:
        return _hours(piece, zone)
    found: list[Bucket] = []
    day = floor_date(piece.period.start, grain)
    while True:
        unit = unit_period(day, grain)
        start, end = unit.instants(zone)
        if start >= piece.end:
            return found
        found.append(Bucket(day.isoformat(), max(start, piece.start), min(end, piece.end)))
        day = unit.end


def bucket_label(value: object, grain: Grain, zone: ZoneInfo) -> str:
    """Return the label of what the database gave: a local date, or for hours a UTC instant."""
    instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(instant, dt.datetime):
        if grain is Grain.HOUR:
            return _hour_label(instant.replace(tzinfo=UTC), zone)
        return instant.date().isoformat()
    assert isinstance(instant, dt.date)
    return instant.isoformat()


def _hours(piece: Slice, zone: ZoneInfo) -> list[Bucket]:
    hour = dt.timedelta(hours=1)
    wall = piece.start.astimezone(zone)
    at = piece.start - dt.timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    found: list[Bucket] = []
    while at < piece.end:
        found.append(Bucket(_hour_label(at, zone), max(at, piece.start), min(at + hour, piece.end)))
        at += hour
    return found


def _hour_label(instant: dt.datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(timespec="minutes")


def _unfinished_unit(period: Period, today: dt.date) -> Period | None:
    """Return the whole calendar unit that ``period`` is the beginning of, the longest first."""
    if period.end > today + dt.timedelta(days=1):
        return None  # it was asked as a whole (all of June), and is a unit by itself
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK):
        unit = unit_period(period.start, grain)
        if unit.start == period.start and unit.end >= period.end and period.days > 1:
            return unit
    return None


def _said(instant: dt.datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%-d %b %Y %H:%M")
