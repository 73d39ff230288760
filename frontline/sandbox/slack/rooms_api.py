"""conversations.*, users.* and reactions.*: who and what is there."""

from __future__ import annotations

from typing import TypeVar

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.calls import Call
from frontline.sandbox.slack.records import Channel, Json, Message
from frontline.sandbox.slack.refusals import Refusal, refuse_arguments

Thing = TypeVar("Thing")


def channel_info(call: Call) -> Json:
    """conversations.info."""
    channel = call.channel()
    call.grants.need(f"{channel.scope_family}:read")
    return {"ok": True, "channel": channel.to_api(cast.BOT_USER_ID)}


def list_channels(call: Call) -> Json:
    """conversations.list: what the bot can see, by type."""
    wanted = call.text("types", "public_channel").split(",")
    kinds = {"public_channel": "channel", "private_channel": "private", "im": "im"}
    chosen = [kinds[kind.strip()] for kind in wanted if kind.strip() in kinds]
    families = {"channel": "channels", "private": "groups", "im": "im"}
    for kind in chosen:
        call.grants.need(f"{families[kind]}:read")
    seen = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in chosen and (channel.kind == "channel" or cast.BOT_USER_ID in channel.members)
    ]
    page, cursor = _page(call, seen)
    shown = [channel.to_api(cast.BOT_USER_ID) for channel in page]
    return {"ok": True, "channels": shown, "response_metadata": {"next_cursor": cursor}}


def members(call: Call) -> Json:
    """conversations.members."""
    channel = call.channel()
    call.grants.need(f"{channel.scope_family}:read")
    page, cursor = _page(call, sorted(channel.members))
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def open_conversation(call: Call) -> Json:
    """conversations.open for one person."""
    call.grants.need("im:write")
    users = call.text("users").split(",")
    if len(users) != 1 or not users[0]:
        raise refuse_arguments("exactly one user can be opened here")
    if users[0] not in call.workspace.users:
        raise Refusal("user_not_found")
    channel = call.workspace.open_dm(users[0])
    return {"ok": True, "channel": {"id": channel.id}}


def join(call: Call) -> Json:
    """conversations.join."""
    call.grants.need("channels:join")
    channel = call.channel()
    channel.members.add(cast.BOT_USER_ID)
    call.workspace.note("channels")
    return {"ok": True, "channel": channel.to_api(cast.BOT_USER_ID)}


def history(call: Call) -> Json:
    """conversations.history: newest first, without replies and without ephemeral messages."""
    channel = _readable(call)
    found = [m for m in call.workspace.visible(channel.id) if not m.is_reply or m.broadcast]
    return _message_page(call, list(reversed(_between(call, found))))


def replies(call: Call) -> Json:
    """conversations.replies: the root and its replies, oldest first."""
    channel = _readable(call)
    ts = call.required("ts")
    found = call.workspace.visible(channel.id, thread_ts=ts)
    if not found:
        raise Refusal("thread_not_found")
    return _message_page(call, _between(call, found))


def user_info(call: Call) -> Json:
    """users.info."""
    call.grants.need("users:read")
    user = call.workspace.users.get(call.required("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"ok": True, "user": user.to_api(with_email=_may_see_email(call))}


def list_users(call: Call) -> Json:
    """users.list: members of the own team; strangers are not among them."""
    call.grants.need("users:read")
    page, cursor = _page(call, [user for user in call.workspace.users.values() if user.kind != "stranger"])
    people = [user.to_api(with_email=_may_see_email(call)) for user in page]
    return {"ok": True, "members": people, "response_metadata": {"next_cursor": cursor}}


def add_reaction(call: Call) -> Json:
    """reactions.add."""
    return _react(call, add=True)


def remove_reaction(call: Call) -> Json:
    """reactions.remove."""
    return _react(call, add=False)


def _react(call: Call, *, add: bool) -> Json:
    call.grants.need("reactions:write")
    message = call.workspace.find_message(call.channel().id, call.required("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    users = message.reactions.setdefault(call.required("name"), set())
    if (cast.BOT_USER_ID in users) == add:
        raise Refusal("already_reacted" if add else "no_reaction")
    users.symmetric_difference_update({cast.BOT_USER_ID})
    call.workspace.touch(message)
    return {"ok": True}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.grants.need(f"{channel.scope_family}:history")
    if cast.BOT_USER_ID not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _between(call: Call, found: list[Message]) -> list[Message]:
    try:
        oldest, latest = float(call.text("oldest") or 0), float(call.text("latest") or "inf")
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    if call.flag("inclusive"):
        return [m for m in found if oldest <= float(m.ts) <= latest]
    return [m for m in found if oldest < float(m.ts) < latest]


def _message_page(call: Call, found: list[Message]) -> Json:
    page, cursor = _page(call, found)
    with_metadata = call.flag("include_all_metadata")
    shown = [message.to_api(with_metadata=with_metadata) for message in page]
    return {
        "ok": True,
        "messages": shown,
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _page(call: Call, items: list[Thing]) -> tuple[list[Thing], str]:
    start, limit = call.number("cursor", 0), call.number("limit", 100)
    end = start + max(1, min(limit, 999))
    return items[start:end], str(end) if end < len(items) else ""


def _may_see_email(call: Call) -> bool:
    return "users:read.email" in call.grants.scopes
