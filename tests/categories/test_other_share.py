"""When more cases end in "other" than weeks explain, it is said once; on flat weeks nothing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from bot.render_text import render_text
from frontline.catalog.loader import load_catalog
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound
from frontline.store.work import Store
from jobs.categories import OtherShare
from jobs.runner import JobRunner, RunnerSettings, RunResult
from tests.jobs.zones import AMSTERDAM

CATALOG = load_catalog()
DEFINITION = next(row for row in CATALOG.routines.routines if row.key == "other_share")
FLAT, RISEN = [(30, 600)] * 14, [*[(30, 600)] * 12, (80, 600), (82, 600)]


def run(store: Store, clock: FrozenClock, weeks: Sequence[tuple[int, int]] | None, slot: str) -> RunResult:
    rows = weeks

    def read(*, seen_at: dt.datetime, weeks: int) -> Sequence[tuple[int, int]]:
        if rows is None:
            raise NotFound("No cases are loaded.")
        assert len(rows) == weeks
        return rows

    clock.move_to(dt.datetime.fromisoformat(f"{slot}T08:46").replace(tzinfo=AMSTERDAM))
    routine = OtherShare(DEFINITION, read, CATALOG.rules, lambda: CATALOG.taxonomy)
    return JobRunner(store, [routine], RunnerSettings(AMSTERDAM)).run_slot("other_share", slot)


def test_a_rise_is_posted_once_with_its_interval_and_again_only_weeks_later(store: Store, clock: FrozenClock) -> None:
    first = run(store, clock, RISEN, "2026-06-22")
    said = "".join(render_text(post.reply) for post in first.posts)
    assert '"Other" rose to 13.5% of cases from 5.0%.' in said
    assert "+5" in said
    assert "points at 3 sigma" in said
    assert "above the 10%" in said
    assert run(store, clock, RISEN, "2026-06-29").posts == ()
    assert len(run(store, clock, RISEN, "2026-08-10").posts) == 1


@pytest.mark.parametrize("weeks", [FLAT, None])
def test_flat_weeks_and_no_cases_say_nothing(
    store: Store, clock: FrozenClock, weeks: Sequence[tuple[int, int]] | None
) -> None:
    assert not DEFINITION.is_on
    assert run(store, clock, weeks, "2026-06-22").posts == ()
