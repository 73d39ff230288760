"""In which digest a pain point is read: the next one that is due, as the routine counts its slots."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontline.catalog.routines import Schedule
from frontline.governance.pain_points import month_of_digest
from jobs.slots import next_slot

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NINE = dt.time(9)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("2026-06-05T08:59", "2026-06"),
        ("2026-06-05T09:00", "2026-07"),
        ("2026-12-05T09:00", "2027-01"),
        ("2026-12-31T23:59", "2027-01"),
        ("2027-01-01T00:00", "2027-01"),
        ("2027-01-05T09:01", "2027-02"),
        ("2026-01-31T10:00", "2026-02"),
    ],
)
def test_what_is_said_is_read_in_the_next_digest(said: str, month: str) -> None:
    assert month_of_digest(local(said), day=5, at=NINE) == month


@example(dt.datetime(2026, 2, 28, 10), 31, NINE)
@example(dt.datetime(2026, 4, 30, 8, 59), 31, NINE)
@given(
    st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 1, 1)),
    st.integers(1, 31),
    st.times(),
)
def test_it_is_the_slot_that_the_routine_runs_next(said: dt.datetime, day: int, at: dt.time) -> None:
    """Also on the last days of short months, for a digest on the 31st."""
    schedule = Schedule(every="monthly", day=day, at=at.replace(second=0, microsecond=0))
    zone = ZoneInfo("UTC")
    now = said.replace(tzinfo=zone)
    assert month_of_digest(now, day=schedule.day, at=schedule.at) == next_slot(schedule, zone, now).key
