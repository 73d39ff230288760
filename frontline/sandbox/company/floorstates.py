"""Agent states in hour blocks, and the queue as it stood every quarter of an hour of the last days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.floor import Shift
from frontline.sandbox.company.model import Floats, Ints
from frontline.sandbox.company.tables import Columns, instants, words

STATES = ("available", "handling", "acw", "break", "offline")
_HOUR = 3600.0


def agent_states(view: View, shifts: Sequence[Sequence[Shift]], *, since: int = 0) -> Columns:
    """Return at most four rows per agent and worked hour: handling, acw, break, available, laid one after another.

    Handling and after-contact work are the contacts' own seconds inside that hour, so that occupancy agrees with
    the contacts; only their order inside the hour is not kept. Hours before the day ``since`` are left out.
    """
    company = view.company
    flat = [shift for day in shifts for shift in day if shift.start < view.at]
    size = int(view.at // _HOUR) + 30
    agents = len(company.agents)
    staffed = np.zeros((agents, size))
    pause = np.zeros((agents, size))
    for shift in flat:
        _lay(staffed, shift.agent, shift.start, min(shift.end, view.at))
        for start, end in shift.breaks:
            _lay(pause, shift.agent, start, min(end, view.at))
    talk, wrap = _worked(view, agents, size)
    pause = np.minimum(pause, np.maximum(0.0, _HOUR - talk - wrap))
    # Somebody who finishes a contact after the end of the shift is staffed until then.
    staffed = np.minimum(_HOUR, np.maximum(staffed, talk + wrap + pause))
    free = np.maximum(0.0, staffed - talk - wrap - pause)
    lengths = np.stack([talk, wrap, pause, free], axis=2)
    ends = np.cumsum(lengths, axis=2)
    agent, hour, state = np.nonzero(lengths >= 1.0)
    if since:
        late = hour >= since * 24
        agent, hour, state = agent[late], hour[late], state[late]
    end = hour * _HOUR + ends[agent, hour, state]
    start = end - lengths[agent, hour, state]
    order = np.lexsort((start, agent))
    agent, start, end, state = agent[order], start[order], end[order], state[order]
    return {
        "agent_id": words([company.agents.agent_id(i) for i in range(agents)], agent),
        "team_id": words(M.TEAMS, company.agents.team[agent]),
        "ts_from": instants(company.calendar, start),
        "ts_to": instants(company.calendar, end),
        "state": words(("handling", "acw", "break", "available"), state),
    }


def _lay(grid: Floats, agent: int, start: float, end: float) -> None:
    """Add the seconds of [start, end) to the hours they fall in."""
    while start < end:
        hour = int(start // _HOUR)
        stop = min(end, (hour + 1) * _HOUR)
        grid[agent, hour] += stop - start
        start = stop


def _worked(view: View, agents: int, size: int) -> tuple[Floats, Floats]:
    k = view.contacts
    busy = (k.agent >= 0) & (k.start < view.at)
    start, end, agent = k.start[busy], np.minimum(k.end[busy], view.at), k.agent[busy]
    share = (0.08 + 0.10 * k.u[busy, L.U_CLOSE]) * np.where(k.kind[busy] == L.OUTBOUND, 0.8, 1.0)
    turn = k.end[busy] - (k.end[busy] - k.start[busy]) * share
    talk, wrap = np.zeros((agents, size)), np.zeros((agents, size))
    for grid, a, b in ((talk, start, np.minimum(turn, end)), (wrap, np.minimum(turn, end), end)):
        _lay_many(grid, agent, a, b)
    return talk, wrap


def _lay_many(grid: Floats, agent: Ints, start: Floats, end: Floats) -> None:
    hour = (start // _HOUR).astype(np.int64)
    while len(start):
        stop = np.minimum(end, (hour + 1) * _HOUR)
        np.add.at(grid, (agent, hour), np.maximum(0.0, stop - start))
        more = end > stop
        agent, start, end, hour = agent[more], stop[more], end[more], hour[more] + 1


def queue_now(view: View, shifts: Sequence[Sequence[Shift]], *, back: int = 0, since: int = 0) -> Columns:
    """Return waiting, longest wait and free agents per queue and live channel, each quarter of today up to now.

    ``back`` days before today are there too, so that a floor can be held against the same time a week ago; none of
    them before the day ``since``. A free agent counts under one channel only (by turn), so that the rows of one
    instant add up.
    """
    company = view.company
    today = int(view.at // M.DAY_S)
    rows: list[tuple[float, int, int, int, float, int]] = []
    for day in range(max(since, today - back, 0), today + 1):
        opening = company.calendar.hours[day][0]
        closing = view.at if day == today else day * M.DAY_S + (company.calendar.hours[day][1] + 1) * _HOUR
        moments = np.arange(day * M.DAY_S + opening * _HOUR, closing, 900.0).tolist()
        rows += _readings(view, shifts[day], moments if day < today else [*moments, view.at], day)
    table = np.array(rows)
    return {
        "ts": instants(company.calendar, table[:, 0]),
        "queue": words(M.QUEUES, table[:, 1].astype(np.int64)),
        "channel": words(M.CHANNELS, table[:, 2].astype(np.int64)),
        "waiting": table[:, 3].astype(np.int64),
        "longest_wait_s": table[:, 4],
        "available": table[:, 5].astype(np.int64),
    }


def _readings(
    view: View, shifts: Sequence[Shift], moments: Sequence[float], day: int
) -> list[tuple[float, int, int, int, float, int]]:
    k = view.contacts
    recent = np.flatnonzero((k.t >= (day - 4) * M.DAY_S) & (k.t < (day + 1) * M.DAY_S) & (k.t <= view.at))
    t, start, end, agent = k.t[recent], k.start[recent], k.end[recent], k.agent[recent]
    left = np.where(k.outcome[recent] == L.ABANDONED, end, start)
    is_live, queues, channels = k.kind[recent] == L.LIVE, k.queue[recent], k.channel[recent]
    rows: list[tuple[float, int, int, int, float, int]] = []
    for moment in moments:
        waits = is_live & (t <= moment) & ~(left <= moment)
        busy = set(agent[(start <= moment) & (end > moment)].tolist())
        ready = [s for s in shifts if s.agent not in busy and _is_present(s, moment)]
        for queue in range(4):
            free = sum(1 for s in ready if s.queue == queue)
            for channel in (M.PHONE, M.CHAT):
                mine = waits & (queues == queue) & (channels == channel)
                longest = float((moment - t[mine]).max()) if mine.any() else 0.0
                share = (free + 1) // 2 if channel == M.PHONE else free // 2
                rows.append((moment, queue, channel, int(mine.sum()), round(longest, 1), share))
    return rows


def busy_now(view: View, shifts: Sequence[Sequence[Shift]]) -> list[int]:
    """Return per queue how many agents on shift are with a contact."""
    k, today = view.contacts, int(view.at // M.DAY_S)
    busy = set(k.agent[(k.start <= view.at) & (k.end > view.at)].tolist())
    counts = [0] * len(M.QUEUES)
    for shift in shifts[today]:
        counts[shift.queue] += shift.agent in busy
    return counts


def _is_present(shift: Shift, moment: float) -> bool:
    on_break = any(start <= moment < end for start, end in shift.breaks)
    return shift.start <= moment < shift.end and not on_break
