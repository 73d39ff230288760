"""Answers by response URL: they work where the bot is no member, five times within half an hour."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from slack_sdk.webhook import WebhookClient

from bot.refusals import CALL_ERRORS, as_engine_error, from_status
from bot.transport import post_at_best_level
from frontline.core.errors import EngineError, UncertainDelivery
from frontline.core.reply import Reply

T = TypeVar("T")

_log = logging.getLogger(__name__)

# The longest that a person is kept waiting because Slack asks for patience.
_PATIENCE_S = 60.0
_SHORTEST_WAIT_S = 0.05


def respond(
    url: str, reply: Reply, *, timeout_s: int, in_channel: bool = False, replace: bool = False, thread_ts: str = ""
) -> None:
    """Send a reply to a response URL.

    Raises:
        EngineError: it is surely not shown (``UncertainDelivery``: nobody can know; it is never sent twice then).
    """
    fixed: dict[str, Any] = {
        "response_type": "in_channel" if in_channel else "ephemeral",
        "replace_original": replace,
    }
    if thread_ts and not replace:
        fixed["thread_ts"] = thread_ts

    def send(arguments: dict[str, Any]) -> None:
        patiently(lambda: _send(url, {**arguments, **fixed}, timeout_s))

    post_at_best_level(reply, send)


def patiently(send: Callable[[], T]) -> T:
    """Call ``send`` again when Slack surely did not take it and asks to wait, for a minute at most in all.

    A busy channel takes about one message a second; several answers at once wait for one another.

    Raises:
        EngineError: of the last try.
    """
    waited = 0.0
    while True:
        try:
            return send()
        except UncertainDelivery:
            raise
        except EngineError as error:
            if error.permanent or error.retry_after is None:
                raise
            wait = max(error.retry_after, _SHORTEST_WAIT_S)
            waited += wait
            if waited > _PATIENCE_S:
                raise
            _log.info("Slack asks to wait %.1f s.", wait)
            threading.Event().wait(wait)


def _send(url: str, body: dict[str, Any], timeout_s: int) -> None:
    try:
        answer = WebhookClient(url, timeout=timeout_s, retry_handlers=[]).send_dict(body)
    except CALL_ERRORS as error:
        raise as_engine_error(error) from error
    if answer.status_code != 200 or _refusal(answer.body):
        headers = {str(key).lower(): value for key, value in answer.headers.items()}
        raise from_status(answer.status_code, _refusal(answer.body) or answer.body, headers.get("retry-after"))


def _refusal(body: str) -> str:
    """Return the error code of a 200 that is none (``{"ok": false, "error": ...}``), or ""."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("error", "error")) if isinstance(answer, dict) and answer.get("ok") is False else ""
