"""Breakdowns that are asked for at once, as a why does: what would read the same rows reads them in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

Made = TypeVar("Made")
By = tuple[str, ...]


class Together:
    """What several queries of one metric share while they are answered. For one thread.

    ``families``: breakdowns that will be read over the same rows, every one of a family for the same slice and
    filters. ``now``: the instant at which all of them are asked. What has been read or worked out is kept until the
    last of them is answered.
    """

    def __init__(self, families: Sequence[Sequence[By]], now: dt.datetime) -> None:
        self.now = now
        self._families = tuple(tuple(dict.fromkeys(family)) for family in families)
        self._known: dict[Hashable, Any] = {}

    def family(self, by: By) -> tuple[By, ...]:
        """Return the breakdowns that will be read beside ``by``, itself among them; empty where it is alone."""
        return next((family for family in self._families if by in family and len(family) > 1), ())

    def recall(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives, made once."""
        if key not in self._known:
            self._known[key] = make()
        known: Made = self._known[key]
        return known
