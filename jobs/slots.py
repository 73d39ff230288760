"""Slots: when a routine is due, under a key that names the local period (or, below a day, the UTC instant).

APScheduler's own schedules fire a daily job twice in the autumn hour, fall silent when the clock steps back and
cannot tell a job which run it is. Here a slot is computed from the last slot in the ledger up to now, and its key is
unique there: a local date runs once whatever the clock does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from frontline.catalog.routines import CatchUp, Schedule
from frontline.core.clock import UTC, as_utc
from frontline.core.errors import UsageError

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
# More skipped slots than this become one row that names the span.
MOST_SKIP_ROWS = 50


@dataclass(frozen=True, order=True)
class Slot:
    """One due moment. ``key``: 2026-06-17 (daily, weekly), 2026-06 (monthly), 2026-Q2, 2026, or 2026-06-17T08:15Z."""

    due_at: dt.datetime
    key: str


@dataclass(frozen=True)
class Skip:
    """A slot that will not run, and why; ``count`` > 1 when it stands for those before it too."""

    slot: Slot
    note: str
    count: int = 1


@dataclass(frozen=True)
class Plan:
    """What to do now: slots to run, oldest first, and slots to note as skipped."""

    run: tuple[Slot, ...] = ()
    skipped: tuple[Skip, ...] = ()


def slots_between(schedule: Schedule, zone: ZoneInfo, *, after: dt.datetime, until: dt.datetime) -> Sequence[Slot]:
    """Return the slots due in (after, until], oldest first. Both ends aware."""
    start, end = as_utc(after), as_utc(until)
    if end <= start:
        return ()
    if is_grid(schedule):
        return [_grid_slot(minute) for minute in _grid(schedule, start, end)]
    day = dt.timedelta(days=1)
    first, last = start.astimezone(zone).date() - day, end.astimezone(zone).date() + day
    slots = (_local_slot(schedule, zone, date) for date in _dates(schedule, first, last))
    return [slot for slot in slots if slot is not None and start < slot.due_at <= end]


def next_slot(schedule: Schedule, zone: ZoneInfo, now: dt.datetime) -> Slot:
    """Return the first slot due after ``now``."""
    reach = dt.timedelta(days=2)
    while not (found := slots_between(schedule, zone, after=now, until=now + reach)):
        reach *= 4
    return found[0]


def slot_of(schedule: Schedule, zone: ZoneInfo, key: str) -> Slot:
    """Return the slot that ``key`` names.

    Raises:
        UsageError: the schedule has no such slot.
    """
    try:
        day = _day_of(schedule, key)
        around = dt.timedelta(days=3)
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=UTC)
        if not is_grid(schedule):
            around = dt.timedelta(days=370)
        for slot in slots_between(schedule, zone, after=noon - around, until=noon + around):
            if slot.key == key:
                return slot
    except ValueError:
        pass
    raise UsageError(f"{key!r} is no slot of this routine.", next_step=f"Its slots look like {_example(schedule)}.")


def plan(
    schedule: Schedule, zone: ZoneInfo, *, catch_up: CatchUp, last_due: dt.datetime | None, now: dt.datetime
) -> Plan:
    """Return what to run and what to skip, given when the last slot of the ledger was due (None: a fresh routine).

    A fresh routine starts with its newest slot inside the catch-up window and owes nothing from before.
    """
    horizon = as_utc(now) - dt.timedelta(hours=catch_up.hours)
    if last_due is None:
        recent = slots_between(schedule, zone, after=horizon, until=now)[-1:]
        return Plan(run=tuple(slot for slot in recent if _may_run(slot, catch_up, now)))
    missed = slots_between(schedule, zone, after=max(last_due, horizon), until=now)
    skipped = _too_old(schedule, zone, after=last_due, until=horizon)
    if not missed:
        return Plan(skipped=skipped)
    if catch_up.policy == "run_all":
        return Plan(run=tuple(missed), skipped=skipped)
    if _may_run(missed[-1], catch_up, now):
        note = "missed; the newest slot ran instead"
        return Plan(run=(missed[-1],), skipped=skipped + _as_skips(missed[:-1], note))
    return Plan(skipped=skipped + _as_skips(missed, "missed; too late to be of use"))


def _may_run(slot: Slot, catch_up: CatchUp, now: dt.datetime) -> bool:
    is_fresh = as_utc(now) - slot.due_at <= dt.timedelta(minutes=catch_up.grace_minutes)
    return catch_up.policy != "skip_and_note" or is_fresh


def _too_old(schedule: Schedule, zone: ZoneInfo, *, after: dt.datetime, until: dt.datetime) -> tuple[Skip, ...]:
    if as_utc(until) <= as_utc(after):
        return ()
    note = "missed; older than the catch-up window"
    if not is_grid(schedule):
        return _as_skips(slots_between(schedule, zone, after=after, until=until), note)
    # A month of minutes is 43,200 slots: the grid is arithmetic, so nothing is built for them.
    grid = _grid(schedule, as_utc(after), as_utc(until))
    if len(grid) <= MOST_SKIP_ROWS:
        return _as_skips([_grid_slot(minute) for minute in grid], note)
    return (_summary(_grid_slot(grid[0]), _grid_slot(grid[-1]), count=len(grid), note=note),)


def _as_skips(slots: Sequence[Slot], note: str) -> tuple[Skip, ...]:
    if len(slots) <= MOST_SKIP_ROWS:
        return tuple(Skip(slot, note) for slot in slots)
    return (_summary(slots[0], slots[-1], count=len(slots), note=note),)


def _summary(first: Slot, last: Slot, *, count: int, note: str) -> Skip:
    return Skip(last, f"{count} slots from {first.key} to {last.key} {note}", count)


def is_grid(schedule: Schedule) -> bool:
    """Whether the schedule is one of minutes or hours."""
    return schedule.every in {"minutes", "hourly"}


def _grid(schedule: Schedule, after: dt.datetime, until: dt.datetime) -> range:
    """Return minutes since the epoch at which the grid is due in (after, until]."""
    step, offset = (60, schedule.minute) if schedule.every == "hourly" else (schedule.step, 0)
    first = int((after - _EPOCH).total_seconds() // 60) + 1
    last = int((until - _EPOCH).total_seconds() // 60)
    first += (offset - first) % step
    return range(first, last + 1, step)


def _grid_slot(minute: int) -> Slot:
    due_at = _EPOCH + dt.timedelta(minutes=minute)
    return Slot(due_at, f"{due_at:%Y-%m-%dT%H:%MZ}")


def _dates(schedule: Schedule, first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """Return the local dates between ``first`` and ``last`` (inclusive) on which the schedule is due."""
    if schedule.every in _MONTHS:
        months = _MONTHS[schedule.every]
        unit = dt.date(first.year, 1, 1)
        dates = []
        while unit <= last:
            # relativedelta(day=31) lands on the last day of a shorter month: never skipped, never doubled.
            dates.append(unit + relativedelta(day=schedule.day))
            unit += relativedelta(months=months)
        return [date for date in dates if first <= date <= last]
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    if schedule.every == "weekly":
        return [day for day in days if day.weekday() == schedule.weekday_number]
    return days


def _local_slot(schedule: Schedule, zone: ZoneInfo, date: dt.date) -> Slot | None:
    """Return the slot of a local date; None when the date does not exist there (Samoa had no 30 Dec 2011).

    A time that the spring change skips is due that much later (PEP 495, fold 0); one that comes twice in autumn is
    due the first time.
    """
    due_at = dt.datetime.combine(date, schedule.at, tzinfo=zone).astimezone(UTC)
    if due_at.astimezone(zone).date() != date:
        return None
    return Slot(due_at, _key(schedule, date))


def _key(schedule: Schedule, date: dt.date) -> str:
    match schedule.every:
        case "monthly":
            return f"{date:%Y-%m}"
        case "quarterly":
            return f"{date.year}-Q{(date.month - 1) // 3 + 1}"
        case "yearly":
            return f"{date.year}"
        case _:
            return date.isoformat()


def _day_of(schedule: Schedule, key: str) -> dt.date:
    """Return a day near the slot. Raises ValueError for a key of another shape."""
    match schedule.every:
        case "minutes" | "hourly":
            return dt.datetime.strptime(key, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).date()
        case "monthly":
            return dt.date.fromisoformat(f"{key}-01")
        case "quarterly":
            year, quarter = key.split("-Q")
            return dt.date(int(year), 3 * int(quarter) - 2, 1)
        case "yearly":
            return dt.date(int(key), 1, 1)
        case _:
            return dt.date.fromisoformat(key)


def _example(schedule: Schedule) -> str:
    if is_grid(schedule):
        return "2026-06-17T08:15Z"
    return _key(schedule, dt.date(2026, 6, 17))
