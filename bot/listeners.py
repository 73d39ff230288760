"""Bolt's listeners: catch-all, so that nothing that Slack sends is left without an ack.

Only a 200 is an ack in Socket Mode, and Bolt answers 404 for what no listener matches: Slack would wait, and
deliver ordinary chatter three more times.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.intake import BUSY, Intake, Taken
from frontline.core.errors import EngineError, FrontlineError
from frontline.core.traces import trace_of

_log = logging.getLogger(__name__)
# What a body of an unexpected shape raises.
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError)
_ANY = re.compile(".*", re.DOTALL)


def register(app: App, intake: Intake) -> None:
    """Register one listener per kind of payload; each parses, keeps and acknowledges, and does nothing else.

    Bolt hands over by the names of the arguments.
    """

    def take_event(ack: Ack, body: dict[str, Any]) -> None:
        _want(intake.take_event(body))
        ack()

    def take_command(ack: Ack, body: dict[str, Any]) -> None:
        if intake.take_command(body) is Taken.BUSY:
            ack(text=BUSY, response_type="ephemeral")
        else:
            ack()

    def take_action(ack: Ack, body: dict[str, Any]) -> None:
        _want(intake.take_action(body))
        ack()

    def take_shortcut(ack: Ack, body: dict[str, Any]) -> None:
        _want(intake.take_shortcut(body))
        ack()

    def take_submission(ack: Ack, body: dict[str, Any]) -> None:
        errors = intake.take_submission(body)
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack()

    app.event(_ANY)(take_event)
    app.command(_ANY)(take_command)
    app.action(_ANY)(take_action)
    app.shortcut(_ANY)(take_shortcut)
    app.view_submission(_ANY)(take_submission)
    app.view_closed(_ANY)(acknowledge)
    app.options(_ANY)(offer_nothing)
    app.error(answer_error)


def _want(taken: Taken) -> None:
    """Leave the ack out when we are busy: Slack sends an event again, and shows at a button that it did not work."""
    if taken is Taken.BUSY:
        raise EngineError(BUSY, permanent=False)


def acknowledge(ack: Ack) -> None:
    """Take note of what needs no answer."""
    ack()


def offer_nothing(ack: Ack) -> None:
    """Answer a request for options of an external select, of which we have none."""
    ack(options=[])


def answer_error(error: Exception, request: BoltRequest) -> BoltResponse:
    """Say to Slack whether to send it again: 200 = not for us, 503 = could not be kept, 400 = makes no sense."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    if isinstance(error, FrontlineError | OSError):
        _log.error("A payload could not be kept; Slack is asked to send it again: %s", trace_of(error))
        return BoltResponse(status=503, body="The request could not be kept. Please try again in a minute.")
    return answer_nonsense(error, request)


def answer_nonsense(error: Exception, request: BoltRequest) -> BoltResponse:
    """Answer what cannot be read: refused over HTTP, acknowledged over Socket Mode."""
    _log.error("A payload could not be read: %s", trace_of(error))
    if request.mode == "socket_mode":
        return BoltResponse(status=200, body="")
    return BoltResponse(status=400, body="The request makes no sense to this app.")
