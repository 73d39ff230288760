"""Slack's pace: about one message per second and channel, short bursts tolerated."""

from __future__ import annotations

import math
from dataclasses import dataclass

from frontline.core.clock import Clock, SystemClock
from frontline.sandbox.slack.refusals import Refusal


@dataclass(frozen=True)
class Pace:
    """How fast messages may come. ``per_second`` per channel, after a burst of ``burst``."""

    per_second: float = 1.0
    burst: int = 30


class Bucket:
    """Token buckets per channel, on the machine's clock unless told otherwise (a frozen clock never refills)."""

    def __init__(self, pace: Pace | None, clock: Clock | None = None) -> None:
        self.pace = pace
        self._clock = clock or SystemClock()
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, channel: str) -> None:
        """Count one message.

        Raises:
            Refusal: HTTP 429 ``ratelimited`` with the whole seconds to wait.
        """
        if self.pace is None:
            return
        now = self._clock.now().timestamp()
        level, seen = self._levels.get(channel, (float(self.pace.burst), now))
        level = min(self.pace.burst, level + max(now - seen, 0) * self.pace.per_second)
        if level < 1:
            self._levels[channel] = (level, now)
            wait = max(1, math.ceil((1 - level) / self.pace.per_second))
            raise Refusal("ratelimited", status=429, retry_after=wait)
        self._levels[channel] = (level - 1, now)
