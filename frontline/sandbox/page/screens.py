"""What the page draws: plain JSON pictures of the workspace for one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontline.sandbox.page.clockwork import Clockwork
from frontline.sandbox.slack import cast
from frontline.sandbox.slack.acts import SLACKBOT
from frontline.sandbox.slack.cast import Hint
from frontline.sandbox.slack.records import Channel, Json, Message, User, View
from frontline.sandbox.slack.server import SandboxSlack


class Screens:
    """Draws for the page."""

    def __init__(self, sandbox: SandboxSlack, clockwork: Clockwork, hints: Mapping[str, Sequence[Hint]]) -> None:
        self._sandbox = sandbox
        self._workspace = sandbox.workspace
        self._clockwork = clockwork
        self._hints = hints

    def boot(self, viewer: User) -> Json:
        """Return everything that a fresh page needs."""
        workspace = self._workspace
        dm = workspace.open_dm(viewer.id)
        with workspace.lock:
            channels = [c for c in workspace.channels.values() if c.kind != "im" and viewer.id in c.members]
            people = [user for user in workspace.users.values() if user.kind != "bot"]
        return {
            "team": cast.TEAM_NAME,
            "viewer": viewer.id,
            "bot": {"id": cast.BOT_USER_ID, "name": cast.BOT.name, "handle": cast.BOT.handle},
            "slackbot": SLACKBOT,
            "people": [_person(user) for user in people],
            "channels": [_channel(channel) for channel in channels],
            "dm": dm.id,
            "commands": [dict(command) for command in self._sandbox.acts.installed.commands],
            "shortcuts": [s for s in self._sandbox.acts.installed.shortcuts if s.get("type") == "message"],
            "hints": [
                {"text": hint.text, "note": hint.note, "where": hint.where}
                for hint in self._hints.get(viewer.persona, ())
            ],
            "clock": self.clock(),
            **self.views(viewer),
        }

    def clock(self) -> Json:
        """Return the time of the sandbox and where a jump would lead."""
        now = self._workspace.now()
        return {
            "now": now.isoformat(),
            "zone": self._clockwork.zone.key,
            "movable": self._clockwork.move is not None,
            "next_morning": self._clockwork.next_morning(now).isoformat(),
            "jumps": [{"label": label, "to": to.isoformat()} for label, to in self._clockwork.jumps(now)],
            "playing": self._clockwork.playing(),
        }

    def posts(self) -> list[Message]:
        """Return the app's messages that stand in a channel or a direct message, oldest first; replies left out."""
        with self._workspace.lock:
            return [
                message
                for message in self._workspace.messages
                if message.bot_id is not None and message.ephemeral_for is None and not message.is_reply
            ]

    def arrived(self, viewer: User, before: Sequence[Message]) -> str:
        """Say what was posted since ``before`` and where: ``3 posts arrived: #floor, #retention, a DM to you``."""
        known = {id(message) for message in before}
        fresh = [message for message in self.posts() if id(message) not in known]
        if not fresh:
            return "Nothing was posted on the way."
        counts: dict[str, int] = {}
        for message in fresh:
            place = self._place(viewer, message.channel)
            counts[place] = counts.get(place, 0) + 1
        places = ", ".join(place if count == 1 else f"{place} ({count})" for place, count in counts.items())
        return f"{'1 post' if len(fresh) == 1 else f'{len(fresh)} posts'} arrived: {places}"

    def _place(self, viewer: User, channel_id: str) -> str:
        channel = self._workspace.channel(channel_id)
        if channel.kind != "im":
            return f"#{channel.name}"
        return (
            "a DM to you" if channel.peer == viewer.id else f"a DM to {self._workspace.user(channel.peer or '').handle}"
        )

    def messages(self, viewer: User, channel: Channel) -> Json:
        """Return what ``viewer`` sees in a channel, oldest first."""
        if viewer.id not in channel.members:
            return {"channel": channel.id, "messages": []}
        found = self._workspace.visible(channel.id, user=viewer.id)
        return {"channel": channel.id, "messages": [self._message(message) for message in found]}

    def views(self, viewer: User) -> Json:
        """Return the modal on top and the App Home."""
        modal, home = self._workspace.top_view(viewer.id), self._workspace.home_view(viewer.id)
        return {"modal": _view(modal) if modal else None, "home": _view(home) if home else None}

    def _message(self, message: Message) -> Json:
        return {
            "ts": message.ts,
            "channel": message.channel,
            "user": message.user,
            "is_bot": message.bot_id is not None,
            "text": message.text,
            "blocks": message.blocks,
            "thread_ts": message.thread_ts,
            "is_reply": message.is_reply,
            "broadcast": message.broadcast,
            "ephemeral": message.ephemeral_for is not None,
            "edited": message.edited_ts is not None,
            "files": message.files,
            "reactions": {name: len(users) for name, users in message.reactions.items()},
            "rev": message.rev,
        }


def _view(view: View) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "rev": view.rev,
        "definition": view.definition,
        "values": view.values,
        "errors": view.errors,
        "trouble": view.trouble,
    }


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "persona": user.persona,
        "name": user.name,
        "handle": user.handle,
        "title": user.title,
        "kind": user.kind,
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "purpose": channel.purpose,
        "is_private": channel.kind == "private",
        "is_shared": channel.is_shared,
        "has_bot": cast.BOT_USER_ID in channel.members,
    }
