"""Asking for today's floor: named, or "how are we doing" with a word for now; anything more is another question."""

from __future__ import annotations

import pytest

from frontline.core.reply import Outcome
from tests.questions.conftest import Ask


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("how's the floor?", ""),
        ("Hi team, how's the floor today?", ""),
        ("what does the floor look like right now", ""),
        ("how are we doing right now?", ""),
        ("how's it going today?", ""),
        ("hoe gaat het vandaag?", ""),
        ("how is the floor in Porto?", "Porto"),
        ("how is the floor for the care queue", "care"),
    ],
)
def test_the_floor_is_asked_for(text: str, place: str, ask: Ask) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.intent, parsed.place) == (Outcome.ANSWERED, "floor", place)


@pytest.mark.parametrize(
    "text",
    [
        "how was the floor last week?",
        "how are we doing this month?",
        "how is the floor for billing?",
        "how is the floor in Porto and Utrecht?",
        "service level on the floor today",
        "how are we doing on csat right now?",
        "who owns the floor?",
        "how are we doing?",
    ],
)
def test_what_asks_for_more_or_for_another_time_is_not_taken_for_the_floor(text: str, ask: Ask) -> None:
    assert ask(text).intent != "floor"
