"""Who works when: a rota that follows the forecast of the day, drawn from each queue's own agents."""

from __future__ import annotations

import numpy as np

from frontline.sandbox.company.floor import Shift
from frontline.sandbox.company.model import DAY_S, STAFF, Calendar
from frontline.sandbox.company.people import Agents

SHIFT_H = 8.0
# Shares of the open day at which successive shifts begin: the first two cover it from end to end.
_STARTS = (0.0, 1.0, 0.10, 0.55, 0.85, 0.0, 0.30, 0.0, 1.0, 0.15, 0.60, 0.05)


def plan_shifts(rng: np.random.Generator, calendar: Calendar, agents: Agents, *, day: int, scale: float) -> list[Shift]:
    """Return the shifts of ``day``: at least one per queue, at most the queue's agents."""
    opening, closing = calendar.hours[day]
    length = min(SHIFT_H, closing - opening)
    # Short days need the day's work done in fewer hours by whole shifts.
    wanted = STAFF * scale * calendar.factor[day] * SHIFT_H / length
    shifts: list[Shift] = []
    base = day * DAY_S
    for queue in range(4):
        members = np.flatnonzero(agents.queue == queue)
        count = int(np.clip(np.floor(wanted[queue] + rng.random()), 1, len(members)))
        # Two shifts at least where the lines are open longer than one of them lasts.
        if closing - opening > SHIFT_H and len(members) > 1:
            count = max(count, 2)
        chosen = rng.permutation(members)[:count]
        for place, agent in enumerate(chosen):
            start = opening + _STARTS[place % len(_STARTS)] * max(0.0, closing - opening - length)
            end = start + length
            shifts.append(
                Shift(int(agent), queue, base + start * 3600, base + end * 3600, _breaks(rng, base, start, length))
            )
    return shifts


def _breaks(rng: np.random.Generator, base: float, start: float, length: float) -> tuple[tuple[float, float], ...]:
    wobble = rng.uniform(-0.35, 0.35, 3)
    if length < 7:
        at = start + length / 2 + wobble[0]
        return ((base + at * 3600, base + at * 3600 + 1200),)
    spans = ((0.25, 900), (0.5, 1800), (0.76, 900))
    return tuple(
        (base + (start + share * length + shift) * 3600, base + (start + share * length + shift) * 3600 + seconds)
        for (share, seconds), shift in zip(spans, wobble, strict=True)
    )
