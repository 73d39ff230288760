"""What went wrong between us and Slack: surely refused, surely not sent, or nobody can know."""

from __future__ import annotations

import http.client
import socket
import urllib.error

from slack_sdk.errors import SlackApiError, SlackClientError

from frontline.core.errors import EngineError, UncertainDelivery

# Everything that slack_sdk lets out of a call: its own errors, urllib's and the socket's, a cut or undecodable body.
CALL_ERRORS = (SlackClientError, OSError, http.client.HTTPException, ValueError)

# The operation may have happened although Slack reports an error of its own.
_UNCERTAIN = ("internal_error", "fatal_error", "request_timeout", "service_unavailable")
# A person must put the token right; until then nothing is lost by waiting.
_TOKEN = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "accesslimited")
_TOKEN_WAIT_S = 300.0
_UNREACHABLE_WAIT_S = 5.0
_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")


class SlackRefused(EngineError):
    """Slack understood and said no. ``code`` is its word for it."""

    def __init__(self, code: str, *, permanent: bool = True, retry_after: float | None = None) -> None:
        super().__init__(f"Slack refused: {code}", permanent=permanent, retry_after=retry_after)
        self.code = code

    @property
    def is_about_blocks(self) -> bool:
        """Whether a simpler rendering may pass."""
        return self.code in _BLOCKS


def as_engine_error(error: BaseException) -> EngineError:
    """Return the typed error for one of ``CALL_ERRORS``."""
    if isinstance(error, SlackApiError):
        return _from_answer(error)
    if isinstance(error, urllib.error.HTTPError):
        return from_status(error.code, "", error.headers.get("Retry-After"))
    if _never_left(error):
        return EngineError("Slack cannot be reached.", permanent=False, retry_after=_UNREACHABLE_WAIT_S)
    return UncertainDelivery(f"No answer from Slack ({type(error).__name__}).")


def from_status(status: int, body: str, retry_after: str | None) -> EngineError:
    """Return the typed error of an HTTP answer that is no success (response URLs answer in plain words)."""
    if status == 429:
        return SlackRefused("ratelimited", permanent=False, retry_after=_seconds(retry_after))
    if status >= 500:
        return UncertainDelivery(f"Slack answered with status {status}.")
    code = body.strip()
    return SlackRefused(code if code.isascii() and 0 < len(code) <= 60 else f"status_{status}")


def _from_answer(error: SlackApiError) -> EngineError:
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", response)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    headers = {str(key).lower(): value for key, value in (getattr(response, "headers", None) or {}).items()}
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return SlackRefused("ratelimited", permanent=False, retry_after=_seconds(headers.get("retry-after")))
    # slack_sdk puts a sentence where the code would be when the body is no JSON.
    if status >= 500 or code in _UNCERTAIN or not code or " " in code:
        return UncertainDelivery(f"Slack answered with status {status}.")
    if code in _TOKEN:
        return SlackRefused(code, permanent=False, retry_after=_TOKEN_WAIT_S)
    return SlackRefused(code)


def _never_left(error: BaseException) -> bool:
    """Whether the request surely did not reach Slack: nobody listened, or the name is unknown."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)


def _seconds(value: object) -> float:
    text = value[0] if isinstance(value, list) and value else value
    try:
        return max(0.0, float(str(text)))
    except ValueError:
        return 30.0
