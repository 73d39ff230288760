"""The way out: replies become Slack messages that can be found again by their key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.refusals import CALL_ERRORS, SlackRefused, as_engine_error
from bot.render_blocks import Level, next_level, render_blocks
from bot.render_text import slack_text
from frontline.core.errors import EngineError
from frontline.core.ids import message_uuid
from frontline.core.ports import Posted
from frontline.core.reply import Reply

EVENT_TYPE = "frontline_post"
_PAGE = 200
_THREADS = 20
_REMEMBERED = 2000


def call(method: Callable[..., SlackResponse], **arguments: Any) -> dict[str, Any]:
    """Call a method of the Web API.

    Raises:
        EngineError: see ``bot.refusals``; ``SlackRefused`` carries Slack's code, ``UncertainDelivery`` says that
            nobody can know.
    """
    try:
        response = method(**arguments)
    except CALL_ERRORS as error:
        raise as_engine_error(error) from error
    return response.data if isinstance(response.data, dict) else {}


T = TypeVar("T")


def post_at_best_level(reply: Reply, send: Callable[[dict[str, Any]], T]) -> T:
    """Send a reply as richly as the other side draws: on ``invalid_blocks`` again, more simply.

    The person always gets the answer: blocks are rolled out in phases, and a refused block refuses the message.
    """
    level: Level | None = Level.RICH
    while level is not None:
        try:
            return send(message_arguments(reply, level))
        except SlackRefused as refused:
            level = next_level(level) if refused.is_about_blocks else None
            if level is None:
                raise
    raise AssertionError("unreachable: the loop returns or raises")


def message_arguments(reply: Reply, level: Level = Level.RICH) -> dict[str, Any]:
    """Return text and blocks of a message; links are not unfolded, names and channels in them stay characters."""
    return {
        "text": slack_text(reply),
        "blocks": render_blocks(reply, level=level),
        "unfurl_links": False,
        "unfurl_media": False,
    }


class SlackTransport:
    """``frontline.core.ports.Transport`` over the Web API."""

    def __init__(self, client: WebClient) -> None:
        # slack_sdk repeats a post when the connection is reset after Slack took it: whether to repeat is ours.
        client.retry_handlers = []
        self.client = client
        self._threads: OrderedDict[str, str] = OrderedDict()

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        """Post ``payload`` ({"reply": ...}); ``key`` travels in the metadata and as client_msg_id."""
        return self.post_reply(_read_reply(payload), channel=channel, key=key, thread_ts=thread_ts)

    def post_reply(self, reply: Reply, *, channel: str, key: str, thread_ts: str | None = None) -> Posted:
        """Post a reply and return where it stands."""
        fixed: dict[str, Any] = {
            "channel": channel,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            "client_msg_id": message_uuid(key),
        }
        if thread_ts:
            fixed["thread_ts"] = thread_ts
            self._remember(key, thread_ts)

        def send(arguments: dict[str, Any]) -> Posted:
            answer = call(self.client.chat_postMessage, **arguments, **fixed)
            return Posted(channel=str(answer.get("channel") or channel), ts=str(answer.get("ts", "")))

        return post_at_best_level(reply, send)

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        """Replace an earlier message; one that somebody deleted meanwhile needs no more."""
        try:
            self.update_reply(_read_reply(payload), posted=posted)
        except SlackRefused as refused:
            if refused.code != "message_not_found":
                raise

    def update_reply(self, reply: Reply, *, posted: Posted) -> None:
        """Replace an earlier message by a reply."""

        def send(arguments: dict[str, Any]) -> None:
            kept = {key: arguments[key] for key in ("text", "blocks")}
            call(self.client.chat_update, channel=posted.channel, ts=posted.ts, **kept)

        post_at_best_level(reply, send)

    def find(self, *, channel: str, key: str, since: float, thread_ts: str | None = None) -> Sequence[Posted]:
        """Return our messages that carry ``key``, oldest first, posted after ``since`` (epoch seconds).

        Looks through the channel, and through the thread: the one named, the one that the key was posted to by this
        process, or else every thread that has moved since then.
        """
        oldest = f"{max(0.0, since):.6f}"
        found = [message for message in self._history(channel, oldest=oldest) if _key_of(message) == key]
        known = thread_ts or self._threads.get(key)
        roots = [known] if known else [] if found else self._moved_threads(channel, since)
        for root in roots:
            found += [message for message in self._replies(channel, root, oldest) if _key_of(message) == key]
        stamps = {str(message.get("ts", "")) for message in found}
        return [Posted(channel=channel, ts=ts) for ts in sorted(stamps, key=float)]

    def delete(self, *, posted: Posted) -> None:
        """Remove a second copy; one that is gone already is fine."""
        try:
            call(self.client.chat_delete, channel=posted.channel, ts=posted.ts)
        except SlackRefused as refused:
            if refused.code != "message_not_found":
                raise

    def upload_csv(self, text: str, *, name: str, channel: str, thread_ts: str | None) -> bool:
        """Attach a CSV file to a thread. False when Slack does not permit it (scope, channel)."""
        arguments: dict[str, Any] = {"filename": name, "content": text, "title": name, "channel": channel}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        try:
            call(self.client.files_upload_v2, **arguments)
        except EngineError:
            return False
        return True

    def _history(self, channel: str, *, oldest: str) -> list[Mapping[str, Any]]:
        answer = call(
            self.client.conversations_history,
            channel=channel,
            oldest=oldest,
            inclusive=True,
            limit=_PAGE,
            include_all_metadata=True,
        )
        return _messages(answer)

    def _replies(self, channel: str, root: str, oldest: str) -> list[Mapping[str, Any]]:
        answer = call(
            self.client.conversations_replies,
            channel=channel,
            ts=root,
            oldest=oldest,
            inclusive=True,
            limit=_PAGE,
            include_all_metadata=True,
        )
        return _messages(answer)

    def _moved_threads(self, channel: str, since: float) -> list[str]:
        roots = [
            str(message.get("ts", ""))
            for message in self._history(channel, oldest="0")
            if float(str(message.get("latest_reply") or 0)) >= since
        ]
        return roots[:_THREADS]

    def _remember(self, key: str, thread_ts: str) -> None:
        self._threads[key] = thread_ts
        while len(self._threads) > _REMEMBERED:
            self._threads.popitem(last=False)


def _read_reply(payload: Mapping[str, Any]) -> Reply:
    from frontline.governance.wire import reply_from_json

    return reply_from_json(payload["reply"])


def _messages(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    messages = answer.get("messages")
    return [each for each in messages if isinstance(each, Mapping)] if isinstance(messages, list) else []


def _key_of(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("key", "")) if isinstance(payload, Mapping) else ""
