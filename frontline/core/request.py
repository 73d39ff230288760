"""What comes in: one shape for commands, messages, buttons, forms, the terminal and the clock."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from frontline.core.actor import PRIVATE, Audience
from frontline.core.text import RawText


class RequestKind(enum.StrEnum):
    """How the person spoke."""

    COMMAND = "command"  # name = "ask" | "tag" | "own" | "ops"; text = the rest
    MESSAGE = "message"  # a mention, a DM, or a follow-up in a thread; text = what was said
    ACTION = "action"  # a button; name = Button.action, value = Button.value
    FORM = "form"  # a submitted form; name = Form.action, values, value = Form.state
    SHORTCUT = "shortcut"  # a message shortcut; name = callback id; text = the message
    HOME = "home"  # App Home opened
    ROUTINE = "routine"  # the clock; name = routine, value = slot key


@dataclass(frozen=True)
class PersonRef:
    """Who claims to speak: a binding of (team id, user id) in Slack, or a handle / role in a terminal.

    Never an e-mail address: Slack profiles are edited by their owners.
    """

    user_id: str = ""
    team_id: str = ""
    handle: str = ""


@dataclass(frozen=True)
class Request:
    """One inbound thing. ``inbound_id`` makes it idempotent: the same id has one effect, whenever it comes again."""

    inbound_id: str
    kind: RequestKind
    who: PersonRef
    name: str = ""
    text: RawText = field(default_factory=lambda: RawText(""))
    value: str = ""
    values: Mapping[str, RawText] = field(default_factory=dict)
    audience: Audience = PRIVATE
    # Conversation key (channel + thread root) that follow-ups patch; "" = no thread.
    thread: str = ""
    # Where a button stood, so that its message can be replaced: (channel, ts).
    origin: tuple[str, str] | None = None
