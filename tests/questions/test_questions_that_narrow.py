"""A word that narrows a figure and that nobody knows is never passed over; slips and short words are read."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.reply import Outcome
from frontline.metrics.query import Kind, MetricQuery, Span
from frontline.metrics.questions.parsed import Parsed
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
            ("qa by auditor in may", "auditor"),
            ("cases by topic and root cause in april", "root cause"),
            ("csat per survey question in may", "question"),
            ("occupancy of part-time agents last week", "part"),
            ("csat of current customers", "current"),
            ("occupancy of the part-timers, last week", "part"),
            ("containment last month, voice bot only", "voice bot"),
            ("how many calls did we call back last week", "call back"),
            ("how many cases last week from customers who are behind on their bill", "behind"),
            ("how many cases are still open now? Just the ones marked high priority", "marked"),
            ("aht of the first call of a customer in may", "first"),
            ("calls after the mailing", "mailing"),
            ("contacts before the price change", "price"),
            ("talk time % by team last week", "percentage"),
            ("csat gap between best and worst team in may", "worst"),
            ("churn per city in 2025", "city"),
            ("calls about tv channels in may", "channels"),
            ("csat of cancelled customers in may", "cancelled"),
            ("handle time excluding wrap-up", "wrap"),
            ("handle time including hold in may", "hold"),
            ("aht for tech support level 2 in may", "2"),
            ("how many surveys were sent in may", "surveys"),
            ("contact ratio in 2025", "rate"),
            ("csat before easter", "easter"),
            ("calls by duration in may", "duration"),
            ("recorded calls in may", "recorded"),
            ("escalations to management in may", "management"),
            ("churn by tariff in may", "tariff"),
            ("contacts by price segment in may", "price"),
            ("medium priority cases in may", "medium"),
            ("low cases in may", "low"),
            ("aht for care and billing queues", "billing"),
            ("aht in the previous sprint", "sprint"),
            ("aht over the last few shifts", "shifts"),
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

    @pytest.mark.parametrize(
        "text", ["resolution time of reopened tickets in may", "wait time of abandoned calls yesterday"]
    )
    def test_a_metric_of_what_another_counts_is_neither_of_them(self, ask: Ask, text: str) -> None:
        assert ask(text).query is None

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

    def test_hitting_a_metric_is_meeting_its_target(self, ask: Ask) -> None:
        assert _query(ask("r we gonna hit servce level tday")).kind is Kind.TARGET

    def test_less_before_a_value_leaves_it_out(self, ask: Ask) -> None:
        assert _query(ask("transfers less chat may")).filters[0].op == "not_in"

    def test_a_clipped_word_is_the_only_long_one_it_begins(self, ask: Ask) -> None:
        assert _query(ask("satisfctn by channel last month")).metrics == ("csat",)


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

    @pytest.mark.parametrize(
        ("text", "start", "end"),
        [
            ("aht yesterday vs same day last week", dt.date(2026, 6, 9), dt.date(2026, 6, 10)),
            ("aht in week 24 vs the four weeks before", dt.date(2026, 5, 11), dt.date(2026, 6, 8)),
        ],
    )
    def test_what_leans_on_the_period_is_counted_from_it(
        self, ask: Ask, text: str, start: dt.date, end: dt.date
    ) -> None:
        compare = _query(ask(text)).compare
        assert isinstance(compare, Span)
        assert (compare.start, compare.end) == (start, end)

    def test_the_difference_between_two_periods_is_no_question_of_meaning(self, ask: Ask) -> None:
        query = _query(ask("what is the difference between the waiting time of this week and of last week"))
        assert query.kind is Kind.COMPARISON

    def test_high_to_low_puts_the_highest_first_even_where_low_is_good(self, ask: Ask) -> None:
        assert _query(ask("aht per team, sorted from high to low, last month")).order == "desc"

    def test_after_a_day_is_from_the_next_until_now(self, ask: Ask) -> None:
        period = _query(ask("calls after 1 june")).period
        assert (period.start, period.end) == (dt.date(2026, 6, 2), dt.date(2026, 6, 18))

    def test_a_level_before_priority_is_its_value(self, ask: Ask) -> None:
        assert _query(ask("high severity cases in may")).filters[0].values == ("high",)

    @pytest.mark.parametrize("text", ["aht of urgent, high and normal cases", "aht for high, normal and urgent"])
    def test_a_list_of_levels_is_read_from_either_end(self, ask: Ask, text: str) -> None:
        assert set(_query(ask(f"{text} in may")).filters[0].values) == {"urgent", "high", "normal"}

    def test_the_best_of_two_named_compares_them(self, ask: Ask) -> None:
        query = _query(ask("who has the best csat, Aurora or Breeze, in may"))
        assert (query.kind, query.by) == (Kind.COMPARISON, ("team",))

    def test_the_longest_wait_of_the_past_is_the_average_wait(self, ask: Ask) -> None:
        query = _query(ask("which two queues kept our customers waiting the longest yesterday"))
        assert (query.kind, query.metrics, query.limit) == (Kind.RANKING, ("asa",), 2)

    def test_up_to_and_including_takes_both_months(self, ask: Ask) -> None:
        period = _query(ask("cases per month from January up to and including May")).period
        assert (period.start, period.end) == (dt.date(2026, 1, 1), dt.date(2026, 6, 1))


def _query(parsed: Parsed) -> MetricQuery:
    assert parsed.query is not None, parsed.message
    return parsed.query


@pytest.mark.parametrize(
    "text",
    ["contacts with ces 2 last week", "agents with csat 4 last week", "nps 4 phone last week", "aht 4 last week"],
)
def test_a_digit_behind_a_metric_is_a_score_and_no_preposition(text: str, ask: Ask) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED


def test_less_behind_a_period_takes_away(ask: Ask) -> None:
    query = ask("csat last week less billing").query
    assert query is None or [(item.dim, item.op) for item in query.filters] == [("topic", "not_in")]
