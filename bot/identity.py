"""Who speaks, and who would hear the answer, as Slack's payloads tell it."""

from __future__ import annotations

import datetime as dt
import threading

from slack_sdk import WebClient

from bot.envelopes import Envelope
from bot.transport import call
from frontline.core.actor import Audience, AudienceKind
from frontline.core.clock import Clock
from frontline.core.errors import EngineError
from frontline.core.request import PersonRef

# Whether a channel is shared changes rarely, and conversations.info is rationed.
_REMEMBER = dt.timedelta(minutes=10)


def person_of(envelope: Envelope) -> PersonRef:
    """Return the speaker by (team, user); a stranger keeps the team of his own organisation, which nobody bound."""
    return PersonRef(user_id=envelope.user, team_id=envelope.team)


class Audiences:
    """Finds out how far an answer in a channel travels; remembers it for ten minutes."""

    def __init__(self, client: WebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[dt.datetime, Audience]] = {}

    def of(self, envelope: Envelope, *, to_channel: bool = False) -> Audience:
        """Return the audience of the answer to ``envelope``.

        A message is answered where it was said. Commands, buttons, shortcuts and forms are answered to the person
        alone, unless ``to_channel`` (a Share button); a button under a public message counts as public, since its
        answer may replace that message.
        """
        channel = envelope.channel
        if not channel or envelope.is_direct:
            return Audience(AudienceKind.PRIVATE, channel or None)
        is_public = envelope.kind == "message" or (envelope.kind == "action" and envelope.surface == "message")
        if not (is_public or to_channel):
            return Audience(AudienceKind.PRIVATE, channel)
        if envelope.external:
            return Audience(AudienceKind.EXTERNAL, channel)
        return self.channel(channel)

    def channel(self, channel: str) -> Audience:
        """Return the audience of a channel; one that Slack does not let us look at counts as external."""
        now = self._clock.now()
        with self._lock:
            known = self._known.get(channel)
        if known is not None and known[0] > now:
            return known[1]
        try:
            answer = call(self._client.conversations_info, channel=channel)
        except EngineError:
            return Audience(AudienceKind.EXTERNAL, channel)
        audience = _read_channel(channel, answer)
        with self._lock:
            self._known[channel] = (now + _REMEMBER, audience)
        return audience


def _read_channel(channel: str, answer: dict[str, object]) -> Audience:
    facts = answer.get("channel")
    if not isinstance(facts, dict):
        return Audience(AudienceKind.EXTERNAL, channel)
    name = str(facts.get("name") or "") or None
    if facts.get("is_im") is True:
        return Audience(AudienceKind.PRIVATE, channel, name)
    shared = any(facts.get(flag) is True for flag in ("is_ext_shared", "is_pending_ext_shared"))
    return Audience(AudienceKind.EXTERNAL if shared else AudienceKind.CHANNEL, channel, name)
