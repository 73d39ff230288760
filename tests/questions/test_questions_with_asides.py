"""A clause of its own beside a complete question is passed over; what narrows the question down never is."""

from __future__ import annotations

import pytest

from frontline.core.reply import Outcome
from tests.questions.conftest import Ask


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("I've just had a terrible coffee: which team had the highest aht last week?", "aht"),
        ("my daughter asked what I do all day, lol. anyway: csat yesterday please", "csat"),
        ("it's raining cats and dogs here lol. anyway, occupancy by site yesterday?", "occupancy"),
        ("i'm in the train so typing with one thumb: what was fcr in q1", "fcr_rate"),
        ("My neighbour wonders how many tickets were opened yesterday", "case_volume"),
        ("I spilled tea on my keyboard! escalation rate by queue last month please", "escalation_rate"),
        ("csat in May by team please, my laptop is about to die", "csat"),
        ("Tom swears we escalate far too many cases. Show the escalation rate per month this year", "escalation_rate"),
        ("wow what a day. ok so how many people are in line at the moment?", "contacts_waiting"),
        (
            "hope you had a good weekend. How often did customers repeat their story in April?",
            "repeat_information_rate",
        ),
        ("I need the nps before friday noon, thanks", "nps"),
        ("can you send me csat by team for April", "csat"),
    ],
)
def test_a_clause_of_its_own_is_passed_over(ask: Ask, text: str, metric: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.ANSWERED, parsed.message
    assert parsed.query is not None
    assert parsed.query.metrics == (metric,)


@pytest.mark.parametrize(
    "text",
    [
        "calls from left-handed customers last month",
        "left-handed customers: calls last week",
        "calls last week, left-handed customers only",
        "We have many left-handed customers. How many calls did they make last week?",
        "how many calls last week, we only want left-handed ones",
        "i'm only interested in left-handed callers: how many calls last week?",
        "Our vip customers complain a lot. What was csat last month?",
        "what was csat last month? I care about the vip households",
        "if customers had a discount, what was csat in May",
        "I handle the gamers. What was nps in April?",
        "my team is responsible for gamers: what was nps in April",
        "the board asked about gamers, what was nps in April",
        "I'm in the Berlin team: csat in May",
        "calls by customers who churned in May",
        "send me csat every monday",
        "calls before noon yesterday",
        "the client in Rotterdam would like to know how many calls they made in May",
    ],
)
def test_what_may_narrow_a_question_down_is_never_passed_over(ask: Ask, text: str) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED


def test_by_queue_right_now_is_a_breakdown(ask: Ask) -> None:
    parsed = ask("what is the backlog by queue right now?")
    assert parsed.query is not None
    assert (parsed.query.metrics, parsed.query.by) == (("backlog",), ("queue",))


@pytest.mark.parametrize(
    ("text", "dim", "op", "values"),
    [
        ("calls last month not in north", "region", "not_in", ("north",)),
        ("aht where region not in (north, east)", "region", "not_in", ("north", "east")),
        ("csat where segment = smb, may 2026", "segment", "in", ("smb",)),
        ("backlog, priority not low", "priority", "not_in", ("low",)),
        ("aht in Porto, I mean Gdansk, last week", "site", "in", ("Gdansk",)),
        ("csat in May, leaving smb out", "segment", "not_in", ("smb",)),
    ],
)
def test_a_filter_keeps_its_sense(ask: Ask, text: str, dim: str, op: str, values: tuple[str, ...]) -> None:
    query = ask(text).query
    assert query is not None
    assert (dim, op, values) in [(item.dim, item.op, item.values) for item in query.filters]


def test_what_is_corrected_in_the_same_breath_is_forgotten(ask: Ask) -> None:
    query = ask("csat in May, I mean April").query
    assert query is not None
    assert (query.period.start.isoformat(), query.period.end.isoformat()) == ("2026-04-01", "2026-05-01")


@pytest.mark.parametrize(
    "text",
    [
        "csat of gold beside csat of silver in May",
        "csat of gold next to that of silver in May",
        "csat gold or silver in May, which?",
    ],
)
def test_two_values_side_by_side_are_compared(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is not None
    assert (query.kind, query.by) == ("comparison", ("tier",))


def test_an_everyday_word_is_a_value_of_the_dimension_the_thread_is_about(ask: Ask) -> None:
    first = ask("backlog by priority right now").query
    query = ask("leave out low", previous=first).query
    assert query is not None
    assert [(item.dim, item.op, item.values) for item in query.filters] == [("priority", "not_in", ("low",))]


def test_a_forecast_per_day_stays_a_forecast(ask: Ask) -> None:
    first = ask("forecast of contacts for next week").query
    query = ask("per day", previous=first).query
    assert query is not None
    assert (query.kind, query.period.grain) == ("forecast", "day")


@pytest.mark.parametrize(
    "text",
    [
        "Give me please the first reaction time by mail, May against April",
        "did customers have to retell their story more in May than in April",
    ],
)
def test_a_word_of_the_metric_is_no_request_for_quotes(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.intent) == (Outcome.ANSWERED, "metric")
    assert parsed.query is not None
    assert parsed.query.kind == "comparison"


@pytest.mark.parametrize(
    "text", ["effort score by channel, ex. portal, Q1", "effort score by channel excl. portal, Q1"]
)
def test_an_abbreviated_exclusion_excludes(ask: Ask, text: str) -> None:
    query = ask(text).query
    assert query is not None
    assert [(item.dim, item.op, item.values) for item in query.filters] == [("channel", "not_in", ("portal",))]
