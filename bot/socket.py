"""Socket Mode: Slack reaches us through a connection that we open, so no public address is needed."""

from __future__ import annotations

import logging
import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.deps import BotSettings
from bot.refusals import CALL_ERRORS, SlackRefused, as_engine_error
from frontline.core.errors import EngineError, UsageError

# Each envelope waits for the disk; with ten threads a burst would queue behind ten commits.
_CONCURRENCY = 32
_PING_S = 10.0
_CLOSE_S = 10.0
_log = logging.getLogger(__name__)


class SocketConnection:
    """A Socket Mode connection that comes back by itself."""

    def __init__(self, app: App, settings: BotSettings) -> None:
        token = settings.app_token.get_secret_value()
        if not token:
            raise UsageError(
                "Socket Mode needs an app-level token (xapp-...).",
                next_step="Create one with the scope connections:write, or use HTTP mode.",
            )
        client = WebClient(token=token, base_url=settings.base_url, timeout=settings.timeout_s)
        self._base_url = settings.base_url
        self._handler = SocketModeHandler(
            app, app_token=token, web_client=client, concurrency=_CONCURRENCY, ping_interval=_PING_S
        )

    @property
    def is_connected(self) -> bool:
        """Whether envelopes can arrive now."""
        return bool(self._handler.client.is_connected())

    def start(self) -> None:
        """Connect, or say in one sentence why not.

        Raises:
            UsageError: Slack refuses the app-level token.
            EngineError: Slack cannot be reached.
        """
        try:
            self._handler.client.connect()
        except CALL_ERRORS as error:
            self._handler.client.close()
            raise _explain(as_engine_error(error), self._base_url) from error

    def stop(self) -> None:
        """Disconnect for good.

        slack_sdk waits for its receiving thread without a limit, and that thread may be waiting for a peer that is
        gone (seen when a reconnection met the end). Its threads are daemons: they may stay behind.
        """
        closing = threading.Thread(target=self._handler.client.close, name="socket-close", daemon=True)
        closing.start()
        closing.join(_CLOSE_S)
        if closing.is_alive():
            _log.warning("The connection to Slack did not close within %s s; it is left behind.", _CLOSE_S)


def _explain(error: EngineError, base_url: str) -> Exception:
    if isinstance(error, SlackRefused):
        return UsageError(
            f"Slack refuses the app-level token ({error.code}).",
            next_step="Check FRONTLINE_SLACK_APP_TOKEN: it begins with xapp- and has the scope connections:write.",
        )
    return EngineError(f"Slack cannot be reached at {base_url}.", permanent=False, retry_after=error.retry_after)
