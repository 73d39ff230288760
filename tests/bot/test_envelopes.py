"""What Slack sends, read without trust."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import envelopes
from bot.envelopes import Envelope
from tests.bot.cast import FakeSlack, click, command, direct, mention, message, submission


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a &amp; b &lt; c", "a & b < c"),
        ("&amp;lt;", "&lt;"),
        ("mail <mailto:jan@example.nl|jan@example.nl> now", "mail jan@example.nl now"),
        ("call <tel:+31201234567|020 123 4567>", "call 020 123 4567"),
        ("see <https://example.nl/a?b=1|the page> or <https://example.nl>", "see the page or https://example.nl"),
        ("<@U1> <@W2|sam> <#C1|floor> <!here> <!subteam^S1>", "<@U1> <@W2|sam> <#C1|floor> <!here> <!subteam^S1>"),
        ("fcr “last month”", "fcr “last month”"),
    ],
)
def test_words_are_read_as_they_were_typed(sent: str, read: str) -> None:
    assert envelopes.read_words(sent) == read


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    """event type user user_id team team_id channel channel_id ts text thread_ts bot_id subtype command trigger_id
    action_id container message view id callback_id private_metadata state values response_url tab blocks
    actions""".split()  # noqa: SIM905
)
BODIES = st.dictionaries(FIELDS, ANYTHING | st.dictionaries(FIELDS, ANYTHING, max_size=8), max_size=8)


@given(body=BODIES)
def test_no_shape_of_a_payload_breaks_the_reading(body: dict[str, Any]) -> None:
    for parse in (
        lambda each: envelopes.parse_event(each, "UBOT"),
        envelopes.parse_command,
        envelopes.parse_action,
        envelopes.parse_submission,
        envelopes.parse_shortcut,
    ):
        envelope = parse(body)
        if envelope is not None:
            assert envelope.inbound_id
            assert envelope.user
            assert Envelope.from_json(json.loads(json.dumps(envelope.to_json()))) == envelope
    envelopes.view_block_ids(body)


@pytest.fixture(scope="module")
def slack() -> Any:
    fake = FakeSlack()
    yield fake
    fake.close()


def test_ids_tell_different_things_apart_and_the_same_thing_never(slack: FakeSlack) -> None:
    twice = [mention("x"), direct("x")]
    for body in twice:
        first, again = (envelopes.parse_event({**body, "event_id": event_id}, "UBOT") for event_id in ("Ev1", "Ev2"))
        assert first is not None
        assert again is not None
        assert first.inbound_id == again.inbound_id
    made = [
        envelopes.parse_event(message("x"), "UBOT"),
        envelopes.parse_event(message("x"), "UBOT"),
        envelopes.parse_command(command(slack)),
        envelopes.parse_command(command(slack)),
        envelopes.parse_action(click(slack)),
        envelopes.parse_action(click(slack)),
        envelopes.parse_submission(submission({"callback_id": "a"}, {}, view_id="V1")),
        envelopes.parse_submission(submission({"callback_id": "a"}, {}, view_id="V2")),
    ]
    ids = [each.inbound_id for each in made if each is not None]
    assert len(ids) == len(set(ids)) == len(made)


def test_a_command_without_a_trigger_is_known_by_its_content(slack: FakeSlack) -> None:
    body = command(slack, trigger_id="")
    first, again = envelopes.parse_command(body), envelopes.parse_command(dict(reversed(body.items())))
    assert first == again
    assert first is not None
    assert first.inbound_id.startswith("cmd:")


@pytest.mark.parametrize("changes", [{}, {"trigger_id": ""}])
def test_the_id_of_a_click_tells_nobody_who_clicked(slack: FakeSlack, changes: dict[str, str]) -> None:
    body = {**click(slack), **changes}
    first, again = envelopes.parse_action(body), envelopes.parse_action(dict(reversed(body.items())))
    assert first is not None
    assert first == again
    assert first.user
    assert first.user not in first.inbound_id


def test_half_a_character_becomes_one_that_a_database_can_hold() -> None:
    envelope = envelopes.parse_event(mention("x \ud83d y 🧨"), "UBOT")
    assert envelope is not None
    assert envelope.text == "x \ufffd y 🧨"
    json.dumps(envelope.to_json(), ensure_ascii=False).encode()


def test_an_envelope_of_a_newer_version_is_still_read() -> None:
    envelope = envelopes.parse_event(mention("x"), "UBOT")
    assert envelope is not None
    assert Envelope.from_json({**envelope.to_json(), "mood": "good"}) == envelope
