"""The real Bolt app over Socket Mode against the sandbox's workspace, which rejects as Slack rejects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import manifest
from bot.app import FrontlineBot
from bot.deps import BotDeps, BotSettings
from bot.profiles import Profiles
from bot.uploads import FileFetcher
from frontline.core.actor import AudienceKind
from frontline.core.clock import SystemClock
from frontline.core.errors import EngineError, UsageError
from frontline.core.forms import Field, Form
from frontline.core.reply import Button, Chart, Column, Item, Quote, Reply, Table
from frontline.core.request import Request, RequestKind
from frontline.sandbox.slack import server
from tests.bot.cast import Desk, MemoryInbox, anonymized


@dataclass
class World:
    sandbox: server.SandboxSlack
    bot: FrontlineBot
    desk: Desk
    inbox: MemoryInbox


def settings(sandbox: server.SandboxSlack, **changes: str) -> BotSettings:
    tokens = {"bot_token": sandbox.bot_token, "app_token": sandbox.app_token, **changes}
    return BotSettings(**{name: SecretStr(value) for name, value in tokens.items()}, base_url=sandbox.base_url)


def deps(sandbox: server.SandboxSlack, desk: Desk, inbox: MemoryInbox, **changes: str) -> BotDeps:
    return BotDeps(desk.dispatch, desk.validate, inbox, SystemClock(), settings(sandbox, **changes))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with server.SandboxSlack(manifest=manifest.build_manifest()) as sandbox:
        desk, inbox = Desk(), MemoryInbox()
        bot = FrontlineBot(deps(sandbox, desk, inbox))
        bot.start_socket()
        sandbox.wait_connected()
        yield World(sandbox, bot, desk, inbox)
        bot.stop()


FORM = Form("tag.create", "Tag request", [Field("text", "What was asked", "text")], submit="Tag")
CARD = Reply(
    "FCR was 71.4 % in May 2026",
    context="1 to 31 May 2026, Europe/Amsterdam",
    parts=[
        Table(
            "FCR by channel", [Column("c", "Channel"), Column("v", "FCR", "share")], [["phone", 0.7], ["chat", None]]
        ),
        Chart("FCR by week", "line", ["w1", "w2"], [("FCR", [0.7, 0.71])], "FCR rose.", "share"),
        Quote(anonymized("<!channel> I had to call [PHONE_NUMBER] twice"), "A complaint of May"),
        Item("Refund theme", "due Friday", [Button("Take it", "theme.assign", "thm_1")]),
    ],
    buttons=[Button("Share", "answer.share", "q1"), Button("Form", "tag.form")],
)


def answer(request: Request) -> Reply:
    if request.kind is RequestKind.SHORTCUT or (request.kind is RequestKind.COMMAND and request.name == "tag"):
        return Reply("Tag", form=FORM)
    if request.kind is RequestKind.ACTION:
        return Reply(f"{request.name} {request.value}", replaces=request.name == "theme.assign", in_channel=True)
    if request.kind is RequestKind.FORM:
        return Reply(f"Tagged: {len(request.values['text'])} characters")
    return CARD.with_(headline=f"FCR for {len(request.text)} characters")


def test_a_mention_its_follow_up_and_a_click(world: World) -> None:
    world.desk.answer = answer
    sam = world.sandbox.as_user("supervisor")
    said = sam.mention("floor", "fcr in may by channel")
    reply = sam.wait_message("floor", after=said.ts, containing="FCR for 21 characters")
    assert reply.thread_ts == said.ts
    follow_up = sam.reply(said, "and by team?")
    sam.wait_message("floor", after=follow_up.ts, containing="FCR for 12 characters")
    assert world.desk.requests[-1].thread == world.desk.requests[-2].thread
    assert sam.click(reply, "Take it").is_acked
    world.sandbox.wait_for(lambda: "theme.assign thm_1" in reply.text, what="the replaced message")


def test_a_command_where_we_are_no_member_and_its_share_button(world: World) -> None:
    world.desk.answer = answer
    anna = world.sandbox.as_user("agent")
    shipment = anna.command("/ask", "fcr in may", channel="watercooler")
    assert shipment.is_acked
    card = anna.wait_message("watercooler", containing="FCR for 10 characters")
    assert card.ephemeral_for == anna.id
    assert anna.click(card, "Share").is_acked
    shared = anna.wait_message("watercooler", containing="answer.share q1")
    assert shared.ephemeral_for is None


def test_tagging_by_form_and_by_shortcut(world: World) -> None:
    world.desk.answer, world.desk.errors = answer, {}
    anna = world.sandbox.as_user("agent")
    anna.command("/tag", "", channel="floor")
    view = anna.wait_view(title="Tag request")
    shipment = anna.submit(view, {"text": "eSIM"})
    assert shipment is not None
    assert shipment.is_acked
    anna.wait_message("floor", containing="Tagged: 4 characters")
    said = anna.say("floor", "another one who wants a paper invoice")
    anna.shortcut("tag_request", said)
    anna.wait_view(title="Tag request")
    assert world.desk.requests[-1].value.startswith("http")
    anna.close()


def test_home_and_direct_messages(world: World) -> None:
    world.desk.answer = answer
    lena = world.sandbox.as_user("leader")
    lena.open_home()
    home = world.sandbox.wait_for(lambda: lena.home, what="App Home")
    assert "FCR for 0" in str(home.definition)
    lena.dm("backlog now")
    lena.wait_message(containing="FCR for 11 characters")


def test_a_long_table_becomes_a_file(world: World) -> None:
    rows = [[f"case {number}", number] for number in range(150)]
    world.desk.answer = lambda _: Reply("150", parts=[Table("Cases", [Column("c", "Case"), Column("n", "n")], rows)])
    sam = world.sandbox.as_user("supervisor")
    sam.mention("floor", "all cases")
    world.sandbox.wait_for(
        lambda: any(call.method == "files.completeUploadExternal" for call in world.sandbox.calls), what="a file"
    )


def test_redelivery_under_a_new_event_id_is_one_effect(world: World) -> None:
    world.desk.answer = answer
    sam = world.sandbox.as_user("supervisor")
    said = sam.mention("floor", "once only please")
    sam.wait_message("floor", after=said.ts, containing="16 characters")
    before = len(world.desk.requests)
    for shipment in said.shipments:
        world.sandbox.redeliver(shipment)
        world.sandbox.redeliver(shipment, new_event_id=True)
    assert len(world.desk.requests) == before


def test_the_connection_comes_back_by_itself(world: World) -> None:
    world.desk.answer = answer
    world.sandbox.refresh_connections()
    world.sandbox.wait_connected()
    sam = world.sandbox.as_user("supervisor")
    said = sam.mention("floor", "still there?")
    sam.wait_message("floor", after=said.ts, containing="FCR for 12 characters")


def test_reconnects_under_load_lose_nothing_and_double_nothing() -> None:
    desk, inbox = Desk(), MemoryInbox()
    with server.SandboxSlack(retry_delays=(0.1, 0.3, 1.0), ack_timeout=1.0, pace=None) as sandbox:
        bot = FrontlineBot(deps(sandbox, desk, inbox))
        bot.start_socket()
        sandbox.wait_connected()
        anna = sandbox.as_user("agent", wait=False)
        for number in range(60):
            anna.mention("floor", f"question {number}")
            if number % 20 == 10:
                sandbox.refresh_connections()
        sandbox.wait_for(lambda: len(desk.requests) >= 60, timeout=30, what="60 requests")
        sandbox.settle(timeout=30)
        inbox.wait_finished(60)
        asked = [request.text.reveal() for request in desk.requests]
        assert sorted(asked) == sorted(f"question {number}" for number in range(60))
        bot.stop()


def test_a_stranger_in_a_shared_channel_is_seen_as_one(world: World) -> None:
    world.desk.answer = answer
    xena = world.sandbox.as_user("stranger")
    said = xena.mention("partner-desk", "fcr in may")
    xena.wait_message("partner-desk", after=said.ts, containing="FCR for")
    request = world.desk.requests[-1]
    assert request.who.team_id == "T0PARTNER1"
    assert request.audience.kind is AudienceKind.EXTERNAL


def test_the_same_conversation_over_signed_http(world: World) -> None:
    desk, inbox = Desk(answer), MemoryInbox()
    with server.SandboxSlack(manifest=manifest.build_manifest(public_url="https://frontline.example.org")) as sandbox:
        bot = FrontlineBot(deps(sandbox, desk, inbox, signing_secret=sandbox.signing_secret))
        sandbox.deliver_to(bot.start_http(port=0).url)
        sam = sandbox.as_user("supervisor")
        said = sam.mention("floor", "fcr in may")
        reply = sam.wait_message("floor", after=said.ts, containing="FCR for 10")
        assert sam.click(reply, "Take it").is_acked
        assert sam.command("/ask", "backlog", channel="floor").is_acked
        sam.wait_message("floor", containing="FCR for 7")
        sam.command("/tag", "", channel="floor")
        view = sam.wait_view(title="Tag request")
        desk.errors = {"text": "Please say more."}
        shipment = sam.submit(view, {"text": "x"})
        assert shipment is not None
        assert "Please say more." in str(shipment.ack)
        assert all(each.is_acked for each in sandbox.shipments)
        bot.stop()


def test_where_rich_blocks_have_not_been_rolled_out_the_answer_still_comes() -> None:
    desk = Desk(answer)
    with server.SandboxSlack(without_blocks=("data_table", "data_visualization")) as sandbox:
        bot = FrontlineBot(deps(sandbox, desk, MemoryInbox()))
        bot.start_socket()
        sandbox.wait_connected()
        sam = sandbox.as_user("supervisor")
        said = sam.mention("floor", "fcr in may")
        sam.wait_message("floor", after=said.ts, containing="70.0 %")
        sam.command("/ask", "fcr in may", channel="floor")
        sandbox.wait_for(lambda: any(each.ephemeral_for for each in sam.messages("floor")), what="the private answer")
        bot.stop()


def test_a_file_is_not_handed_out_without_its_scope_or_to_another_token(tmp_path: Path) -> None:
    with server.SandboxSlack() as sandbox:
        bot = FrontlineBot(deps(sandbox, Desk(answer), MemoryInbox()))
        file = sandbox.as_user("leader").upload("calls.csv", b"a,b\n1,2\n").message.files[0]
        stolen = FileFetcher(bot.client, token=SecretStr("xoxb-another"), base_url=sandbox.base_url)
        with pytest.raises(EngineError, match="files:read"):
            stolen(str(file["id"]), tmp_path / "file")
        ours = FileFetcher(bot.client, token=SecretStr(sandbox.bot_token), base_url=sandbox.base_url)
        with pytest.raises(UsageError, match="file_not_found"):
            ours("F0NOWHERE", tmp_path / "file")


def test_the_manifest_s_scopes_suffice_and_none_is_surplus(world: World, tmp_path: Path) -> None:
    """Runs last: what the tests above needed is what the manifest asks for, but for what only failures need."""
    refused = [call for call in world.sandbox.calls if "missing_scope" in str(call)]
    assert not refused
    private = world.sandbox.as_user("leader").mention("leadership", "fcr")
    world.sandbox.as_user("leader").wait_message("leadership", after=private.ts, containing="FCR")
    for channel in ("floor", "leadership"):
        world.bot.transport.find(channel=world.sandbox.workspace.channel(channel).id, key="none", since=0.0)
    dm = world.sandbox.as_user("leader").dm_channel
    world.bot.transport.find(channel=dm.id, key="none", since=0.0)
    leader = world.sandbox.as_user("leader")
    file = leader.upload("calls.csv", b"a,b\n1,2\n").message.files[0]
    fetcher = FileFetcher(world.bot.client, token=SecretStr(world.sandbox.bot_token), base_url=world.sandbox.base_url)
    assert fetcher(str(file["id"]), tmp_path / "file") == "calls.csv"
    assert (tmp_path / "file").read_bytes() == b"a,b\n1,2\n"
    assert Profiles(world.bot.client).of(leader.user.team_id, leader.user.id) is not None
    # These open doors for what comes in; no call of ours is judged by them.
    incoming = {"commands", "app_mentions:read"}
    assert set(manifest.scopes()) - incoming <= world.sandbox.grants.used | {"files:write"}


@pytest.mark.parametrize("token", ["app_token", "bot_token"])
def test_a_wrong_token_is_one_clear_sentence(world: World, token: str) -> None:
    bot = FrontlineBot(deps(world.sandbox, Desk(), MemoryInbox(), **{token: "xapp-wrong"}))
    with pytest.raises(UsageError, match="Slack refuses the .* token") as caught:
        bot.start_socket()
    assert "xapp-wrong" not in str(caught.value)
    bot.stop()


def test_slack_out_of_reach_is_one_clear_sentence(world: World) -> None:
    from dataclasses import replace

    plain = deps(world.sandbox, Desk(), MemoryInbox())
    bot = FrontlineBot(replace(plain, settings=replace(plain.settings, base_url="http://127.0.0.1:9/api/")))
    with pytest.raises(EngineError, match="cannot be reached at http://127.0.0.1:9"):
        bot.start_socket()
    bot.stop()
