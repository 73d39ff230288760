"""The state of the stand-in: one workspace in memory behind one lock.

Everything that people or the app change goes through here, so that readers (driver, page) can wait on ``changed``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from frontline.core.clock import Clock, SystemClock
from frontline.core.errors import NotFound
from frontline.sandbox.slack import cast
from frontline.sandbox.slack.records import Channel, Json, Message, StoredFile, User, View
from frontline.sandbox.slack.refusals import Refusal
from frontline.sandbox.slack.tickets import Tickets

Found = TypeVar("Found")
Listener = Callable[[Json], None]


class Workspace:
    """People, channels, messages, views and files. Take ``lock`` around compound reads."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.users: dict[str, User] = {user.id: user for user in cast.fresh_people()}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in cast.fresh_channels()}
        self.messages: list[Message] = []
        self.views: dict[str, View] = {}
        self.files: dict[str, StoredFile] = {}
        self.tickets = Tickets(self.clock)
        self.base_url = ""
        self._revision = itertools.count(1)
        self._numbers = itertools.count(1)
        self._last_micros = 0
        self._listeners: list[Listener] = []

    # -- change ---------------------------------------------------------------------------------------------------

    def note(self, kind: str, **what: Any) -> int:
        """Record that something changed, wake waiters and tell listeners; return the revision."""
        with self.lock:
            revision = next(self._revision)
            self.changed.notify_all()
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener({"kind": kind, "rev": revision, **what})
        return revision

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change; return the function that stops it."""
        with self.lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self.lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def wait_for(self, probe: Callable[[], Found], *, timeout: float = 5.0, what: str = "it") -> Found:
        """Return the first truthy answer of ``probe``, asked anew after every change.

        Raises:
            TimeoutError: nothing truthy came within ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while True:
            if found := probe():
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {timeout:.1f} s for {what} in vain")
            with self.changed:
                # The probe may also look at things outside the workspace, hence the short slices.
                self.changed.wait(min(left, 0.05))

    # -- ids ------------------------------------------------------------------------------------------------------

    def next_id(self, prefix: str) -> str:
        """Return a fresh id in Slack's manner: capital letters and digits."""
        return f"{prefix}0{next(self._numbers):08d}"

    def next_ts(self) -> str:
        """Return a message timestamp of now; never the same twice, always growing."""
        with self.lock:
            micros = int(self.clock.now().timestamp() * 1_000_000)
            # A frozen or rewound clock must not give two messages one id.
            self._last_micros = max(micros, self._last_micros + 1)
            return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def now(self) -> dt.datetime:
        """Return the instant of the sandbox's clock."""
        return self.clock.now()

    # -- people and channels --------------------------------------------------------------------------------------

    def user(self, who: str) -> User:
        """Return a user by id, persona or handle.

        Raises:
            NotFound: nobody answers to that.
        """
        if found := self.users.get(who):
            return found
        for user in self.users.values():
            if who in (user.persona, user.handle):
                return user
        personas = ", ".join(user.persona for user in self.users.values())
        raise NotFound(f"Nobody here is called {who!r}.", next_step=f"Known: {personas}.")

    def channel(self, ref: str) -> Channel:
        """Return a channel by id, or by name with or without ``#``.

        Raises:
            Refusal: ``channel_not_found``.
        """
        if found := self.channels.get(ref):
            return found
        name = ref.removeprefix("#")
        for channel in self.channels.values():
            if channel.name and channel.name == name:
                return channel
        raise Refusal("channel_not_found")

    def add_person(self, user: User, *, channels: Iterable[str] = ()) -> User:
        """Add a person (to ``channels`` as well) and return them."""
        with self.lock:
            user.team_id = user.team_id or cast.TEAM_ID
            self.users[user.id] = user
            for ref in channels:
                self.channel(ref).members.add(user.id)
        self.note("people")
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """Add a channel and return it."""
        with self.lock:
            self.channels[channel.id] = channel
        self.note("channels")
        return channel

    def open_dm(self, user_id: str) -> Channel:
        """Return the direct message channel of ``user_id`` with the bot, made when it is missing."""
        with self.lock:
            for channel in self.channels.values():
                if channel.kind == "im" and channel.peer == user_id:
                    return channel
            made = Channel(self.next_id("D"), "", kind="im", members={user_id, cast.BOT_USER_ID}, peer=user_id)
            self.channels[made.id] = made
        self.note("channels")
        return made

    # -- messages -------------------------------------------------------------------------------------------------

    def add_message(self, message: Message) -> Message:
        """Store a message (its ``ts`` already set) and tell everybody."""
        with self.lock:
            self.messages.append(message)
        return self.touch(message)

    def touch(self, message: Message) -> Message:
        """Give a changed message its new revision and tell everybody."""
        message.rev = self.note("message", channel=message.channel, ts=message.ts)
        return message

    def find_message(self, channel_id: str, ts: str) -> Message | None:
        """Return the message at ``ts``, or None; ephemeral ones too."""
        with self.lock:
            for message in reversed(self.messages):
                if message.ts == ts and message.channel == channel_id:
                    return message
        return None

    def remove_message(self, message: Message) -> None:
        """Forget a message."""
        with self.lock:
            self.messages = [kept for kept in self.messages if kept is not message]
        self.note("message", channel=message.channel, ts=message.ts, removed=True)

    def visible(self, channel_id: str, *, user: str | None = None, thread_ts: str | None = None) -> list[Message]:
        """Return the messages of a channel, oldest first.

        ``user`` adds the ephemeral ones shown to that person; ``thread_ts`` narrows to one thread, root included.
        """
        with self.lock:
            return sorted(
                (
                    message
                    for message in self.messages
                    if message.channel == channel_id
                    and message.ephemeral_for in (None, user)
                    and (thread_ts is None or thread_ts in (message.ts, message.thread_ts))
                ),
                key=lambda message: message.ts,
            )

    # -- views ----------------------------------------------------------------------------------------------------

    def top_view(self, user_id: str) -> View | None:
        """Return the modal on top of that person's stack, or None."""
        with self.lock:
            mine = [view for view in self.views.values() if view.user == user_id and view.kind == "modal"]
            under = {view.previous_id for view in mine}
            return next((view for view in mine if view.id not in under), None)

    def home_view(self, user_id: str) -> View | None:
        """Return that person's App Home, or None when the app never published one."""
        with self.lock:
            return next((v for v in self.views.values() if v.user == user_id and v.kind == "home"), None)
