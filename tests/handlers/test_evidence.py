"""Which span a promised figure is measured over when the promise is closed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.core.periods import Period
from handlers.evidence import newest_period


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("promised", "made", "closed", "expected"),
    [
        # May, promised in June, closed in July: June, the newest whole month.
        (("2026-05-01", "2026-06-01"), "2026-06-17", "2026-07-08", ("2026-06-01", "2026-07-01")),
        # Closed before June is over: as many days up to yesterday, for May again would say nothing.
        (("2026-05-01", "2026-06-01"), "2026-06-17", "2026-06-25", ("2026-05-25", "2026-06-25")),
        (("2026-01-01", "2026-04-01"), "2026-06-17", "2026-07-08", ("2026-04-01", "2026-07-01")),
        (("2026-06-08", "2026-06-15"), "2026-06-17", "2026-06-24", ("2026-06-15", "2026-06-22")),
        # "This month so far" held the day itself, so does the newer one.
        (("2026-06-01", "2026-06-18"), "2026-06-17", "2026-06-24", ("2026-06-08", "2026-06-25")),
        (("2026-06-17", "2026-06-18"), "2026-06-17", "2026-06-18", ("2026-06-18", "2026-06-19")),
    ],
)
def test_the_newest_span_of_the_same_kind(
    promised: tuple[str, str], made: str, closed: str, expected: tuple[str, str]
) -> None:
    period = Period(day(promised[0]), day(promised[1]))
    assert newest_period(period, made=day(made), today=day(closed)) == Period(day(expected[0]), day(expected[1]))


@given(
    st.dates(day("2025-01-01"), day("2026-06-17")),
    st.integers(1, 400),
    st.integers(0, 300),
)
def test_it_never_reaches_beyond_today_and_never_lies_before_the_promised_one(
    start: dt.date, length: int, later: int
) -> None:
    made = day("2026-06-17")
    end = min(start + dt.timedelta(days=length), made + dt.timedelta(days=1))
    period, today = Period(start, end), made + dt.timedelta(days=later)
    found = newest_period(period, made=made, today=today)
    assert found.end <= today + dt.timedelta(days=1)
    assert found.end >= period.end or found.end == today
