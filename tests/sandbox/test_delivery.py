"""At least once: redelivery, lost acks, several connections, signatures; and what each kind of person can reach."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from frontline.core.errors import NotFound, NotPermitted
from frontline.sandbox.slack.server import SandboxSlack
from frontline.sandbox.slack.shipments import Shipment
from frontline.sandbox.slack.signed_http import encode_body, sign
from tests.sandbox.echo_app import build_echo_app, over_http, over_socket
from tests.sandbox.test_refusals import MANIFEST, client_of


def heard(sandbox: SandboxSlack, seen: list[str], count: int) -> list[str]:
    """Return what the app saw once it is so much: Bolt acknowledges an event before its listener has run."""
    sandbox.wait_for(lambda: len(seen) >= count, what=f"{count} events")
    return seen


def test_an_unacked_event_comes_again_and_says_so() -> None:
    seen: list[tuple[Any, ...]] = []
    with SandboxSlack(ack_timeout=0.2, retry_delays=(0.0, 0.05)) as sandbox:

        def ignore_twice(client: Any, request: SocketModeRequest) -> None:
            seen.append((request.payload["event_id"], request.retry_attempt, request.retry_reason))
            if len(seen) == 3:
                client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

        client = listen(sandbox, ignore_twice)
        (shipment,) = sandbox.as_user("agent").say("floor", "hello").shipments
        assert [(attempt, reason) for _, attempt, reason in seen] == [(0, ""), (1, "timeout"), (2, "timeout")]
        assert len({event_id for event_id, _, _ in seen}) == 1
        assert shipment.is_acked
        hang_up(sandbox, client)


def test_an_event_is_given_up_after_its_retries_and_a_command_is_never_repeated() -> None:
    with SandboxSlack(ack_timeout=0.1, retry_delays=(0.0,)) as sandbox:
        seen: list[str] = []
        client = listen(sandbox, lambda _client, request: seen.append(request.type))
        (event,) = sandbox.as_user("agent").say("floor", "hello").shipments
        command = sandbox.as_user("agent").command("/ask", "x", channel="floor")
        assert (event.is_acked, command.is_acked) == (False, False)
        assert seen == ["events_api", "events_api", "slash_commands"]
        notice = sandbox.as_user("agent").messages("floor")[-1]
        assert "operation_timeout" in notice.text
        hang_up(sandbox, client)


def test_a_first_copy_that_never_arrived_is_followed_by_a_retry_that_does() -> None:
    with SandboxSlack(ack_timeout=0.2, retry_delays=(0.0,)) as sandbox:
        app, seen = build_echo_app(sandbox)
        with over_socket(sandbox, app):
            sandbox.faults.lose_deliveries("events_api")
            (shipment,) = sandbox.as_user("agent").say("floor", "hello").shipments
            assert [attempt.reason for attempt in shipment.attempts] == ["timeout", ""]
            assert heard(sandbox, seen, 1) == ["message:channel:"]


@pytest.mark.parametrize("way", [over_socket, over_http])
def test_a_lost_ack_makes_the_app_see_an_event_twice(way: Any) -> None:
    with SandboxSlack(ack_timeout=0.4, retry_delays=(0.0,)) as sandbox:
        app, seen = build_echo_app(sandbox)
        with way(sandbox, app):
            sandbox.faults.lose_deliveries("events_api", acks_only=True)
            sandbox.as_user("agent").say("floor", "hello")
            assert heard(sandbox, seen, 2) == ["message:channel:"] * 2


def test_a_test_can_redeliver_an_event_with_the_same_or_a_new_id() -> None:
    with SandboxSlack() as sandbox:
        app, seen = build_echo_app(sandbox)
        with over_socket(sandbox, app):
            (shipment,) = sandbox.as_user("agent").say("floor", "hello").shipments
            again = sandbox.redeliver(shipment)
            other = sandbox.redeliver(shipment, new_event_id=True)
            assert again.event_id == shipment.event_id != other.event_id
            assert heard(sandbox, seen, 3) == ["message:channel:"] * 3


def test_an_event_goes_to_one_of_several_connections() -> None:
    with SandboxSlack() as sandbox:
        seen: list[int] = []

        def listener(number: int) -> Any:
            def answer(client: Any, request: SocketModeRequest) -> None:
                seen.append(number)
                client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

            return answer

        clients = [listen(sandbox, listener(number), count=number + 1) for number in range(2)]
        for _ in range(4):
            sandbox.as_user("agent").say("floor", "hello")
        assert sorted(seen) == [0, 0, 1, 1]
        for client in clients:
            client.auto_reconnect_enabled = False
        hang_up(sandbox, *clients)


def test_a_refreshed_connection_comes_back_and_goes_on() -> None:
    with SandboxSlack(retry_delays=(0.0, 0.2, 0.5)) as sandbox:
        app, seen = build_echo_app(sandbox)
        with over_socket(sandbox, app):
            sandbox.refresh_connections()
            sandbox.wait_connected()
            sandbox.as_user("agent").say("floor", "still there?")
            assert heard(sandbox, seen, 1) == ["message:channel:"]


def test_signed_requests_verify_as_slack_documents() -> None:
    body, timestamp = b"payload=%7B%7D", "1750000000"
    expected = hmac.new(b"secret", b"v0:1750000000:payload=%7B%7D", hashlib.sha256).hexdigest()
    assert sign("secret", timestamp, body) == f"v0={expected}"
    form, content_type = encode_body(Shipment("slash_commands", {"text": "a b&c"}))
    assert (form, content_type) == (b"text=a+b%26c", "application/x-www-form-urlencoded")


def test_a_wrong_signing_secret_is_seen_as_http_error() -> None:
    with SandboxSlack(retry_delays=()) as sandbox:
        app, seen = build_echo_app(sandbox)
        sandbox.signing_secret = "another"
        with over_http(sandbox, app):
            (shipment,) = sandbox.as_user("agent").say("floor", "hello").shipments
            assert ([attempt.reason for attempt in shipment.attempts], seen) == (["http_error"], [])


# -- who reaches what -------------------------------------------------------------------------------------------------


def test_only_subscribed_events_and_registered_commands_reach_the_app() -> None:
    with SandboxSlack(manifest=MANIFEST) as sandbox:
        sam = sandbox.as_user("supervisor", wait=False)
        assert sam.say("floor", "chatter").shipments == ()
        assert [s.event_type for s in sam.mention("floor", "hello").shipments] == ["app_mention"]
        with pytest.raises(NotFound, match="not a valid command"):
            sam.command("/tag", "x")
        body = sam.command("/ask", "@anna in #floor").payload
        assert body["text"] == "<@U0AGENT001> in <#C0FLOOR001|floor>"


def test_a_scope_counts_as_used_when_an_event_needed_it_and_without_it_the_event_stays_away() -> None:
    manifest = {**MANIFEST, "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.channels"]}}}
    with SandboxSlack(manifest=manifest) as sandbox:
        said = sandbox.as_user("supervisor", wait=False).mention("floor", "hello")
        assert [shipment.event_type for shipment in said.shipments] == ["app_mention"]
        assert sandbox.grants.used == {"app_mentions:read"}


def test_an_act_while_nobody_is_connected_does_not_hold_the_driver_up() -> None:
    with SandboxSlack() as sandbox:
        anna = sandbox.as_user("agent")
        started = time.perf_counter()
        (event,) = anna.say("floor", "anybody?").shipments
        command = anna.command("/ask", "x", channel="floor")
        assert time.perf_counter() - started < 2
        assert ([attempt.reason for attempt in event.attempts], event.done.done()) == (["connection_failed"] * 2, False)
        assert not command.is_acked
        assert "dispatch_failed" in anna.messages("floor")[-1].text


def test_a_mention_where_the_bot_is_no_member_sends_nothing_and_tells_the_person() -> None:
    with SandboxSlack() as sandbox:
        anna = sandbox.as_user("agent", wait=False)
        assert anna.mention("watercooler", "hello").shipments == ()
        assert "is not in #watercooler" in anna.messages("watercooler")[-1].text


def test_a_stranger_is_marked_as_of_another_team() -> None:
    with SandboxSlack() as sandbox:
        said = sandbox.as_user("stranger", wait=False).mention("partner-desk", "fcr")
        event = said.shipments[1].payload
        assert (event["event"]["user_team"], event["is_ext_shared_channel"]) == ("T0PARTNER1", True)
        assert client_of(sandbox).users_info(user="U0STRANGER")["user"]["team_id"] == "T0PARTNER1"
        assert client_of(sandbox).conversations_info(channel="C0PARTNERS")["channel"]["is_ext_shared"]
        everybody = [user["id"] for user in client_of(sandbox).users_list()["members"]]
        assert "U0STRANGER" not in everybody


def test_a_guest_is_restricted_and_cannot_enter_other_channels() -> None:
    with SandboxSlack() as sandbox:
        gus = sandbox.as_user("guest", wait=False)
        assert client_of(sandbox).users_info(user=gus.id)["user"]["is_restricted"]
        with pytest.raises(NotPermitted, match="no member"):
            gus.say("floor", "hello")


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("drop_before", 0),
        ("error_before", 0),
        ("rate_limit", 0),
        ("refuse", 0),
        ("reset_after", 1),
        ("error_after", 1),
        ("not_json", 1),
    ],
)
def test_a_planned_fault_strikes_once_before_or_after_the_message_is_taken(kind: Any, accepted: int) -> None:
    with SandboxSlack() as sandbox:
        client = client_of(sandbox)
        sandbox.faults.add("chat.postMessage", kind)
        with pytest.raises((SlackApiError, OSError)):
            client.chat_postMessage(channel="floor", text="x")
        assert len(sandbox.messages("floor")) == accepted
        assert sandbox.calls[-1].fault == kind
        client.chat_postMessage(channel="floor", text="x")
        assert len(sandbox.messages("floor")) == accepted + 1


def test_the_default_client_posts_twice_when_the_connection_resets_after_acceptance() -> None:
    """The trap of the SDK's default retry, reproduced: why the outbox posts without retry handlers."""
    with SandboxSlack() as sandbox:
        sandbox.faults.add("chat.postMessage", "reset_after")
        WebClient(token=sandbox.bot_token, base_url=sandbox.base_url).chat_postMessage(channel="floor", text="x")
        assert len(sandbox.messages("floor")) == 2


def test_a_delay_holds_only_the_call_it_was_planned_for() -> None:
    with SandboxSlack() as sandbox:
        sandbox.faults.add("chat.postMessage", "delay", seconds=1.5, match=lambda p: p["text"] == "slow")
        client = client_of(sandbox)
        slow = threading.Thread(target=client.chat_postMessage, kwargs={"channel": "floor", "text": "slow"})
        slow.start()
        sandbox.wait_for(lambda: sandbox.calls)
        started = time.perf_counter()
        client.chat_postMessage(channel="floor", text="fast")
        assert time.perf_counter() - started < 1.0
        slow.join()
        assert [m.text for m in sandbox.messages("floor")] == ["fast", "slow"]


def listen(sandbox: SandboxSlack, listener: Any, *, count: int = 1) -> SocketModeClient:
    client = SocketModeClient(app_token=sandbox.app_token, web_client=WebClient(base_url=sandbox.base_url))
    client.socket_mode_request_listeners.append(listener)
    client.connect()
    sandbox.wait_connected(count)
    return client


def hang_up(sandbox: SandboxSlack, *clients: SocketModeClient) -> None:
    for client in clients:
        client.auto_reconnect_enabled = False
    sandbox.drop_connections()
    for client in clients:
        sandbox.wait_for(lambda client=client: not client.is_connected())  # type: ignore[misc]
        client.close()
