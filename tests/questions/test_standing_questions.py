"""Asking how one group is doing: it is named, and nothing else is asked."""

from __future__ import annotations

import pytest

from tests.questions.conftest import Ask


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("how is Delta doing?", ("team", "Delta")),
        ("hey, how's breeze doing", ("team", "Breeze")),
        ("how is billing doing?", ("topic", "billing")),
        ("how is the care queue doing?", ("queue", "care")),
        ("hoe gaat het met Porto?", ("site", "Porto")),
    ],
)
def test_the_standing_of_one_group_is_asked_for(text: str, group: tuple[str, str], ask: Ask) -> None:
    parsed = ask(text)
    assert (parsed.intent, parsed.group) == ("standing", group)


@pytest.mark.parametrize(
    "text",
    [
        "how is fcr doing?",
        "how is Delta doing on csat?",
        "how is Delta doing this month?",
        "how are Delta and Coral doing?",
        "how are we doing?",
        "how are we doing in Porto?",
        "how is it looking on tech?",
        "how is the weather doing?",
    ],
)
def test_what_asks_for_more_is_another_question(text: str, ask: Ask) -> None:
    assert ask(text).intent != "standing"
