import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.catalog.routines import CatchUp, Schedule
from frontline.core.clock import UTC
from frontline.core.errors import UsageError
from jobs.slots import MOST_SKIP_ROWS, next_slot, plan, slot_of, slots_between

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAILY = Schedule(every="daily", at=dt.time(7, 30))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def keys(schedule: Schedule, after: str, until: str, zone: ZoneInfo = AMSTERDAM) -> list[str]:
    return [slot.key for slot in slots_between(schedule, zone, after=utc(after), until=utc(until))]


@pytest.mark.parametrize(
    ("schedule", "after", "until", "expected"),
    [
        (DAILY, "2026-06-15T05:30", "2026-06-17T05:30", ["2026-06-16", "2026-06-17"]),
        (DAILY, "2026-06-17T05:29", "2026-06-17T05:29", []),
        (Schedule(every="weekly", weekday="monday"), "2026-06-10", "2026-06-20", ["2026-06-15"]),
        (Schedule(every="monthly", day=5), "2026-04-05T06:00", "2026-06-05T06:00", ["2026-05", "2026-06"]),
        (Schedule(every="monthly", day=31), "2026-01-31T12:00", "2026-05-01", ["2026-02", "2026-03", "2026-04"]),
        (Schedule(every="quarterly", day=2), "2026-01-01", "2026-07-01", ["2026-Q1", "2026-Q2"]),
        (Schedule(every="yearly"), "2024-06-01", "2026-06-01", ["2025", "2026"]),
        (
            Schedule(every="hourly", minute=5),
            "2026-06-17T07:05",
            "2026-06-17T09:05",
            ["2026-06-17T08:05Z", "2026-06-17T09:05Z"],
        ),
        (
            Schedule(every="minutes", step=30),
            "2026-06-17T07:59",
            "2026-06-17T08:30",
            ["2026-06-17T08:00Z", "2026-06-17T08:30Z"],
        ),
    ],
)
def test_slots_between_two_instants(schedule: Schedule, after: str, until: str, expected: list[str]) -> None:
    assert keys(schedule, after, until) == expected


def test_a_month_without_its_31st_runs_on_its_last_day() -> None:
    [slot] = slots_between(
        Schedule(every="monthly", day=31), AMSTERDAM, after=utc("2024-02-01"), until=utc("2024-03-01")
    )
    assert (slot.key, slot.due_at) == ("2024-02", utc("2024-02-29T07:00"))


def test_monday_means_monday() -> None:
    """APScheduler's from_crontab("0 9 * * 1") fires on Tuesday."""
    [slot] = slots_between(Schedule(every="weekly"), AMSTERDAM, after=utc("2026-06-10"), until=utc("2026-06-17"))
    assert slot.due_at.astimezone(AMSTERDAM).strftime("%A") == "Monday"


def test_a_time_that_spring_skips_is_due_an_hour_later_and_one_that_autumn_doubles_is_due_once() -> None:
    schedule = Schedule(every="daily", at=dt.time(2, 30))
    spring = slots_between(schedule, AMSTERDAM, after=utc("2026-03-28T12:00"), until=utc("2026-03-29T12:00"))
    autumn = slots_between(schedule, AMSTERDAM, after=utc("2026-10-24T12:00"), until=utc("2026-10-25T12:00"))
    assert [slot.due_at for slot in spring] == [utc("2026-03-29T01:30")]
    assert [slot.due_at for slot in autumn] == [utc("2026-10-25T00:30")]


def test_a_date_that_a_zone_skipped_has_no_slot() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert keys(DAILY, "2011-12-29T12:00", "2011-12-31T00:00", apia) == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(
    ("key", "schedule"),
    [
        ("2026-06-17", DAILY),
        ("2026-06", Schedule(every="monthly", day=5)),
        ("2026-06", Schedule(every="monthly", day=31)),
        ("2026-Q2", Schedule(every="quarterly")),
        ("2026", Schedule(every="yearly", day=31)),
        ("2026-06-15", Schedule(every="weekly")),
        ("2026-06-17T08:15Z", Schedule(every="minutes")),
        ("2026-06-17T08:00Z", Schedule(every="hourly")),
    ],
)
def test_a_key_leads_back_to_its_slot(key: str, schedule: Schedule) -> None:
    assert slot_of(schedule, AMSTERDAM, key).key == key


@pytest.mark.parametrize(
    ("key", "schedule"),
    [
        ("2026-06", DAILY),
        ("2026-02-30", DAILY),
        ("", DAILY),
        ("'; DROP TABLE", DAILY),
        ("2026-06-16", Schedule(every="weekly")),  # a Tuesday
        ("2026-06-17T08:16Z", Schedule(every="minutes")),
        ("2026-Q5", Schedule(every="quarterly")),
        ("2026-Q", Schedule(every="quarterly")),
        ("99999", Schedule(every="yearly")),
    ],
)
def test_what_is_no_slot_is_refused_with_an_example(key: str, schedule: Schedule) -> None:
    with pytest.raises(UsageError, match="is no slot of this routine. Its slots look like 2026"):
        slot_of(schedule, AMSTERDAM, key)


def test_the_next_slot_is_ahead() -> None:
    assert next_slot(DAILY, AMSTERDAM, utc("2026-06-17T08:40")).key == "2026-06-18"
    assert next_slot(Schedule(every="yearly"), AMSTERDAM, utc("2026-06-17T08:40")).key == "2027"


NOW = utc("2026-06-17T08:40")


def planned(schedule: Schedule, last: str | None, **catch_up: Any) -> tuple[list[str], list[str]]:
    found = plan(schedule, AMSTERDAM, catch_up=CatchUp(**catch_up), last_due=utc(last) if last else None, now=NOW)
    return [slot.key for slot in found.run], [skip.slot.key for skip in found.skipped]


def test_a_fresh_routine_starts_with_its_newest_slot_and_owes_nothing() -> None:
    assert planned(DAILY, None) == (["2026-06-17"], [])
    assert planned(Schedule(every="monthly", day=5), None) == ([], [])  # twelve days ago: beyond the window
    assert planned(DAILY, None, policy="skip_and_note") == ([], [])  # an hour late: of no use any more


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("run_all", (["2026-06-16", "2026-06-17"], ["2026-06-14", "2026-06-15"])),
        ("latest_only", (["2026-06-17"], ["2026-06-14", "2026-06-15", "2026-06-16"])),
        ("skip_and_note", ([], ["2026-06-14", "2026-06-15", "2026-06-16", "2026-06-17"])),
    ],
)
def test_after_days_of_absence_each_policy_accounts_for_every_slot(
    policy: str, expected: tuple[list[str], list[str]]
) -> None:
    assert planned(DAILY, "2026-06-13T05:30", policy=policy, hours=48) == expected


def test_six_hours_down_gives_every_slot_or_one_run_and_a_note() -> None:
    every_5 = Schedule(every="minutes", step=5)
    run, skipped = planned(every_5, "2026-06-17T02:40", policy="run_all")
    assert (len(run), skipped) == (72, [])
    found = plan(every_5, AMSTERDAM, catch_up=CatchUp(), last_due=utc("2026-06-17T02:40"), now=NOW)
    assert [slot.key for slot in found.run] == ["2026-06-17T08:40Z"]
    [skip] = found.skipped
    assert skip.count == 71 > MOST_SKIP_ROWS
    assert skip.note.startswith("71 slots from 2026-06-17T02:45Z to 2026-06-17T08:35Z missed")


def test_a_year_of_minutes_is_one_line_made_without_half_a_million_objects() -> None:
    found = plan(
        Schedule(every="minutes", step=1), AMSTERDAM, catch_up=CatchUp(), last_due=utc("2025-06-17T08:40"), now=NOW
    )
    assert len(found.skipped) == 2
    assert sum(skip.count for skip in found.skipped) + len(found.run) == 365 * 24 * 60


def test_nothing_due_is_an_empty_plan() -> None:
    assert planned(DAILY, "2026-06-17T05:30") == ([], [])


schedules = st.one_of(
    st.builds(Schedule, every=st.just("daily"), at=st.times()),
    st.builds(Schedule, every=st.just("weekly"), at=st.times()),
    st.builds(Schedule, every=st.just("monthly"), day=st.integers(1, 31), at=st.times()),
    st.builds(Schedule, every=st.just("hourly"), minute=st.integers(0, 59)),
)
instants = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(schedules, instants, st.timedeltas(dt.timedelta(0), dt.timedelta(days=40)), st.floats(0, 1))
def test_cutting_a_span_anywhere_loses_and_doubles_no_slot(
    schedule: Schedule, start: dt.datetime, length: dt.timedelta, share: float
) -> None:
    end, cut = start + length, start + length * share
    whole = slots_between(schedule, AMSTERDAM, after=start, until=end)
    parts = [
        *slots_between(schedule, AMSTERDAM, after=start, until=cut),
        *slots_between(schedule, AMSTERDAM, after=cut, until=end),
    ]
    assert list(whole) == parts
    assert len({slot.key for slot in parts}) == len(parts)
    assert all(slot_of(schedule, AMSTERDAM, slot.key) == slot for slot in parts[:3])


@given(
    schedules,
    instants,
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=60)),
    st.sampled_from(["run_all", "latest_only", "skip_and_note"]),
)
def test_a_plan_accounts_for_every_missed_slot(
    schedule: Schedule, last: dt.datetime, absence: dt.timedelta, policy: Any
) -> None:
    now = last + absence
    found = plan(schedule, AMSTERDAM, catch_up=CatchUp(policy=policy), last_due=last, now=now)
    missed = slots_between(schedule, AMSTERDAM, after=last, until=now)
    assert len(found.run) + sum(skip.count for skip in found.skipped) == len(missed)
    assert {slot.key for slot in found.run}.isdisjoint(skip.slot.key for skip in found.skipped)
