"""Daily recontact counts of an invented company, with a rise where a test wants one."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from frontline.analysis.breach import ALL, RecontactDay

TOPICS = {"billing": 120, "router": 90, "outage": 80, "pricing": 60}
WEEKDAY = (1.2, 1.1, 1.05, 1.05, 1.0, 0.7, 0.5)
# Shares of contacts followed within 1, 3 and 7 days.
USUAL = {1: 0.10, 3: 0.17, 7: 0.23}


class Company:
    """A source of counts: ``lifts`` maps a topic (or ALL) to (first day, relative rise)."""

    def __init__(
        self, *, seed: int = 1, start: dt.date = dt.date(2025, 10, 1),
        lifts: Mapping[str, tuple[dt.date, float]] | None = None, end: dt.date = dt.date(2026, 9, 1),
    ) -> None:  # fmt: skip
        rng = np.random.default_rng(seed)
        self.asked: list[dt.datetime] = []
        self._days: list[tuple[dt.date, str, int, dict[int, int]]] = []
        for number in range((end - start).days):
            day = start + dt.timedelta(days=number)
            wobble = rng.normal(1, 0.04)
            for topic, volume in TOPICS.items():
                contacts = int(rng.poisson(volume * WEEKDAY[day.weekday()]))
                first, lift = (lifts or {}).get(topic) or (lifts or {}).get(ALL) or (dt.date.max, 0.0)
                factor = wobble * (1 + lift if day >= first else 1.0)
                draws = rng.random(contacts)
                self._days.append(
                    (day, topic, contacts, {h: int((draws < p * factor).sum()) for h, p in USUAL.items()})
                )

    def __call__(
        self, *, start: dt.date, end: dt.date, seen_at: dt.datetime, horizons: Sequence[int], by_topic: bool
    ) -> list[RecontactDay]:
        self.asked.append(seen_at)
        rows: dict[tuple[dt.date, str], RecontactDay] = {}
        for day, topic, contacts, followed in self._days:
            if not start <= day < end:
                continue
            ripe = {h: day + dt.timedelta(days=h + 1) <= seen_at.date() for h in horizons}
            for name in (ALL, topic) if by_topic else (ALL,):
                old = rows.get((day, name)) or RecontactDay(
                    day, 0, dict.fromkeys(horizons, 0), dict.fromkeys(horizons, 0), name
                )
                rows[day, name] = RecontactDay(
                    day, old.contacts + contacts,
                    {h: old.mature[h] + contacts * ripe[h] for h in horizons},
                    {h: old.followed[h] + followed[h] * ripe[h] for h in horizons},
                    name,
                )  # fmt: skip
        return list(rows.values())
