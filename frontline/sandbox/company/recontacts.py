"""The recontact counts of a played company as they stood at an instant: the test bench of the recontact routine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from frontline.analysis.breach import ALL, RecontactDay
from frontline.sandbox.company import log as L
from frontline.sandbox.company import model as M
from frontline.sandbox.company.casework import View
from frontline.sandbox.company.model import Bools

HORIZONS = (1, 3, 7)


def daily_recontacts(
    view: View, *, start: dt.date, end: dt.date, horizons: Sequence[int] = HORIZONS, by_topic: bool = True
) -> list[RecontactDay]:
    """Return rows per local day in [start, end) and topic (and over all), seen at the instant of the view."""
    k, calendar = view.contacts, view.company.calendar
    base = np.flatnonzero(view.done & (k.kind != L.OUTBOUND) & (k.outcome == L.ANSWERED) & ~view.anonymous)
    order = base[np.lexsort((k.t[base], k.customer[base]))]
    same = np.r_[k.customer[order][1:] == k.customer[order][:-1], False]
    gap = np.where(same, np.r_[np.diff(k.t[order]), np.inf], np.inf)
    day = (k.t[order] // M.DAY_S).astype(np.int64)
    first, last = calendar.index(start), calendar.index(end)
    inside = (day >= first) & (day < last)
    order, gap, day = order[inside], gap[inside], day[inside]
    mature = {h: k.t[order] + h * M.DAY_S <= view.at for h in horizons}
    rows: list[RecontactDay] = []
    groups: list[tuple[str, Bools]] = [(ALL, np.ones(len(order), dtype=bool))]
    if by_topic:
        groups += [(topic, k.topic[order] == code) for code, topic in enumerate(M.TOPICS)]
    for topic, mine in groups:
        size = last - first
        at = day[mine] - first
        contacts = np.bincount(at, minlength=size)
        ripe = {h: np.bincount(at[mature[h][mine]], minlength=size) for h in horizons}
        back = {h: np.bincount(at[(mature[h] & (gap <= h * M.DAY_S))[mine]], minlength=size) for h in horizons}
        rows += [
            RecontactDay(
                calendar.date(first + i),
                int(contacts[i]),
                {h: int(ripe[h][i]) for h in horizons},
                {h: int(back[h][i]) for h in horizons},
                topic,
            )
            for i in np.flatnonzero(contacts).tolist()
        ]
    return rows
