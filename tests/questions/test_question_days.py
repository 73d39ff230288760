"""Days told in short, parts of a day, days that no calendar has, and words of time that ask for no period."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.reply import Outcome
from frontline.metrics.query import MetricQuery
from tests.questions.conftest import Ask


def days(query: MetricQuery | None) -> tuple[str, str]:
    assert query is not None
    return query.period.start.isoformat(), query.period.end.isoformat()


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("on the 11th", "2026-06-11", "2026-06-12"),
        ("on the 30th", "2026-05-30", "2026-05-31"),
        ("on thursday the 11th", "2026-06-11", "2026-06-12"),
        ("the 15th of last month", "2026-05-15", "2026-05-16"),
        ("de 1e van deze maand", "2026-06-01", "2026-06-02"),
        ("from the 1st to the 10th", "2026-06-01", "2026-06-11"),
        ("since the 1st", "2026-06-01", "2026-06-18"),
        ("may 11–15", "2026-05-11", "2026-05-16"),
        ("from june 1st through 10th", "2026-06-01", "2026-06-11"),
        ("a week ago today", "2026-06-10", "2026-06-11"),
        ("vandaag een week geleden", "2026-06-10", "2026-06-11"),
        ("a week ago on monday", "2026-06-08", "2026-06-09"),
        ("a month ago yesterday", "2026-05-16", "2026-05-17"),
        ("a fortnight ago", "2026-06-01", "2026-06-08"),
        ("last fiscal year", "2025-01-01", "2026-01-01"),
        ("this FY", "2026-01-01", "2026-06-18"),
        ("fiscal year to date", "2026-01-01", "2026-06-18"),
        ("on 5/28", "2026-05-28", "2026-05-29"),
        ("H1 FY25", "2025-01-01", "2025-07-01"),
        ("1st may 26", "2026-05-01", "2026-05-02"),
        ("w/c 1 june", "2026-06-01", "2026-06-08"),
        ("same day last week", "2026-06-10", "2026-06-11"),
        ("this day last year", "2025-06-17", "2025-06-18"),
    ],
)
def test_a_day_told_in_short_is_that_day(words: str, start: str, end: str, ask: Ask) -> None:
    assert days(ask(f"occupancy {words}").query) == (start, end)


@pytest.mark.parametrize("text", ["calls to the 1st line", "csat may 5-10%"])
def test_an_ordinal_beside_a_noun_and_a_share_are_no_days(text: str, ask: Ask) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("calls handled this morning", "2026-06-17"),
        ("calls yesterday afternoon", "2026-06-16"),
        ("calls monday morning", "2026-06-15"),
        ("calls last night", "2026-06-16"),
        ("calls in the morning of 11 may", "2026-05-11"),
    ],
)
def test_a_part_of_a_day_is_asked_back_with_the_whole_day(text: str, day: str, ask: Ask) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.CLARIFY
    assert [days(one.query)[0] for one in parsed.readings] == [day]
    assert "part of a day" in parsed.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("csat on 31 february", "There is no 31 February."),
        ("csat from 1 june to 31 june", "There is no 31 June."),
        ("csat june 25-31", "There is no 31 June."),
        ("csat on 29 february", "There is no 29 February in 2026."),
        ("csat on 31/02/2026", "There is no 31/02/2026."),
        ("csat in week 54", "There is no week 54."),
    ],
)
def test_a_day_that_no_calendar_has_is_named(text: str, sentence: str, ask: Ask) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.ABSTAINED
    assert parsed.message.startswith(sentence)


@pytest.mark.parametrize(
    "talk",
    [
        "summer is nearly here :)",
        "christmas is around the corner.",
        "it's friday!",
        "happy monday,",
        "quick one before the weekend,",
        "i only have a minute,",
        "need this before friday:",
    ],
)
def test_talk_of_time_is_no_period(talk: str, ask: Ask) -> None:
    assert days(ask(f"{talk} csat by team").query) == ("2026-05-01", "2026-06-01")


@pytest.mark.parametrize(
    ("text", "start"), [("how was easter, csat by team", "2026-04-05"), ("yesterday, csat by team", "2026-06-16")]
)
def test_a_period_in_a_clause_of_its_own_is_one(text: str, start: str, ask: Ask) -> None:
    assert days(ask(text).query)[0] == start


def turns(ask: Ask, *texts: str) -> MetricQuery:
    query = None
    for text in texts:
        query = ask(text, query).query
        assert query is not None, text
    assert query is not None
    return query


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("make it ten", 10),
        ("just 3", 3),
        ("the first 20", 20),
        ("and 7?", 7),
        ("doe er maar 10", 10),
        ("cut it to 2", 2),
    ],
)
def test_a_number_alone_changes_the_length_of_a_ranking(text: str, limit: int, ask: Ask) -> None:
    first = "top 5 topics by cases last month"
    assert turns(ask, first, text).limit == limit
    assert turns(ask, first, text, "small business only").limit == limit


@pytest.mark.parametrize("text", ["5 more", "the other 5"])
def test_other_places_of_a_ranking_are_not_understood(text: str, ask: Ask) -> None:
    first = turns(ask, "top 5 topics by cases last month")
    assert ask(text, first).outcome is Outcome.ABSTAINED


def test_names_in_a_thread_on_a_forecast_are_ahead_and_the_past_is_what_it_was(ask: Ask) -> None:
    first = "forecast calls next week"
    assert turns(ask, first, "and for july?").period.start == dt.date(2026, 7, 1)
    assert turns(ask, first, "and for chat in q4").kind == "forecast"
    past = turns(ask, first, "and last month?")
    assert (past.kind, past.period.start) == ("lookup", dt.date(2026, 5, 1))


def test_a_request_to_compare_in_a_thread_asks_for_no_instructions(ask: Ask) -> None:
    first = turns(ask, "escalation rate by product for q1")
    again = ask("Thanks. Could you compare it with the same quarter last year?", first)
    assert again.query is not None
    assert (again.query.kind, again.query.compare) == ("comparison", "last_year")
    assert ask("how is that calculated?", first).intent == "help"


def test_the_same_day_of_last_week_is_set_against_or_moved_to(ask: Ask) -> None:
    first = "calls yesterday"
    assert turns(ask, first, "same day last week").period.start == dt.date(2026, 6, 9)
    set_against = turns(ask, first, "compare with same day last week")
    assert (set_against.kind, set_against.period.start) == ("comparison", dt.date(2026, 6, 16))
    assert turns(ask, "how many more calls than the same day last week").kind == "comparison"


def test_now_goes_on_where_it_asks_for_no_moment(ask: Ask) -> None:
    query = turns(ask, "csat by team last month", "now worst first")
    assert (query.period.start, query.order) == (dt.date(2026, 5, 1), "asc")


def test_what_was_left_out_is_put_back_and_nothing_is_no_change(ask: Ask) -> None:
    query = turns(ask, "fcr q1 by region", "excluding north", "put north back")
    assert query.filters == ()
    assert ask("undo", query).outcome is Outcome.CLARIFY


@pytest.mark.parametrize("text", ["csat from mid april to mid may", "csat this time last year", "csat mid may"])
def test_vague_edges_of_a_period_are_not_answered(text: str, ask: Ask) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED


def test_a_word_of_several_metrics_is_that_of_the_thread(ask: Ask) -> None:
    query = turns(ask, "cost per case by team in may", "which 3 are the cheapest")
    assert (query.metrics, query.order, query.limit) == (("cost_per_case",), "asc", 3)
