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
        "the client in Rotterdam would like to know how many calls they made in May",
    ],
)
def test_what_may_narrow_a_question_down_is_never_passed_over(ask: Ask, text: str) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED


def test_by_queue_right_now_is_a_breakdown(ask: Ask) -> None:
    parsed = ask("what is the backlog by queue right now?")
    assert parsed.query is not None
    assert (parsed.query.metrics, parsed.query.by) == (("backlog",), ("queue",))
