"""The stand-in refuses what Slack refuses."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from frontline.core.clock import FrozenClock
from frontline.sandbox.slack.pacing import Pace
from frontline.sandbox.slack.server import SandboxSlack
from tests.sandbox.echo_app import NOTE_FORM

NOON = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
MANIFEST = {
    "features": {"slash_commands": [{"command": "/ask", "description": "Ask", "should_escape": True}]},
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "app_mentions:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def sandbox(clock: FrozenClock) -> Iterator[SandboxSlack]:
    with SandboxSlack(clock=clock, pace=Pace(1.0, 3), pace_clock=clock) as sandbox:
        yield sandbox


def client_of(sandbox: SandboxSlack, token: str | None = None) -> WebClient:
    return WebClient(token=sandbox.bot_token if token is None else token, base_url=sandbox.base_url, retry_handlers=[])


def refused(call: Any, **params: Any) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call(**params)
    return caught.value


@pytest.mark.parametrize(
    ("token", "code"), [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), ("app", "not_allowed_token_type")]
)
def test_a_wrong_token_is_refused(sandbox: SandboxSlack, token: str, code: str) -> None:
    client = client_of(sandbox, sandbox.app_token if token == "app" else token)
    assert refused(client.auth_test).response["error"] == code


def test_the_right_token_says_who_the_bot_is(sandbox: SandboxSlack) -> None:
    assert client_of(sandbox).auth_test()["user"] == "frontline"


def test_a_scope_that_the_manifest_does_not_ask_is_missing() -> None:
    with SandboxSlack(manifest=MANIFEST) as sandbox:
        answer = refused(client_of(sandbox).users_info, user="U0AGENT001").response
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        client_of(sandbox).chat_postMessage(channel="floor", text="hello")
        assert sandbox.grants.used == {"chat:write"}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ({"channel": "watercooler", "text": "x"}, "not_in_channel"),
        ({"channel": "floor", "text": " "}, "no_text"),
        ({"channel": "floor", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "floor", "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
        ({"channel": "floor", "text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"channel": "floor", "text": "x", "blocks": "{}"}, "invalid_blocks_format"),
    ],
)
def test_a_message_that_slack_would_not_take_is_refused(sandbox: SandboxSlack, params: Any, code: str) -> None:
    assert refused(client_of(sandbox).chat_postMessage, **params).response["error"] == code
    assert sandbox.messages("floor") == []


def test_a_refusal_of_blocks_points_at_the_place(sandbox: SandboxSlack) -> None:
    blocks = [{"type": "divider"}, {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = refused(client_of(sandbox).chat_postMessage, channel="floor", text="x", blocks=blocks).response
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    ]


def test_more_than_one_message_a_second_is_rate_limited_per_channel(sandbox: SandboxSlack, clock: FrozenClock) -> None:
    client = client_of(sandbox)
    for _ in range(3):
        client.chat_postMessage(channel="floor", text="x")
    answer = refused(client.chat_postMessage, channel="floor", text="x").response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    client.chat_postMessage(channel="general", text="elsewhere it goes on")
    clock.advance(dt.timedelta(seconds=1))
    client.chat_postMessage(channel="floor", text="x")
    assert len(sandbox.messages("floor")) == 4


def test_an_ephemeral_message_needs_a_member_and_stays_out_of_history(sandbox: SandboxSlack) -> None:
    client = client_of(sandbox)
    strange = refused(client.chat_postEphemeral, channel="leadership", user="U0AGENT001", text="x").response
    assert strange["error"] == "user_not_in_channel"
    client.chat_postEphemeral(channel="floor", user="U0AGENT001", text="for you")
    assert client.conversations_history(channel="C0FLOOR001")["messages"] == []
    assert [m.text for m in sandbox.as_user("agent").messages("floor")] == ["for you"]
    assert sandbox.as_user("leader").messages("floor") == []


def test_only_own_messages_can_be_updated_or_deleted(sandbox: SandboxSlack) -> None:
    client = client_of(sandbox)
    said = sandbox.as_user("agent", wait=False).say("floor", "mine")
    update = refused(client.chat_update, channel="C0FLOOR001", ts=said.ts, text="changed").response
    delete = refused(client.chat_delete, channel="C0FLOOR001", ts=said.ts).response
    assert (update["error"], delete["error"]) == ("cant_update_message", "cant_delete_message")
    own = client.chat_postMessage(channel="floor", text="own")
    client.chat_update(channel=own["channel"], ts=own["ts"], text="changed")
    long = refused(client.chat_update, channel=own["channel"], ts=own["ts"], text="x" * 4001).response
    assert long["error"] == "msg_too_long"
    assert [m.text for m in sandbox.messages("floor")] == ["mine", "changed"]


def test_metadata_is_read_back_only_when_asked_for(sandbox: SandboxSlack) -> None:
    client = client_of(sandbox)
    metadata = {"event_type": "outbox", "event_payload": {"key": "k1"}}
    client.chat_postMessage(channel="floor", text="x", metadata=metadata)
    plain = client.conversations_history(channel="C0FLOOR001")["messages"][0]
    full = client.conversations_history(channel="C0FLOOR001", include_all_metadata=True)["messages"][0]
    assert ("metadata" in plain, full["metadata"]) == (False, metadata)


@pytest.mark.parametrize(("honours", "count"), [(True, 1), (False, 2)])
def test_a_client_msg_id_is_honoured_only_when_switched_on(honours: bool, count: int) -> None:
    with SandboxSlack(honours_client_msg_id=honours) as sandbox:
        for _ in range(2):
            client_of(sandbox).api_call(
                "chat.postMessage", json={"channel": "floor", "text": "once", "client_msg_id": "same"}
            )
        assert len(sandbox.messages("floor")) == count


def test_a_trigger_opens_one_view_within_three_seconds(sandbox: SandboxSlack, clock: FrozenClock) -> None:
    client = client_of(sandbox)
    tickets, anna = sandbox.workspace.tickets, sandbox.as_user("agent")
    trigger = tickets.issue_trigger(anna.id)
    client.views_open(trigger_id=trigger, view=NOTE_FORM)
    assert refused(client.views_open, trigger_id=trigger, view=NOTE_FORM).response["error"] == "exchanged_trigger_id"
    late = tickets.issue_trigger(anna.id)
    clock.advance(dt.timedelta(seconds=3.1))
    assert refused(client.views_open, trigger_id=late, view=NOTE_FORM).response["error"] == "expired_trigger_id"
    assert refused(client.views_open, trigger_id="1.2", view=NOTE_FORM).response["error"] == "invalid_trigger_id"


def test_a_view_update_with_an_old_hash_conflicts(sandbox: SandboxSlack) -> None:
    client = client_of(sandbox)
    trigger = sandbox.workspace.tickets.issue_trigger("U0AGENT001")
    view = client.views_open(trigger_id=trigger, view=NOTE_FORM)["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=NOTE_FORM)
    stale = refused(client.views_update, view_id=view["id"], hash=view["hash"], view=NOTE_FORM).response
    assert stale["error"] == "hash_conflict"


def test_at_most_three_modals_are_stacked(sandbox: SandboxSlack) -> None:
    client, tickets = client_of(sandbox), sandbox.workspace.tickets
    view = client.views_open(trigger_id=tickets.issue_trigger("U0AGENT001"), view=NOTE_FORM)["view"]
    for _ in range(2):
        trigger = tickets.issue_trigger("U0AGENT001", parent_view=view["id"])
        view = client.views_push(trigger_id=trigger, view=NOTE_FORM)["view"]
    trigger = tickets.issue_trigger("U0AGENT001", parent_view=view["id"])
    assert refused(client.views_push, trigger_id=trigger, view=NOTE_FORM).response["error"] == "push_limit_reached"


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"blocks": [{"type": "divider"}] * 101},
        {"submit": None},
        {"type": "home"},
    ],
)
def test_a_view_beyond_the_limits_is_refused(sandbox: SandboxSlack, change: Any) -> None:
    trigger = sandbox.workspace.tickets.issue_trigger("U0AGENT001")
    answer = refused(client_of(sandbox).views_open, trigger_id=trigger, view={**NOTE_FORM, **change}).response
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"]


def test_a_response_url_serves_five_times_within_half_an_hour(sandbox: SandboxSlack, clock: FrozenClock) -> None:
    tickets = sandbox.workspace.tickets
    url = tickets.issue_url("U0AGENT001", "C0FLOOR001")
    answers = [respond(sandbox, url.id) for _ in range(6)]
    assert answers == [200, 200, 200, 200, 200, 404]
    late = tickets.issue_url("U0AGENT001", "C0FLOOR001")
    clock.advance(dt.timedelta(minutes=31))
    assert respond(sandbox, late.id) == 404


def test_an_upload_is_shared_as_a_file(sandbox: SandboxSlack) -> None:
    client_of(sandbox).files_upload_v2(channel="C0FLOOR001", content="a,b\n1,2\n", filename="fcr.csv", title="FCR")
    (message,) = sandbox.messages("floor")
    assert (message.files[0]["name"], message.files[0]["title"]) == ("fcr.csv", "FCR")
    assert sandbox.workspace.files[message.files[0]["id"]].content == b"a,b\n1,2\n"


def test_it_listens_on_loopback_only_and_names_a_taken_port(sandbox: SandboxSlack) -> None:
    from frontline.core.errors import EngineError

    port = int(sandbox.url.rsplit(":", 1)[1])
    assert sandbox.url.startswith("http://127.0.0.1:")
    with pytest.raises(EngineError, match=f"Port {port}"):
        SandboxSlack(port=port).start()


def respond(sandbox: SandboxSlack, url_id: str) -> int:
    request = urllib.request.Request(
        f"{sandbox.url}/response/{url_id}",
        data=json.dumps({"text": "x"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
