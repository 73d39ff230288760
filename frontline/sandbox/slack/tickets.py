"""Things that live briefly: trigger ids (3 seconds) and response URLs (5 uses in 30 minutes)."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from dataclasses import dataclass, field

from frontline.core.clock import Clock
from frontline.sandbox.slack.records import Json
from frontline.sandbox.slack.refusals import Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Born:
    """A birth on two clocks: a movable sandbox clock may stand still while a slow bot lets real seconds pass."""

    clock: Clock
    at: dt.datetime = field(init=False)
    monotonic: float = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.clock.now()
        self.monotonic = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since birth, by whichever clock says more."""
        return max((self.clock.now() - self.at).total_seconds(), time.monotonic() - self.monotonic)


@dataclass
class Trigger:
    """A trigger id: opens or pushes one view, within 3 seconds. ``parent_view`` is where it was born, if in a modal."""

    id: str
    user: str
    born: Born
    parent_view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction without being a member of the channel."""

    id: str
    user: str
    channel: str
    born: Born
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Issues and checks triggers and response URLs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def issue_trigger(self, user: str, *, parent_view: str | None = None) -> str:
        """Return a fresh trigger id for ``user``."""
        number = len(self._triggers) + 1
        trigger = Trigger(f"{number}.{secrets.token_hex(6)}", user, Born(self._clock), parent_view)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def redeem_trigger(self, trigger_id: str) -> Trigger:
        """Use up a trigger id.

        Raises:
            Refusal: ``invalid_trigger_id``, ``exchanged_trigger_id`` or ``expired_trigger_id``.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if trigger.born.age > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def issue_url(
        self, user: str, channel: str, *, message_ts: str | None = None, thread_ts: str | None = None
    ) -> ResponseUrl:
        """Return a fresh response URL record."""
        url = ResponseUrl(secrets.token_urlsafe(16), user, channel, Born(self._clock), message_ts, thread_ts)
        self._urls[url.id] = url
        return url

    def redeem_url(self, url_id: str) -> ResponseUrl:
        """Count one use of a response URL.

        Raises:
            Refusal: HTTP 404 with ``expired_url`` or ``used_url``.
        """
        url = self._urls.get(url_id)
        if url is None or url.born.age > RESPONSE_SECONDS:
            raise Refusal("expired_url", status=404)
        if url.uses >= RESPONSE_USES:
            raise Refusal("used_url", status=404)
        url.uses += 1
        return url

    def stats(self) -> Json:
        """Return how many were issued."""
        return {"triggers": len(self._triggers), "response_urls": len(self._urls)}
