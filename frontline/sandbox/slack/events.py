"""The events that Slack tells an app, and the envelope around them."""

from __future__ import annotations

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.records import Channel, Json, Message, User

# The name under which each kind of message event is subscribed.
_SUBSCRIPTION = {"channel": "message.channels", "private": "message.groups", "im": "message.im"}
# Slack sends an event only to an app that holds its scope.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


def message_event(message: Message, channel: Channel, user: User | None = None) -> Json:
    """Return the ``message`` event of a new message."""
    event = {**message.to_api(), "channel": channel.id, "channel_type": channel.event_kind, "event_ts": message.ts}
    event["team"] = user.team_id if user else cast.TEAM_ID
    if message.metadata:
        event["metadata"] = message.metadata
    if user and user.kind == "stranger":
        event.update(user_team=user.team_id, source_team=user.team_id)
    if message.files:
        event["subtype"] = "file_share"
    if message.bot_id:
        event["app_id"] = cast.APP_ID
    return event


def mention_event(message: Message, channel: Channel, user: User) -> Json:
    """Return the ``app_mention`` event of a message that names the bot."""
    event = message_event(message, channel, user)
    event["type"] = "app_mention"
    event.pop("channel_type")
    return event


def changed_event(message: Message, channel: Channel, before: Json, event_ts: str) -> Json:
    """Return the ``message_changed`` event."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.to_api(),
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.event_kind,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }


def deleted_event(message: Message, channel: Channel, event_ts: str) -> Json:
    """Return the ``message_deleted`` event."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": message.to_api(),
        "channel": channel.id,
        "channel_type": channel.event_kind,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }


def home_event(user: User, *, tab: str, channel: str, event_ts: str, view: Json | None) -> Json:
    """Return ``app_home_opened``; ``tab`` is ``home`` or ``messages``."""
    event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel, "tab": tab, "event_ts": event_ts}
    return {**event, "view": view} if view and tab == "home" else event


def subscription_of(event: Json, channel: Channel | None) -> str:
    """Return the subscription under which an event is sent, such as ``message.im`` or ``app_mention``."""
    if event["type"] == "message" and channel is not None:
        return _SUBSCRIPTION[channel.kind]
    return str(event["type"])


def wrap_event(event: Json, *, event_id: str, event_time: int, is_shared: bool, token: str) -> Json:
    """Return the ``event_callback`` body around an event."""
    return {
        "token": token,
        "team_id": cast.TEAM_ID,
        "context_team_id": cast.TEAM_ID,
        "api_app_id": cast.APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {"enterprise_id": None, "team_id": cast.TEAM_ID, "user_id": cast.BOT_USER_ID, "is_bot": True}
        ],
        "is_ext_shared_channel": is_shared,
    }
