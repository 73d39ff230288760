"""Posts that are found again by their key, and errors that say whether to try again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.refusals import SlackRefused
from bot.render_csv import reply_csv
from bot.transport import SlackTransport
from frontline.core.errors import EngineError, UncertainDelivery
from frontline.core.ids import message_uuid
from frontline.core.ports import Posted
from frontline.core.reply import Column, Reply, Table
from tests.bot.cast import (
    FakeSlack,
    Fault,
    Stage,
    anonymized,
    click,
    command,
    cut,
    cut_after_accept,
    direct,
    mention,
    plain_refusal,
    refuse,
    staged,
)

REPLY = Reply("Backlog is 412.")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    fake = FakeSlack()
    yield fake
    fake.close()


@pytest.fixture
def transport(slack: FakeSlack) -> SlackTransport:
    return SlackTransport(WebClient(token="xoxb-test", base_url=f"{slack.url}/api/", timeout=2))


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged()


def test_a_post_carries_its_key_and_a_stable_client_id(slack: FakeSlack, transport: SlackTransport) -> None:
    posted = transport.post_reply(REPLY, channel="C1", key="digest:2026-06-17", thread_ts="1781685600.000100")
    (post,) = slack.of("chat.postMessage")
    assert posted.channel == "C1"
    assert post["metadata"] == {"event_type": "frontline_post", "event_payload": {"key": "digest:2026-06-17"}}
    assert post["client_msg_id"] == message_uuid("digest:2026-06-17")
    assert (post["unfurl_links"], post["unfurl_media"], post["thread_ts"]) == (False, False, "1781685600.000100")
    assert not {"parse", "link_names"} & set(post)


def test_a_payload_of_the_outbox_is_rendered(slack: FakeSlack, transport: SlackTransport) -> None:
    from frontline.core.reply import Quote
    from frontline.governance import wire

    payload = json.loads(json.dumps({"reply": wire.reply_to_json(Reply("One", parts=[Quote(anonymized("said so"))]))}))
    posted = transport.post(channel="C1", payload=payload, key="k")
    transport.update(posted=posted, payload=payload)
    assert "said so" in json.dumps(slack.of("chat.postMessage")[0]["blocks"])
    assert slack.of("chat.update")[0]["ts"] == posted.ts


def test_a_message_is_found_by_its_key_alone(slack: FakeSlack, transport: SlackTransport) -> None:
    transport.post_reply(REPLY, channel="C1", key="other")
    first = transport.post_reply(REPLY, channel="C1", key="mine")
    second = transport.post_reply(REPLY, channel="C1", key="mine")
    assert list(transport.find(channel="C1", key="mine", since=0.0)) == [first, second]
    assert list(transport.find(channel="C1", key="nobody", since=0.0)) == []


def test_a_message_in_a_thread_is_found_too(slack: FakeSlack, transport: SlackTransport) -> None:
    posted = transport.post_reply(REPLY, channel="C1", key="mine", thread_ts="1781685600.000100")
    assert list(transport.find(channel="C1", key="mine", since=0.0)) == [posted]


def test_after_a_restart_the_threads_that_moved_are_looked_through(slack: FakeSlack, transport: SlackTransport) -> None:
    root = transport.post_reply(REPLY, channel="C1", key="root")
    slack.messages["C1"][0]["latest_reply"] = "1781685700.000000"
    posted = transport.post_reply(REPLY, channel="C1", key="mine", thread_ts=root.ts)
    fresh = SlackTransport(WebClient(token="xoxb-test", base_url=f"{slack.url}/api/"))
    assert list(fresh.find(channel="C1", key="mine", since=1781685650.0)) == [posted]


@pytest.mark.parametrize(
    ("fault", "kind", "permanent", "retry_after"),
    [
        (refuse("ratelimited", 429, **{"Retry-After": "7"}), SlackRefused, False, 7.0),
        (refuse("channel_not_found"), SlackRefused, True, None),
        (refuse("not_in_channel"), SlackRefused, True, None),
        (refuse("is_archived"), SlackRefused, True, None),
        (refuse("msg_too_long"), SlackRefused, True, None),
        (refuse("token_revoked"), SlackRefused, False, 300.0),
        (refuse("internal_error"), UncertainDelivery, False, None),
        (refuse("fatal_error", 500), UncertainDelivery, False, None),
        (plain_refusal(503, "<html>down</html>"), UncertainDelivery, False, None),
        (plain_refusal(200, "<html>hotel wifi</html>"), UncertainDelivery, False, None),
        (plain_refusal(200, ""), UncertainDelivery, False, None),
        (cut, UncertainDelivery, False, None),
        (cut_after_accept, UncertainDelivery, False, None),
    ],
)
def test_an_error_says_whether_trying_again_can_help(
    slack: FakeSlack,
    transport: SlackTransport,
    fault: Fault,
    kind: type[EngineError],
    permanent: bool,
    retry_after: float | None,
) -> None:
    slack.fail("chat.postMessage", fault)
    with pytest.raises(EngineError) as caught:
        transport.post_reply(REPLY, channel="C1", key="k")
    assert type(caught.value) is kind
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, retry_after)
    assert len(slack.of("chat.postMessage")) == 1, "nothing is repeated behind the outbox's back"


def test_slack_that_nobody_can_reach_surely_took_nothing(slack: FakeSlack) -> None:
    slack.close()
    gone = SlackTransport(WebClient(token="xoxb-test", base_url=f"{slack.url}/api/", timeout=2))
    with pytest.raises(EngineError) as caught:
        gone.post_reply(REPLY, channel="C1", key="k")
    assert type(caught.value) is EngineError
    assert caught.value.retry_after is not None


def test_blocks_that_slack_refuses_are_sent_again_more_simply(slack: FakeSlack, transport: SlackTransport) -> None:
    slack.fail("chat.postMessage", refuse("invalid_blocks"), refuse("invalid_blocks"))
    table = Table("Backlog", [Column("team", "Team"), Column("n", "n", "count")], [["Aurora", 12], ["Breeze", 7]])
    transport.post_reply(Reply("Backlog", parts=[table]), channel="C1", key="k")
    kinds = [{block["type"] for block in post["blocks"]} for post in slack.of("chat.postMessage")]
    assert "data_table" in kinds[0]
    assert "data_table" not in kinds[1]
    assert kinds[2] == {"section"}
    assert "Aurora" in json.dumps(slack.messages["C1"][0]["blocks"])


def test_deleting_a_copy_that_is_gone_is_fine(slack: FakeSlack, transport: SlackTransport) -> None:
    slack.fail("chat.delete", refuse("message_not_found"), refuse("cant_delete_message"))
    transport.delete(posted=Posted("C1", "1.2"))
    with pytest.raises(SlackRefused):
        transport.delete(posted=Posted("C1", "1.2"))


@pytest.mark.parametrize(
    "fault", [cut, cut_after_accept, refuse("internal_error"), refuse("x", 429, **{"Retry-After": "0"})]
)
def test_an_answer_is_posted_exactly_once_whatever_the_line_does(stage: Stage, fault: Fault) -> None:
    stage.slack.fail("chat.postMessage", fault)
    stage.answered(mention())
    assert len(stage.slack.messages["C1"]) == 1
    assert list(stage.inbox.finished.values()) == [True]


def test_an_answer_waits_while_a_busy_channel_takes_no_more(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", *[refuse("ratelimited", 429, **{"Retry-After": "0"})] * 8)
    stage.answered(mention())
    assert len(stage.slack.messages["C1"]) == 1
    assert list(stage.inbox.finished.values()) == [True]


def test_an_answer_that_would_have_to_wait_for_minutes_is_counted_as_lost(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", refuse("ratelimited", 429, **{"Retry-After": "600"}))
    stage.answered(mention())
    assert list(stage.inbox.finished.values()) == [False]


@pytest.mark.parametrize("fault", [cut, refuse("internal_error"), refuse("x", 429, **{"Retry-After": "0"})])
def test_an_update_is_repeated_until_slack_has_it(stage: Stage, fault: Fault) -> None:
    stage.desk.answer = lambda _: Reply("Assigned.", replaces=True)
    stage.slack.fail("chat.update", fault)
    stage.answered(click(stage.slack))
    assert len(stage.slack.of("chat.update")) == 2
    assert list(stage.inbox.finished.values()) == [True]


@pytest.mark.parametrize("fault", [cut, cut_after_accept, plain_refusal(500, "oops")])
def test_an_ephemeral_answer_is_sent_at_most_once_and_its_loss_is_counted(stage: Stage, fault: Fault) -> None:
    stage.slack.fail("response", fault)
    stage.answered(command(stage.slack))
    assert len(stage.slack.of("response")) == 1
    assert list(stage.inbox.finished.values()) == [False]


def test_a_response_url_that_refuses_blocks_gets_simpler_ones(stage: Stage) -> None:
    stage.slack.fail("response", plain_refusal(400, "invalid_blocks"))
    stage.answered(command(stage.slack))
    assert len(stage.slack.of("response")) == 2
    assert list(stage.inbox.finished.values()) == [True]


def long_table() -> Reply:
    rows = [[f"case {i}", i] for i in range(150)]
    return Reply("150 cases", parts=[Table("Cases", [Column("case", "Case"), Column("n", "n", "count")], rows)])


def test_a_long_table_comes_with_a_file_in_the_same_thread(stage: Stage) -> None:
    stage.desk.answer = lambda _: long_table()
    body = mention()
    stage.answered(body)
    (done,) = stage.slack.of("files.completeUploadExternal")
    assert (done["channel_id"], done["thread_ts"]) == ("C1", body["event"]["ts"])
    assert reply_csv(long_table()) is not None


def test_the_file_of_a_private_answer_never_goes_to_the_channel(stage: Stage) -> None:
    stage.desk.answer = lambda _: long_table()
    stage.answered(command(stage.slack))
    (done,) = stage.slack.of("files.completeUploadExternal")
    assert done["channel_id"] == "D1"


def test_where_files_are_not_permitted_the_person_is_told(stage: Stage) -> None:
    stage.desk.answer = lambda _: long_table()
    stage.slack.fail("files.getUploadURLExternal", refuse("missing_scope"))
    stage.answered(direct())
    assert "files:write" in stage.slack.of("chat.postMessage")[-1]["text"]
    assert list(stage.inbox.finished.values()) == [True]
