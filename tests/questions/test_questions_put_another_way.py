"""Other ways of putting a thing are the same question: units in other Englishes, short hands, turns of phrase."""

from __future__ import annotations

import pytest

from frontline.core.reply import Outcome
from tests.questions.conftest import Ask


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("month wise aht since january", "aht by month since january"),
        ("csat of Fjord, May month", "csat of Fjord, May"),
        ("contact volume x channel x language, Apr 2026", "contact volume by channel by language, Apr 2026"),
        ("total cost per quarter 2025, site split", "total cost per quarter 2025, by site"),
        ("service level this week vis-à-vis last week", "service level this week vs last week"),
        ("form completion in May, tv customers excepted", "form completion in May, except tv customers"),
        ("fcr in the most recent complete quarter", "fcr in the last quarter"),
        ("expected calls for the remaining days of this week", "expected calls for the rest of this week"),
        ("compare last month csat with the previous month", "compare csat in May with csat in April"),
        (
            "the queues in order of sla attainment, the poorest first, April",
            "rank queues by sla attainment, worst first, April",
        ),
        ("regions by churn in May, worst one on top", "regions by churn in May, worst first"),
        ("csat last to last month", "csat month before last"),
        ("case volume w/e 14 June", "case volume week ending 14 June"),
        ("calls last w/e", "calls last weekend"),
        ("how many hung up on us yesterday", "how many hung up yesterday"),
        ("csat of those who call vs those who chat in April", "csat of phone vs chat in April"),
        ("avg talk+wrap yesterday", "aht yesterday"),
        ("march me through the transfer rate by queue", "transfer rate by queue"),
        ("recontact rate last month tech que", "recontact rate last month tech queue"),
        ("aht p/team last week", "aht per team last week"),
        # Two figures stay two, and who hangs up on hold did not hang up on somebody.
        ("talk time and wrap up time last week", "handle time and acw last week"),
        ("talk time & wrap by team last week", "handle time and acw by team last week"),
        ("the current backlog by priority", "backlog by priority"),
        ("what is our current csat by team", "csat by team"),
        (
            "first response time per month in 2025, with the portal left out",
            "first response time per month in 2025, except portal",
        ),
        ("escalations in Fjord, this May against last May", "escalations in Fjord, May 2026 vs May 2025"),
        ("service level in t'care queue yesterday", "service level in the care queue yesterday"),
        ("form completion in may plsss", "form completion in may"),
        ("escalations in may 4 billing", "escalations in may for billing"),
        ("total cost for email and chat, May 2026", "total cost of channel email and chat, May 2026"),
        ("which product costs us the most in total in May", "top 5 products by total cost in May"),
        (
            "top 3 teams that were fastest at getting cases resolved in may",
            "top 3 teams by shortest resolution time in may",
        ),
        ("how often do we fix a problem the very first time", "fcr"),
        ("share of high effort contacts last week", "high-effort share last week"),
        ("what are the 3 products with more cases reopened in May", "top 3 products by reopen rate in May"),
        ("csat across all sites other than Utrecht", "csat without Utrecht"),
        ("daily occupancy from 1 june", "daily occupancy since 1 june"),
        ("what part gave one of the two highest marks in May", "csat in May"),
        (
            "do the big companies wait longer for our first reply than consumers do in May",
            "first response time of enterprise vs consumer in May",
        ),
        ("thanks for yesterday's chart! what's the abandonment rate in May", "abandonment rate in May"),
        ("RCA on the fcr dip in week 22", "why did fcr dip in week 22"),
        ("why were gold customers less satisfied in May", "why did csat of gold change in May"),
        ("I saw the churn of April. What made it go up?", "why did churn go up in April"),
        ("From what results the growth of the resolution time in March?", "why did resolution time grow in March"),
        ("response rate divided for channel in May", "response rate by channel in May"),
        ("acw by team last week, with exclusion of Delta", "acw by team last week, except Delta"),
    ],
)
def test_it_is_the_same_question(ask: Ask, text: str, plain: str) -> None:
    said, meant = ask(text), ask(plain)
    assert said.outcome is meant.outcome is Outcome.ANSWERED, (said.message, meant.message)
    assert said.query is not None
    assert meant.query is not None
    mine, theirs = said.query.as_json(), meant.query.as_json()
    del mine["compare"], theirs["compare"]  # "previous" or its days
    assert mine == theirs
