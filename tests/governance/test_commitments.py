import datetime as dt

import pytest
from sqlalchemy import text

from frontline.core.actor import Actor, Audience, AudienceKind, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.text import Provenance, seal
from frontline.governance import audit, commitments
from frontline.store.work import Store

LENA = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}))
BEA = Actor("per_bea", "bea", roles=frozenset({Role.AGENT}))
DUE = dt.date(2026, 6, 30)


def made(store: Store, actor: Actor, owner: Actor, kind: str = "promise") -> str:
    with store.unit() as unit:
        title = seal("[CUSTOMER] is billed twice", Provenance("index@1"))
        row = commitments.create(unit, actor, kind=kind, title=title, owner_key=owner.key, due=DUE)
        unit.commit()
        return row.commitment_id


def test_taking_something_on_is_accepted_at_once_and_assigning_is_proposed(store: Store) -> None:
    own, given = made(store, SAM, SAM), made(store, SAM, ANA)
    with store.unit() as unit:
        assert commitments.access_commitment(unit.session, SAM, own).state == "accepted"
        assert commitments.access_commitment(unit.session, SAM, given).state == "proposed"
        with pytest.raises(NotPermitted):
            commitments.accept(unit, SAM, given)
        assert commitments.accept(unit, ANA, given).state == "accepted"
        with pytest.raises(Conflict):
            commitments.accept(unit, ANA, given)


def test_an_agent_commits_themselves_but_nobody_else(store: Store) -> None:
    assert made(store, ANA, ANA)
    with pytest.raises(NotPermitted) as refusal:
        made(store, ANA, BEA)
    assert "supervisor" in refusal.value.needs


def test_its_owner_and_a_leader_may_close_it_others_may_not(store: Store, clock: FrozenClock) -> None:
    first, second = made(store, SAM, ANA), made(store, SAM, ANA)
    note = seal("fixed with billing", Provenance("index@1"))
    with store.unit() as unit:
        with pytest.raises(NotFound):  # another agent may not even know of it
            commitments.done(unit, BEA, first)
        with pytest.raises(NotPermitted) as refusal:
            commitments.done(unit, SAM, first)
        assert "leader" in refusal.value.needs
        assert commitments.done(unit, ANA, first, note=note).state == "done"
        assert commitments.drop(unit, LENA, second).state == "dropped"
        unit.commit()
    with store.read() as session:
        row = commitments.access_commitment(session, ANA, first)
        assert row.closed_at == clock.now()
        assert [(event.event, event.to_state) for event in row.events] == [("created", "proposed"), ("done", "done")]
        assert row.events[-1].note == note


def test_closing_twice_says_who_was_first(store: Store) -> None:
    commitment_id = made(store, SAM, ANA)
    with store.unit() as unit:
        commitments.done(unit, ANA, commitment_id)
        with pytest.raises(Conflict, match="done already") as late:
            commitments.done(unit, LENA, commitment_id)
    assert late.value.choices == ("per_ana",)


def test_agents_see_their_own_and_supervisors_see_all(store: Store) -> None:
    mine, other = made(store, ANA, ANA), made(store, BEA, BEA)
    with store.read() as session:
        assert [row.commitment_id for row in commitments.list_for(session, ANA)] == [mine]
        assert {row.commitment_id for row in commitments.list_for(session, SAM)} == {mine, other}
        assert [row.commitment_id for row in commitments.list_for(session, SAM, owner_key="per_bea")] == [other]
        with pytest.raises(NotFound):
            commitments.access_commitment(session, ANA, other)
        with pytest.raises(NotPermitted):  # own promises are not for the channel's ears
            commitments.list_for(session, ANA, audience=Audience(AudienceKind.CHANNEL, channel="#floor"))


def test_who_made_it_still_sees_it(store: Store) -> None:
    given = made(store, SAM, ANA)
    with store.read() as session:
        assert commitments.access_commitment(session, ANA, given).creator_key == "per_sam"


def test_it_can_be_handed_on_with_another_date(store: Store) -> None:
    commitment_id = made(store, SAM, ANA)
    with store.unit() as unit:
        later = dt.date(2026, 7, 15)
        row = commitments.assign(unit, SAM, commitment_id, owner_key="per_bea", due=later)
        assert (row.owner_key, row.due, row.state) == ("per_bea", later, "proposed")
        assert row.events[-1].detail == {"from": "per_ana", "to": "per_bea"}
        with pytest.raises(UsageError, match="has passed"):
            commitments.assign(unit, SAM, commitment_id, owner_key="per_bea", due=dt.date(2026, 6, 1))
        with pytest.raises(NotFound):  # it is not hers any more
            commitments.assign(unit, ANA, commitment_id, owner_key="per_ana")


def test_its_owner_may_hand_it_over_and_who_only_made_it_may_not(store: Store) -> None:
    given = made(store, SAM, ANA)
    note = seal("she has the budget", Provenance("index@1"))
    with store.unit() as unit:
        row = commitments.assign(unit, ANA, given, owner_key="per_bea", note=note)
        assert (row.owner_key, row.state, row.events[-1].note) == ("per_bea", "proposed", note)
        with pytest.raises(NotFound):
            commitments.assign(unit, ANA, given, owner_key="per_ana")


def test_the_same_source_is_one_open_commitment(store: Store) -> None:
    def start() -> str:
        with store.unit() as unit:
            row = commitments.create(
                unit, SAM, kind="root_cause", title="Why is billing up", owner_key=SAM.key, due=DUE, source_key="alr_1"
            )
            unit.commit()
            return row.commitment_id

    first = start()
    assert start() == first
    with store.unit() as unit:
        commitments.done(unit, SAM, first, note=seal("a price letter", Provenance("index@1")))
        unit.commit()
    assert start() != first


@pytest.mark.parametrize("kind", ["", "Root cause", "1st", "x" * 60, "a;b"])
def test_what_is_no_kind_is_refused(store: Store, kind: str) -> None:
    with store.unit() as unit, pytest.raises(UsageError):
        commitments.create(unit, SAM, kind=kind, title="x", owner_key=SAM.key, due=DUE)


def test_a_date_in_the_past_is_refused_by_the_local_date(store: Store) -> None:
    with store.unit() as unit:
        today = dt.date(2026, 6, 17)
        commitments.create(unit, SAM, kind="theme", title="x", owner_key=SAM.key, due=today, today=today)
        with pytest.raises(UsageError):
            commitments.create(
                unit, SAM, kind="theme", title="x", owner_key=SAM.key, due=today, today=today + dt.timedelta(days=1)
            )


def test_every_change_is_in_the_audit_trail_without_words(store: Store) -> None:
    commitment_id = made(store, SAM, ANA)
    with store.unit() as unit:
        commitments.done(unit, ANA, commitment_id)
        unit.commit()
    with store.read() as session:
        assert [entry.action for entry in audit.entries(session)] == ["commitment.done", "commitment.create"]
        details = session.execute(text("SELECT group_concat(detail) FROM audit_entry")).scalar_one()
        assert "billed" not in details
        assert audit.verify(session) == []


def test_only_the_owner_moves_the_date_and_never_into_the_past(store: Store) -> None:
    own = made(store, SAM, SAM)
    with store.unit() as unit:
        moved = commitments.move_due(unit, SAM, own, due=dt.date(2026, 7, 3), today=dt.date(2026, 6, 17))
        assert moved.due == dt.date(2026, 7, 3)
        with pytest.raises(UsageError):
            commitments.move_due(unit, SAM, own, due=dt.date(2026, 6, 1), today=dt.date(2026, 6, 17))
        with pytest.raises((NotPermitted, NotFound)):
            commitments.move_due(unit, ANA, own, due=DUE, today=dt.date(2026, 6, 17))
