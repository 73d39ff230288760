"""A word that narrows a figure and that nobody knows is never passed over; slips and short words are read."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.reply import Outcome
from frontline.metrics.query import Kind, MetricQuery
from frontline.metrics.questions.parser import Parsed
from tests.questions.conftest import Ask


class TestNarrowing:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("occupancy by shift type last week", "shift type"),
            ("escalations split by manager in may", "manager"),
            ("break churn down by household income for 2025", "income"),
            ("reopens by root cause last month", "root cause"),
            ("occupancy by skill group last week", "group"),
            ("how many tickets in the complaints queue today", "complaints"),
            ("service level of the billing queue yesterday", "billing"),
            ("csat for the gold team in may", "gold"),
            ("fcr for topic 'number porting' in may", "number"),
            ("first response time on our agents' own tickets in may", "own"),
            ("abandonment of people on their second try today", "second"),
            ("abandonment during the strike", "strike"),
            ("sla attainment of tickets without any priority in may", "priority"),
            ("fcr on cases handled by both care and tech in april", "both"),
            ("what is the average spend of a platinum customer in may", "spend"),
            ("top 0 teams by csat", "0"),
        ],
    )
    def test_a_word_that_narrows_is_named_instead_of_dropped(self, ask: Ask, text: str, words: str) -> None:
        parsed = ask(text)
        assert parsed.outcome is Outcome.ABSTAINED
        assert words in " ".join(parsed.not_understood)

    @pytest.mark.parametrize(
        "text", ["our own csat in may", "csat of small business accounts in may", "fcr of all teams"]
    )
    def test_the_same_words_where_they_narrow_nothing_are_passed_over(self, ask: Ask, text: str) -> None:
        assert ask(text).outcome is Outcome.ANSWERED

    def test_days_the_wrong_way_round_are_no_year(self, ask: Ask) -> None:
        assert ask("csat between 5 june and 1 june").outcome is Outcome.ABSTAINED

    def test_what_to_do_about_a_figure_is_no_forecast_of_it(self, ask: Ask) -> None:
        assert ask("what will we do about csat in May").query is None


class TestSlips:
    def test_four_before_a_metric_is_for(self, ask: Ask) -> None:
        query = _query(ask("worst team 4 aht this wk"))
        assert (query.kind, query.by, query.limit) == (Kind.RANKING, ("team",), 5)

    def test_an_between_two_metrics_is_and(self, ask: Ask) -> None:
        assert _query(ask("aht an wrap up of fjord for monday")).metrics == ("aht", "acw")


class TestComparisons:
    @pytest.mark.parametrize(
        "text",
        [
            "how does csat in Porto compare with that in Utrecht in may",
            "is the csat of Porto better than the one of Utrecht in may",
            "set Porto beside Utrecht on csat for may",
            "csat in Porto higher as in Utrecht, may?",
        ],
    )
    def test_two_sites_stand_side_by_side(self, ask: Ask, text: str) -> None:
        query = _query(ask(text))
        assert (query.kind, query.by) == (Kind.COMPARISON, ("site",))

    def test_a_period_on_one_of_its_kind_is_compared_with_it(self, ask: Ask) -> None:
        query = _query(ask("total cost, Q1 this year on Q1 last year"))
        assert query.kind is Kind.COMPARISON
        assert query.period.start == dt.date(2026, 1, 1)

    def test_up_to_and_including_takes_both_months(self, ask: Ask) -> None:
        period = _query(ask("cases per month from January up to and including May")).period
        assert (period.start, period.end) == (dt.date(2026, 1, 1), dt.date(2026, 6, 1))


def _query(parsed: Parsed) -> MetricQuery:
    assert parsed.query is not None, parsed.message
    return parsed.query
