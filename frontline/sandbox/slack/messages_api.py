"""chat.*: posting, updating, deleting; and what an app may say through a response URL or in an ack."""

from __future__ import annotations

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.blocks import BlockJudge
from frontline.sandbox.slack.calls import Call, check_blocks, label_blocks
from frontline.sandbox.slack.events import changed_event, deleted_event, message_event
from frontline.sandbox.slack.records import Channel, Json, Message
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.tickets import ResponseUrl
from frontline.sandbox.slack.workspace import Workspace

TEXT_CHARACTERS = 40_000
# chat.update refuses what chat.postMessage still takes.
UPDATE_CHARACTERS = 4_000


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    call.grants.need("chat:write")
    channel = call.channel()
    _check_reach(call, channel)
    text, blocks = _content(call)
    thread_ts = _thread_root(call, channel)
    duplicate = _duplicate(call, channel)
    if duplicate is not None:
        return _posted(duplicate)
    call.bucket.take(channel.id)
    message = _bot_message(call.workspace, channel.id, text, blocks)
    message.thread_ts = thread_ts
    message.broadcast = call.flag("reply_broadcast")
    message.metadata = call.params.get("metadata") or None
    message.client_msg_id = call.text("client_msg_id") or None
    message.raw = _raw(call)
    call.workspace.add_message(message)
    call.publish(message_event(message, channel), channel)
    return _posted(message)


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    call.grants.need("chat:write")
    channel = call.channel()
    _check_reach(call, channel)
    user = call.required("user")
    if user not in call.workspace.users:
        raise Refusal("user_not_found")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = _content(call)
    message = _bot_message(call.workspace, channel.id, text, blocks)
    message.ephemeral_for = user
    message.thread_ts = call.text("thread_ts") or None
    message.raw = _raw(call)
    call.workspace.add_message(message)
    return {"ok": True, "message_ts": message.ts}


def update_message(call: Call) -> Json:
    """chat.update."""
    call.grants.need("chat:write")
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    text, blocks = _content(call)
    if len(text) > UPDATE_CHARACTERS:
        raise Refusal("msg_too_long")
    before = message.to_api()
    # An update without blocks removes them: Slack keeps the old ones only when neither text nor blocks say otherwise.
    message.text, message.blocks = text, blocks
    if "metadata" in call.params:
        message.metadata = call.params["metadata"] or None
    message.edited_ts = call.workspace.next_ts()
    message.raw = _raw(call)
    call.workspace.touch(message)
    call.publish(changed_event(message, channel, before, call.workspace.next_ts()), channel)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "text": text, "message": message.to_api()}


def delete_message(call: Call) -> Json:
    """chat.delete."""
    call.grants.need("chat:write")
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    call.workspace.remove_message(message)
    call.publish(deleted_event(message, channel, call.workspace.next_ts()), channel)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.channel()
    ts = call.required("message_ts")
    if call.workspace.find_message(channel.id, ts) is None:
        raise Refusal("message_not_found")
    link = f"{call.workspace.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def validate_blocks(call: Call) -> Json:
    """blocks.validate: ``ok``, or ``invalid_blocks`` with pointers."""
    call.blocks(surface=call.text("surface", "message"))
    return {"ok": True}


def respond(workspace: Workspace, judge: BlockJudge, url: ResponseUrl, body: Json) -> Message | None:
    """Apply what an app sent to a response URL (or in the ack of a command).

    Returns the message, or None for a deletion.

    Raises:
        Refusal: ``invalid_blocks``, ``no_text``.
    """
    original = workspace.find_message(url.channel, url.message_ts) if url.message_ts else None
    if body.get("delete_original"):
        if original is not None:
            workspace.remove_message(original)
        return None
    blocks = body.get("blocks") or []
    check_blocks(judge, blocks, surface="message")
    text = str(body.get("text") or "")
    _check_text(text, blocks)
    if body.get("replace_original") and original is not None:
        original.text, original.blocks, original.raw = text, label_blocks(blocks), body
        original.edited_ts = workspace.next_ts()
        return workspace.touch(original)
    message = _bot_message(workspace, url.channel, text, label_blocks(blocks))
    message.ephemeral_for = None if body.get("response_type") == "in_channel" else url.user
    message.thread_ts = str(body["thread_ts"]) if body.get("thread_ts") else None
    message.metadata, message.raw = body.get("metadata"), body
    return workspace.add_message(message)


def _bot_message(workspace: Workspace, channel: str, text: str, blocks: list[Json]) -> Message:
    return Message(channel, workspace.next_ts(), cast.BOT_USER_ID, text, blocks, bot_id=cast.BOT_ID)


def _posted(message: Message) -> Json:
    shown = message.to_api(with_metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shown}


def _raw(call: Call) -> Json:
    return {"method": call.method, **{k: v for k, v in call.params.items() if k != "token"}}


def _content(call: Call) -> tuple[str, list[Json]]:
    text, blocks = call.text("text"), call.blocks()
    _check_text(text, blocks)
    return text, blocks


def _check_text(text: str, blocks: list[Json]) -> None:
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    if len(text) > TEXT_CHARACTERS:
        raise Refusal("msg_too_long")


def _check_reach(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise Refusal("is_archived")
    if cast.BOT_USER_ID in channel.members:
        return
    if channel.kind == "channel" and "chat:write.public" in call.grants.scopes:
        call.grants.need("chat:write.public")
        return
    raise Refusal("not_in_channel")


def _thread_root(call: Call, channel: Channel) -> str | None:
    ts = call.text("thread_ts")
    if not ts:
        return None
    root = call.workspace.find_message(channel.id, ts)
    if root is None or root.ephemeral_for:
        raise Refusal("thread_not_found")
    # A reply to a reply lands in the thread of its root.
    return root.thread_ts or root.ts


def _duplicate(call: Call, channel: Channel) -> Message | None:
    wanted = call.text("client_msg_id")
    if not wanted or not call.honours_client_msg_id:
        return None
    return next((m for m in call.workspace.visible(channel.id) if m.client_msg_id == wanted), None)


def _own_message(call: Call, channel: Channel, code: str) -> Message:
    message = call.workspace.find_message(channel.id, call.required("ts"))
    if message is None or message.ephemeral_for:
        raise Refusal("message_not_found")
    if message.bot_id != cast.BOT_ID:
        raise Refusal(code)
    return message
