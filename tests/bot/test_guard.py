"""Who is not Slack gets no further than the guard, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.http import HttpServer
from frontline.core.errors import UsageError
from tests.bot.cast import NOW, SECRET, Stage, command, form_body, mention, signed, staged

MINUTES = dt.timedelta(minutes=1)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    yield from staged()


@pytest.fixture(scope="module")
def server(stage: Stage) -> HttpServer:
    return stage.bot.start_http(port=0)


def post(server: HttpServer, body: bytes, headers: dict[str, str], path: str = "/slack/events") -> tuple[int, str]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        # A server may answer before it has read all; the rest of the body then meets a closed pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_a_signed_command_is_acknowledged_and_answered(server: HttpServer, stage: Stage) -> None:
    body = form_body(command(stage.slack, "fcr in may"))
    before = len(stage.inbox.finished)
    assert post(server, body, signed(body, content_type=FORM)) == (200, "")
    stage.inbox.wait_finished(before + 1)
    assert "71.4" in stage.slack.of("response")[-1]["text"]


def test_url_verification_is_answered(server: HttpServer) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, answer = post(server, body, signed(body))
    assert status == 200
    assert "abc" in answer


def test_a_replayed_request_is_acknowledged_and_has_no_second_effect(server: HttpServer, stage: Stage) -> None:
    body = form_body(command(stage.slack))
    assert post(server, body, signed(body, content_type=FORM))[0] == 200
    kept = len(stage.inbox.kept)
    assert post(server, body, signed(body, content_type=FORM))[0] == 200
    assert len(stage.inbox.kept) == kept


BODY = json.dumps(mention()).encode()
GOOD = signed(BODY)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (BODY, signed(BODY, at=NOW - 6 * MINUTES), 401),
        (BODY, signed(BODY, at=NOW + 6 * MINUTES), 401),
        (BODY, GOOD | {"X-Slack-Signature": "v0=" + "0" * 64}, 401),
        (BODY, GOOD | {"X-Slack-Signature": "nonsense"}, 401),
        (BODY, GOOD | {"X-Slack-Signature": ""}, 401),
        (BODY, GOOD | {"X-Slack-Signature": GOOD["X-Slack-Signature"].upper()}, 401),
        (BODY, GOOD | {"X-Slack-Request-Timestamp": "yesterday"}, 401),
        (BODY, GOOD | {"X-Slack-Request-Timestamp": "1e9"}, 401),
        (BODY, GOOD | {"X-Slack-Request-Timestamp": "-1"}, 401),
        (BODY, GOOD | {"X-Slack-Request-Timestamp": "9" * 400}, 401),
        (BODY, GOOD | {"X-Slack-Request-Timestamp": "\u00b2"}, 401),
        (BODY, {"Content-Type": "application/json"}, 401),
        (BODY + b" ", GOOD, 401),
        (b"{broken", signed(b"{broken"), 400),
        (b"[1, 2]", signed(b"[1, 2]"), 400),
        (b"\xff\xfe", signed(b"\xff\xfe"), 400),
        (b"", signed(b""), 400),
        (b"[" * 100_000, signed(b"[" * 100_000), 400),
        (b"payload=%7Bbroken", signed(b"payload=%7Bbroken", content_type=FORM), 400),
        (b"payload=1", signed(b"payload=1", content_type=FORM), 400),
        (b'{"type": "event_callback", "event": 1}', signed(b'{"type": "event_callback", "event": 1}'), 400),
        (b'{"type": "event_callback"}', signed(b'{"type": "event_callback"}'), 400),
        (b"x" * 1_048_577, signed(b"x" * 1_048_577), 413),
        (b"x" * 5_000_000, signed(b"x" * 5_000_000), 413),
    ],
)
def test_what_does_not_come_from_slack_is_refused_and_leaves_nothing(
    server: HttpServer, stage: Stage, body: bytes, headers: dict[str, str], status: int
) -> None:
    kept = dict(stage.inbox.kept)
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert post(server, body, encoded)[0] == status
    assert stage.inbox.kept == kept


def test_other_paths_and_verbs_do_not_exist(server: HttpServer) -> None:
    assert post(server, BODY, GOOD, path="/")[0] == 404
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/slack/events")
    assert connection.getresponse().status == 405
    connection.close()


KEYS = st.sampled_from(
    """type event user team channel view actions container message callback_id command user_id team_id state id values
    enterprise enterprise_id trigger_id action_id blocks event_id is_enterprise_install private_metadata bot_id
    response_url assistant_thread authorizations""".split()  # noqa: SIM905  # a list of words reads better
)
KINDS = st.sampled_from(
    """event_callback block_actions view_submission view_closed message_action shortcut block_suggestion app_mention
    message function_executed interactive_message dialog_submission workflow_step_edit x""".split()  # noqa: SIM905
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(KEYS, JSON, max_size=6), kind=KINDS, inner=KINDS, as_form=st.booleans())
def test_no_signed_body_of_any_shape_makes_a_server_error(
    server: HttpServer, payload: dict[str, object], kind: str, inner: str, as_form: bool
) -> None:
    payload = {**payload, "type": kind}
    if kind == "event_callback" and isinstance(payload.get("event"), dict):
        payload["event"] = {**payload["event"], "type": inner}  # type: ignore[dict-item]
    raw = json.dumps(payload)
    body = form_body({"payload": raw}) if as_form else raw.encode()
    headers = signed(body, content_type=FORM if as_form else "application/json")
    assert post(server, body, headers)[0] in (200, 400)


def test_a_port_in_use_is_one_clear_sentence(server: HttpServer, stage: Stage) -> None:
    with pytest.raises(UsageError, match=rf"127.0.0.1:{server.port} cannot be used.*Stop the other program"):
        HttpServer(stage.bot.app, stage.bot.deps, port=server.port)


def test_http_mode_without_a_signing_secret_does_not_start(stage: Stage) -> None:
    from dataclasses import replace

    from pydantic import SecretStr

    bare = replace(stage.bot.deps, settings=replace(stage.bot.deps.settings, signing_secret=SecretStr(" ")))
    with pytest.raises(UsageError, match="signing secret"):
        HttpServer(stage.bot.app, bare, port=0)


def test_the_signature_is_slack_s_own_example() -> None:
    from pydantic import SecretStr

    from bot.guard import sign

    secret = SecretStr("8f742231b10e8888abcd99yyyzzz85a5")
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(secret, "1531420618", body) == expected
    assert SECRET.get_secret_value() not in repr(SECRET)
