"""From Slack's payload to the durable inbox: nothing is acknowledged before it is on disk, nothing is thought about."""

from __future__ import annotations

import enum
import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot import envelopes
from bot.deps import BotDeps
from bot.envelopes import Envelope
from bot.openings import Openings
from bot.render_view import view_errors
from bot.requests import AGAIN, build_request
from bot.status_board import StatusBoard
from bot.work_pool import WorkPool
from frontline.core.forms import FormErrors

BUSY = "I am busy with many questions at once and did not take this one. Please try again in a minute."
# Chatter that is addressed to somebody else, in a thread in which we take part.
_TO_OTHERS = re.compile(r"\s*<@[UW][A-Z0-9]+(\|[^>]*)?>")
_REMEMBERED = 5000
_SETTLED_S = 5.0


class Taken(enum.Enum):
    """What became of a payload."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    BUSY = "busy"


class Threads:
    """The threads in which we take part: remembered here, and by whoever ``knows_thread`` asks."""

    def __init__(self, deps: BotDeps) -> None:
        self._deps = deps
        self._lock = threading.Lock()
        self._joined: OrderedDict[str, None] = OrderedDict()

    def join(self, key: str) -> None:
        """Remember that we answered in a thread."""
        with self._lock:
            self._joined[key] = None
            while len(self._joined) > _REMEMBERED:
                self._joined.popitem(last=False)

    def __contains__(self, key: str) -> bool:
        with self._lock:
            if key in self._joined:
                return True
        return self._deps.knows_thread(key)


class Doorstep:
    """Envelopes that are kept but whose view or status is not begun yet: a quick worker must not answer before that.

    An answer that overtook its loading view went elsewhere, and the view said for ever that it was opening.
    """

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._arriving: Counter[str] = Counter()

    @contextmanager
    def arriving(self, inbound_id: str) -> Iterator[None]:
        """Hold back the answer to an envelope while it is being taken in."""
        with self._change:
            self._arriving[inbound_id] += 1
        try:
            yield
        finally:
            with self._change:
                self._arriving[inbound_id] -= 1
                if not self._arriving[inbound_id]:
                    del self._arriving[inbound_id]
                self._change.notify_all()

    def wait(self, inbound_id: str) -> None:
        """Return once an envelope has been taken in (after some seconds at most: the answer is worth more)."""
        with self._change:
            self._change.wait_for(lambda: inbound_id not in self._arriving, _SETTLED_S)


class Intake:
    """Takes payloads in. Everything here happens before the ack and must stay quick."""

    def __init__(
        self, deps: BotDeps, *, pool: WorkPool, statuses: StatusBoard, openings: Openings, threads: Threads
    ) -> None:
        self._deps = deps
        self._pool = pool
        self._statuses = statuses
        self._openings = openings
        self._threads = threads
        self.doorstep = Doorstep()
        self.bot_user_id = deps.settings.bot_user_id

    def take_event(self, body: Mapping[str, Any]) -> Taken:
        """Take an event; most of what is said in a channel is not for us."""
        envelope = envelopes.parse_event(body, self.bot_user_id)
        if envelope is None or not self._is_for_us(envelope):
            return Taken.IGNORED
        return self._keep(envelope)

    def take_command(self, body: Mapping[str, Any]) -> Taken:
        """Take a slash command."""
        return self._keep(envelopes.parse_command(body))

    def take_action(self, body: Mapping[str, Any]) -> Taken:
        """Take a click."""
        return self._keep(envelopes.parse_action(body))

    def take_shortcut(self, body: Mapping[str, Any]) -> Taken:
        """Take a message shortcut."""
        return self._keep(envelopes.parse_shortcut(body))

    def take_submission(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Take a submitted form, or return the errors to show under its inputs (block id -> sentence)."""
        envelope = envelopes.parse_submission(body)
        if envelope is None:
            return {}
        inputs = envelopes.view_block_ids(body)
        errors: FormErrors = self._deps.validate(build_request(envelope))
        if not errors and self._keep(envelope) is Taken.BUSY:
            errors = {"": BUSY}
        return view_errors(errors, inputs)

    def _is_for_us(self, envelope: Envelope) -> bool:
        if envelope.kind != "message" or envelope.prompted or envelope.is_direct:
            return True
        if not envelope.thread_ts or _TO_OTHERS.match(envelope.text):
            return False
        return envelope.thread_key in self._threads

    def _keep(self, envelope: Envelope | None) -> Taken:
        if envelope is None:
            return Taken.IGNORED
        if self._pool.is_full:
            return Taken.BUSY
        with self.doorstep.arriving(envelope.inbound_id):
            if not self._deps.inbox.put(envelope.inbound_id, envelope.to_json()):
                return Taken.DUPLICATE
            foreseen = envelope.name == AGAIN or self._deps.opens_form(build_request(envelope))
            if envelope.trigger_id and foreseen:
                self._openings.open(envelope)
            elif envelope.kind == "command" or (envelope.kind == "message" and envelope.prompted):
                self._statuses.watch(envelope)
        self._pool.notify()
        return Taken.KEPT
