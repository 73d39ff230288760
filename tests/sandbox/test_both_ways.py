"""The stories of a conversation, over Socket Mode and over signed HTTP alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from frontline.sandbox.slack.acts import TROUBLE
from frontline.sandbox.slack.driver import text_of
from frontline.sandbox.slack.inputs import REQUIRED
from frontline.sandbox.slack.server import SandboxSlack
from tests.sandbox.echo_app import build_echo_app, over_http, over_socket


@dataclass
class Stage:
    sandbox: SandboxSlack
    seen: list[str]


@pytest.fixture(params=["socket", "http"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with SandboxSlack(retry_delays=(0.0,)) as sandbox:
        app, seen = build_echo_app(sandbox)
        way = over_socket if request.param == "socket" else over_http
        with way(sandbox, app):
            yield Stage(sandbox, seen)


def test_a_command_is_acked_and_answered_privately_through_its_response_url(stage: Stage) -> None:
    sam = stage.sandbox.as_user("supervisor")
    shipment = sam.command("/ask", "fcr last month", channel="floor")
    assert shipment.is_acked
    assert sam.wait_message("floor", containing="You asked: fcr last month").ephemeral_for == sam.id
    stage.sandbox.settle()
    assert {text_of(m) for m in sam.messages("floor")} == {"Looking at it", "You asked: fcr last month"}
    assert stage.sandbox.as_user("agent").messages("floor") == []


def test_a_command_works_where_the_bot_is_no_member(stage: Stage) -> None:
    anna = stage.sandbox.as_user("agent")
    anna.command("/ask", "anything", channel="watercooler")
    assert anna.wait_message("watercooler", containing="You asked: anything")


def test_a_mention_is_answered_in_its_thread(stage: Stage) -> None:
    sam = stage.sandbox.as_user("supervisor")
    said = sam.mention("floor", "good morning")
    answer = sam.wait_message("floor", containing="Hello")
    assert answer.thread_ts == said.ts
    assert f"<@{sam.id}>" in answer.text
    assert [shipment.event_type for shipment in said.shipments] == ["message", "app_mention"]


def test_a_direct_message_arrives_as_im(stage: Stage) -> None:
    lena = stage.sandbox.as_user("leader")
    lena.dm("a & b < c")
    assert lena.wait_message(containing="Private echo").text == "Private echo: a &amp; b &lt; c"


def test_a_press_replaces_the_message(stage: Stage) -> None:
    sam = stage.sandbox.as_user("supervisor")
    sam.mention("floor", "hello")
    question = sam.wait_message("floor", containing="Pick one")
    assert sam.click(question, "Yes").is_acked
    decided = sam.wait_message("floor", containing="Decided by sam")
    assert (decided.ts, decided.blocks) == (question.ts, [])


def test_a_form_opens_shows_inline_errors_and_closes_when_it_is_right(stage: Stage) -> None:
    anna = stage.sandbox.as_user("agent")
    anna.command("/tag", "", channel="floor")
    form = anna.wait_view(title="A note")
    assert anna.submit(form, {}) is None
    assert form.errors == {"words": REQUIRED}
    anna.submit(form, {"Words": "abc"})
    assert form.errors == {"words": "Too short to be useful."}
    anna.submit(form, {"words": "paper invoice", "Mood": "Good"})
    assert anna.view is None
    assert anna.wait_message(containing="Noted: paper invoice")
    assert any("'value': 'good'" in line for line in stage.seen)


def test_closing_a_form_is_told_to_an_app_that_asked(stage: Stage) -> None:
    anna = stage.sandbox.as_user("agent")
    anna.command("/tag", "", channel="floor")
    anna.wait_view()
    anna.close()
    assert anna.view is None
    stage.sandbox.wait_for(lambda: "closed" in stage.seen)


def test_a_message_shortcut_carries_the_message(stage: Stage) -> None:
    sam, anna = stage.sandbox.as_user("supervisor"), stage.sandbox.as_user("agent")
    said = sam.say("floor", "a customer wants a paper invoice")
    anna.shortcut("tag_request", said)
    assert anna.wait_view(title="A note")
    assert "shortcut:a customer wants a paper invoice" in stage.seen


def test_home_is_published_for_the_one_who_opened_it(stage: Stage) -> None:
    stella = stage.sandbox.as_user("steward")
    stella.open_home()
    stage.sandbox.wait_for(lambda: stella.home)
    assert stella.home is not None
    assert stella.home.definition["blocks"][0]["text"]["text"] == "Your desk"
    assert stage.sandbox.as_user("admin").home is None


def test_an_unknown_press_leaves_a_word_of_trouble(stage: Stage) -> None:
    notes: list[str] = []
    stage.sandbox.workspace.listen(lambda change: notes.append(str(change.get("text"))))
    sam = stage.sandbox.as_user("supervisor")
    sam.mention("floor", "hello")
    message = sam.wait_message("floor", containing="Pick one")
    message.blocks[1]["elements"][0]["action_id"] = "press_nobody_listens"
    assert not sam.click(message, "press_nobody_listens").is_acked
    assert TROUBLE in notes
