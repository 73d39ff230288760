"""Every form of saying a period, against dates worked out without the reader; vague ones are never answered."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.query import Kind
from frontline.metrics.questions.parser import QuestionParser

from .time_forms import FORMS, FRAMES

ZONE = ZoneInfo("Europe/Amsterdam")
DAYS = (dt.date(2026, 6, 17), dt.date(2026, 3, 30), dt.date(2026, 1, 5), dt.date(2026, 11, 14))


def _check(name: str, numbers: range, parser: QuestionParser) -> None:
    for number in numbers:
        rng = random.Random(f"{name} {number}")
        today = rng.choice(DAYS)
        words, dates = FORMS[name](rng, today)
        text = rng.choice(FRAMES).format(words)
        now = dt.datetime.combine(today, dt.time(10, 40), tzinfo=ZONE)
        parsed = parser.parse(QuestionText(text), now=now)
        is_answered = parsed.outcome is Outcome.ANSWERED and parsed.query is not None
        period = parsed.query.period.period if is_answered and parsed.query is not None else None
        assert dates == ((period.start, period.end) if period is not None else None), (today, text, parsed.message)
        assert parsed.query is None or parsed.query.kind is Kind.LOOKUP, (today, text)


@pytest.mark.parametrize("name", FORMS)
def test_a_period_is_read_as_it_is_said(name: str, parser: QuestionParser) -> None:
    _check(name, range(10), parser)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_many_more_of_each_form(name: str, parser: QuestionParser) -> None:
    _check(name, range(10, 600), parser)


@pytest.mark.parametrize(
    "text",
    [
        "nps until may", "csat up to 15 may", "csat before easter", "csat ytd 2025", "csat this time last week",
        "csat over the last weeks", "csat de afgelopen weken", "csat in the past days", "nps the other day by team",
        "csat some time last month", "csat in may or so", "csat 12 weeks", "csat in 13/2025",
    ],
)  # fmt: skip
def test_what_says_no_exact_days_is_not_answered(text: str, parser: QuestionParser) -> None:
    now = dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZONE)
    assert parser.parse(QuestionText(text), now=now).outcome in (Outcome.CLARIFY, Outcome.ABSTAINED)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("csat on june first", "2026-06-01", "2026-06-02"),
        ("csat on the twenty-third of may", "2026-05-23", "2026-05-24"),
        ("csat may two years ago", "2024-05-01", "2024-06-01"),
        ("fcr today please", "2026-06-17", "2026-06-18"),
        ("csat between the first and the tenth of june", "2026-06-01", "2026-06-11"),
        ("csat from may 2nd to 28th", "2026-05-02", "2026-05-29"),
        ("aht w7 - w8", "2026-02-09", "2026-02-23"),
        ("last weeks csat", "2026-06-08", "2026-06-15"),
        ("csat in the second quarter", "2026-04-01", "2026-06-18"),
    ],
)
def test_days_and_weeks_in_short(text: str, start: str, end: str, parser: QuestionParser) -> None:
    query = parser.parse(QuestionText(text), now=dt.datetime(2026, 6, 17, 10, 40, tzinfo=ZONE)).query
    assert query is not None
    assert (query.period.start.isoformat(), query.period.end.isoformat()) == (start, end)
