"""Channels by name: routines speak to ``#floor``, the organisation calls it ``#cs-floor``, Slack wants an id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from bot.transport import call
from frontline.core.ports import Posted, Transport


class ChannelBook:
    """A transport that takes ``#floor`` where Slack wants an id; names come from conversations.list, read once.

    ``own`` turns the product's name of a channel into the organisation's (the channel map).
    """

    def __init__(
        self, inner: Transport, client: WebClient, *, own: Callable[[str], str] = lambda channel: channel
    ) -> None:
        self._inner = inner
        self._client = client
        self._own = own
        self._ids: dict[str, str] = {}

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        """Post to a channel by name or id."""
        return self._inner.post(channel=self.id_of(channel), payload=payload, key=key, thread_ts=thread_ts)

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        """Replace an earlier message."""
        self._inner.update(posted=posted, payload=payload)

    def find(self, *, channel: str, key: str, since: float) -> Sequence[Posted]:
        """Read back by name or id."""
        return self._inner.find(channel=self.id_of(channel), key=key, since=since)

    def delete(self, *, posted: Posted) -> None:
        """Remove a second copy."""
        self._inner.delete(posted=posted)

    def id_of(self, channel: str) -> str:
        """Return the id of a channel."""
        channel = self._own(channel)
        if not channel.startswith("#"):
            return channel
        if channel not in self._ids:
            self._read()
        # An unknown name goes on as it is: Slack's own refusal is the clearer message.
        return self._ids.get(channel, channel)

    def _read(self) -> None:
        self._ids |= {f"#{row['name']}": str(row["id"]) for row in _list_channels(self._client) if row.get("name")}


def missing_channels(client: WebClient, wanted: Sequence[str]) -> dict[str, str]:
    """Return channel -> why nothing can be posted there, for those of ``wanted`` (names or ids) of which that holds."""
    known: dict[str, Mapping[str, Any]] = {}
    for row in _list_channels(client):
        known |= {f"#{row.get('name')}": row, str(row.get("id")): row}
    absent = {}
    for channel in wanted:
        found = known.get(channel)
        if found is None:
            absent[channel] = "is not there, or is private and the bot was never invited"
        elif found.get("is_member") is not True:
            absent[channel] = "is there, but the bot is no member"
        elif found.get("is_ext_shared") is True:
            absent[channel] = "is shared with another organisation: nothing is posted there"
    return absent


def _list_channels(client: WebClient) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        page = call(client.conversations_list, types="public_channel,private_channel", limit=500, cursor=cursor)
        yield from page.get("channels", [])
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
