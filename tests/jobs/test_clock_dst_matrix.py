"""One run per local period, at most one tick late, in 12 zones over 2 years, whatever the clock does."""

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.catalog.routines import CatchUp, Schedule
from frontline.core.clock import UTC
from jobs.slots import plan, slots_between
from tests.jobs.zones import TWELVE

START = dt.datetime(2027, 6, 1, 12, tzinfo=UTC)  # the two years hold a leap day
END = START + dt.timedelta(days=731)
STEPS = tuple(dt.timedelta(seconds=seconds) for seconds in (10, -10, 3600, -3600))
KINDS: dict[str, tuple[Schedule, dt.timedelta]] = {
    "hourly": (Schedule(every="hourly"), dt.timedelta(minutes=7)),
    "daily": (Schedule(every="daily", at=dt.time(2, 30)), dt.timedelta(minutes=97)),
    "midnight": (Schedule(every="daily", at=dt.time(0, 0)), dt.timedelta(minutes=97)),
    "weekly": (Schedule(every="weekly", weekday="sunday", at=dt.time(2, 30)), dt.timedelta(minutes=397)),
    "monthly": (Schedule(every="monthly", day=31, at=dt.time(23, 59)), dt.timedelta(minutes=397)),
}
COARSE = {
    "daily": dt.timedelta(hours=7, minutes=7),
    "midnight": dt.timedelta(hours=7, minutes=7),
    "weekly": dt.timedelta(hours=13),
    "monthly": dt.timedelta(hours=29),
}


class Ledger:
    """What the ledger keeps, without a database: unique keys and the newest slot due."""

    def __init__(self) -> None:
        self.runs: dict[str, dt.datetime] = {}
        self.skipped: set[str] = set()
        self._due: list[dt.datetime] = []

    def tick(self, schedule: Schedule, zone: ZoneInfo, now: dt.datetime) -> list[dt.timedelta]:
        last = max((due for due in self._due[-5:] if due <= now), default=None)
        todo = plan(schedule, zone, catch_up=CatchUp(policy="run_all"), last_due=last, now=now)
        late = []
        for slot in todo.run:
            if slot.key not in self.runs:
                self.runs[slot.key] = now
                self._due.append(slot.due_at)
                late.append(now - slot.due_at)
        self.skipped |= {skip.slot.key for skip in todo.skipped}
        return late


def periods(schedule: Schedule, zone: ZoneInfo, first: dt.datetime, last: dt.datetime) -> set[str]:
    return {slot.key for slot in slots_between(schedule, zone, after=first, until=last)}


def live_through(schedule: Schedule, zone: ZoneInfo, tick: dt.timedelta, *, end: dt.datetime, seed: int) -> None:
    """Tick from START to ``end`` with a clock that is set forward and back now and then."""
    rng, ledger, now, true = random.Random(seed), Ledger(), START, START
    ledger.tick(schedule, zone, now)
    first = set(ledger.runs)
    drift = dt.timedelta(0)
    while true < end:
        true += tick
        if rng.random() < 0.003:
            # Wrong by one of the steps for a while, then set right again.
            drift = rng.choice(STEPS) if not drift else dt.timedelta(0)
        previous, now = now, true + drift
        for late in ledger.tick(schedule, zone, now):
            assert late < now - previous  # at most one tick late, as the clock itself tells it
    ledger.tick(schedule, zone, end + dt.timedelta(hours=2))
    expected = periods(schedule, zone, START, end)
    assert expected <= set(ledger.runs)
    extra = set(ledger.runs) - expected - first
    assert extra <= periods(schedule, zone, end, end + tick + dt.timedelta(hours=3))  # the last tick overshoots
    assert not ledger.skipped


@pytest.mark.parametrize("zone", TWELVE, ids=str)
@pytest.mark.parametrize("kind", COARSE)
def test_one_run_per_local_period_over_two_years(zone: ZoneInfo, kind: str) -> None:
    live_through(KINDS[kind][0], zone, COARSE[kind], end=END, seed=5)


@pytest.mark.slow
@pytest.mark.parametrize("zone", TWELVE, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_one_run_per_local_period_with_a_fine_tick(zone: ZoneInfo, kind: str) -> None:
    schedule, tick = KINDS[kind]
    live_through(schedule, zone, tick, end=END, seed=11)


@pytest.mark.parametrize("zone", TWELVE, ids=str)
def test_every_local_date_of_two_years_has_exactly_one_daily_slot(zone: ZoneInfo) -> None:
    for at in (dt.time(0, 0), dt.time(2, 30), dt.time(23, 59)):
        slots = slots_between(Schedule(every="daily", at=at), zone, after=START, until=END)
        dates = [dt.date.fromisoformat(slot.key) for slot in slots]
        assert all(later - earlier == dt.timedelta(days=1) for earlier, later in zip(dates, dates[1:], strict=False))
        assert dt.date(2028, 2, 29) in dates
        assert all(slot.due_at.astimezone(zone).date() == date for slot, date in zip(slots, dates, strict=True))


@pytest.mark.parametrize("zone", TWELVE, ids=str)
def test_hourly_slots_are_an_hour_apart_through_every_change_of_clocks(zone: ZoneInfo) -> None:
    slots = slots_between(Schedule(every="hourly", minute=20), zone, after=START, until=END)
    assert len(slots) == 731 * 24
    gaps = {later.due_at - earlier.due_at for earlier, later in zip(slots, slots[1:], strict=False)}
    assert gaps == {dt.timedelta(hours=1)}


schedules = st.one_of(
    st.builds(Schedule, every=st.just("daily"), at=st.times()),
    st.builds(Schedule, every=st.just("weekly"), at=st.times()),
    st.builds(Schedule, every=st.just("hourly"), minute=st.integers(0, 59)),
)


@settings(max_examples=60, deadline=None)
@given(
    schedule=schedules,
    zone=st.sampled_from(TWELVE),
    start=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 12, 1)),
    steps=st.lists(
        st.one_of(st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(hours=9)), st.sampled_from(STEPS)), max_size=40
    ),
)
def test_no_walk_of_the_clock_runs_a_period_twice_or_skips_one_silently(
    schedule: Schedule, zone: ZoneInfo, start: dt.datetime, steps: list[Any]
) -> None:
    ledger, now = Ledger(), start.replace(tzinfo=UTC)
    ledger.tick(schedule, zone, now)
    begun, furthest = now, now
    for step in steps:
        now += step
        furthest = max(furthest, now)
        ledger.tick(schedule, zone, now)
    ledger.tick(schedule, zone, furthest)
    assert periods(schedule, zone, begun, furthest) <= set(ledger.runs) | ledger.skipped
