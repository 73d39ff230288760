"""The channel map: what the product calls a channel, and what this organisation calls it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, field_validator

from frontline.catalog.routines import load_routines
from frontline.catalog.yamlfile import Definition, line_of, load_model, read_yaml
from frontline.core.errors import CatalogError, Fault

DEFAULT_FILE = Path(__file__).parent / "defaults" / "channels.yaml"
# A channel's name as Slack writes it, or its id.
TARGET = r"^(#[^\sA-Z@#<>:,.]{1,80}|[CG][A-Z0-9]{6,20})$"


class ChannelMap(Definition):
    """Product channel (without its #) -> the organisation's own, by name (``#cs-floor``) or id (``C0123456789``)."""

    channels: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("channels")
    @classmethod
    def _targets(cls, channels: Mapping[str, str]) -> Mapping[str, str]:
        for name, target in channels.items():
            if not re.match(TARGET, target):
                raise ValueError(f"{name}: {target!r} is no channel: write #its-name or its id (C0123456789)")
        return channels

    def own(self, channel: str) -> str:
        """Return where a message for ``channel`` goes. People (``@owner``), ids and unmapped names stay as they are."""
        if not channel.startswith("#"):
            return channel
        return self.channels.get(channel[1:], channel)


def load_channels(overlay: Path | None = None) -> ChannelMap:
    """Return the shipped map with the entries of ``overlay/channels.yaml`` over it.

    Raises:
        CatalogError: every fault, with file and line; a channel that nothing posts to is one (a typing error).
    """
    shipped, _ = load_model(DEFAULT_FILE, ChannelMap)
    path = overlay / "channels.yaml" if overlay is not None else None
    if path is None or not path.exists():
        return shipped
    own, _ = load_model(path, ChannelMap)
    _, node = read_yaml(path)
    known = sorted(_posted(overlay) | set(shipped.channels))
    if faults := [
        Fault(path.name, line_of(node, ("channels", name)), f"nothing posts to {name!r}; there are {', '.join(known)}")
        for name in own.channels
        if name not in known
    ]:
        raise CatalogError(faults)
    return ChannelMap(channels={**shipped.channels, **own.channels})


def _posted(overlay: Path | None) -> set[str]:
    """Channels that routines speak to."""
    try:
        return {row.channel[1:] for row in load_routines(overlay).routines if row.channel.startswith("#")}
    except CatalogError:
        return set()  # said by the routines themselves
