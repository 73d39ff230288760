"""What Slack sends when somebody runs a command, presses, submits, closes or uses a shortcut."""

from __future__ import annotations

from typing import Any

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.inputs import entered_state, form_state
from frontline.sandbox.slack.records import Channel, Json, Message, User, View
from frontline.sandbox.slack.views_api import view_object

# The verification token of old; modern apps check signatures instead.
TOKEN = "sandbox-verification"  # noqa: S105 - a constant of the stand-in, it protects nothing


def command_payload(
    user: User, channel: Channel, *, command: str, text: str, trigger_id: str, response_url: str
) -> Json:
    """Return the form fields of a slash command."""
    name = {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
    return {
        "token": TOKEN,
        "team_id": user.team_id,
        "team_domain": cast.TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": name,
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": cast.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def action_payload(
    user: User,
    element: Json,
    block: Json,
    *,
    source: Message | View,
    channel: Channel | None,
    value: Any,
    action_ts: str,
) -> Json:
    """Return the ``block_actions`` payload of pressing or choosing (without trigger and response URL)."""
    body = {**_base("block_actions", user), "actions": [_action(element, block, value, action_ts)]}
    if isinstance(source, View):
        return {
            **body,
            "container": {"type": "view", "view_id": source.id},
            "view": view_object(source),
        }
    assert channel is not None
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": channel.id,
        "is_ephemeral": source.ephemeral_for is not None,
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    body |= {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": form_state(source.blocks, {})},
    }
    # Slack leaves the message out when it was ephemeral: it does not keep those.
    return body if source.ephemeral_for else {**body, "message": source.to_api()}


def submission_payload(user: User, view: View) -> Json:
    """Return the ``view_submission`` payload (without trigger)."""
    return {**_base("view_submission", user), "view": view_object(view), "response_urls": []}


def closed_payload(user: User, view: View, *, cleared: bool) -> Json:
    """Return the ``view_closed`` payload."""
    return {**_base("view_closed", user), "view": view_object(view), "is_cleared": cleared}


def shortcut_payload(user: User, callback_id: str, *, action_ts: str) -> Json:
    """Return the payload of a global shortcut (without trigger)."""
    return {**_base("shortcut", user), "callback_id": callback_id, "action_ts": action_ts}


def message_action_payload(user: User, callback_id: str, message: Message, channel: Channel, *, action_ts: str) -> Json:
    """Return the payload of a message shortcut (without trigger and response URL)."""
    return {
        **_base("message_action", user),
        "callback_id": callback_id,
        "action_ts": action_ts,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "message": message.to_api(),
    }


def _base(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "token": TOKEN,
        "team": {"id": user.team_id, "domain": cast.TEAM_DOMAIN},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id},
        "api_app_id": cast.APP_ID,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _action(element: Json, block: Json, value: Any, action_ts: str) -> Json:
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block.get("block_id", ""),
        "action_ts": action_ts,
    }
    if element["type"] == "button":
        return {**action, **{key: element[key] for key in ("text", "value", "style", "confirm") if key in element}}
    if element["type"] in ("feedback_buttons", "icon_button"):
        return {**action, "value": value or element.get("value", "")}
    return {**action, **entered_state(element, value)}
