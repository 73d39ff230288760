"""Periods are half-open, in local dates, and know the change of clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.core.clock import FrozenClock, ShiftedClock, as_utc
from frontline.core.periods import Grain, Period, floor_date, step_date, unit_period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
days = st.dates(dt.date(1999, 1, 1), dt.date(2030, 12, 31))


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 17), 24)])
def test_a_day_has_as_many_hours_as_its_clocks_say(day: tuple[int, int, int], hours: int) -> None:
    start, end = unit_period(dt.date(*day), Grain.DAY).instants(AMSTERDAM)
    assert (end - start) == dt.timedelta(hours=hours)


def test_previous_of_whole_months_is_the_same_number_of_months() -> None:
    may = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
    assert may.previous() == Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1))
    assert may.last_year() == Period(dt.date(2025, 5, 1), dt.date(2025, 6, 1))
    quarter = Period(dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    assert quarter.previous() == Period(dt.date(2026, 1, 1), dt.date(2026, 4, 1))


def test_last_year_of_a_week_is_52_weeks_earlier_so_that_weekdays_match() -> None:
    week = Period(dt.date(2026, 6, 8), dt.date(2026, 6, 15))
    assert week.last_year().start == dt.date(2025, 6, 9)
    assert week.last_year().start.weekday() == 0


def test_a_leap_day_has_a_last_year() -> None:
    leap = Period(dt.date(2024, 2, 29), dt.date(2024, 3, 1))
    assert leap.last_year() == Period(dt.date(2023, 2, 28), dt.date(2023, 3, 1))


@given(days, st.sampled_from(list(Grain)))
def test_a_unit_holds_its_day_and_touches_the_next(day: dt.date, grain: Grain) -> None:
    unit = unit_period(day, grain)
    assert unit.contains(day)
    assert floor_date(unit.end, grain) == unit.end
    assert step_date(unit.start, grain, 1) == unit.end


@given(days, st.integers(1, 400))
def test_previous_ends_where_the_period_starts(day: dt.date, length: int) -> None:
    period = Period(day, day + dt.timedelta(days=length))
    assert period.previous().end == period.start


def test_an_empty_period_and_a_naive_instant_are_refused() -> None:
    with pytest.raises(ValueError, match="start before its end"):
        Period(dt.date(2026, 1, 1), dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="zone"):
        as_utc(dt.datetime(2026, 1, 1))


def test_a_shifted_clock_ticks_on_from_where_it_was_put() -> None:
    base = FrozenClock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    clock = ShiftedClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC), base=base)
    base.advance(dt.timedelta(minutes=5))
    assert clock.now() == dt.datetime(2026, 6, 17, 8, 45, tzinfo=dt.UTC)
    clock.move_to(dt.datetime(2026, 6, 18, 7, 0, tzinfo=dt.UTC))
    assert clock.now().hour == 7
