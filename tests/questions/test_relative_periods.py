"""How a period was meant: what counts back from today moves with the calendar, what names dates stays."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontline.core.periods import Grain, Period
from frontline.core.text import QuestionText
from frontline.metrics.questions.parser import QuestionParser
from frontline.metrics.relative import Relative, meant

from .conftest import NOW

MOVING = {
    "last week": "last week",
    "this month": "this month so far",
    "": "last month",  # not said: the usual period of the metric
    "last 30 days": "the last 30 days",
    "yesterday": "yesterday",
    "the week before last": "the week 2 weeks ago",
    "last quarter": "last quarter",
}
FIXED = ("in may", "q1", "in 2025", "week 24", "on monday", "8 to 14 june", "last weekend", "16 june")


def read(parser: QuestionParser, words: str, day: dt.date) -> Period | None:
    now = NOW + dt.timedelta(days=(day - NOW.date()).days)
    query = parser.parse(QuestionText(f"csat {words}"), now=now).query
    return query.period.period if query is not None else None


def meaning(parser: QuestionParser, words: str) -> Relative | None:
    period = read(parser, words, NOW.date())
    assert period is not None
    return meant(period, today=NOW.date(), again=lambda day: read(parser, words, day))


@pytest.mark.parametrize("words", MOVING)
def test_what_counts_back_from_today_is_read_as_the_question_is_read_later(words: str, parser: QuestionParser) -> None:
    moves = meaning(parser, words)
    assert moves is not None
    assert moves.say() == MOVING[words]
    in_july = dt.date(2026, 7, 20)
    assert moves.period(in_july) == read(parser, words, in_july)


@pytest.mark.parametrize("words", FIXED)
def test_what_names_dates_stays_though_it_is_last_month_or_yesterday_today(words: str, parser: QuestionParser) -> None:
    assert meaning(parser, words) is None


@settings(max_examples=60, deadline=None)
@given(
    st.builds(Relative, unit=st.sampled_from([g for g in Grain if g is not Grain.HOUR]), back=st.integers(1, 14),
              count=st.integers(1, 14)),
    st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
)  # fmt: skip
def test_a_way_of_counting_back_is_found_again_from_its_dates(moves: Relative, today: dt.date) -> None:
    found = meant(moves.period(today), today=today, again=moves.period)
    assert found is not None
    for days in (1, 45, 400):
        assert found.period(today + dt.timedelta(days=days)) == moves.period(today + dt.timedelta(days=days))
