"""The page's own API: closed to other sites, honest about mistakes, the same acts as the driver's."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, UsageError
from frontline.sandbox.page.clockwork import Clockwork
from frontline.sandbox.page.site import STATIC, Page
from frontline.sandbox.slack import cast
from frontline.sandbox.slack.cast import Hint
from frontline.sandbox.slack.records import Message
from frontline.sandbox.slack.server import SandboxSlack

NOON = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)


@pytest.fixture
def sandbox() -> Iterator[SandboxSlack]:
    clock = FrozenClock(NOON)
    sandbox = SandboxSlack(clock=clock, ack_timeout=0.1, retry_delays=())
    hints = {"leader": (Hint("/ask csat", "a figure", "leadership"),)}
    Page(sandbox, Clockwork(move=clock.move_to), hints).mount()
    with sandbox:
        yield sandbox


def call(
    sandbox: SandboxSlack, path: str, body: Any = None, *, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=5)
    given = {"Content-Type": "application/json", **(headers or {})}
    connection.request("GET" if body is None else "POST", path, body and json.dumps(body), given)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return answer.status, json.loads(raw) if is_json else {"raw": raw}, dict(answer.headers)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "attacker.example"}, 403),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_other_sites_cannot_act(sandbox: SandboxSlack, headers: dict[str, str], status: int) -> None:
    body = {"as": "agent", "channel": "floor", "text": "hello"}
    assert call(sandbox, "/sandbox/say", body, headers=headers)[0] == status
    assert len(sandbox.messages("floor")) == (1 if status == 200 else 0)


def test_the_page_forbids_foreign_and_inline_scripts(sandbox: SandboxSlack) -> None:
    status, body, headers = call(sandbox, "/")
    assert (status, b"<script>" in body["raw"]) == (200, False)
    assert headers["content-security-policy"].startswith("default-src 'self'")


def test_every_file_of_the_page_is_served(sandbox: SandboxSlack) -> None:
    served = {path.name: call(sandbox, f"/page/{path.name}")[0] for path in STATIC.iterdir()}
    assert served.keys() >= {"app.js", "theme.css", "icon.svg"}
    assert set(served.values()) == {200}


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_no_file_of_the_page_speaks_of_another_host_or_parses_html(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/", "")
    for forbidden in ("http://", "//cdn", ".innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in text


@pytest.mark.parametrize("path", ["/page/..%2f..%2fsite.py", "/page/site.py", "/page/none.js"])
def test_nothing_else_is_served(sandbox: SandboxSlack, path: str) -> None:
    assert call(sandbox, path)[0] == 404


def test_a_person_sees_their_channels_and_hints_only(sandbox: SandboxSlack) -> None:
    names = {c["name"] for c in call(sandbox, "/sandbox/boot?as=guest")[1]["channels"]}
    assert names == {"general"}
    boot = call(sandbox, "/sandbox/boot?as=leader")[1]
    assert boot["hints"] == [{"text": "/ask csat", "note": "a figure", "where": "leadership"}]
    assert call(sandbox, "/sandbox/messages?as=guest&channel=leadership")[1]["messages"] == []


def test_mistakes_are_one_sentence(sandbox: SandboxSlack) -> None:
    mistakes = [
        ("/sandbox/say", {"as": "agent", "channel": "floor", "text": " "}),
        ("/sandbox/say", {"as": "agent", "channel": "floor", "text": "/nonsense"}),
        ("/sandbox/say", {"as": "guest", "channel": "floor", "text": "hello"}),
        ("/sandbox/say", {"as": "nobody", "channel": "floor", "text": "hello"}),
        ("/sandbox/say", {"as": "agent", "channel": "nowhere", "text": "hello"}),
        ("/sandbox/submit", {"as": "agent", "view_id": "V1"}),
        ("/sandbox/press", {"as": "agent", "channel": "floor", "ts": "1.1"}),
        ("/sandbox/clock", {"as": "agent", "to": "yesterday"}),
    ]
    for path, body in mistakes:
        status, answer, _ = call(sandbox, path, body)
        assert (status, answer["error"][-1]) == (400, "."), (path, body)


def test_a_command_in_a_thread_is_declined_as_in_slack(sandbox: SandboxSlack) -> None:
    said = sandbox.as_user("agent", wait=False).say("floor", "root")
    call(sandbox, "/sandbox/say", {"as": "agent", "channel": "floor", "text": "/ask x", "thread_ts": said.ts})
    assert "not supported in threads" in sandbox.as_user("agent").messages("floor")[-1].text
    assert [s.kind for s in sandbox.shipments] == ["events_api"]


def test_another_persons_form_and_notice_are_out_of_reach(sandbox: SandboxSlack) -> None:
    anna = sandbox.workspace.user("agent")
    notice = sandbox.acts.tell(anna, sandbox.workspace.channel("floor"), "for anna")
    body = {"as": "leader", "channel": notice.channel, "ts": notice.ts, "block_id": "b0", "action_id": "a"}
    assert call(sandbox, "/sandbox/press", body)[0] == 400


def test_an_upload_is_always_a_download(sandbox: SandboxSlack) -> None:
    from frontline.sandbox.slack.records import StoredFile

    sandbox.workspace.files["F1"] = StoredFile("F1", "a;b\r\nx.html", 8, "U", content=b"<script>", uploaded=True)
    status, _, headers = call(sandbox, "/sandbox/files/F1")
    assert status == 200
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%3Bb%0D%0Ax.html"
    assert headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-06-17T08:40+00:00", "2026-06-18T07:00+00:00"),
        ("2026-06-17T22:30+00:00", "2026-06-19T07:00+00:00"),  # already Thursday in Amsterdam
        ("2026-10-24T12:00+00:00", "2026-10-25T08:00+00:00"),  # the night the clocks go back
    ],
)
def test_tomorrow_morning_is_local(now: str, morning: str) -> None:
    clockwork = Clockwork(ZoneInfo("Europe/Amsterdam"))
    assert clockwork.next_morning(dt.datetime.fromisoformat(now)) == dt.datetime.fromisoformat(morning)


def test_the_page_offers_an_hour_next_monday_and_the_fifth_of_next_month() -> None:
    clockwork = Clockwork(ZoneInfo("Europe/Amsterdam"))
    offered = [(label, to.isoformat()) for label, to in clockwork.jumps(NOON)]
    assert offered == [
        ("+1 hour", "2026-06-17T09:40:00+00:00"),
        ("Next Monday 09:00", "2026-06-22T07:00:00+00:00"),
        ("5 July 09:00", "2026-07-05T07:00:00+00:00"),
    ]
    # On a Monday the next one is a week away; in December the month is January, in winter time.
    december = dict(clockwork.jumps(dt.datetime(2026, 12, 28, 9, tzinfo=dt.UTC)))
    assert december["Next Monday 09:00"].isoformat() == "2027-01-04T08:00:00+00:00"
    assert december["5 January 09:00"].isoformat() == "2027-01-05T08:00:00+00:00"


def test_a_move_says_what_arrived_and_where() -> None:
    clock = FrozenClock(NOON)
    sandbox = SandboxSlack(clock=clock, ack_timeout=0.1, retry_delays=())

    def post(channel: str) -> None:
        sandbox.workspace.add_message(
            Message(channel, sandbox.workspace.next_ts(), cast.BOT_USER_ID, "news", bot_id=cast.BOT_ID)
        )

    def move(instant: dt.datetime) -> None:
        clock.move_to(instant)
        if instant.hour != 7:
            return
        for channel in ("floor", "floor", "retention"):
            post(sandbox.workspace.channel(channel).id)
        for persona in ("supervisor", "leader"):
            post(sandbox.workspace.open_dm(sandbox.workspace.user(persona).id).id)

    Page(sandbox, Clockwork(move=move)).mount()
    with sandbox:
        _, quiet, _ = call(sandbox, "/sandbox/clock", {"as": "supervisor", "to": "2026-06-17T12:00"})
        assert quiet["arrived"] == "Nothing was posted on the way."
        _, said, _ = call(sandbox, "/sandbox/clock", {"as": "supervisor"})
    leader = sandbox.workspace.user("leader").handle
    assert said["arrived"] == f"5 posts arrived: #floor (2), #retention, a DM to you, a DM to {leader}"
    assert said["playing"] == ""


def test_the_clock_moves_forward_only_and_only_where_it_can() -> None:
    moved: list[dt.datetime] = []
    clockwork = Clockwork(move=moved.append)
    clockwork.jump(NOON, "2026-06-17T12:00")
    assert moved == [dt.datetime(2026, 6, 17, 10, 0, tzinfo=dt.UTC)]
    with pytest.raises(Conflict, match="forward"):
        clockwork.jump(NOON, "2026-06-17T10:40")
    with pytest.raises(UsageError, match="no date"):
        clockwork.jump(NOON, "soon")
    with pytest.raises(Conflict, match="cannot be moved"):
        Clockwork().jump(NOON)
