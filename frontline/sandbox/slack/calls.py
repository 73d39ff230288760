"""One call of the Web API: its parameters, what it may do, and what it can reach."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from frontline.sandbox.slack import cast
from frontline.sandbox.slack.blocks import BlockJudge
from frontline.sandbox.slack.pacing import Bucket
from frontline.sandbox.slack.records import Channel, Json
from frontline.sandbox.slack.refusals import Refusal, refuse_arguments
from frontline.sandbox.slack.workspace import Workspace

# Parameters that travel as JSON inside a form field.
_NESTED = ("blocks", "attachments", "view", "metadata", "files", "prompts")
# What an app installed without a manifest may do here: everything.
ALL = frozenset({"*"})


@dataclass
class Grants:
    """The bot's scopes, and which of them were needed so far (none should be surplus)."""

    scopes: frozenset[str] = ALL
    used: set[str] = field(default_factory=set)

    def allow(self, scope: str) -> bool:
        """Whether ``scope`` is held; if so it counts as used."""
        if self.scopes != ALL and scope not in self.scopes:
            return False
        self.used.add(scope)
        return True

    def need(self, *any_of: str) -> None:
        """Require one of ``any_of``.

        Raises:
            Refusal: ``missing_scope`` with what was needed and what is there.
        """
        if self.scopes == ALL:
            self.used.update(any_of[:1])
            return
        held = [scope for scope in any_of if scope in self.scopes]
        if not held:
            raise Refusal("missing_scope", needed=",".join(any_of), provided=",".join(sorted(self.scopes)))
        self.used.update(held[:1])


@dataclass(frozen=True)
class Call:
    """What a method gets to work with. ``publish`` sends an event to the app."""

    method: str
    params: Json
    workspace: Workspace
    judge: BlockJudge
    bucket: Bucket
    grants: Grants
    publish: Callable[[Json, Channel], None]
    honours_client_msg_id: bool = False

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.params.get(name)
        return default if value is None else str(value)

    def required(self, name: str, *, code: str = "invalid_arguments") -> str:
        """Return a parameter that must be there."""
        if not (value := self.text(name)):
            raise refuse_arguments(f"missing required field: {name}", code=code)
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean parameter; forms send words."""
        return str(self.params.get(name, "")).lower() in ("1", "true", "yes")

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        try:
            return int(self.params.get(name) or default)
        except (TypeError, ValueError):
            raise refuse_arguments(f"must be a number: {name}") from None

    def blocks(self, *, surface: str = "message") -> list[Json]:
        """Return the judged blocks.

        Raises:
            Refusal: ``invalid_blocks``, ``invalid_blocks_format``.
        """
        blocks = self.params.get("blocks")
        if blocks in (None, ""):
            return []
        if not isinstance(blocks, list):
            raise Refusal("invalid_blocks_format")
        check_blocks(self.judge, blocks, surface=surface)
        return label_blocks(blocks)

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel of the call; a private one that the bot is not in does not exist for it."""
        ref = self.required(name, code="channel_not_found")
        if ref in self.workspace.users:
            return self.workspace.open_dm(ref)
        channel = self.workspace.channel(ref)
        if channel.kind == "private" and cast.BOT_USER_ID not in channel.members:
            raise Refusal("channel_not_found")
        return channel


def check_blocks(judge: BlockJudge, blocks: Any, *, surface: str) -> None:
    """Raise ``invalid_blocks`` with JSON pointers when the judge finds fault."""
    if problems := judge.judge(blocks, surface=surface):
        raise refuse_arguments(*problems, code="invalid_blocks")


def label_blocks(blocks: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return the blocks with a ``block_id`` each, and interactive elements with an ``action_id``."""
    labelled: list[Json] = []
    for index, block in enumerate(blocks):
        copy: Json = json.loads(json.dumps(block))
        copy.setdefault("block_id", f"b{index}")
        elements = [*copy.get("elements", []), copy.get("accessory"), copy.get("element")]
        for number, element in enumerate(elements):
            if isinstance(element, dict) and element.get("type") not in ("image", "mrkdwn", "plain_text", None):
                element.setdefault("action_id", f"a{index}.{number}")
        labelled.append(copy)
    return labelled


def parse_params(body: bytes, content_type: str, query: str) -> Json:
    """Return the parameters of a call from its JSON or form body and its query.

    Raises:
        Refusal: ``invalid_json`` or ``invalid_arguments``.
    """
    params: Json = dict(parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("application/json"):
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(given, dict):
            raise Refusal("json_not_object")
        return {**params, **given}
    params.update(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    for name in _NESTED:
        if isinstance(params.get(name), str) and params[name]:
            try:
                params[name] = json.loads(params[name])
            except ValueError:
                raise Refusal("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
    return params
