"""Acting as a person, for tests and scripts: ``sandbox.as_user("supervisor").command("/ask", "fcr last month")``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontline.core.errors import NotFound
from frontline.sandbox.slack.acts import Acts, Said
from frontline.sandbox.slack.inputs import find_element
from frontline.sandbox.slack.records import Channel, Message, User, View
from frontline.sandbox.slack.shipments import Shipment

# Slack gives up after 3 s; the rest is for the way there and back on a busy machine.
PATIENCE = 10.0


class Persona:
    """One person at the keyboard. Every act waits for the app's ack unless ``wait=False`` was given."""

    def __init__(self, acts: Acts, user: User, *, wait: bool = True) -> None:
        self._acts = acts
        self._workspace = acts.workspace
        self.user = user
        self._wait = wait

    @property
    def id(self) -> str:
        """The Slack user id."""
        return self.user.id

    @property
    def dm_channel(self) -> Channel:
        """The direct message with the bot."""
        return self._workspace.open_dm(self.user.id)

    # -- talking --------------------------------------------------------------------------------------------------

    def say(self, channel: str, text: str, *, thread_ts: str | None = None) -> Said:
        """Write in a channel. ``@frontline`` in the text is a mention."""
        said = self._acts.say(self.user, self._workspace.channel(channel), text, thread_ts=thread_ts)
        for shipment in said.shipments:
            self._settle(shipment)
        return said

    def mention(self, channel: str, text: str, *, thread_ts: str | None = None) -> Said:
        """Write to the bot in a channel."""
        return self.say(channel, f"@frontline {text}", thread_ts=thread_ts)

    def dm(self, text: str, *, thread_ts: str | None = None) -> Said:
        """Write to the bot in private."""
        return self.say(self.dm_channel.id, text, thread_ts=thread_ts)

    def reply(self, thread: Message | Said | str, text: str, *, channel: str | None = None) -> Said:
        """Write in a thread, given by one of its messages, or by its ts (and ``channel`` if that is not unique)."""
        if isinstance(thread, str):
            found = [m for m in self._workspace.messages if m.ts == thread and channel in (None, m.channel)]
            if not found:
                raise NotFound(f"There is no message at {thread}.", next_step="Pass the message itself.")
            thread = found[0]
        message = thread.message if isinstance(thread, Said) else thread
        return self.say(message.channel, text, thread_ts=message.thread_ts or message.ts)

    def upload(self, name: str, content: bytes, *, channel: str | None = None) -> Said:
        """Share a file (in the DM with the bot unless a channel is named)."""
        where = self._workspace.channel(channel) if channel else self.dm_channel
        said = self._acts.upload(self.user, where, name, content)
        for shipment in said.shipments:
            self._settle(shipment)
        return said

    # -- commands, shortcuts --------------------------------------------------------------------------------------

    def command(self, command: str, text: str = "", *, channel: str | None = None) -> Shipment:
        """Run a slash command (in the DM with the bot unless a channel is named)."""
        where = self._workspace.channel(channel) if channel else self.dm_channel
        return self._settle(self._acts.command(self.user, where, command, text))

    def shortcut(self, callback_id: str, message: Message | Said | None = None) -> Shipment:
        """Use a shortcut on a message, or a global one."""
        target = message.message if isinstance(message, Said) else message
        return self._settle(self._acts.shortcut(self.user, callback_id, target))

    # -- buttons, selects -----------------------------------------------------------------------------------------

    def click(self, target: Message | View, wanted: str, *, value: Any = None) -> Shipment:
        """Press a button, or choose ``value`` in a select or overflow; ``wanted`` is an action id or a label.

        Raises:
            NotFound: nothing there answers to ``wanted``, or this person cannot see the message.
        """
        if isinstance(target, Message) and target.ephemeral_for not in (None, self.user.id):
            raise NotFound("That message is not visible to this person.", next_step="Act as the one who sees it.")
        blocks = target.blocks if isinstance(target, Message) else target.definition["blocks"]
        return self._settle(self._acts.press(self.user, target, find_element(blocks, wanted), value))

    # -- modals, home ---------------------------------------------------------------------------------------------

    def submit(self, view: View | None = None, values: Mapping[str, Any] | None = None) -> Shipment | None:
        """Submit the modal on top; ``values`` by block id, action id or label. None = refused before it was sent."""
        shipment = self._acts.submit(self.user, view or self.need_view(), values or {})
        return self._settle(shipment) if shipment else None

    def close(self, view: View | None = None, *, all_of_them: bool = False) -> Shipment | None:
        """Close the modal on top."""
        shipment = self._acts.close(self.user, view or self.need_view(), all_of_them=all_of_them)
        return self._settle(shipment) if shipment else None

    def open_home(self, *, tab: str = "home") -> Shipment | None:
        """Open App Home."""
        shipment = self._acts.open_home(self.user, tab=tab)
        return self._settle(shipment) if shipment else None

    @property
    def view(self) -> View | None:
        """The modal on top of the screen, or None."""
        return self._workspace.top_view(self.user.id)

    @property
    def home(self) -> View | None:
        """What App Home shows, or None."""
        return self._workspace.home_view(self.user.id)

    def need_view(self) -> View:
        """Return the modal on top.

        Raises:
            NotFound: none is open.
        """
        if (view := self.view) is None:
            raise NotFound("No form is open.", next_step="Open one first, and wait for it.")
        return view

    # -- seeing ---------------------------------------------------------------------------------------------------

    def messages(self, channel: str | None = None, *, thread_ts: str | None = None) -> list[Message]:
        """Return what this person sees in a channel (or the DM), oldest first, ephemeral messages included."""
        where = self._workspace.channel(channel) if channel else self.dm_channel
        return self._workspace.visible(where.id, user=self.user.id, thread_ts=thread_ts)

    def wait_message(
        self, channel: str | None = None, *, after: str = "", containing: str = "", timeout: float = 5.0
    ) -> Message:
        """Return the first message of the app after ts ``after`` that contains a text, once it is there."""

        def probe() -> Message | None:
            return next(
                (
                    message
                    for message in self.messages(channel)
                    if message.ts > after and message.bot_id and containing in text_of(message)
                ),
                None,
            )

        found = self._workspace.wait_for(probe, timeout=timeout, what=f"a message with {containing!r}")
        assert found is not None
        return found

    def wait_view(self, *, title: str = "", timeout: float = 5.0) -> View:
        """Return the modal on top once one is there (with that title, if given)."""

        def probe() -> View | None:
            view = self.view
            return view if view and title in (view.definition.get("title") or {}).get("text", "") else None

        found = self._workspace.wait_for(probe, timeout=timeout, what="a form")
        assert found is not None
        return found

    def _settle(self, shipment: Shipment) -> Shipment:
        if self._wait:
            shipment.rests.wait(PATIENCE)
        return shipment


def text_of(message: Message) -> str:
    """Return every word of a message: its text and all strings inside its blocks."""
    words: list[str] = [message.text]

    def gather(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("text", "caption", "title", "label", "name", "alt_text") and isinstance(value, str):
                    words.append(value)
                else:
                    gather(value)
        elif isinstance(node, list):
            for each in node:
                gather(each)

    gather(message.blocks)
    return "\n".join(words)
