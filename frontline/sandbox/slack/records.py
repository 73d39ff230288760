"""What the stand-in remembers: people, channels, messages, views, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
UserKind = Literal["human", "bot", "guest", "stranger"]
ChannelKind = Literal["channel", "private", "im"]


@dataclass
class User:
    """A member of the workspace, or a visitor. ``persona`` is the short name by which drivers and the page act."""

    id: str
    persona: str
    handle: str
    name: str
    title: str = ""
    team_id: str = ""
    kind: UserKind = "human"
    deactivated: bool = False

    def to_api(self, *, with_email: bool) -> Json:
        """Return the ``user`` object of users.info."""
        profile: Json = {"real_name": self.name, "display_name": self.handle, "title": self.title, "team": self.team_id}
        if with_email:
            profile["email"] = f"{self.handle}@harbor.example"
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "real_name": self.name,
            "deleted": self.deactivated,
            "is_bot": self.kind == "bot",
            "is_admin": self.persona == "admin",
            "is_restricted": self.kind == "guest",
            "is_ultra_restricted": False,
            "is_stranger": self.kind == "stranger",
            "is_app_user": False,
            "tz": "Europe/Amsterdam",
            "profile": profile,
        }


@dataclass
class Channel:
    """A conversation. ``peer`` is the person of a direct message with the bot."""

    id: str
    name: str
    purpose: str = ""
    kind: ChannelKind = "channel"
    members: set[str] = field(default_factory=set)
    peer: str = ""
    is_shared: bool = False
    is_archived: bool = False

    @property
    def event_kind(self) -> str:
        """The ``channel_type`` of message events."""
        return {"channel": "channel", "private": "group", "im": "im"}[self.kind]

    @property
    def scope_family(self) -> str:
        """The first half of the scopes that guard this kind of conversation."""
        return {"channel": "channels", "private": "groups", "im": "im"}[self.kind]

    def to_api(self, bot_id: str) -> Json:
        """Return the ``channel`` object of conversations.info."""
        base: Json = {
            "id": self.id,
            "is_im": self.kind == "im",
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "private",
            "is_mpim": False,
            "is_private": self.kind != "channel",
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_shared,
            "is_shared": self.is_shared,
            "is_org_shared": False,
            "context_team_id": "",
        }
        if self.kind == "im":
            return {**base, "user": self.peer}
        texts = {"purpose": {"value": self.purpose}, "topic": {"value": ""}}
        return {
            **base,
            "name": self.name,
            "is_member": bot_id in self.members,
            "num_members": len(self.members),
            **texts,
        }


@dataclass
class Message:
    """One message. ``ephemeral_for`` names the only person who sees it; ``rev`` grows with every change."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    ephemeral_for: str | None = None
    edited_ts: str | None = None
    client_msg_id: str | None = None
    bot_id: str | None = None
    broadcast: bool = False
    reactions: dict[str, set[str]] = field(default_factory=dict)
    chosen: Json = field(default_factory=dict)
    raw: Json = field(default_factory=dict)
    rev: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether the message lies in a thread below another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def to_api(self, *, with_metadata: bool = False) -> Json:
        """Return the message as history, events and interaction payloads carry it."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        optional = {
            "blocks": self.blocks,
            "thread_ts": self.thread_ts,
            "files": self.files,
            "client_msg_id": self.client_msg_id,
            "bot_id": self.bot_id,
            "reactions": [
                {"name": name, "users": sorted(users), "count": len(users)} for name, users in self.reactions.items()
            ],
        }
        body.update({key: value for key, value in optional.items() if value})
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if with_metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass
class View:
    """A modal or an App Home. ``definition`` is what the app sent; ``values`` what the person entered."""

    id: str
    kind: Literal["modal", "home"]
    user: str
    definition: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    rev: int = 0

    def to_api(self, *, team_id: str, app_id: str, bot_id: str) -> Json:
        """Return the ``view`` object of payloads and of views.* answers."""
        names = ("title", "submit", "close", "callback_id", "private_metadata", "external_id")
        given: Json = {name: self.definition.get(name) for name in names}
        given["callback_id"] = given["callback_id"] or ""
        given["private_metadata"] = given["private_metadata"] or ""
        given["external_id"] = given["external_id"] or ""
        return {
            **given,
            "id": self.id,
            "type": self.kind,
            "team_id": team_id,
            "app_id": app_id,
            "bot_id": bot_id,
            "app_installed_team_id": team_id,
            "blocks": self.definition.get("blocks", []),
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "clear_on_close": bool(self.definition.get("clear_on_close")),
            "notify_on_close": bool(self.definition.get("notify_on_close")),
        }


@dataclass
class StoredFile:
    """An upload. It belongs to nobody until completeUploadExternal shares it."""

    id: str
    name: str
    length: int
    user: str
    title: str = ""
    content: bytes = b""
    uploaded: bool = False

    def to_api(self, base: str) -> Json:
        """Return the ``file`` object."""
        kind = self.name.rsplit(".", 1)[-1].lower() if "." in self.name else "binary"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "user": self.user,
            "size": len(self.content) or self.length,
            "filetype": kind,
            "mimetype": "text/csv" if kind == "csv" else "application/octet-stream",
            "url_private": f"{base}/sandbox/files/{self.id}",
            "url_private_download": f"{base}/files/{self.id}",
            "permalink": f"{base}/sandbox/files/{self.id}",
            "is_external": False,
        }
