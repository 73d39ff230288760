"""How a period was meant travels with the query only while it is what the answer shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from frontline.core.actor import Audience, AudienceKind
from frontline.core.periods import Grain
from frontline.metrics.query import MetricQuery
from frontline.metrics.relative import Relative
from handlers.assistant.plan import plan
from handlers.assistant.wording import _said_aside
from tests.model.conftest import NOW, Assistant

LAST_WEEK = Relative(unit=Grain.WEEK, back=1, count=1)


def read(
    assistant: Assistant, text: str, *, previous: MetricQuery | None = None, now: dt.datetime = NOW
) -> MetricQuery:
    parsed = plan(assistant.turn(text, previous=previous, now=now)).parsed
    assert parsed is not None
    assert parsed.query is not None
    return parsed.query


def test_a_follow_up_keeps_last_week_and_said_dates_do_not(assistant: Assistant) -> None:
    before = read(assistant, "csat last week")
    assert before.period.moves == LAST_WEEK
    assert read(assistant, "by channel", previous=before).period.moves == LAST_WEEK
    for text in ("csat from 8 to 14 june", "aht from 8 to 14 june 2026"):
        said = read(assistant, text, previous=before)
        assert (said.period.period, said.period.moves) == (before.period.period, None)


def test_a_week_later_the_thread_shows_the_old_week_and_it_no_longer_moves(assistant: Assistant) -> None:
    before = read(assistant, "csat last week")
    later = read(assistant, "by channel", previous=before, now=NOW + dt.timedelta(days=7))
    assert (later.period.period, later.period.moves) == (before.period.period, None)


@pytest.mark.parametrize("text", ["csat yesterday", "csat last 30 days", "csat this month", "csat since january"])
def test_in_the_first_hour_of_a_day_periods_move_as_at_noon(assistant: Assistant, text: str) -> None:
    night, noon = (dt.datetime(2026, 7, day, hour, 15, tzinfo=dt.UTC) for day, hour in ((10, 22), (11, 10)))
    moves = read(assistant, text, now=noon).period.moves
    assert moves is not None
    assert read(assistant, text, now=night).period.moves == moves


def test_where_others_read_no_word_taken_for_talk_is_repeated(assistant: Assistant) -> None:
    for kind, said in ((AudienceKind.PRIVATE, "taken for talk: “john smith”"), (AudienceKind.CHANNEL, "2 words taken")):
        turn = plan(assistant.turn("csat last week", audience=Audience(kind)))
        assert turn.parsed is not None
        turn.parsed = replace(turn.parsed, left_aside=("john smith",))
        assert said in _said_aside(turn)
