"""Six ways to falsify the trail, each on the bytes of the database, each found and named."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from frontline.core.actor import SYSTEM, Actor
from frontline.core.clock import FrozenClock
from frontline.core.errors import EngineError
from frontline.core.text import Provenance, seal
from frontline.governance import audit
from frontline.store.models.governance import AuditEntry
from frontline.store.work import Store

ANA = Actor("per_ana", "ana")
GUARDS = ("audit_entry_no_update", "audit_entry_no_delete")


@pytest.fixture
def trail(store: Store, clock: FrozenClock) -> Store:
    """Ten entries."""
    for number in range(10):
        clock.advance(dt.timedelta(minutes=1))
        with store.unit() as unit:
            audit.record(unit, ANA, "tag.create", resource=f"tag:{number}", detail={"label": "späte-lieferung"})
            unit.commit()
    return store


def falsify(store: Store, tmp_path: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """What somebody with the file and no scruples does: drop the triggers, change, put them back."""
    connection = sqlite3.connect(tmp_path / "state.sqlite3")
    schema = [
        connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] for name in GUARDS
    ]
    for name in GUARDS:
        connection.execute(f"DROP TRIGGER {name}")
    change(connection)
    for statement in schema:
        connection.execute(statement)
    connection.commit()
    connection.close()


def problems(store: Store, anchors: list[audit.Anchor] | None = None) -> list[tuple[int, str]]:
    with store.read() as session:
        return [(problem.seq, problem.kind) for problem in audit.verify(session, anchors or [])]


def test_an_untouched_trail_is_whole(trail: Store) -> None:
    assert problems(trail) == []


def test_an_edit_is_named(trail: Store, tmp_path: Path) -> None:
    falsify(trail, tmp_path, lambda c: c.execute("UPDATE audit_entry SET actor_key = 'per_bob' WHERE seq = 4"))
    assert problems(trail) == [(4, "edited")]


@pytest.mark.parametrize("column", ["at", "actor_key", "action", "resource", "outcome", "detail", "previous", "hash"])
def test_no_column_can_be_edited_unseen(trail: Store, tmp_path: Path, column: str) -> None:
    falsify(trail, tmp_path, lambda c: c.execute(f"UPDATE audit_entry SET {column} = {column} || ' ' WHERE seq = 7"))
    assert problems(trail)[0] == (7, "edited")


def test_an_edit_with_its_hash_made_anew_breaks_the_next_link(trail: Store, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        with trail.read() as session:
            entry = session.get(AuditEntry, 4)
            assert entry is not None
            entry.actor_key = "per_bob"
            forged = audit._hash_of(entry)
        connection.execute("UPDATE audit_entry SET actor_key = 'per_bob', hash = ? WHERE seq = 4", (forged,))

    falsify(trail, tmp_path, change)
    assert problems(trail) == [(5, "broken link")]


def test_a_deletion_is_named(trail: Store, tmp_path: Path) -> None:
    falsify(trail, tmp_path, lambda c: c.execute("DELETE FROM audit_entry WHERE seq = 5"))
    assert problems(trail) == [(5, "missing")]


def test_a_deletion_closed_up_is_named(trail: Store, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM audit_entry WHERE seq = 5")
        for seq in range(6, 11):
            connection.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (seq - 1, seq))

    falsify(trail, tmp_path, change)
    assert problems(trail) == [(5, "edited")]


def test_an_insertion_is_named(trail: Store, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        for seq in range(10, 5, -1):
            connection.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (seq + 1, seq))
        connection.execute(
            "INSERT INTO audit_entry SELECT 6, at, actor_key, action, resource, outcome, detail, previous, hash "
            "FROM audit_entry WHERE seq = 3"
        )

    falsify(trail, tmp_path, change)
    assert problems(trail) == [(6, "edited")]


def test_an_insertion_before_the_first_is_named(trail: Store, tmp_path: Path) -> None:
    copy = (
        "INSERT INTO audit_entry SELECT 0, at, actor_key, action, resource, outcome, detail, previous, hash "
        "FROM audit_entry WHERE seq = 1"
    )
    falsify(trail, tmp_path, lambda c: c.execute(copy))
    assert problems(trail) == [(0, "missing")]


def test_a_new_order_is_named(trail: Store, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        for before, after in ((3, 99), (8, 3), (99, 8)):
            connection.execute("UPDATE audit_entry SET seq = ? WHERE seq = ?", (after, before))

    falsify(trail, tmp_path, change)
    assert problems(trail) == [(3, "edited")]


def test_a_cut_end_is_caught_by_the_anchor(trail: Store, tmp_path: Path, clock: FrozenClock) -> None:
    with trail.read() as session:
        audit.anchor(session, tmp_path / "anchors", clock.now())
    falsify(trail, tmp_path, lambda c: c.execute("DELETE FROM audit_entry WHERE seq > 7"))
    assert problems(trail) == []  # the chain alone cannot tell
    assert problems(trail, audit.read_anchors(tmp_path / "anchors")) == [(8, "truncated")]


def test_a_full_rewrite_is_caught_by_the_anchor(trail: Store, tmp_path: Path, clock: FrozenClock) -> None:
    with trail.read() as session:
        audit.anchor(session, tmp_path / "anchors", clock.now())

    def change(connection: sqlite3.Connection) -> None:
        previous = audit.GENESIS
        with trail.read() as session:
            for seq in range(1, 11):
                entry = session.get(AuditEntry, seq)
                assert entry is not None
                entry.actor_key, entry.previous = "per_bob", previous
                previous = audit._hash_of(entry)
                values = (entry.actor_key, entry.previous, previous, seq)
                connection.execute("UPDATE audit_entry SET actor_key=?, previous=?, hash=? WHERE seq=?", values)

    falsify(trail, tmp_path, change)
    assert problems(trail) == []
    assert problems(trail, audit.read_anchors(tmp_path / "anchors")) == [(10, "rewritten")]


def test_an_emptied_trail_is_caught_by_the_anchor(trail: Store, tmp_path: Path, clock: FrozenClock) -> None:
    with trail.read() as session:
        taken = audit.anchor(session, tmp_path / "anchors", clock.now())
    assert taken is not None
    falsify(trail, tmp_path, lambda c: c.execute("DELETE FROM audit_entry"))
    assert problems(trail, [taken]) == [(1, "truncated")]


def test_removed_triggers_are_reported(trail: Store, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite3")
    connection.execute(f"DROP TRIGGER {GUARDS[0]}")
    connection.commit()
    connection.close()
    assert problems(trail) == [(0, "unguarded")]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET outcome = 'done'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_changes(trail: Store, statement: str) -> None:
    with trail.unit() as unit, pytest.raises(IntegrityError, match="append-only"):
        unit.session.connection().exec_driver_sql(statement)
    assert problems(trail) == []


def test_an_entry_and_its_effect_share_one_commit(store: Store) -> None:
    with store.unit() as unit:
        audit.record(unit, ANA, "tag.create")
    with store.read() as session:
        assert audit.entries(session) == []


def test_several_entries_of_one_unit_follow_each_other(store: Store) -> None:
    with store.unit() as unit:
        for outcome in ("allowed", "done"):
            audit.record(unit, SYSTEM, "job.run", outcome=outcome)
        unit.commit()
    assert problems(store) == []
    with store.read() as session:
        assert [entry.seq for entry in audit.entries(session)] == [2, 1]


def test_the_trail_grows_after_an_anchor_and_still_agrees(trail: Store, tmp_path: Path, clock: FrozenClock) -> None:
    with trail.read() as session:
        audit.anchor(session, tmp_path / "anchors", clock.now())
    with trail.unit() as unit:
        audit.record(unit, ANA, "tag.create")
        unit.commit()
    clock.advance(dt.timedelta(days=1))
    with trail.read() as session:
        audit.anchor(session, tmp_path / "anchors", clock.now())
    anchors = audit.read_anchors(tmp_path / "anchors")
    assert [anchor.seq for anchor in anchors] == [10, 11]
    assert problems(trail, anchors) == []
    assert problems(trail, [replace(anchors[0], hash="f" * 64)]) == [(10, "rewritten")]


def test_a_damaged_anchor_is_said_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "20260617T084000-000000010.json").write_text("{}")
    with pytest.raises(EngineError, match="damaged"):
        audit.read_anchors(tmp_path)


def test_an_empty_trail_has_no_anchor(store: Store, tmp_path: Path, clock: FrozenClock) -> None:
    with store.read() as session:
        assert audit.anchor(session, tmp_path / "anchors", clock.now()) is None
    assert audit.read_anchors(tmp_path / "anchors") == []


def test_words_of_customers_cannot_get_into_the_trail(store: Store) -> None:
    text = seal("[CUSTOMER] called twice", Provenance("index@1"))
    with store.unit() as unit, pytest.raises(TypeError):
        audit.record(unit, ANA, "tag.create", detail={"text": text})
