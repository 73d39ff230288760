"""Blocked, taken back, tracked elsewhere, closed with evidence: whatever is done, there is one owner and one state."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from frontline.catalog.commitment_kinds import shipped_kinds
from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError
from frontline.core.text import Provenance, seal
from frontline.governance import commitment_states, commitments, people
from frontline.store.work import Store

LENA = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}))
DUE = dt.date(2026, 6, 30)
TODAY = dt.date(2026, 6, 17)
WHY = seal("waiting for IT", Provenance("index@1"))


def made(store: Store, actor: Actor, owner: Actor, kind: str = "promise") -> str:
    with store.unit() as unit:
        row = commitments.create(unit, actor, kind=kind, title="a new mail", owner_key=owner.key, due=DUE, today=TODAY)
        unit.commit()
        return row.commitment_id


def test_a_blocked_commitment_stays_open_with_its_reason_until_it_moves_on(store: Store) -> None:
    mine = made(store, SAM, SAM)
    with store.unit() as unit:
        row = commitment_states.block(unit, SAM, mine, reason=WHY)
        event = commitment_states.block_of(row)
        assert (row.state, row.owner_key) == ("accepted", SAM.key)
        assert event is not None
        assert event.note == WHY
        with pytest.raises(NotPermitted):
            commitment_states.block(unit, ANA_SEEING_ALL, mine, reason=WHY)
        row = commitment_states.unblock(unit, SAM, mine)
        assert commitment_states.block_of(row) is None
        with pytest.raises(Conflict, match="not blocked"):
            commitment_states.unblock(unit, SAM, mine)


ANA_SEEING_ALL = Actor("per_iris", "iris", roles=frozenset({Role.ANALYST}))


def test_closing_is_taken_back_by_who_closed_it_within_a_day(store: Store, clock: FrozenClock) -> None:
    mine = made(store, SAM, SAM)
    with store.unit() as unit:
        with pytest.raises(Conflict, match="nothing to take back"):
            commitment_states.reopen(unit, SAM, mine)
        commitments.drop(unit, SAM, mine)
        with pytest.raises(NotPermitted):
            commitment_states.reopen(unit, ANA_SEEING_ALL, mine)
        row = commitment_states.reopen(unit, SAM, mine)
        assert (row.state, row.closed_at) == ("accepted", None)
        commitments.drop(unit, SAM, mine)
        unit.commit()
    clock.advance(dt.timedelta(hours=25))
    with store.unit() as unit:
        with pytest.raises(NotPermitted, match="more than a day"):
            commitment_states.reopen(unit, SAM, mine)
        assert commitment_states.reopen(unit, LENA, mine).state == "accepted"
        commitments.drop(unit, SAM, mine)
        assert commitment_states.reopen(unit, SYSTEM, mine, reason=WHY).events[-1].note == WHY


def test_what_was_only_proposed_is_only_proposed_after_undo(store: Store) -> None:
    given = made(store, SAM, ANA)
    with store.unit() as unit:
        commitments.done(unit, ANA, given)
        assert commitment_states.reopen(unit, ANA, given).state == "proposed"


@pytest.mark.parametrize(("kind", "asks"), [("action", "Which figure"), ("theme", "Which figure"), ("lesson", "What")])
def test_done_without_the_evidence_of_its_kind_is_refused(store: Store, kind: str, asks: str) -> None:
    mine = made(store, SAM, SAM, kind)
    with store.unit() as unit:
        with pytest.raises(UsageError, match=asks):
            commitments.done(unit, SAM, mine)
        figure = {commitments.NOW: {"metric": "csat", "title": "CSAT", "shown": "81.0 %"}}
        row = commitments.done(unit, SAM, mine, evidence=figure)
        assert row.evidence == figure
        # Taken back, it has to be shown anew.
        assert commitment_states.reopen(unit, SAM, mine).evidence == {}


def test_an_unknown_kind_names_the_known_ones(store: Store) -> None:
    with store.unit() as unit, pytest.raises(UsageError, match="root_cause.*theme"):
        commitments.create(unit, SAM, kind="wish", title="x", owner_key=SAM.key, due=DUE, today=TODAY)


def test_a_kind_for_some_roles_is_refused_to_others_also_when_handed_over(store: Store) -> None:
    with store.unit() as unit:
        agent = people.add_person(unit, "bert", roles=[Role.AGENT])
        leader = people.add_person(unit, "lou", roles=[Role.LEADER])
        for owner in (ANA.key, agent.key):
            with pytest.raises(UsageError, match="owned by a supervisor"):
                commitments.create(unit, SAM, kind="rotation", title="x", owner_key=owner, due=DUE, today=TODAY)
        row = commitments.create(unit, SAM, kind="rotation", title="x", owner_key=leader.key, due=DUE, today=TODAY)
        with pytest.raises(UsageError, match="owned by a supervisor"):
            commitments.assign(unit, SAM, row.commitment_id, owner_key=agent.key)
        assert row.owner_key == leader.key


def test_actions_on_one_figure_may_be_many_and_root_causes_of_one_alert_may_not(store: Store) -> None:
    def start(kind: str) -> str:
        with store.unit() as unit:
            row = commitments.create(
                unit, SAM, kind=kind, title="x", owner_key=SAM.key, due=DUE, source_key="src_1", today=TODAY
            )
            unit.commit()
            return row.commitment_id

    assert start("root_cause") == start("root_cause")
    assert start("action") != start("action")


def test_a_link_is_kept_and_taken_away_by_its_owner(store: Store) -> None:
    mine = made(store, SAM, SAM)
    with store.unit() as unit:
        assert commitment_states.attach_link(unit, SAM, mine, link="https://jira.example.com/browse/X-1").link
        with pytest.raises(NotFound):
            commitment_states.attach_link(unit, ANA, mine, link="")
        assert commitment_states.attach_link(unit, SAM, mine, link="").link == ""


class Lifeline(RuleBasedStateMachine):
    """Anybody tries anything in any order."""

    PEOPLE = (SAM, ANA, LENA)

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC))
        self.store = Store.open(Path(self.folder.name) / "state.sqlite3", self.clock)
        self.store.create_schema()
        self.length = 0

    @initialize()
    def make(self) -> None:
        self.key = made(self.store, SAM, ANA)

    def attempt(self, act: object) -> None:
        with self.store.unit() as unit:
            try:
                act(unit)  # type: ignore[operator]  # each rule passes a function of the unit
            except (Conflict, NotPermitted, NotFound):
                return
            unit.commit()

    @rule()
    def accept(self) -> None:
        for who in self.PEOPLE:
            self.attempt(lambda unit, who=who: commitments.accept(unit, who, self.key))

    @rule()
    def keep(self) -> None:
        self.attempt(lambda unit: commitments.done(unit, ANA, self.key))

    @rule()
    def give_up(self) -> None:
        self.attempt(lambda unit: commitments.drop(unit, LENA, self.key))

    @rule()
    def take_back(self) -> None:
        for who in self.PEOPLE:
            self.attempt(lambda unit, who=who: commitment_states.reopen(unit, who, self.key))

    @rule()
    def hand(self) -> None:
        self.attempt(lambda unit: commitments.assign(unit, ANA, self.key, owner_key=SAM.key))
        self.attempt(lambda unit: commitments.assign(unit, LENA, self.key, owner_key=ANA.key))

    @rule()
    def hold_up(self) -> None:
        self.attempt(lambda unit: commitment_states.block(unit, ANA, self.key, reason=WHY))

    @rule()
    def go_on(self) -> None:
        self.attempt(lambda unit: commitment_states.unblock(unit, ANA, self.key))

    @rule()
    def wait(self) -> None:
        self.clock.advance(dt.timedelta(hours=13))

    @invariant()
    def one_owner_one_state_and_a_history_that_leads_to_it(self) -> None:
        if not hasattr(self, "key"):
            return
        with self.store.read() as session:
            row = commitments.access_commitment(session, LENA, self.key)
            assert row.owner_key in {who.key for who in self.PEOPLE}
            assert row.state in {"proposed", "accepted", "done", "dropped"}
            assert (row.closed_at is not None) == (row.state in commitment_states.CLOSED)
            assert not (row.blocked_at is not None and row.closed_at is not None)
            assert row.events[-1].to_state == row.state
            steps = [(event.from_state, event.to_state) for event in row.events]
            assert all(before[1] == after[0] for before, after in zip(steps, steps[1:], strict=False))
            assert len(steps) >= self.length, "history only grows"
            self.length = len(steps)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestLifeline = Lifeline.TestCase
TestLifeline.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_every_shipped_kind_can_be_made_by_a_leader(store: Store) -> None:
    for kind, definition in shipped_kinds().kinds.items():
        owner = LENA if definition.may_own(LENA) else Actor("per_ada", "ada", roles=frozenset({Role.ADMIN}))
        assert made(store, owner, owner, kind).startswith("cmt_")
