"""Phrases that tear closer ones apart, names with more to them, and words behind the value that they are of."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.periods import Grain
from frontline.core.reply import Outcome
from frontline.metrics.query import Kind
from tests.questions.conftest import Ask


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("average queue time on chat yesterday", ("asa",)),
        ("how does our loaded cost in may compare with april", ("total_cost",)),
        ("how much calls did we get yesterday on the tech queue", ("contact_volume",)),
        ("chat csat, dropped last week, why", ("csat",)),
        ("how long do customers wait for a first reply this week", ("first_response_time",)),
        ("waiting in chat now", ("contacts_waiting",)),
        ("waiting in chat last week", ("asa",)),
        ("cost/case in may", ("cost_per_case",)),
        ("two metrics for may: service level and abandonment rate", ("service_level", "abandonment_rate")),
    ],
)
def test_the_closer_phrase_names_the_metric(ask: Ask, text: str, metrics: tuple[str, ...]) -> None:
    parsed = ask(text)
    assert parsed.query is not None, parsed.message
    assert parsed.query.metrics == metrics


@pytest.mark.parametrize("text", ["recontacts by topic, top 5 may", "recontacts by topic may, top 5"])
def test_a_number_behind_top_is_no_day(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is not None
    assert (query.limit, query.period.start, query.period.end) == (5, dt.date(2026, 5, 1), dt.date(2026, 6, 1))


def test_the_first_half_year_is_the_first_half(ask: Ask) -> None:
    query = ask("case volume by region, first half year 2025").query
    assert query is not None
    assert (query.period.start, query.period.end) == (dt.date(2025, 1, 1), dt.date(2025, 7, 1))


@pytest.mark.parametrize("text", ["csat by month from january to may", "csat per calendar month from january to may"])
def test_a_unit_behind_by_splits_the_period_that_follows(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is not None
    assert (query.kind, query.period.grain) == (Kind.TREND, Grain.MONTH)
    assert (query.period.start, query.period.end) == (dt.date(2026, 1, 1), dt.date(2026, 6, 1))


@pytest.mark.parametrize(
    "text", ["csat in may, phone not counted", "csat in may, phone doesnt count", "csat in may, phone ignored"]
)
def test_what_is_said_behind_a_value_leaves_it_out(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is not None
    assert [(one.dim, one.op, one.values) for one in query.filters] == [("channel", "not_in", ("phone",))]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("is csat better in utrecht then in porto this month", ("site",)),
        ("nps: gold minus silver, last month", ("tier",)),
        ("cost per case: which three topics are the most expensive this year", ("topic",)),
        ("csat by team and channel, excluding the portal, in may", ("team", "channel")),
        ("cases in may by region, with refunds and billing as the only topics", ("region",)),
    ],
)
def test_values_are_set_side_by_side_or_split_as_they_are_named(ask: Ask, text: str, by: tuple[str, ...]) -> None:
    query = ask(text).query
    assert query is not None
    assert query.by == by


@pytest.mark.parametrize(
    "text",
    [
        "service level of the aurora plus team today",
        "csat harbor plus may",
        "aht for aurora 2 last week",
        "desk occupancy in utrecht last week",
        "survey completion time in april",
        "how many tickets stand on hold until the customer answers",
        "backlog of cases without an owner",
        "nps of the customers who also have a complaint in may",
        "escalation rate of the lift in may",
        "how many people left the company last month",
    ],
)
def test_names_and_states_that_nobody_holds_are_not_answered(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.ABSTAINED, parsed.query


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cases in 2025, apart from those through the portal", "portal"),
        ("cases in 2025 except those on chat", "chat"),
        ("cases in 2025 excluding the ones from the portal", "portal"),
        ("cases in 2025 without those via portal", "portal"),
        ("cases in may, not counting those by email", "email"),
        ("cases in may leaving out the ones on social", "social"),
        ("csat in may except for those who came by phone", "phone"),
    ],
)
def test_those_that_are_pointed_at_are_left_out(text: str, value: str, ask: Ask) -> None:
    query = ask(text).query
    assert query is not None
    assert [(item.op, item.values) for item in query.filters] == [("not_in", (value,))]


def test_how_much_of_what_is_counted_is_how_many(ask: Ask) -> None:
    for text in ("how much chats yesterday", "how much chats can we expect in the coming two weeks?"):
        query = ask(text).query
        assert query is not None
        assert query.metrics == ("contact_volume",)


@pytest.mark.parametrize(
    "words",
    [
        "excluding",
        "omit",
        "disregarding",
        "skipping",
        "bar",
        "take out",
        "outside",
        "aside from",
        "other than",
        "but not",
    ],
)
def test_what_is_said_to_be_left_out_and_is_not_found_answers_nothing(words: str, ask: Ask) -> None:
    query = ask(f"contacts in may, {words} contacts on chat").query
    assert query is None or [item.op for item in query.filters] == ["not_in"]


def test_one_exclusion_that_is_found_hides_no_other(ask: Ask) -> None:
    assert ask("contacts in may without phone, excluding contacts on chat").query is None


def test_besides_leaves_out(ask: Ask) -> None:
    query = ask("tickets in may besides those on chat").query
    assert query is not None
    assert [(item.op, item.values) for item in query.filters] == [("not_in", ("chat",))]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("contacts in the 7 days before king's day", (2026, 4, 20), (2026, 4, 27)),
        ("abandonment in the three days after whit monday", (2026, 5, 26), (2026, 5, 29)),
        ("asa 5 days before 1 june", (2026, 5, 27), (2026, 5, 28)),
        ("nps 2025 monthly", (2025, 1, 1), (2026, 1, 1)),
    ],
)
def test_days_beside_a_day_are_all_of_them_where_they_are_the_days(
    ask: Ask, text: str, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    query = ask(text).query
    assert query is not None
    assert (query.period.start, query.period.end) == (dt.date(*start), dt.date(*end))


def test_a_value_behind_its_dimension_splits_by_nothing(ask: Ask) -> None:
    query = ask("abandonment rate, bottom 2 by channel, queue business, 1 January 2025").query
    assert query is not None
    assert query.by == ("channel",)
    assert [(item.dim, item.values) for item in query.filters] == [("queue", ("business",))]


def test_an_apology_for_ones_english_leaves_no_language_out(ask: Ask) -> None:
    query = ask("sorry for my English, but what was csat in May?").query
    assert query is not None
    assert query.filters == ()


@pytest.mark.parametrize(
    "text",
    [
        "I was out on Monday, so forgive me, but what was the case volume per day last week?",
        "I was out on Monday, and what was csat last week?",
    ],
)
def test_a_day_of_ones_own_makes_no_span_with_the_period_that_is_asked_for(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is None or (query.period.start, query.period.end) == (dt.date(2026, 6, 8), dt.date(2026, 6, 15))


def test_a_while_back_is_no_period(ask: Ask) -> None:
    assert ask("fcr a while back").outcome is not Outcome.ANSWERED
