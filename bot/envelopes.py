"""What Slack sent, cut down to what we need: a flat envelope that the durable inbox can keep.

Nothing here trusts a shape: a missing or odd field reads as empty, and what makes no sense is no envelope at all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.limits import mend
from bot.render_view import view_origin, view_values

Payload = Mapping[str, Any]

_LINK = re.compile(r"<(?:mailto:|tel:)?(?P<target>[^<>|@#!][^<>|]*)(?:\|(?P<label>[^<>]*))?>")

# Subtypes of a message in which somebody really says something to us.
_SPOKEN = ("", "file_share", "thread_broadcast")


@dataclass(frozen=True)
class Envelope:
    """One inbound thing, JSON-able. ``kind``: command | message | action | form | shortcut | home.

    ``prompted`` is False for a follow-up in a thread that did not mention us. ``surface``: message | ephemeral |
    view | home, where a button stood. ``external``: Slack says that another organisation shares the channel.
    """

    inbound_id: str
    kind: str
    user: str
    team: str
    name: str = ""
    text: str = ""
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    channel_type: str = ""
    ts: str = ""
    thread_ts: str = ""
    surface: str = ""
    response_url: str = ""
    trigger_id: str = ""
    view_id: str = ""
    prompted: bool = True
    external: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the envelope for ``Inbox.put``."""
        # dataclasses.asdict copies deeply, which costs more than all the rest of the way to the inbox.
        return {**vars(self), "values": dict(self.values)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Envelope:
        """Return an envelope from the inbox; fields that this version does not know are passed over."""
        known = {each.name for each in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})

    @property
    def thread_key(self) -> str:
        """The conversation that follow-ups patch: channel and thread root, a DM as a whole, "" for a command."""
        spoken = self.kind == "message" or (self.kind == "action" and self.surface == "message")
        if spoken and self.is_direct and not self.thread_ts:
            return f"{self.channel}:"
        root = self.thread_ts or (self.ts if spoken else "")
        return f"{self.channel}:{root}" if root and self.channel else ""

    @property
    def is_direct(self) -> bool:
        """Whether it was said in a direct message to us."""
        return self.channel_type == "im" or self.channel.startswith("D")


def parse_event(body: Payload, bot_user: str) -> Envelope | None:
    """Return the envelope of an Events API body, or None for what we only acknowledge.

    Own and other bots' messages, edits and joins are nobody speaking to us. A mention arrives as ``message`` and as
    ``app_mention``, a redelivery with the same ts: all of them get one id.
    """
    event = _dict(body, "event")
    kind, user, team = _str(event, "type"), _str(event, "user"), _event_team(body, event)
    if kind == "app_home_opened":
        if _str(event, "tab") not in ("", "home") or not user:
            return None
        return Envelope(inbound_id=f"evt:{_event_id(body, event)}", kind="home", user=user, team=team, surface="home")
    if kind not in ("message", "app_mention") or not _is_spoken(event, bot_user):
        return None
    channel, ts, text = _str(event, "channel"), _str(event, "ts"), _str(event, "text")
    if (file := _sent_file(event)) and _str(event, "channel_type") == "im":
        # A file in a direct message is something to load, whatever is written beside it.
        return Envelope(
            inbound_id=f"msg:{_str(body, 'team_id') or team}:{channel}:{ts}",
            kind="action",
            user=user,
            team=team,
            name="upload.look",
            value=file,
            channel=channel,
            channel_type="im",
            ts=ts,
            surface="message",
        )
    mention = f"<@{bot_user}>" if bot_user else ""
    return Envelope(
        inbound_id=f"msg:{_str(body, 'team_id') or team}:{channel}:{ts}",
        kind="message",
        user=user,
        team=team,
        text=read_words(_strip_mention(text, mention)),
        channel=channel,
        channel_type=_str(event, "channel_type"),
        ts=ts,
        thread_ts=_str(event, "thread_ts"),
        prompted=kind == "app_mention" or _str(event, "channel_type") == "im" or (mention != "" and mention in text),
        external=body.get("is_ext_shared_channel") is True,
    )


def parse_command(body: Payload) -> Envelope | None:
    """Return the envelope of a slash command; ``name`` is the command without its slash."""
    name, user = _str(body, "command").removeprefix("/"), _str(body, "user_id")
    if not name or not user:
        return None
    trigger = _str(body, "trigger_id")
    return Envelope(
        inbound_id=f"cmd:{trigger or _digest(body)}",
        kind="command",
        user=user,
        team=_str(body, "team_id"),
        name=name,
        text=read_words(_str(body, "text")),
        channel=_str(body, "channel_id"),
        channel_type="im" if _str(body, "channel_name") == "directmessage" else "",
        response_url=_str(body, "response_url"),
        trigger_id=trigger,
    )


def parse_action(body: Payload) -> Envelope | None:
    """Return the envelope of a button click (``block_actions``), or None for an element that is no button of ours."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    container, message, view = _dict(body, "container"), _dict(body, "message"), _dict(body, "view")
    user, team = _person(body)
    name = _str(action, "action_id").partition("#")[0]
    if not name or not user or _str(action, "type") != "button":
        return None
    surface = "message"
    if _str(container, "type") == "view" or view:
        surface = "home" if _str(view, "type") == "home" else "view"
    elif container.get("is_ephemeral") is True:
        surface = "ephemeral"
    origin, _ = view_origin(_str(view, "private_metadata"))
    # Handled ids are kept: one must not say who clicked on what is unsigned. A trigger is of one click of one person.
    click = _str(body, "trigger_id") or _digest(body)
    return Envelope(
        inbound_id=f"act:{click}:{_str(action, 'action_id')}",
        kind="action",
        user=user,
        team=team,
        name=name,
        value=_str(action, "value"),
        channel=_str(_dict(body, "channel"), "id") or _str(container, "channel_id") or origin.channel,
        ts=_str(container, "message_ts") or _str(message, "ts"),
        thread_ts=_str(container, "thread_ts") or _str(message, "thread_ts") or origin.thread_ts,
        surface=surface,
        response_url=_str(body, "response_url"),
        trigger_id=_str(body, "trigger_id"),
        view_id=_str(view, "id"),
    )


def parse_submission(body: Payload) -> Envelope | None:
    """Return the envelope of a submitted modal. One opened modal has one effect, however often it is sent."""
    view = _dict(body, "view")
    user, team = _person(body)
    action = _str(view, "callback_id")
    if not action or not user:
        return None
    origin, state = view_origin(_str(view, "private_metadata"))
    return Envelope(
        inbound_id=f"view:{_str(view, 'id') or _digest(body)}",
        kind="form",
        user=user,
        team=team,
        name=action,
        value=state,
        values=view_values(view.get("state")),
        channel=origin.channel,
        thread_ts=origin.thread_ts,
        trigger_id=_str(body, "trigger_id"),
        view_id=_str(view, "id"),
    )


def parse_shortcut(body: Payload) -> Envelope | None:
    """Return the envelope of a message shortcut; ``text`` is the message, ``value`` its permalink coordinates."""
    message = _dict(body, "message")
    user, team = _person(body)
    name, trigger = _str(body, "callback_id"), _str(body, "trigger_id")
    if not name or not user:
        return None
    channel, ts = _str(_dict(body, "channel"), "id"), _str(body, "message_ts") or _str(message, "ts")
    return Envelope(
        inbound_id=f"sct:{_str(body, 'action_ts') or trigger or _digest(body)}:{user}",
        kind="shortcut",
        user=user,
        team=team,
        name=name,
        text=read_words(_str(message, "text")),
        value=f"{channel}:{ts}" if channel and ts else "",
        channel=channel,
        ts=ts,
        thread_ts=_str(message, "thread_ts"),
        surface="message",
        response_url=_str(body, "response_url"),
        trigger_id=trigger,
    )


def read_words(text: str) -> str:
    """Return what the person typed: Slack escapes & < > and wraps addresses and numbers that it made links of.

    Mentions of people and channels (<@U1>, <#C1|name>) stay as they are: they carry an id, not a name.
    """
    text = _LINK.sub(lambda match: match["label"] or match["target"], text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def view_block_ids(body: Payload) -> list[str]:
    """Return the ids of the inputs of a submitted modal, in order."""
    blocks = _dict(body, "view").get("blocks")
    inputs = [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
    return [_str(block, "block_id") for block in inputs if block.get("type") == "input"]


def _is_spoken(event: Payload, bot_user: str) -> bool:
    """Whether a person says something new in this event."""
    if event.get("bot_id") or event.get("bot_profile") or event.get("hidden") is True:
        return False
    if event.get("edited") or _str(event, "subtype") not in _SPOKEN:
        return False
    user = _str(event, "user")
    return bool(user and user != bot_user and _str(event, "channel") and _str(event, "ts"))


def _sent_file(event: Payload) -> str:
    """The id of the first file of a message, "" for none."""
    files = event.get("files")
    first = files[0] if isinstance(files, list) and files and isinstance(files[0], Mapping) else {}
    return _str(first, "id")


def _event_team(body: Payload, event: Payload) -> str:
    # In a shared channel ``user_team`` names the stranger's own workspace, ``team_id`` the one that listens.
    return _str(event, "user_team") or _str(event, "source_team") or _str(event, "team") or _str(body, "team_id")


def _event_id(body: Payload, event: Payload) -> str:
    return _str(body, "event_id") or _str(event, "event_ts") or _digest(body)


def _person(body: Payload) -> tuple[str, str]:
    user = _dict(body, "user")
    return _str(user, "id"), _str(user, "team_id") or _str(_dict(body, "team"), "id")


def _strip_mention(text: str, mention: str) -> str:
    return re.sub(rf"\s*{re.escape(mention)}\s*", " ", text).strip() if mention else text.strip()


def _digest(body: Payload) -> str:
    return hashlib.sha256(repr(sorted(body.items(), key=lambda item: str(item[0]))).encode()).hexdigest()[:32]


def _dict(mapping: Payload, key: str) -> Payload:
    value = mapping.get(key)
    return value if isinstance(value, Mapping) else {}


def _str(mapping: Payload, key: str) -> str:
    value = mapping.get(key)
    return mend(value) if isinstance(value, str) else ""
