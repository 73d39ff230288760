"""Forms as modals: they open in time, show errors in place, and are submitted once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.render_view import Origin, render_view, view_errors, view_origin, view_values
from frontline.core.errors import UsageError
from frontline.core.forms import Field, Form
from frontline.core.reply import Outcome, Reply
from frontline.core.request import RequestKind
from tests.bot import judge, strategies
from tests.bot.cast import Stage, click, command, mention, refuse, staged, submission

FORM = Form(
    action="tag.create",
    title="Tag a recurring request",
    fields=[
        Field("label", "Label", "choice", options=[("esim", "eSIM transfer"), ("other", "Other")]),
        Field("note", "Note", "text"),
    ],
    submit="Tag",
    state="case_7",
)
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged()


def tag(stage: Stage) -> dict[str, object]:
    return command(stage.slack, "", name="/tag")


@PATIENT
@example(form=Form("tag.create", "Tag", [Field("label", "Label", "choice", options=[(" ", " ")])], "Tag"))
@given(form=strategies.forms)
def test_any_form_keeps_slack_s_limits(form: Form) -> None:
    judge.check_view(render_view(form, origin=Origin("C0123456789", "1781685600.000100")))


@pytest.mark.data
@PATIENT
@given(form=strategies.forms)
def test_any_form_passes_slack_s_own_schema(form: Form) -> None:
    if not judge.has_schema():
        pytest.skip("Slack's block schema is not here")
    judge.check_schema(render_view(form)["blocks"])


@given(
    channel=st.sampled_from(["", "C1"]),
    ts=st.sampled_from(["", "1.2"]),
    state=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50),
)
def test_place_and_state_travel_unchanged(channel: str, ts: str, state: str) -> None:
    view = render_view(FORM.__class__("a", "t", [], state=state), origin=Origin(channel, ts))
    assert view_origin(view["private_metadata"]) == (Origin(channel, ts), state)


def test_a_state_that_slack_cannot_hold_is_refused_and_not_cut() -> None:
    with pytest.raises(UsageError):
        render_view(Form("a", "t", [], state="s" * 3001))


def test_the_view_opens_before_anybody_has_thought_about_its_content(stage: Stage) -> None:
    opened = threading.Event()
    stage.desk.answer = lambda _: Reply("", form=FORM) if opened.wait(5) else Reply("too late")
    stage.send(tag(stage))
    (first,) = stage.slack.wait_for("views.open")
    opened.set()
    assert "submit" not in first["view"]
    (filled,) = stage.slack.wait_for("views.update")
    assert (filled["view_id"], filled["hash"]) == ("V1", "h1")
    assert filled["view"]["callback_id"] == "tag.create"
    judge.check_view(filled["view"])


def test_a_refusal_is_shown_in_the_view_that_is_open(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("You need the role agent to tag.", outcome=Outcome.DENIED)
    stage.answered(tag(stage))
    (filled,) = stage.slack.of("views.update")
    assert "role agent" in judge.shown(filled["view"]["blocks"])
    assert "submit" not in filled["view"]


def test_an_answer_that_is_ready_before_the_view_was_asked_for_still_lands_in_the_view(stage: Stage) -> None:
    keep = stage.inbox.put

    def slowly(inbound_id: str, envelope: dict[str, object]) -> bool:
        """Let a worker take the envelope while the door is still busy with it."""
        kept = keep(inbound_id, envelope)
        stage.bot.pool.notify()
        with stage.inbox.lock:
            stage.inbox.lock.wait_for(lambda: bool(stage.inbox.finished), 0.5)
        return kept

    stage.inbox.put = slowly  # type: ignore[method-assign]
    stage.desk.answer = lambda _: Reply("", form=FORM)
    stage.answered(tag(stage))
    (filled,) = stage.slack.of("views.update")
    assert filled["view"]["callback_id"] == "tag.create"


def test_a_form_that_nobody_foresaw_still_opens_while_the_trigger_lives(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("", form=FORM)
    stage.answered(click(stage.slack, "theme.assign"))
    (opened,) = stage.slack.of("views.open")
    assert opened["view"]["callback_id"] == "tag.create"


def test_a_form_that_comes_too_late_is_said_and_not_silent(stage: Stage) -> None:
    stage.slack.fail("views.open", refuse("expired_trigger_id"))
    stage.desk.answer = lambda _: Reply("", form=FORM)
    stage.answered(click(stage.slack, "theme.assign"))
    (sent,) = stage.slack.of("response")
    assert "could not be opened in time" in sent["text"]


def test_a_message_that_needs_a_form_gets_a_button_that_opens_it(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("Tag a recurring request", form=FORM)
    stage.answered(mention("tag please secret words"))
    (post,) = stage.slack.of("chat.postMessage")
    (button,) = (each for block in post["blocks"] if block["type"] == "actions" for each in block["elements"])
    assert "secret" not in button["value"]
    stage.answered(click(stage.slack, button["action_id"].partition("#")[0], button["value"]), count=2)
    assert stage.desk.requests[1].kind is RequestKind.MESSAGE
    assert stage.desk.requests[1].text.reveal() == "tag please"
    (filled,) = stage.slack.of("views.update")
    assert filled["view"]["callback_id"] == "tag.create"


def test_a_view_that_the_person_has_closed_is_nobody_s_failure(stage: Stage) -> None:
    stage.slack.fail("views.update", refuse("not_found"))
    stage.desk.answer = lambda _: Reply("", form=FORM)
    stage.answered(tag(stage))
    assert set(stage.inbox.finished.values()) == {True}


def test_a_mistake_is_shown_under_its_input_and_nothing_is_kept(stage: Stage) -> None:
    stage.desk.errors = {"note": "Please say what the customer asked for.", "nowhere": "And more."}
    response = stage.send(submission(render_view(FORM, origin=Origin("C1")), {"label": "esim", "note": ""}))
    assert response.status == 200
    assert '"response_action": "errors"' in response.body
    assert "Please say what" in response.body
    assert stage.inbox.kept == {}


def test_a_submission_carries_its_values_sealed_and_its_state(stage: Stage) -> None:
    view = render_view(FORM, origin=Origin("C1", "1781685600.000100"))
    stage.answered(submission(view, {"note": "customers ask for eSIM"}))
    (request,) = stage.desk.requests
    assert (request.kind, request.name, request.value) == (RequestKind.FORM, "tag.create", "case_7")
    assert request.values["note"].reveal() == "customers ask for eSIM"
    (sent,) = stage.slack.of("chat.postEphemeral")
    assert (sent["channel"], sent["user"], sent["thread_ts"]) == ("C1", "U1", "1781685600.000100")


def test_a_form_submitted_twice_has_one_effect(stage: Stage) -> None:
    body = submission(render_view(FORM, origin=Origin("C1")), {"note": "x"})
    stage.answered(body)
    assert stage.send(body).status == 200
    assert len(stage.desk.requests) == 1


def test_where_we_are_no_member_the_answer_to_a_form_comes_directly(stage: Stage) -> None:
    stage.slack.fail("chat.postEphemeral", refuse("not_in_channel"))
    stage.answered(submission(render_view(FORM, origin=Origin("C1")), {"note": "x"}))
    (post,) = stage.slack.of("chat.postMessage")
    assert post["channel"] == "U1"


def test_a_closed_view_is_acknowledged(stage: Stage) -> None:
    body = {"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1", "callback_id": "tag.create"}}
    assert stage.send(body).status == 200
    assert stage.inbox.kept == {}


def test_the_message_shortcut_brings_the_words_and_a_permalink(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("", form=FORM)
    body = {
        "type": "message_action",
        "callback_id": "tag_request",
        "trigger_id": "13.7.ab",
        "action_ts": "1781685601.7",
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1"},
        "message": {"ts": "1781685600.000100", "text": "another one who wants eSIM"},
        "message_ts": "1781685600.000100",
        "response_url": stage.slack.response_url,
    }
    stage.answered(body)
    (request,) = stage.desk.requests
    assert (request.kind, request.name) == (RequestKind.SHORTCUT, "tag_request")
    assert request.text.reveal() == "another one who wants eSIM"
    assert request.value.startswith("https://")
    assert request.origin == ("C1", "1781685600.000100")
    assert len(stage.slack.of("views.open")) == len(stage.slack.of("views.update")) == 1


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "x"}, "x"),
        ({"type": "plain_text_input", "value": None}, ""),
        ({"type": "static_select", "selected_option": {"value": "esim"}}, "esim"),
        ({"type": "static_select", "selected_option": None}, ""),
        ({"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}, "a\nb"),
        ({"type": "checkboxes", "selected_options": []}, ""),
        ({"type": "users_select", "selected_user": "U1"}, "U1"),
        ({"type": "conversations_select", "selected_conversation": "C1"}, "C1"),
        ({"type": "datepicker", "selected_date": "2026-06-17"}, "2026-06-17"),
    ],
)
def test_every_kind_of_input_is_read(element: dict[str, object], value: str) -> None:
    assert view_values({"values": {"key": {"v": element}}}) == {"key": value}


def test_an_error_never_names_an_input_that_is_not_there() -> None:
    assert view_errors({"gone": "Sorry.", "note": "No."}, ["note"]) == {"note": "Sorry. No."}
    assert view_errors({"gone": "Sorry."}, []) == {}


def test_an_option_without_a_label_shows_its_value_cut_by_slack_s_own_count() -> None:
    # Slack counts UTF-16 units: forty of these are eighty.
    wide = "\N{FIRECRACKER}" * 40
    form = Form("tag.create", "Tag", [Field("kind", "Kind", kind="choice", options=[(wide, "")])])
    judge.check_view(render_view(form))
