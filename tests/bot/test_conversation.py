"""What a person in Slack says, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontline.core.actor import AudienceKind
from frontline.core.reply import Button, Outcome, Reply
from frontline.core.request import RequestKind
from tests.bot.cast import BOT, TEAM, FakeSlack, Stage, click, command, direct, mention, message, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged()


def test_a_mention_is_answered_in_its_thread(stage: Stage) -> None:
    body = mention("fcr in may")
    assert stage.answered(body).status == 200
    (post,) = stage.slack.of("chat.postMessage")
    assert post["thread_ts"] == body["event"]["ts"]
    assert "71.4" in post["text"]
    (request,) = stage.desk.requests
    assert (request.kind, request.text.reveal()) == (RequestKind.MESSAGE, "fcr in may")
    assert request.audience.kind is AudienceKind.CHANNEL
    assert request.thread == f"C1:{body['event']['ts']}"


def test_a_mention_that_arrives_as_message_and_as_app_mention_gets_one_answer(stage: Stage) -> None:
    body = mention("fcr in may")
    twin = message(body["event"]["text"], ts=body["event"]["ts"])
    stage.answered(body)
    assert stage.send(twin).status == 200
    stage.answered(direct("hello"), count=2)
    assert len(stage.slack.of("chat.postMessage")) == 2


def test_a_follow_up_in_the_thread_needs_no_mention(stage: Stage) -> None:
    body = mention("fcr in may")
    stage.answered(body)
    stage.answered(message("and by channel?", thread_ts=body["event"]["ts"]), count=2)
    assert stage.desk.requests[1].thread == stage.desk.requests[0].thread
    assert stage.slack.of("chat.postMessage")[1]["thread_ts"] == body["event"]["ts"]


def test_a_thread_from_before_the_restart_is_known_from_the_store() -> None:
    for stage in staged(knows_thread=lambda key: key == "C1:1781685600.000100"):
        stage.answered(message("and by channel?", thread_ts="1781685600.000100"))
        assert len(stage.slack.of("chat.postMessage")) == 1


@pytest.mark.parametrize(
    "body",
    [
        message("good morning all"),
        message("a reply elsewhere", thread_ts="1781600000.000100"),
        mention("fcr", bot_id="B9"),
        mention("fcr", edited={"user": "U1", "ts": "1"}),
        mention("fcr", user=BOT),
        message("", subtype="message_changed", hidden=True),
        message("joined", subtype="channel_join"),
        direct("own words", bot_id="B1", user=BOT),
        {"type": "event_callback", "team_id": TEAM, "event": {"type": "reaction_added", "user": "U1"}},
        {
            "type": "event_callback",
            "team_id": TEAM,
            "event": {"type": "app_home_opened", "user": "U1", "tab": "messages"},
        },
    ],
)
def test_what_is_not_for_us_is_acknowledged_and_leaves_nothing(stage: Stage, body: dict[str, object]) -> None:
    assert stage.send(body).status == 200
    assert stage.inbox.kept == {}


def test_words_to_a_colleague_in_our_thread_are_not_answered(stage: Stage) -> None:
    body = mention("fcr in may")
    stage.answered(body)
    stage.send(message("<@U2> can you look at this?", thread_ts=body["event"]["ts"]))
    assert len(stage.inbox.kept) == 1


def test_thanks_in_our_thread_is_not_answered(stage: Stage) -> None:
    body = mention("fcr in may")
    stage.answered(body)
    stage.desk.answer = lambda _: Reply("You are welcome.", outcome=Outcome.ABSTAINED, answer={"intent": "none"})
    stage.answered(message("thanks!", thread_ts=body["event"]["ts"]), count=2)
    assert len(stage.slack.of("chat.postMessage")) == 1


def test_a_direct_message_is_private_and_answered_below(stage: Stage) -> None:
    stage.answered(direct("fcr in may"))
    (post,) = stage.slack.of("chat.postMessage")
    assert "thread_ts" not in post
    assert stage.desk.requests[0].audience.kind is AudienceKind.PRIVATE
    assert stage.desk.requests[0].thread == "D1:"


def test_a_command_is_answered_to_the_person_alone(stage: Stage) -> None:
    assert stage.answered(command(stage.slack, "fcr in may")).status == 200
    (sent,) = stage.slack.of("response")
    assert sent["response_type"] == "ephemeral"
    assert sent["unfurl_links"] is False
    request = stage.desk.requests[0]
    assert (request.name, request.audience.kind) == ("ask", AudienceKind.PRIVATE)


def test_a_stranger_of_a_shared_channel_keeps_the_foreign_team(stage: Stage) -> None:
    body = mention("fcr in may", user="U77", user_team="T_OTHER")
    stage.answered(body)
    assert stage.desk.requests[0].who.team_id == "T_OTHER"


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
def test_a_shared_channel_is_an_external_audience(stage: Stage, flag: str) -> None:
    stage.slack.channels["C1"] = {"name": "partners", flag: True}
    stage.answered(mention())
    assert stage.desk.requests[0].audience.kind is AudienceKind.EXTERNAL


def test_a_channel_that_slack_does_not_show_us_counts_as_external(stage: Stage) -> None:
    from tests.bot.cast import refuse

    stage.slack.fail("conversations.info", refuse("channel_not_found"))
    stage.answered(mention())
    assert stage.desk.requests[0].audience.kind is AudienceKind.EXTERNAL


def test_a_click_carries_action_value_and_place(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("Assigned to you.", replaces=True)
    stage.answered(click(stage.slack, "theme.assign", "thm_1"))
    (request,) = stage.desk.requests
    assert (request.kind, request.name, request.value) == (RequestKind.ACTION, "theme.assign", "thm_1")
    assert request.origin == ("C1", "1781685600.000100")
    (update,) = stage.slack.of("chat.update")
    assert update["ts"] == "1781685600.000100"


def test_the_same_click_delivered_twice_is_one_effect(stage: Stage) -> None:
    body = click(stage.slack)
    stage.answered(body)
    assert stage.send(body).status == 200
    assert len(stage.desk.requests) == 1


def test_two_clicks_reach_the_desk_twice_and_it_says_who_was_faster(stage: Stage) -> None:
    stage.answered(click(stage.slack))
    stage.answered(click(stage.slack), count=2)
    assert len(stage.desk.requests) == 2


def test_a_button_under_an_ephemeral_answer_replaces_it_by_response_url(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("Done.", replaces=True)
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True}
    stage.answered(click(stage.slack, container=container))
    (sent,) = stage.slack.of("response")
    assert sent["replace_original"] is True
    assert stage.desk.requests[0].audience.kind is AudienceKind.PRIVATE


def test_a_share_button_is_judged_by_the_channel(stage: Stage) -> None:
    stage.slack.channels["C1"] = {"name": "partners", "is_ext_shared": True}
    container = {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": True}
    stage.answered(click(stage.slack, "answer.share", container=container))
    assert stage.desk.requests[0].audience.kind is AudienceKind.EXTERNAL


def test_a_chosen_reading_is_answered_in_the_thread_of_the_question(stage: Stage) -> None:
    container = {"type": "message", "message_ts": "1781685600.2", "channel_id": "C1", "thread_ts": "1781685600.1"}
    stage.answered(click(stage.slack, "metric.show", "{}", container=container))
    (post,) = stage.slack.of("chat.postMessage")
    assert post["thread_ts"] == "1781685600.1"
    assert stage.desk.requests[0].thread == "C1:1781685600.1"
    stage.desk.answer = lambda _: Reply("Noted.", outcome=Outcome.DONE)
    stage.answered(click(stage.slack, "thumbs.up", "q1", container=container), count=2)
    assert stage.slack.of("response")[0]["response_type"] == "ephemeral"


def test_an_expired_response_url_ends_in_a_direct_message(stage: Stage) -> None:
    from tests.bot.cast import plain_refusal

    stage.slack.fail("response", plain_refusal(404, "expired_url"))
    stage.answered(command(stage.slack))
    (post,) = stage.slack.of("chat.postMessage")
    assert post["channel"] == "U1"


def test_app_home_is_published_for_its_owner(stage: Stage) -> None:
    stage.desk.answer = lambda _: Reply("Your day", buttons=[Button("Help", "help.open")])
    body = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"},
    }
    stage.answered(body)
    (published,) = stage.slack.of("views.publish")
    assert published["user_id"] == "U1"
    assert stage.desk.requests[0].kind is RequestKind.HOME


def test_when_we_break_the_person_is_told_with_an_id(stage: Stage) -> None:
    def break_down(_: object) -> Reply:
        raise ZeroDivisionError("planted")

    stage.desk.answer = break_down
    stage.answered(command(stage.slack))
    (sent,) = stage.slack.of("response")
    assert "err_" in sent["text"]
    assert "planted" not in sent["text"]


def test_words_wait_for_a_status_no_longer_than_a_second_and_the_answer_replaces_it() -> None:
    import threading

    for stage in staged(status_after_s=0.05):
        shown = threading.Event()

        stage.desk.answer = lambda _, shown=shown: Reply("FCR was 71.4 %." if shown.wait(5) else "too early")
        stage.send(mention())
        (status,) = stage.slack.wait_for("chat.postMessage")
        shown.set()
        assert status["text"] == "Looking ..."
        (update,) = stage.slack.wait_for("chat.update")
        assert "71.4" in update["text"]
        assert len(stage.slack.of("chat.postMessage")) == 1


def test_a_full_house_says_so_and_keeps_nothing() -> None:
    for stage in staged(waiting=0):
        response = stage.send(command(stage.slack))
        assert response.status == 200
        assert "busy" in response.body
        # Slack delivers an event again, and shows a person that a click did not work.
        assert stage.send(mention()).status == 503
        assert stage.send(click(stage.slack)).status == 503
        assert stage.inbox.kept == {}


def test_what_cannot_be_kept_is_not_acknowledged(stage: Stage) -> None:
    stage.inbox.broken = True
    assert stage.send(command(stage.slack)).status == 503
    assert stage.send(mention()).status == 503
    stage.inbox.broken = False
    body = mention()
    assert stage.answered(body).status == 200


def test_work_left_by_a_dead_process_is_done_by_the_next() -> None:
    from tests.bot.cast import MemoryInbox, open_stage

    slack, inbox = FakeSlack(), MemoryInbox()
    first = open_stage(slack, inbox)
    first.bot.stop()
    assert first.send(mention()).status == 200
    second = open_stage(slack, inbox)
    inbox.wait_finished(1)
    assert len(slack.of("chat.postMessage")) == 1
    second.bot.stop()
    slack.close()
