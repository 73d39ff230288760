"""The Slack app's manifest, generated from what the bot really uses: no scope without a reason, none missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.http import PATH


@dataclass(frozen=True)
class Command:
    """A slash command."""

    name: str
    description: str
    usage: str


@dataclass(frozen=True)
class Shortcut:
    """A shortcut in the menu of a message."""

    callback_id: str
    name: str
    description: str


COMMANDS = (
    Command("ask", "Ask for a figure, an example or who owns what", "fcr by channel in May"),
    Command("tag", "Tag a recurring request that no report shows", "customers ask for eSIM transfer [case 123]"),
    Command("own", "See, take and finish what is owned and due", "list | done <id> | assign <id> <name>"),
    Command("ops", "Status, jobs, data and help", "help"),
)
SHORTCUTS = (Shortcut("tag_request", "Tag request", "Tag the recurring request behind this message"),)

# Bot event -> scopes that it needs.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
}
# Method of the Web API, as slack_sdk names it -> scopes that it needs from us. A test compares this with the code.
METHODS: Mapping[str, tuple[str, ...]] = {
    "auth_test": (),
    "chat_delete": ("chat:write",),
    "chat_getPermalink": (),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",),
    # Read-back of a message whose post got no answer, wherever it may have been posted.
    "conversations_history": ("channels:history", "groups:history", "im:history"),
    "conversations_replies": ("channels:history", "groups:history", "im:history"),
    # Whether a channel is shared with another organisation; never asked for a direct message.
    "conversations_info": ("channels:read", "groups:read"),
    # The ids of channels that the routines name (#floor).
    "conversations_list": ("channels:read", "groups:read"),
    # A file sent to us by direct message, to be loaded.
    "files_info": ("files:read",),
    "files_upload_v2": ("files:write",),
    # Whether somebody whom nobody has added is a member or a guest, before an admin is asked to add them.
    "users_info": ("users:read",),
    "views_open": (),
    "views_publish": (),
    "views_push": (),
    "views_update": (),
}


def scopes() -> list[str]:
    """Return the bot scopes that commands, shortcuts, events and methods need together."""
    needed = {"commands"}
    for reasons in (*EVENTS.values(), *METHODS.values()):
        needed.update(reasons)
    return sorted(needed)


def build_manifest(*, name: str = "Frontline", public_url: str | None = None) -> dict[str, Any]:
    """Return the app manifest (schema version 2): Socket Mode, or HTTP at ``public_url`` (https://host)."""
    request_url = public_url.rstrip("/") + PATH if public_url else None
    at = {"request_url": request_url} if request_url else {}
    return {
        "_metadata": {"schema_version": 2},
        "display_information": {
            "name": name,
            "description": "Right numbers, anonymized words and kept promises for customer-service operations.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [_command(command, request_url) for command in COMMANDS],
            "shortcuts": [
                {"name": each.name, "type": "message", "callback_id": each.callback_id, "description": each.description}
                for each in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {**at, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def _command(command: Command, request_url: str | None) -> dict[str, Any]:
    fields = {
        "command": f"/{command.name}",
        "description": command.description,
        "usage_hint": command.usage,
        # Mentions of people and channels arrive as ids, not as names that anybody can take.
        "should_escape": True,
    }
    return {**fields, "url": request_url} if request_url else fields
