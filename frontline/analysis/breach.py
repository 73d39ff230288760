"""Is the recontact rate out of its limits? A pure decision over daily counts, as they stood at an instant.

The 7-day rate is a lagging figure: it is known eight days later. So the 1-day and the 3-day hazard are watched (on the
public bank data 43.8 of 66.4 points come within a day), the 7-day rate is nowcast from them by development factors
(chain ladder), and the mature 7-day cohort confirms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from frontline.analysis.decompose import Decomposition, decompose
from frontline.analysis.limits import Daily
from frontline.analysis.watch import Episode, Watched, WatchSettings, watch

ALL = ""  # the topic of rows over all topics


@dataclass(frozen=True)
class RecontactDay:
    """One local day (of one topic, or of ``ALL``): identified answered contacts, and per horizon in days how many of
    them were mature at the instant of looking and how many of the mature were followed by another answered contact."""

    day: dt.date
    contacts: int
    mature: Mapping[int, int]
    followed: Mapping[int, int]
    topic: str = ALL


@dataclass(frozen=True)
class BreachSettings:
    """What is watched and how strictly. ``by_topic`` None watches the company's rate only."""

    horizons: tuple[int, ...] = (1, 3)
    confirm: int = 7
    company: WatchSettings = field(default_factory=WatchSettings)
    by_topic: WatchSettings | None = None


@dataclass(frozen=True)
class Rates:
    """Shares of one horizon since the onset and in the usual days before it."""

    horizon: int
    rate: float
    usual: float
    contacts: int

    @property
    def lift(self) -> float:
        """Relative rise."""
        return self.rate / self.usual - 1 if self.usual > 0 else 0.0


@dataclass(frozen=True)
class Breach:
    """A rise that is on at the end of the data. ``topic`` is ``ALL`` for the company's own rate."""

    topic: str
    horizon: int
    chart: str
    signal: dt.date
    onset: dt.date
    rates: Rates
    confirmed: Rates | None  # the 7-day rate of the days since the onset that are mature for it
    nowcast: float | None
    usual_confirm: float | None
    effects: Decomposition | None
    line: Sequence[tuple[dt.date, float, float]]  # day, share, usual share: the last five weeks

    @property
    def drivers(self) -> tuple[str, ...]:
        """Topics that carry at least a fifth of the company's change."""
        if self.effects is None or self.effects.change <= 0:
            return ()
        return tuple(e.group for e in self.effects.effects if e.total >= 0.2 * self.effects.change)


@dataclass(frozen=True)
class Judgement:
    """What was decided, and up to which day the shortest horizon was mature."""

    breaches: tuple[Breach, ...]
    seen_until: dt.date | None
    watched: int


def judge(rows: Sequence[RecontactDay], settings: BreachSettings) -> Judgement:
    """Return the rises that are on, the company's first, then topics by lift.

    Only days on which every contact is mature for a horizon are used for it: the first callers of a day that is not
    over come back sooner than its last ones.
    """
    company = [row for row in rows if row.topic == ALL]
    topics = sorted({row.topic for row in rows if row.topic != ALL})
    breaches: list[Breach] = []
    seen: dt.date | None = None
    watched = 0
    for horizon in settings.horizons:
        series = series_of(company, horizon)
        if len(series):
            seen = max(seen or dt.date.min, dt.date.fromordinal(int(series.day[-1])))
        found = watch(series, settings.company)
        watched += int(found.baseline is not None)
        if found.current and not breaches:
            breaches.append(_breach(rows, ALL, horizon, found, found.current, settings))
    if settings.by_topic is not None:
        breaches += _topic_breaches(rows, topics, settings)
    return Judgement(tuple(breaches), seen, watched)


def _topic_breaches(rows: Sequence[RecontactDay], topics: Sequence[str], settings: BreachSettings) -> list[Breach]:
    if settings.by_topic is None:
        return []
    found = []
    for topic in topics:
        mine = [row for row in rows if row.topic == topic]
        for horizon in settings.horizons:
            series = series_of(mine, horizon)
            # A topic whose usual day stays below the least expectation is never judged: not worth the walk.
            if len(series) == 0 or series.events.mean() < settings.by_topic.min_expected / 2:
                continue
            seen = watch(series, settings.by_topic)
            if seen.current:
                found.append(_breach(rows, topic, horizon, seen, seen.current, settings))
                break
    return sorted(found, key=lambda breach: -breach.rates.lift)


def series_of(rows: Sequence[RecontactDay], horizon: int) -> Daily:
    """Return the daily series of one horizon: the days all of whose contacts are mature."""
    full = sorted(
        (row.day.toordinal(), row.followed[horizon], row.mature[horizon])
        for row in rows
        if row.contacts > 0 and row.mature.get(horizon, 0) == row.contacts
    )
    table = np.array(full, dtype=float).reshape(-1, 3)
    return Daily(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])


def nowcast(
    rows: Sequence[RecontactDay], *, since: dt.date, before: tuple[dt.date, dt.date], horizons: Sequence[int]
) -> float | None:
    """Return the expected rate of the longest horizon over the days from ``since`` on (chain ladder).

    Each day contributes its rate at the longest horizon that is mature, times the usual ratio of the final rate to
    the rate at that horizon in ``before`` (half-open). None without data on either side.
    """
    final = max(horizons)
    usual = [row for row in rows if before[0] <= row.day < before[1] and row.mature.get(final, 0) == row.contacts > 0]
    mass = {h: sum(row.followed[h] for row in usual) for h in horizons}
    if not mass.get(final):
        return None
    expected, contacts = 0.0, 0
    for row in rows:
        mature = [h for h in horizons if row.mature.get(h, 0) == row.contacts > 0]
        if row.day < since or not mature:
            continue
        horizon = max(mature)
        expected += row.followed[horizon] * mass[final] / max(1, mass[horizon])
        contacts += row.contacts
    return min(1.0, expected / contacts) if contacts else None


def _breach(
    rows: Sequence[RecontactDay], topic: str, horizon: int, seen: Watched, episode: Episode, settings: BreachSettings
) -> Breach:
    # What is usual leaves out earlier episodes, as the baseline of the limits does.
    spans = [(e.onset, e.end) for e in seen.episodes if e.end is not None and not e.adopted]
    rows = [row for row in rows if not any(first <= row.day.toordinal() < end for first, end in spans)]
    mine = [row for row in rows if row.topic == topic]
    onset = dt.date.fromordinal(episode.onset)
    before = (onset - dt.timedelta(days=settings.company.baseline_days), onset)
    rates = _rates(mine, horizon, onset=onset, before=before)
    confirmed = _rates(mine, settings.confirm, onset=onset, before=before)
    return Breach(
        topic=topic,
        horizon=horizon,
        chart=episode.chart,
        signal=dt.date.fromordinal(episode.signal),
        onset=onset,
        rates=rates,
        confirmed=confirmed if confirmed.contacts else None,
        nowcast=nowcast(mine, since=onset, before=before, horizons=(*settings.horizons, settings.confirm)),
        usual_confirm=confirmed.usual or None,
        effects=_effects(rows, horizon, onset=onset, before=before),
        line=_line(seen),
    )


def _rates(rows: Sequence[RecontactDay], horizon: int, *, onset: dt.date, before: tuple[dt.date, dt.date]) -> Rates:
    usable = [row for row in rows if row.mature.get(horizon, 0) == row.contacts > 0]
    since = [row for row in usable if row.day >= onset]
    usual = [row for row in usable if before[0] <= row.day < before[1]]
    n = sum(row.contacts for row in since)
    base = sum(row.contacts for row in usual)
    return Rates(
        horizon,
        rate=sum(row.followed[horizon] for row in since) / n if n else 0.0,
        usual=sum(row.followed[horizon] for row in usual) / base if base else 0.0,
        contacts=n,
    )


def _effects(
    rows: Sequence[RecontactDay], horizon: int, *, onset: dt.date, before: tuple[dt.date, dt.date]
) -> Decomposition | None:
    """Split the company's change since the onset over topics; None without topics."""
    sides: tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]] = ({}, {})
    # A topic without contacts on a day has no row there; the company's row says whether the day is mature.
    for row in rows:
        if row.topic == ALL or row.mature.get(horizon, 0) != row.contacts:
            continue
        if row.day >= onset or before[0] <= row.day < before[1]:
            side = sides[1] if row.day >= onset else sides[0]
            events, trials = side.get(row.topic, (0, 0))
            side[row.topic] = (events + row.followed[horizon], trials + row.contacts)
    if not sides[0] or not sides[1]:
        return None
    return decompose(*sides)


def _line(seen: Watched) -> Sequence[tuple[dt.date, float, float]]:
    if seen.baseline is None:
        return ()
    usual = seen.baseline.expected(seen.series)
    share = seen.series.events / np.maximum(seen.series.trials, 1)
    return [
        (dt.date.fromordinal(int(day)), float(a), float(b))
        for day, a, b in zip(seen.series.day[-35:], share[-35:], usual[-35:], strict=True)
    ]
