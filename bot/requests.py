"""From an envelope to the one shape that handlers know."""

from __future__ import annotations

from bot.envelopes import Envelope
from bot.identity import person_of
from frontline.core.actor import PRIVATE, Audience
from frontline.core.request import Request, RequestKind
from frontline.core.text import RawText

_KINDS = {
    "command": RequestKind.COMMAND,
    "message": RequestKind.MESSAGE,
    "action": RequestKind.ACTION,
    "form": RequestKind.FORM,
    "shortcut": RequestKind.SHORTCUT,
    "home": RequestKind.HOME,
}


# Our own button under an answer to a message that needs a form: a message has no trigger to open one, a click has.
AGAIN = "again.form"


def again_value(text: str) -> str:
    """Return what the button says again: the words of the command, none of what may follow them."""
    return " ".join(text.split()[:2])[:80]


def build_request(envelope: Envelope, *, audience: Audience = PRIVATE, value: str | None = None) -> Request:
    """Return the request of an envelope; its words are sealed from here on. ``value`` overrides the envelope's."""
    if envelope.kind == "action" and envelope.name == AGAIN:
        return _say_again(envelope, audience)
    has_origin = envelope.channel and envelope.ts and envelope.kind in ("action", "shortcut", "message")
    return Request(
        inbound_id=envelope.inbound_id,
        kind=_KINDS[envelope.kind],
        who=person_of(envelope),
        name=envelope.name,
        text=RawText(envelope.text),
        value=envelope.value if value is None else value,
        values={key: RawText(text) for key, text in envelope.values.items()},
        audience=audience,
        thread=envelope.thread_key,
        origin=(envelope.channel, envelope.ts) if has_origin else None,
    )


def _say_again(envelope: Envelope, audience: Audience) -> Request:
    return Request(
        inbound_id=envelope.inbound_id,
        kind=RequestKind.MESSAGE,
        who=person_of(envelope),
        text=RawText(envelope.value),
        audience=audience,
        thread=envelope.thread_key,
    )
