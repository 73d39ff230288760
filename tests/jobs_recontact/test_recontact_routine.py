import datetime as dt
import json

import pytest
from sqlalchemy import func, select

from bot.render_text import render_text
from frontline.analysis.breach import ALL
from frontline.catalog.routines import load_routines
from frontline.catalog.rules import load_rules
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound
from frontline.governance.wire import reply_from_json, reply_to_json
from frontline.store.models.governance import Alert
from frontline.store.models.work import OutboxRow
from frontline.store.work import Store
from jobs.recontact import RecontactBreach, days_of_extract
from jobs.runner import JobRunner, RunnerSettings, RunResult
from tests.jobs.zones import AMSTERDAM
from tests.jobs_recontact.counts import Company

ONSET = dt.date(2026, 6, 8)


def runner(store: Store, company: Company) -> JobRunner:
    definition = next(row for row in load_routines().routines if row.key == "recontact_breach")
    return JobRunner(store, [RecontactBreach(definition, company, load_rules())], RunnerSettings(AMSTERDAM))


def run_days(store: Store, clock: FrozenClock, company: Company, days: int, first: dt.date = ONSET) -> list[RunResult]:
    results = []
    for number in range(days):
        clock.move_to(dt.datetime.combine(first + dt.timedelta(days=number), dt.time(7, 35), tzinfo=AMSTERDAM))
        results += runner(store, company).tick()
    return results


def alerts(store: Store) -> list[Alert]:
    with store.read() as session:
        return list(session.scalars(select(Alert)))


def test_a_rise_is_posted_once_within_days_and_counted_afterwards(store: Store, clock: FrozenClock) -> None:
    company = Company(lifts={ALL: (ONSET, 0.5)})
    results = run_days(store, clock, company, 14)
    posted = [result for result in results if result.posts]
    assert len(posted) == 1
    assert dt.date.fromisoformat(posted[0].slot) - ONSET <= dt.timedelta(days=7)
    assert posted[0].posts[0].key == f"recontact_breach/{posted[0].slot}"
    assert results[-1].note.endswith("1 known") or "known" in results[-1].note
    assert len(alerts(store)) == 1
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1


def test_the_message_says_rate_baseline_since_when_and_what_drives_it(store: Store, clock: FrozenClock) -> None:
    company = Company(lifts={"billing": (ONSET, 1.6)})
    posted = [result for result in run_days(store, clock, company, 9) if result.posts]
    reply = posted[0].posts[0].reply
    text = render_text(reply)
    assert "usually" in reply.headline
    assert "June" in reply.headline
    assert "billing" in text
    assert "heading for" in text
    [alert] = alerts(store)
    assert [(b.action, b.value) for b in reply.buttons] == [
        ("alert.acknowledge", alert.alert_id),
        ("alert.snooze", alert.alert_id),
        ("alert.root_cause", alert.alert_id),
    ]
    assert "billing" in alert.detail["topics"]
    assert abs((dt.date.fromisoformat(alert.detail["onset"]) - ONSET).days) <= 3
    assert reply_to_json(reply_from_json(json.loads(json.dumps(reply_to_json(reply))))) == reply_to_json(reply)


def test_an_acknowledged_or_resolved_rise_is_not_said_again(store: Store, clock: FrozenClock) -> None:
    company = Company(lifts={ALL: (ONSET, 0.6)})
    run_days(store, clock, company, 8)
    with store.unit() as unit:
        row = unit.session.scalars(select(Alert)).one()
        row.state = "resolved"
        unit.commit()
    later = run_days(store, clock, company, 8, first=ONSET + dt.timedelta(days=8))
    assert not any(result.posts for result in later)


def test_ordinary_days_are_silent(store: Store, clock: FrozenClock) -> None:
    results = run_days(store, clock, Company(seed=4), 10)
    assert len(results) == 10
    assert not any(result.posts for result in results)
    assert all("0 new" in result.note for result in results)


def test_only_what_was_there_at_the_slot_is_read(store: Store, clock: FrozenClock) -> None:
    company = Company()
    clock.move_to(dt.datetime(2026, 6, 17, 15, 0, tzinfo=AMSTERDAM))
    runner(store, company).tick()
    assert company.asked == [dt.datetime(2026, 6, 17, 5, 30, tzinfo=dt.UTC)]


def test_without_data_the_note_says_so(store: Store, clock: FrozenClock) -> None:
    def nothing(**_: object) -> list[object]:
        raise NotFound("No contacts are loaded.", next_step="Load interactions first.")

    [result] = runner(store, nothing).tick()  # type: ignore[arg-type]
    assert result.state == "done"
    assert "not judged" in result.note
    assert not result.posts


def test_too_young_a_company_is_not_judged(store: Store, clock: FrozenClock) -> None:
    [result] = runner(store, Company(start=dt.date(2026, 5, 20))).tick()
    assert "not judged" in result.note


def test_an_extract_becomes_rows_in_days() -> None:
    columns = ("day", "topic", "contacts", "mature_24", "followed_24", "mature_168", "followed_168")
    [row] = days_of_extract(
        columns, [("2026-06-01", "billing", 9, 9, 2, 0, 0), ("2026-06-01", None, 1, 1, 0, 0, 0)], topic="topic"
    )
    assert (row.day, row.topic, row.contacts) == (dt.date(2026, 6, 1), "billing", 9)
    assert (row.mature, row.followed) == ({1: 9, 7: 0}, {1: 2, 7: 0})
    [company] = days_of_extract(columns[:1] + columns[2:], [("2026-06-01", 9, 9, 2, 0, 0)])
    assert company.topic == ALL


@pytest.mark.parametrize("slot", ["2026-06-17"])
def test_a_rehearsal_writes_nothing(store: Store, clock: FrozenClock, slot: str) -> None:
    company = Company(lifts={ALL: (ONSET, 0.6)})
    result = runner(store, company).rehearse("recontact_breach", slot)
    assert result.posts
    assert not alerts(store)
