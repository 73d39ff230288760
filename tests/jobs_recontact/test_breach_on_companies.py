"""The routine's decision on generated companies: found soon where something is planted, silent where nothing is."""

import datetime as dt
from dataclasses import dataclass

import pytest

from frontline.analysis.breach import ALL, judge, series_of
from frontline.analysis.watch import watch
from frontline.catalog.rules import load_rules
from frontline.sandbox.company.casework import view_at
from frontline.sandbox.company.generator import play
from frontline.sandbox.company.model import NOW, ZONE
from frontline.sandbox.company.recontacts import daily_recontacts
from jobs.recontact import settings_of

START = dt.date(2026, 1, 1)
SETTINGS = settings_of(load_rules().rule("recontact_breach"))
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Heard:
    """The first slot that would have said something, and the days on which any episode began."""

    days_after_onset: int | None
    alarms: int


def slot_at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(7, 30), tzinfo=ZONE)


def listen(seed: int, *, effects: bool, days: int = 90) -> Heard:
    """Walk the slots of the last ``days`` days. A day's 1-day hazard is mature two mornings later, and so on."""
    world = play(seed=seed, effects=effects, start=START)
    company = world.company
    view = view_at(company, world.contacts, company.calendar.local_seconds(slot_at(NOW.date())))
    rows = daily_recontacts(view, start=START, end=NOW.date())
    told: list[tuple[dt.date, dt.date]] = []  # slot, onset
    for topic in sorted({row.topic for row in rows}):
        rule = SETTINGS.company if topic == ALL else SETTINGS.by_topic
        assert rule is not None
        for horizon in SETTINGS.horizons:
            found = watch(series_of([row for row in rows if row.topic == topic], horizon), rule)
            told += [
                (dt.date.fromordinal(e.signal) + (horizon + 1) * DAY, dt.date.fromordinal(e.onset))
                for e in found.episodes
            ]
    told = [(slot, onset) for slot, onset in told if slot > NOW.date() - days * DAY]
    if not effects:
        return Heard(None, len(told))
    fresh = company.effects.rises[1]
    planted = company.calendar.date(fresh.first)
    slots = [slot for slot, onset in told if onset >= planted - 3 * DAY]
    return Heard(min(((slot - planted).days for slot in slots), default=None), len(told))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fresh_rise_is_found_within_a_week(seed: int) -> None:
    delay = listen(seed, effects=True).days_after_onset
    assert delay is not None
    assert delay <= 7


def test_a_company_without_effects_is_silent() -> None:
    assert listen(1, effects=False).alarms == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nine_of_ten_unseen_companies_are_judged_right() -> None:
    delays = [listen(seed, effects=True).days_after_onset for seed in range(11, 21)]
    assert sum(delay is not None and delay <= 7 for delay in delays) >= 9, delays
    alarms = [listen(seed, effects=False).alarms for seed in range(11, 21)]
    assert sum(count == 0 for count in alarms) >= 9, alarms


def test_the_judgement_at_a_slot_names_topic_and_confirms_with_the_mature_week() -> None:
    world = play(seed=1, start=dt.date(2026, 1, 1))
    company = world.company
    day = dt.date(2026, 5, 18)
    view = view_at(company, world.contacts, company.calendar.local_seconds(slot_at(day)))
    judged = judge(daily_recontacts(view, start=START, end=day), SETTINGS)
    assert judged.seen_until == day - 2 * DAY
    billing = next(breach for breach in judged.breaches if breach.topic == "billing")
    assert abs((billing.onset - dt.date(2026, 5, 4)).days) <= 2
    assert billing.confirmed is not None
    assert billing.confirmed.lift > 0.3
    assert billing.nowcast is not None
    assert abs(billing.nowcast - billing.confirmed.rate) < 0.08
    assert billing.effects is not None
    assert billing.effects.effects[0].group == "billing"
    assert sum(e.total for e in billing.effects.effects) == pytest.approx(billing.effects.change, abs=1e-12)
