"""How a period was meant: what counts back from today moves with the calendar, what names dates stays."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.core.periods import Grain, Period
from frontline.core.text import QuestionText
from frontline.metrics.query import PeriodSpec
from frontline.metrics.questions.parser import QuestionParser
from frontline.metrics.relative import Relative, behind, counted, spanning, until_today

from .conftest import NOW

MOVING = {
    "last week": "last week",
    "this month": "this month so far",
    "": "last month",  # not said: the usual period of the metric
    "last 30 days": "the last 30 days",
    "yesterday": "yesterday",
    "the week before last": "the week 2 weeks ago",
    "last quarter": "last quarter",
    "3 weeks ago": "the week 3 weeks ago",
    "last fortnight": "the last 14 days",
    "ytd": "this year so far",
    "month to date": "this month so far",
    "the last two months so far": "the last 2 months",
    "last month to date": "last month and this one so far",
    "since last week": "last week and this one so far",
    "since yesterday": "the last 2 days with today",
    "since monday": "this week so far",
    "since january": "this year so far",
    "from january until today": "this year so far",
    "after last week": "this week so far",
    "from 3 weeks ago to last week": "the last 3 weeks",
    "the two weeks before last week": "the 2 weeks from 3 weeks ago",
    "the day before yesterday": "the day 2 days ago",
    "yesterday a week ago": "the day 8 days ago",
    "yesterday and today": "the last 2 days with today",
}
FIXED = (
    "in may", "q1", "in 2025", "week 24", "on monday", "8 to 14 june", "last weekend", "16 june", "may last year",
    "since may", "from last month to yesterday", "last may", "this june", "first week of june",
    "last wednesday", "the first half of the year",
)  # fmt: skip
OTHER_DAYS = (dt.date(2026, 7, 20), dt.date(2027, 10, 26), dt.date(2026, 8, 1), dt.date(2027, 1, 1))


def read(parser: QuestionParser, words: str, day: dt.date) -> PeriodSpec:
    now = NOW + dt.timedelta(days=(day - NOW.date()).days)
    parsed = parser.parse(QuestionText(f"csat {words}"), now=now)
    return (parsed.query or parsed.readings[0].query).period


@pytest.mark.parametrize("words", MOVING)
def test_what_counts_back_from_today_is_read_as_the_question_is_read_later(words: str, parser: QuestionParser) -> None:
    moves = read(parser, words, NOW.date()).moves
    assert moves is not None
    assert moves.say() == MOVING[words]
    for day in (NOW.date(), *OTHER_DAYS):
        later = read(parser, words, day)
        assert (moves.period(day), later.moves) == (later.period, moves)


@pytest.mark.parametrize("words", FIXED)
def test_what_names_dates_stays_though_it_is_last_month_or_yesterday_today(words: str, parser: QuestionParser) -> None:
    assert read(parser, words, NOW.date()).moves is None


_UNIT = st.sampled_from([grain for grain in Grain if grain is not Grain.HOUR])
_PAST = st.builds(lambda unit, count, more: Relative(unit=unit, back=count + more, count=count),
                  _UNIT, st.integers(1, 14), st.integers(0, 14))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(_PAST, _PAST, st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)))
def test_spans_of_periods_that_move_move_as_both_ends_do(first: Relative, last: Relative, today: dt.date) -> None:
    begin, end = first.period(today), last.period(today)
    if (span := spanning(first, last)) is not None:
        assert span.period(today) == Period(begin.start, end.end)
    since = until_today(first)
    assert since is not None
    assert since.period(today) == Period(begin.start, today + dt.timedelta(days=1))
    after = behind(first, 2)
    assert after is not None
    assert after.period(today).start == begin.end


def test_farther_than_anybody_counts_nothing_moves() -> None:
    assert counted(Grain.DAY, 5000) is None
