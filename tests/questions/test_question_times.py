"""The time grammar: composable, half-open, and never an impossible date."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.catalog.lexicon import load_lexicon
from frontline.core.periods import Grain
from frontline.metrics.questions.moments import NAMED_DAYS, Frame, When
from frontline.metrics.questions.restate import say_dates
from frontline.metrics.questions.timeline import Timeline
from frontline.metrics.questions.timewords import TimeWords
from frontline.metrics.questions.words import cut
from tests.questions.conftest import Ask

WORDS = TimeWords(load_lexicon())
TODAY = dt.date(2026, 6, 17)


def read(text: str, today: dt.date = TODAY, *, looks_ahead: bool = False) -> list[When]:
    """Return every period of ``text``, left to right."""
    tokens = cut(text)
    timeline = Timeline(tokens, frame=Frame(today, looks_ahead=looks_ahead), lexicon=WORDS)
    found, at = [], 0
    while at < len(tokens):
        hit = timeline.read(at)
        if hit is None:
            at += 1
        else:
            at = hit[0]
            found.append(hit[1])
    return found


_UNIT = st.sampled_from(["day", "days", "week", "weeks", "month", "months", "quarter", "quarters", "year", "years"])
_ANCHOR = st.sampled_from(["this", "last", "past", "previous", "rolling", "next", "the", "trailing", "vorige"])
_NAME = st.sampled_from(
    ["may", "june 2025", "q3", "h1 2025", "week 51", "monday", "last friday", "christmas", "koningsdag", "pinksteren",
     "last summer", "2025", "11 may", "may 3rd", "14/6", "2026-02-03", "the week of 13 may", "yesterday", "ytd",
     "first week of april", "last day of february", "the rest of the month", "second half of may"]
)  # fmt: skip
_EXPRESSION = st.one_of(
    st.builds(lambda anchor, n, unit: f"{anchor} {n} {unit}", _ANCHOR, st.integers(1, 60), _UNIT),
    st.builds(lambda anchor, unit: f"{anchor} {unit}", _ANCHOR, _UNIT),
    st.builds(lambda n, unit: f"{n} {unit} ago", st.integers(1, 40), _UNIT),
    st.builds(lambda a, b: f"from {a} to {b}", _NAME, _NAME),
    st.builds(lambda a, b: f"between {a} and {b}", _NAME, _NAME),
    st.builds(lambda a: f"since {a}", _NAME),
    st.builds(lambda unit, a: f"the {unit} after {a}", _UNIT, _NAME),
    _NAME,
)
_DAY = st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31))


@given(_EXPRESSION, _DAY, st.booleans())
@settings(max_examples=400, deadline=None)
def test_every_period_starts_before_it_ends(text: str, today: dt.date, looks_ahead: bool) -> None:
    for when in read(text, today, looks_ahead=looks_ahead):
        assert when.start < when.end
        assert all(start < end for start, end in when.choices)


@given(_EXPRESSION, _DAY)
@settings(max_examples=300, deadline=None)
def test_an_unfinished_period_never_reaches_beyond_tomorrow(text: str, today: dt.date) -> None:
    tomorrow = today + dt.timedelta(days=1)
    for when in read(text, today):
        if when.start <= today and not text.startswith("the rest"):
            assert when.end <= tomorrow


@given(_DAY, st.integers(1, 500))
@settings(max_examples=200, deadline=None)
def test_dates_that_were_said_are_read_back(start: dt.date, days: int) -> None:
    end = start + dt.timedelta(days=days)
    later = end + dt.timedelta(days=3)
    (when,) = read(say_dates(start, end), later)
    assert when.dates == (start, end)


@given(st.integers(2000, 2040), st.sampled_from(sorted(NAMED_DAYS)))
def test_named_days_fall_into_their_year(year: int, name: str) -> None:
    assert NAMED_DAYS[name](year).year == year


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("last 3 weeks", "2026-05-25", "2026-06-15"),
        ("past 3 days", "2026-06-14", "2026-06-17"),
        ("3 weeks ago", "2026-05-25", "2026-06-01"),
        ("rolling 2 months", "2026-04-01", "2026-06-01"),
        ("fortnight", None, None),
        ("a past fortnight", "2026-06-03", "2026-06-17"),
        ("august", "2025-08-01", "2025-09-01"),
        ("weeks 20-22", "2026-05-11", "2026-06-01"),
        ("from 11 to 22 may", "2026-05-11", "2026-05-23"),
        ("november to february", "2025-11-01", "2026-03-01"),
        ("koningsdag 2031", "2031-04-26", "2031-04-27"),
        ("hemelvaartsdag", "2026-05-14", "2026-05-15"),
        ("the week before easter", "2026-03-23", "2026-03-30"),
        ("winter", "2025-12-01", "2026-03-01"),
        ("Q3'25", "2025-07-01", "2025-10-01"),
        ("eergisteren", "2026-06-15", "2026-06-16"),
        ("afgelopen 2 maanden", "2026-04-01", "2026-06-01"),
    ],
)
def test_words_of_time_mean_what_the_rules_say(text: str, start: str | None, end: str | None) -> None:
    found = [(when.start.isoformat(), when.end.isoformat()) for when in read(text)]
    assert found == ([(start, end)] if start else [])


def test_a_name_ahead_is_next_in_a_forecast_and_past_elsewhere() -> None:
    assert read("august")[0].start == dt.date(2025, 8, 1)
    assert read("august", looks_ahead=True)[0].start == dt.date(2026, 8, 1)


@pytest.mark.parametrize("text", ["31 june", "week 54", "30 february 2026", "2026-13-01"])
def test_an_impossible_date_is_no_date(text: str) -> None:
    assert all(when.unit not in (Grain.DAY, Grain.WEEK) for when in read(text))


def test_first_week_asks_where_calendars_disagree() -> None:
    assert len(read("first week of april")[0].choices) == 3
    assert read("first week of may")[0].choices == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("csat first half of the year 2025", dt.date(2025, 1, 1), dt.date(2025, 7, 1)),
        ("csat in the second quarter of the year 2025", dt.date(2025, 4, 1), dt.date(2025, 7, 1)),
        ("what will total cost be in the third quarter?", dt.date(2026, 7, 1), dt.date(2026, 10, 1)),
        ("what will case volume be in July?", dt.date(2026, 7, 1), dt.date(2026, 8, 1)),
    ],
)
def test_a_year_that_is_said_and_a_future_that_is_asked_for_are_kept(
    ask: Ask, text: str, start: dt.date, end: dt.date
) -> None:
    query = ask(text).query
    assert query is not None
    assert (query.period.start, query.period.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["reopen rate of cases closed within an hour", "escalation rate per team manager in Q1"]
)
def test_what_narrows_as_no_dimension_does_gets_no_figure(ask: Ask, text: str) -> None:
    assert ask(text).query is None
