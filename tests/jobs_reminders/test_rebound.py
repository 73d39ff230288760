"""A theme that was closed as solved and comes back is somebody's again, and its owner hears of it."""

import datetime as dt

import pytest

from frontline.core.clock import UTC, FrozenClock
from frontline.core.text import Provenance, seal
from frontline.governance import commitments, people
from frontline.store.models.themes import Theme, ThemeMember, ThemeMonth, ThemeRun
from frontline.store.work import Store
from tests.jobs_reminders.test_reminder_routine import Office, text_to, to

KEY = "thm_1"
DOCUMENTS = 100


@pytest.fixture
def office(store: Store, clock: FrozenClock) -> Office:
    return Office(store, clock)


def work_out(store: Store, month: str, size: int, *, before: int = 60) -> None:
    """Keep a month of the theme as the registry does: ``size`` of 100 documents, ``before`` of 600 in the half year."""
    label = seal("charged twice", Provenance("index@1"))
    with store.unit() as unit:
        if unit.session.get(Theme, KEY) is None:
            unit.session.add(
                Theme(
                    theme_key=KEY, kind="complaint", series="monthly", label=label,
                    created_period="2026-01", created_at=unit.now, model_id="m", centroid=b"",
                )
            )  # fmt: skip
        unit.session.add(
            ThemeRun(
                kind_series="complaint:monthly", period=month, documents_hash="x", documents=DOCUMENTS,
                documents_before=600, at=unit.now,
            )
        )  # fmt: skip
        unit.session.add(ThemeMonth(theme_key=KEY, period=month, size=size, sizes=[["2026-01", before], [month, size]]))
        unit.session.add_all(
            ThemeMember(kind_series="complaint:monthly", period=month, doc_id=f"{month}-{n}", theme_key=KEY, score=0.9)
            for n in range(size)
        )
        unit.commit()


def merge_into_another(store: Store) -> None:
    """Let our theme count for another one, as a person or the routine does with what has become one."""
    with store.unit() as unit:
        unit.session.add(
            Theme(
                theme_key="thm_2", kind="complaint", series="monthly", label=seal("paid twice", Provenance("index@1")),
                created_period="2026-01", created_at=unit.now, model_id="m", centroid=b"",
            )
        )  # fmt: skip
        unit.session.flush()
        unit.session.get_one(Theme, KEY).merged_into = "thm_2"
        unit.commit()


def solve(office: Office, *, promised: float | None) -> str:
    """Anna promised it while ``promised`` of the documents were about it, and closes it on 17 June with a figure."""
    with office.store.unit() as unit:
        anna = people.actor_by_key(unit.session, people.person_of(unit.session, "anna").key)
        then = {commitments.THEN: {"theme": KEY, "month": "2026-05", "value": promised}} if promised is not None else {}
        row = commitments.create(
            unit, anna, kind="theme", title="stop double charges", owner_key=anna.key, due=dt.date(2026, 6, 30),
            source_key=KEY, evidence=then, today=dt.date(2026, 6, 1),
        )  # fmt: skip
        commitments.done(unit, anna, row.commitment_id, evidence={commitments.NOW: {"title": "CSAT", "shown": "80 %"}})
        unit.commit()
        return row.commitment_id


def state_of(office: Office, key: str) -> str:
    with office.store.read() as session:
        lena = people.actor_by_key(session, people.person_of(session, "lena").key)
        return commitments.access_commitment(session, lena, key).state


@pytest.mark.parametrize(
    ("month", "size", "promised", "is_back"),
    [
        ("2026-07", 12, 0.12, True),  # as bad as when it was promised
        ("2026-07", 11, 0.12, False),  # smaller, and not growing beyond chance
        ("2026-07", 40, None, True),  # nothing was frozen, but it grows
        ("2026-07", 12, None, False),
        ("2026-06", 40, 0.12, False),  # a month that had begun before it was closed proves nothing
        ("2026-07", 4, 0.01, False),  # a handful is chance
    ],
)
def test_a_theme_is_back_when_it_is_as_large_as_promised_or_grows(
    office: Office, month: str, size: int, promised: float | None, is_back: bool
) -> None:
    key = solve(office, promised=promised)
    work_out(office.store, month, size)
    result = office.run(dt.date(2026, 8, 3))
    assert state_of(office, key) == ("accepted" if is_back else "done")
    assert to(result.posts) == (["UANNA"] if is_back else [])
    if is_back:
        said = text_to(result, "UANNA")
        assert "1 back after it was solved" in said
        assert "due Mon 10 Aug" in said


def test_a_theme_that_counts_for_another_since_is_back_with_that_one(office: Office) -> None:
    key = solve(office, promised=0.12)
    work_out(office.store, "2026-07", 15)
    merge_into_another(office.store)
    office.run(dt.date(2026, 8, 3))
    assert state_of(office, key) == "accepted"


def test_the_theme_that_it_counts_for_has_an_owner_already(office: Office) -> None:
    key = solve(office, promised=0.12)
    work_out(office.store, "2026-07", 15)
    merge_into_another(office.store)
    with office.store.unit() as unit:
        lena = people.actor_by_key(unit.session, people.person_of(unit.session, "lena").key)
        commitments.create(
            unit, lena, kind="theme", title="again", owner_key=lena.key, due=dt.date(2026, 9, 30), source_key="thm_2",
            today=dt.date(2026, 7, 1),
        )  # fmt: skip
        unit.commit()
    office.run(dt.date(2026, 8, 3))
    assert state_of(office, key) == "done"


def test_it_is_opened_once_and_its_history_says_why(office: Office) -> None:
    key = solve(office, promised=0.12)
    work_out(office.store, "2026-07", 15)
    office.run(dt.date(2026, 8, 3))
    assert to(office.run(dt.date(2026, 8, 4)).posts) == []
    with office.store.read() as session:
        anna = people.actor_by_key(session, people.person_of(session, "anna").key)
        row = commitments.access_commitment(session, anna, key)
        [event] = [event for event in row.events if event.event == "reopened"]
        assert event.actor_key == "system"
        assert event.note is not None
        assert "15 of 100 in 2026-07" in event.note.show()
        assert row.owner_key == anna.key


def test_a_theme_that_has_a_new_owner_already_is_left_to_them(office: Office) -> None:
    key = solve(office, promised=0.12)
    with office.store.unit() as unit:
        lena = people.actor_by_key(unit.session, people.person_of(unit.session, "lena").key)
        commitments.create(
            unit, lena, kind="theme", title="again", owner_key=lena.key, due=dt.date(2026, 9, 30), source_key=KEY,
            today=dt.date(2026, 7, 1),
        )  # fmt: skip
        unit.commit()
    work_out(office.store, "2026-07", 15)
    office.run(dt.datetime(2026, 8, 3, tzinfo=UTC).date())
    assert state_of(office, key) == "done"
