"""Fetching a file that somebody sent us: from Slack only, with our token, in bounded size."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from slack_sdk import WebClient

from bot.refusals import SlackRefused
from bot.transport import call
from frontline.core.errors import EngineError, UsageError

MAX_FILE = 100_000_000  # bytes; a larger export is loaded with `frontline ingest`
_BLOCK = 1 << 18


class FileFetcher:
    """Downloads files by their id (``files.info``, then ``url_private`` with the bot's token)."""

    def __init__(self, client: WebClient, *, token: SecretStr, base_url: str, timeout_s: int = 30) -> None:
        self._client = client
        self._token = token
        self._base_url = base_url
        self._timeout_s = timeout_s

    def __call__(self, file_id: str, target: Path) -> str:
        """Write the file to ``target`` and return its name.

        Raises:
            UsageError: it is gone, too large, or not kept by Slack.
            EngineError: Slack does not hand it out.
        """
        try:
            info = call(self._client.files_info, file=file_id).get("file") or {}
        except SlackRefused as refused:
            raise UsageError(
                f"Slack does not show me this file ({refused.code}).", next_step="Send it again."
            ) from refused
        url, size = str(info.get("url_private_download") or info.get("url_private") or ""), info.get("size")
        if not self._is_slack(url) or info.get("is_external") is True:
            raise UsageError("This file lies outside Slack.", next_step="Upload the file itself, not a link to it.")
        if not isinstance(size, int) or size > MAX_FILE:
            raise UsageError(
                f"The file is larger than {MAX_FILE // 1_000_000} MB.",
                next_step="Load it with `frontline ingest FILE`.",
            )
        self._download(url, target)
        return str(info.get("name") or file_id)

    def _is_slack(self, url: str) -> bool:
        """The token goes to Slack alone (or to the stand-in that we were pointed at)."""
        there, ours = urlsplit(url), urlsplit(self._base_url)
        host = there.hostname or ""
        if (there.scheme, there.netloc) == (ours.scheme, ours.netloc):
            return True
        return there.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-edge.com")))

    def _download(self, url: str, target: Path) -> None:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self._token.get_secret_value()}"})  # noqa: S310  # judged above
        try:
            with urllib.request.build_opener(_Stay()).open(request, timeout=self._timeout_s) as answer:
                if "text/html" in str(answer.headers.get("Content-Type", "")):
                    # Slack answers a token without files:read with its sign-in page.
                    raise EngineError("Slack does not hand out the file: the app lacks files:read.", permanent=True)
                _copy(answer, target)
        except urllib.error.URLError as error:
            raise EngineError(
                f"The file could not be fetched from Slack ({type(error).__name__}).", permanent=False
            ) from error


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for the address that was judged."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _copy(answer: object, target: Path) -> None:
    got = 0
    with target.open("wb") as file:
        while block := answer.read(_BLOCK):  # type: ignore[attr-defined]  # an HTTP response
            got += len(block)
            if got > MAX_FILE:
                raise UsageError("The file is larger than it said.", next_step="Load it with `frontline ingest FILE`.")
            file.write(block)
