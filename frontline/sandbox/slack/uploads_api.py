"""files.*: the three steps of an upload, and what is known of a file."""

from __future__ import annotations

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.calls import Call
from frontline.sandbox.slack.events import message_event
from frontline.sandbox.slack.records import Json, Message, StoredFile
from frontline.sandbox.slack.refusals import Refusal, refuse_arguments


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    call.grants.need("files:write")
    name, length = call.required("filename"), call.number("length", 0)
    if length < 1:
        raise refuse_arguments("length must be above 0")
    file = StoredFile(call.workspace.next_id("F"), name, length, cast.BOT_USER_ID)
    call.workspace.files[file.id] = file
    return {"ok": True, "upload_url": f"{call.workspace.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: shares the files in a channel or thread."""
    call.grants.need("files:write")
    given = call.params.get("files")
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise refuse_arguments("files must hold at least one file")
    files = [_finished(call, each) for each in given]
    shown = [file.to_api(call.workspace.base_url) for file in files]
    if ref := call.text("channel_id"):
        channel = call.workspace.channel(ref)
        if cast.BOT_USER_ID not in channel.members:
            raise Refusal("not_in_channel")
        message = Message(
            channel.id,
            call.workspace.next_ts(),
            cast.BOT_USER_ID,
            call.text("initial_comment"),
            thread_ts=call.text("thread_ts") or None,
            files=shown,
            bot_id=cast.BOT_ID,
        )
        call.workspace.add_message(message)
        call.publish(message_event(message, channel), channel)
    return {"ok": True, "files": shown}


def file_info(call: Call) -> Json:
    """files.info: also of files that people shared with the app."""
    call.grants.need("files:read")
    file = call.workspace.files.get(call.required("file"))
    if file is None or not file.uploaded:
        raise Refusal("file_not_found")
    return {"ok": True, "file": file.to_api(call.workspace.base_url)}


def _finished(call: Call, given: Json) -> StoredFile:
    file = call.workspace.files.get(str(given.get("id")))
    if file is None or not file.uploaded:
        raise Refusal("file_not_found")
    file.title = str(given.get("title") or file.name)
    return file
