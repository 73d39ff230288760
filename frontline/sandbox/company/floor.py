"""The shop floor of one day: agents on shift, four queues, live contacts before written work.

An event simulation, so that waits, abandonment, redials and occupancy agree with each other and with queueing theory:
customers leave when their patience (exponential) is over, a waiting caller overflows to another queue's idle agent
after ``OVERFLOW_S``, written work and callbacks fill the gaps.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from frontline.sandbox.company.log import ABANDONED, ANSWERED, LIVE, OUTBOUND, SENT, ContactLog

OVERFLOW_S = 40.0
_ON, _FREE, _ARRIVE, _OVERFLOW, _GIVE_UP, _DUE = range(6)


@dataclass(frozen=True)
class Shift:
    """One agent's day in absolute seconds; breaks are (start, end)."""

    agent: int
    queue: int
    start: float
    end: float
    breaks: tuple[tuple[float, float], ...]


@dataclass
class Floor:
    """Runs days in order; written work that nobody reached stays for the next day.

    ``on_served(contact, agent, end)`` and ``on_abandoned(contact, time)`` may return contacts that arrive later
    the same day.
    """

    log: ContactLog
    speed: Sequence[float]
    on_served: Callable[[int, int, float], list[int]]
    on_abandoned: Callable[[int, float], list[int]]
    backlog: list[deque[int]] = field(default_factory=lambda: [deque() for _ in range(4)])

    def run(self, arrivals: Sequence[int], shifts: Sequence[Shift]) -> None:
        """Play one day: ``arrivals`` are contact numbers, in any order."""
        log, speed, backlog = self.log, self.speed, self.backlog
        t_of, queue_of, kind_of, handle_of, patience_of = log.t, log.queue, log.kind, log.handle, log.patience
        start_of, end_of, agent_of, outcome_of, queued_of = log.start, log.end, log.agent, log.outcome, log.queued
        waiting: list[deque[int]] = [deque() for _ in range(4)]
        idle: list[deque[int]] = [deque() for _ in range(4)]
        by_agent = {shift.agent: shift for shift in shifts}
        breaks = {shift.agent: deque(shift.breaks) for shift in shifts}
        present = [0, 0, 0, 0]
        events: list[tuple[float, int, int]] = [(t_of[i], _ARRIVE, i) for i in arrivals]
        for shift in shifts:
            events.append((shift.start, _ON, shift.agent))
            events += [(pause[0], _DUE, shift.agent) for pause in shift.breaks]
            events.append((shift.end, _DUE, shift.agent))
        heapq.heapify(events)
        push, pop = heapq.heappush, heapq.heappop

        def take(contact: int, agent: int, now: float) -> None:
            end = now + handle_of[contact] * speed[agent]
            start_of[contact], end_of[contact], agent_of[contact] = now, end, agent
            outcome_of[contact] = SENT if kind_of[contact] == OUTBOUND else ANSWERED
            push(events, (end, _FREE, agent))
            for child in self.on_served(contact, agent, end):
                push(events, (t_of[child], _ARRIVE, child))

        def next_live(queue: int, now: float) -> int:
            own = waiting[queue]
            if own:
                return own.popleft()
            for other in range(4):
                line = waiting[other]
                if line and now - t_of[line[0]] >= OVERFLOW_S:
                    return line.popleft()
            return -1

        def find_work(agent: int, queue: int, now: float) -> None:
            contact = next_live(queue, now)
            if contact < 0 and backlog[queue] and len(idle[queue]) >= _reserve(present[queue]):
                contact = backlog[queue].popleft()
            if contact < 0:
                idle[queue].append(agent)
            else:
                take(contact, agent, now)

        while events:
            now, what, who = pop(events)
            if what == _ARRIVE:
                queue = queue_of[who]
                if kind_of[who] != LIVE:
                    if len(idle[queue]) > _reserve(present[queue]):
                        take(who, idle[queue].popleft(), now)
                    else:
                        backlog[queue].append(who)
                elif idle[queue]:
                    queued_of[who] = True
                    take(who, idle[queue].popleft(), now)
                else:
                    queued_of[who] = True
                    waiting[queue].append(who)
                    push(events, (now + OVERFLOW_S, _OVERFLOW, who))
                    push(events, (now + patience_of[who], _GIVE_UP, who))
            elif what == _OVERFLOW:
                queue = queue_of[who]
                if who in waiting[queue]:
                    helper = max(range(4), key=lambda q: len(idle[q]))
                    if idle[helper]:
                        waiting[queue].remove(who)
                        take(who, idle[helper].popleft(), now)
            elif what == _GIVE_UP:
                queue = queue_of[who]
                if who in waiting[queue]:
                    waiting[queue].remove(who)
                    end_of[who], outcome_of[who] = now, ABANDONED
                    for child in self.on_abandoned(who, now):
                        push(events, (t_of[child], _ARRIVE, child))
            else:
                shift = by_agent[who]
                queue = shift.queue
                if what == _DUE:  # a break or the end of the shift: an idle agent goes, a busy one after the contact
                    if who not in idle[queue]:
                        continue
                    idle[queue].remove(who)
                if what == _ON:
                    present[queue] += 1
                pause = breaks[who]
                if now >= shift.end:
                    present[queue] -= 1
                elif pause and now >= pause[0][0]:
                    first = pause.popleft()
                    present[queue] -= 1
                    push(events, (now + first[1] - first[0], _ON, who))
                else:
                    find_work(who, queue, now)


def _reserve(present: int) -> int:
    """How many agents of a queue stay free for live contacts while written work waits (a threshold policy)."""
    return 1 if present >= 2 else 0
