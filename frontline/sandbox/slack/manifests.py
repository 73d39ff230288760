"""What the app's manifest asked for at installation: scopes, commands, events, shortcuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.calls import ALL
from frontline.sandbox.slack.records import Json


@dataclass(frozen=True)
class Installed:
    """An installed app. ``events`` None means: subscribed to everything."""

    scopes: frozenset[str] = ALL
    commands: Sequence[Json] = cast.DEFAULT_COMMANDS
    shortcuts: Sequence[Json] = cast.DEFAULT_SHORTCUTS
    events: frozenset[str] | None = None

    def wants(self, subscription: str) -> bool:
        """Whether the app subscribed to this event."""
        return self.events is None or subscription in self.events

    def command(self, name: str) -> Json | None:
        """Return the registration of a slash command, or None."""
        return next((command for command in self.commands if command["command"] == name), None)


def install(manifest: Mapping[str, Any] | None) -> Installed:
    """Return what a manifest (https://docs.slack.dev/reference/app-manifest) installs; None installs everything."""
    if manifest is None:
        return Installed()
    features = manifest.get("features", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return Installed(
        scopes=frozenset(scopes),
        commands=tuple(features.get("slash_commands", ())),
        shortcuts=tuple(features.get("shortcuts", ())),
        events=frozenset(events),
    )
