"""What the Slack edge is given by the composition root."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr

from frontline.core.clock import Clock, SystemClock
from frontline.core.forms import FormErrors
from frontline.core.reply import Reply
from frontline.core.request import Request, RequestKind

SLACK_API = "https://slack.com/api/"
_FORM_ACTIONS = frozenset({"alert.root_cause"})
_NO_SECRET = SecretStr("")


class Inbox(Protocol):
    """The durable inbox (``frontline.store.inbox``)."""

    def put(self, inbound_id: str, envelope: dict[str, Any]) -> bool:
        """Keep an envelope; returns when it is on disk. False = this id was kept before."""
        ...

    def claim(self, limit: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Take up to ``limit`` waiting envelopes, oldest first; no other worker gets them."""
        ...

    def finish(self, inbound_id: str, answered: bool) -> None:
        """Close an envelope; ``answered=False`` says that the person never saw the answer."""
        ...

    def recover(self) -> int:
        """Give envelopes back that dead processes had claimed."""
        ...


@dataclass(frozen=True)
class BotSettings:
    """How to reach Slack, and how much to do at once. ``base_url`` points at a stand-in in demo and tests."""

    bot_token: SecretStr
    app_token: SecretStr = _NO_SECRET
    signing_secret: SecretStr = _NO_SECRET
    base_url: str = SLACK_API
    # Ids of our own bot user and workspace; learned from auth.test where empty.
    bot_user_id: str = ""
    team_id: str = ""
    # Seconds until a call to Slack is given up; the outbox leases three times as long.
    timeout_s: int = 10
    workers: int = 8
    # So many answers are worked out at once; the other workers post what is ready. More threads of one interpreter
    # only make each other wait.
    computing: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    # So many requests may wait for a worker; the next ones are told that we are busy.
    waiting: int = 2000
    # A person who waits longer than this is told that we are at it.
    status_after_s: float = 0.7


def opens_form(request: Request) -> bool:
    """Whether a request will be answered by a form, so that its view must open at once.

    Message shortcuts do, ``/tag`` and ``/ask`` without words do, and so do the actions below and those named
    ``....form``. A form that nobody foresaw still opens when it is ready before its trigger dies.
    """
    match request.kind:
        case RequestKind.SHORTCUT:
            return True
        case RequestKind.COMMAND:
            return request.name in ("tag", "ask") and not request.text
        case RequestKind.ACTION:
            return request.name in _FORM_ACTIONS or request.name.endswith(".form")
        case _:
            return False


def speaks_to_channel(action: str) -> bool:
    """Whether a button shows its answer to the channel, so that the channel's audience counts (``answer.share``)."""
    return action.rpartition(".")[2] == "share"


@dataclass(frozen=True)
class BotDeps:
    """The rest of Frontline as the Slack edge sees it.

    ``dispatch`` never raises for what a person did; ``validate`` is quick, without engines. ``knows_thread`` says
    whether we took part in a thread (key ``channel:root``), also before the last restart.
    """

    dispatch: Callable[[Request], Reply]
    validate: Callable[[Request], FormErrors]
    inbox: Inbox
    clock: Clock
    settings: BotSettings
    knows_thread: Callable[[str], bool] = lambda _: False
    opens_form: Callable[[Request], bool] = opens_form
    speaks_to_channel: Callable[[str], bool] = speaks_to_channel
    # Signatures are judged by the machine's clock, whatever day it is in the demo.
    guard_clock: Clock = field(default_factory=SystemClock)
