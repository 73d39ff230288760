"""The alarm of a finding that stays true: told once, and once more when it is still there after half a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from frontline.analysis.goodhart import Goodhart, Move
from frontline.catalog.loader import load_catalog
from frontline.catalog.scorecards import Scorecard
from frontline.core.clock import FrozenClock
from frontline.store.work import Store
from handlers.goodhart import Told
from jobs.runner import JobRunner, RunnerSettings
from jobs.scorecards import GoodhartWatch
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
DEFINITION = next(row for row in CATALOG.routines.routines if row.key == "goodhart_watch")
FIRST = next(iter(CATALOG.scorecards.scorecards.values()))
BETTER, WORSE = Move(FIRST.primary, 0.6, 0.7, 0.1, 5.0, 900), Move(FIRST.guards[0], 0.1, 0.2, 0.1, -5.0, 900)


def test_a_finding_that_stays_is_told_once_in_half_a_year(tmp_path: Path) -> None:
    clock = FrozenClock(dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC))
    store = Store.open(tmp_path / "state.sqlite3", clock)
    store.create_schema()

    def judge(card: Scorecard, *, seen_at: dt.datetime) -> Sequence[Told]:
        if card is not FIRST:
            return []
        return [Told(Goodhart("Breeze", 3, BETTER, (WORSE,), 5.0), dt.date(2025, 11, 3), card)]

    runner = JobRunner(store, [GoodhartWatch(DEFINITION, judge, lambda: CATALOG)], RunnerSettings(AMSTERDAM))
    told = []
    for week in range(58):
        day = dt.date(2026, 1, 5) + dt.timedelta(weeks=week)
        clock.move_to(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))
        if runner.run_slot("goodhart_watch", day.isoformat()).posts:
            told.append(week)
    store.close()
    assert told == [0, 27, 54]
