""" "now" in a thread: behind what is asked for it is this moment, before it the word only goes on."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.metrics.query import Kind
from tests.questions.conftest import Ask

MAY = (dt.date(2026, 5, 1), dt.date(2026, 6, 1))
TODAY = (dt.date(2026, 6, 17), dt.date(2026, 6, 18))


@pytest.mark.parametrize(
    ("text", "metric", "by", "period"),
    [
        ("how's handle time by each queue now", "aht", ("queue",), TODAY),
        ("service level now", "service_level", (), TODAY),
        ("backlog right now", "backlog", (), TODAY),
        ("by team now", "aht", ("team",), TODAY),
        ("and by queue right now", "aht", ("region", "queue"), TODAY),
        ("and now?", "aht", ("region",), TODAY),
        ("now by team", "aht", ("team",), MAY),
        ("ok now by channel", "aht", ("channel",), MAY),
        # Nobody has answered a survey at this moment: the thread goes on.
        ("csat now", "csat", ("region",), MAY),
    ],
)
def test_now_is_a_moment_or_goes_on(
    ask: Ask, text: str, metric: str, by: tuple[str, ...], period: tuple[dt.date, dt.date]
) -> None:
    before = ask("aht by region in May").query
    query = ask(text, before).query
    assert query is not None
    assert (query.metrics, query.by) == ((metric,), by)
    assert (query.period.start, query.period.end) == period


@pytest.mark.parametrize("text", ["and now?", "by team right now", "for Delta right now"])
def test_in_a_thread_on_what_will_be_now_is_what_is(ask: Ask, text: str) -> None:
    before = ask("forecast service level by queue for the next 4 weeks").query
    query = ask(text, before).query
    assert query is not None
    assert (query.kind, (query.period.start, query.period.end)) == (Kind.LOOKUP, TODAY)
