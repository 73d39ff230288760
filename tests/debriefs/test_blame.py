"""What is blame and what is a condition."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymization.lexicon import load_lexicon
from frontline.catalog.debriefs import load_debriefs
from frontline.governance.blame import find_blame, persons_to_replace

WORDS = load_debriefs().blame


def rewritten(text: str) -> str:
    for start, end, instead in persons_to_replace(text, WORDS, is_name=is_name):
        text = f"{text[:start]}{instead}{text[end:]}"
    return text


def is_name(word: str) -> bool:
    lexicon = load_lexicon()
    return not lexicon.is_common(word) and (lexicon.is_first_name(word) or lexicon.is_last_name(word))


@pytest.mark.parametrize(
    "text",
    [
        "Sanne failed to check the port",
        "It went wrong because Hassan did not read the note.",
        "[PERSON] failed to roll it back",
        "[AGENT_1] forgot the banner",
        "@robin ignored the alarm",
        "The night agent on the chat desk again missed the alert",
        "the team lead should have called care",
        "He never told us",
        "This was the fault of the supervisor",
        "the alarm was ignored by the operators",
        "We can blame Maria",
        "the engineer's mistake cost an hour",
        "An engineer caused it",
        "[PERSON_1]\nfailed to check the port",
        "Sanne\u00a0failed to check the port",
        "the night agent\non the chat desk missed the alert",
    ],
)
def test_a_name_or_a_role_with_what_it_did_badly_is_found(text: str) -> None:
    assert find_blame(text, WORDS, is_name=is_name)


@pytest.mark.parametrize(
    "text",
    [
        "Monitoring failed to notice the loss of signal",
        "The alarm was routed to a channel that nobody reads",
        "The agents had no text to read out",
        "Agents were told after the customers",
        "The runbook did not name the second line card",
        "Sanne kept the overflow open and told every desk",
        "A fix failed twice. The engineer rolled it back by hand",
        "It was never tested with two sites",
        "Somebody failed to close the window",
        "The router failed; agents read the prepared text",
        "Told by the agents.\nNever tested with two sites",
        "- the banner was read by every agent\n- missed calls were called back",
    ],
)
def test_a_condition_is_left_alone(text: str) -> None:
    assert find_blame(text, WORDS, is_name=is_name) == []


def test_role_free_names_nobody_and_keeps_the_rest() -> None:
    text = "The agent failed to check. Later Hassan forgot the banner, and the port stayed down."
    free = rewritten(text)
    assert free == "Somebody failed to check. Later somebody forgot the banner, and the port stayed down."
    assert find_blame(free, WORDS, is_name=is_name) == []


# The first draw of a process reads the constants of every module that is imported.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_and_role_free_text_blames_nobody(text: str) -> None:
    assert find_blame(rewritten(text), WORDS, is_name=is_name) == []
