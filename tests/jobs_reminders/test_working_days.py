"""Working days: weekends and public holidays, and the ladder that counts in them."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from frontline.catalog.rules import ReminderRule
from frontline.catalog.schema import Calendar
from frontline.catalog.workdays import Workdays, workdays_of
from jobs.reminders import Step, steps_of

DAY = dt.timedelta(days=1)
NETHERLANDS = workdays_of(Calendar(country="NL"))
dates = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
rests = st.frozensets(dates, max_size=30)
weekends = st.frozensets(st.integers(0, 6), max_size=6)


@given(dates, st.integers(0, 60), rests, weekends)
def test_from_one_working_day_to_the_next_the_distance_grows_by_one(
    due: dt.date, ahead: int, rest: frozenset[dt.date], weekend: frozenset[int]
) -> None:
    calendar = Workdays(is_holiday=rest.__contains__, weekend=weekend)
    day = due - ahead * DAY
    assume(calendar.is_workday(day))
    following = calendar.add(day, 1)
    assert calendar.distance(due, following) == calendar.distance(due, day) + 1


@given(dates, st.integers(0, 40), rests)
def test_adding_working_days_lands_that_far_away(start: dt.date, count: int, rest: frozenset[dt.date]) -> None:
    calendar = Workdays(is_holiday=rest.__contains__)
    first, found = calendar.add(start, 0), calendar.add(start, count)
    assert calendar.is_workday(found)
    assert calendar.distance(first, found) == count


@given(dates, rests)
def test_every_step_comes_exactly_once(due: dt.date, rest: frozenset[dt.date]) -> None:
    calendar = Workdays(is_holiday=rest.__contains__)
    days = [due + n * DAY for n in range(-60, 100)]
    heard = [
        step
        for day in days
        if calendar.is_workday(day)
        for step in steps_of(calendar.distance(due, day), ReminderRule())
    ]
    assert heard == [Step.SOON, Step.TODAY, Step.LATE, Step.CHANNEL, Step.MANAGER]


@pytest.mark.parametrize(
    ("due", "today", "distance"),
    [
        ("2026-06-19", "2026-06-17", -2),  # Friday, seen on Wednesday
        ("2026-06-19", "2026-06-19", 0),
        ("2026-06-19", "2026-06-22", 1),  # the weekend does not count
        ("2026-06-20", "2026-06-19", 0),  # due on a Saturday: Friday is the day
        ("2026-06-20", "2026-06-22", 1),
        ("2026-05-22", "2026-05-26", 1),  # Whit Monday does not count either
        ("2026-04-24", "2026-04-28", 1),  # nor King's Day
    ],
)
def test_dutch_working_days(due: str, today: str, distance: int) -> None:
    assert NETHERLANDS.distance(dt.date.fromisoformat(due), dt.date.fromisoformat(today)) == distance


def test_other_countries_rest_on_other_days_and_an_unlisted_one_on_weekends() -> None:
    friday = dt.date(2026, 6, 19)
    assert not workdays_of(Calendar(country="AF")).is_workday(friday)
    assert workdays_of(Calendar(country="")).is_workday(dt.date(2026, 12, 25))
    assert workdays_of(Calendar(country="QQ")).is_workday(friday)
    assert not workdays_of(Calendar(country="QQ")).is_workday(friday + DAY)


def test_a_week_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        Workdays(weekend=frozenset(range(7)))
