"""Who may ask, review, withdraw and undo; what is quoted at every moment; whatever the order of events."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from frontline.core.actor import SYSTEM, Actor
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound, NotPermitted, UsageError, UserError
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import audit, release_endings, release_rows, releases
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Store
from tests.releases.conftest import ADA, ANNA, NOW, SAM, STELLA, TINE, TOMAS, add_document, look, words

DAY = dt.timedelta(hours=24)
PURPOSE = words("onboarding")


def asked(store: Store, actor: Actor = TOMAS, doc_id: str = "c1") -> str:
    with store.unit() as unit:
        add_document(unit, doc_id)
        row = releases.request(unit, actor, look(unit, doc_id), purpose=PURPOSE)
        unit.commit()
        return row.release_id


def let_out(store: Store, release_id: str, actor: Actor = STELLA, days: int = 180) -> None:
    with store.unit() as unit:
        row = releases.access_release(unit.session, actor, release_id)
        releases.release(unit, actor, release_id, look(unit, row.doc_id, row.text), days=days)
        unit.commit()


def quoted(store: Store, actor: Actor = SYSTEM, doc_id: str = "c1") -> list[str]:
    with store.read() as session:
        return [q.text.show() for q in releases.released_quotes(session, actor, [doc_id], at=store.clock.now())]


def state_of(store: Store, doc_id: str = "c1") -> str:
    with store.read() as session:
        document = session.get(Document, doc_id)
        assert document is not None
        return document.state


def test_a_quote_exists_between_release_and_withdrawal_and_at_no_other_time(store: Store) -> None:
    release_id = asked(store)
    assert quoted(store) == []
    assert state_of(store) == "inside"
    let_out(store, release_id)
    assert quoted(store) == ["They charged me twice and did not answer."]
    assert quoted(store, ANNA) == quoted(store)
    assert state_of(store) == "released"
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, release_id, reason=words("the customer asked"))
        unit.commit()
    assert quoted(store) == []
    assert state_of(store) == "withdrawn"


def test_the_one_who_asks_never_reviews_even_with_the_role(store: Store) -> None:
    release_id = asked(store, STELLA)
    with pytest.raises(NotPermitted) as refusal:
        let_out(store, release_id, STELLA)
    assert refusal.value.policy_id == "example.two_people"
    with store.unit() as unit, pytest.raises(NotPermitted):
        releases.refuse(unit, STELLA, release_id, reason=words("no"))
    let_out(store, release_id, ADA)
    assert quoted(store)


@pytest.mark.parametrize("actor", [TOMAS, ANNA, SAM], ids=lambda actor: actor.handle)
def test_who_does_not_review_can_neither_release_nor_refuse(store: Store, actor: Actor) -> None:
    release_id = asked(store, TINE)
    with store.unit() as unit:
        found = look(unit)
        with pytest.raises(NotPermitted):
            releases.release(unit, actor, release_id, found, days=1)
        with pytest.raises(NotPermitted):
            releases.refuse(unit, actor, release_id, reason=words("no"))
        with pytest.raises(NotPermitted):
            releases.release(unit, actor, "rel_nothing", found, days=1)


@pytest.mark.parametrize("actor", [ANNA, SAM], ids=lambda actor: actor.handle)
def test_who_neither_asks_nor_reviews_can_do_nothing_but_read_what_is_released(store: Store, actor: Actor) -> None:
    release_id = asked(store)
    with store.unit() as unit:
        with pytest.raises(NotPermitted):
            release_endings.withdraw(unit, actor, release_id)
        with pytest.raises(NotPermitted):
            releases.list_releases(unit.session, actor)
        with pytest.raises(NotPermitted):
            releases.request(unit, actor, look(unit), purpose=PURPOSE)
    assert quoted(store, actor) == []


def test_a_trainer_sees_her_own_requests_and_a_reviewer_all(store: Store) -> None:
    mine, hers = asked(store, TOMAS, "c1"), asked(store, TINE, "c2")
    with store.read() as session:
        assert [row.release_id for row in releases.list_releases(session, TOMAS)] == [mine]
        assert {row.release_id for row in releases.list_releases(session, STELLA)} == {mine, hers}
        with pytest.raises(NotFound):
            releases.access_release(session, TOMAS, hers)


def test_one_document_is_asked_for_once_at_a_time(store: Store) -> None:
    release_id = asked(store)
    with store.unit() as unit, pytest.raises(Conflict, match=release_id):
        releases.request(unit, TINE, look(unit), purpose=PURPOSE)
    with store.unit() as unit:
        releases.refuse(unit, STELLA, release_id, reason=words("too close to a person"))
        unit.commit()
    with store.unit() as unit:
        assert releases.request(unit, TINE, look(unit), purpose=PURPOSE).state == "requested"


def test_a_second_reviewer_is_told_that_it_is_done(store: Store) -> None:
    release_id = asked(store)
    let_out(store, release_id, STELLA)
    with pytest.raises(Conflict, match="released already"):
        let_out(store, release_id, ADA)


def test_a_release_ends_with_its_time(store: Store, clock: FrozenClock) -> None:
    let_out(store, asked(store), days=30)
    clock.move_to(NOW + dt.timedelta(days=30))
    # Before any housekeeping has run.
    assert quoted(store) == []
    with store.unit() as unit:
        [row] = release_endings.expire_due(unit)
        assert row.state == "expired"
        assert release_endings.expire_due(unit) == []
        unit.commit()
    assert state_of(store) == "inside"


def test_other_content_ends_the_release_and_the_request(store: Store) -> None:
    for doc_id, is_released in (("c1", True), ("c2", False)):
        release_id = asked(store, doc_id=doc_id)
        if is_released:
            let_out(store, release_id)
        with store.unit() as unit:
            release_endings.lapse(unit, doc_id)
            unit.commit()
        with store.read() as session:
            row = session.get(Release, release_id)
            assert row is not None
            assert (row.state, row.events[-1].event) == ("expired", "lapse")
        assert state_of(store, doc_id) == "inside"


@pytest.mark.parametrize("change", [{"content_key": "other"}, {"consent": False}, {"state": "quarantined"}])
def test_what_changed_behind_the_back_of_a_release_is_not_quoted(store: Store, change: dict[str, object]) -> None:
    let_out(store, asked(store))
    with store.unit() as unit:
        document = unit.session.get(Document, "c1")
        for name, value in change.items():
            setattr(document, name, value)
        unit.commit()
    assert quoted(store) == []


def test_a_request_whose_text_changed_cannot_be_released(store: Store) -> None:
    release_id = asked(store)
    with store.unit() as unit:
        document = unit.session.get(Document, "c1")
        assert document is not None
        document.content_key = "other"
        unit.commit()
    with pytest.raises(Conflict, match="replaced"):
        let_out(store, release_id)


def test_undo_of_a_withdrawal_is_for_who_did_it_and_later_for_a_reviewer(store: Store, clock: FrozenClock) -> None:
    release_id = asked(store, TINE)
    let_out(store, release_id)
    with store.unit() as unit:
        release_endings.withdraw(unit, STELLA, release_id)
        unit.commit()
    with store.unit() as unit, pytest.raises(NotPermitted):
        release_endings.undo_withdrawal(unit, TOMAS, release_id, within=DAY)
    with store.unit() as unit:
        release_endings.undo_withdrawal(unit, STELLA, release_id, within=DAY)
        unit.commit()
    assert quoted(store)
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, release_id)
        unit.commit()
    clock.move_to(NOW + dt.timedelta(days=2))
    with store.unit() as unit, pytest.raises(NotPermitted):
        release_endings.undo_withdrawal(unit, TOMAS, release_id, within=DAY)
    with store.unit() as unit:
        assert release_endings.undo_withdrawal(unit, ADA, release_id, within=DAY).state == "released"


def test_undo_of_a_review_puts_it_back_among_the_waiting(store: Store) -> None:
    release_id = asked(store)
    let_out(store, release_id)
    with store.unit() as unit, pytest.raises(NotPermitted):
        release_endings.undo_review(unit, TOMAS, release_id)
    with store.unit() as unit:
        release_endings.undo_review(unit, STELLA, release_id)
        unit.commit()
    assert quoted(store) == []
    assert state_of(store) == "inside"
    let_out(store, release_id)
    assert quoted(store)


def test_a_withdrawn_text_that_was_replaced_comes_back_inside_only(store: Store) -> None:
    release_id = asked(store)
    let_out(store, release_id)
    with store.unit() as unit:
        release_endings.withdraw(unit, STELLA, release_id)
        document = unit.session.get(Document, "c1")
        assert document is not None
        document.content_key = "other"
        unit.commit()
    with store.unit() as unit:
        assert release_endings.undo_withdrawal(unit, STELLA, release_id, within=DAY).state == "expired"
        unit.commit()
    assert quoted(store) == []
    assert state_of(store) == "inside"


def test_a_reviewer_masks_more_and_releases_that_text(store: Store) -> None:
    release_id = asked(store)
    with store.unit() as unit:
        releases.mask_more(unit, STELLA, release_id, QuestionText("charged me twice"))
        unit.commit()
    let_out(store, release_id)
    assert quoted(store) == ["They [MASKED] and did not answer."]
    with store.unit() as unit, pytest.raises(Conflict):
        releases.mask_more(unit, STELLA, release_id, QuestionText("answer"))


def test_words_that_are_not_in_the_text_are_not_repeated(store: Store) -> None:
    release_id = asked(store)
    with store.unit() as unit, pytest.raises(UsageError) as error:
        releases.mask_more(unit, STELLA, release_id, QuestionText("Jansen"))
    assert "Jansen" not in str(error.value)


def test_every_step_is_in_the_events_and_in_the_audit_trail(store: Store) -> None:
    release_id = asked(store)
    let_out(store, release_id)
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, release_id)
        unit.commit()
    with store.read() as session:
        row = session.get(Release, release_id)
        assert row is not None
        assert [(event.event, event.actor_key) for event in row.events] == [
            ("request", "per_tomas"),
            ("release", "per_stella"),
            ("withdraw", "per_tomas"),
        ]
        trail = audit.entries(session, resource=f"release:{release_id}")
        assert [entry.action for entry in trail] == ["example.withdraw", "example.release", "example.request"]
        assert audit.verify(session) == []


PEOPLE = st.sampled_from([TOMAS, TINE, STELLA, ADA, ANNA])


class ReleaseMachine(RuleBasedStateMachine):
    """Any order of events by anybody: what is quoted was released by a reviewer who did not ask for it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FrozenClock(NOW)
        self.store = Store.open(Path(self.folder.name) / "state.sqlite3", self.clock)
        self.store.create_schema()
        with self.store.unit() as unit:
            add_document(unit)
            unit.commit()
        self.versions = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def last(self) -> Release | None:
        with self.store.read() as session:
            return session.query(Release).order_by(Release.requested_at.desc(), Release.release_id).first()

    def newest(self) -> str:
        with self.store.read() as session:
            rows = session.query(Release).all()
            return max(rows, key=lambda row: row.events[0].id).release_id if rows else "rel_nothing"

    @rule(actor=PEOPLE)
    def ask(self, actor: Actor) -> None:
        with self.store.unit() as unit:
            try:
                releases.request(unit, actor, look(unit), purpose=PURPOSE)
            except UserError:
                return
            unit.commit()

    @precondition(lambda self: self.last() is not None)
    @rule(actor=PEOPLE, verb=st.sampled_from(["release", "refuse", "withdraw", "restore", "reopen", "mask"]))
    def act(self, actor: Actor, verb: str) -> None:
        release_id = self.newest()
        with self.store.unit() as unit:
            text: AnonymizedText = unit.session.get_one(Release, release_id).text
            try:
                match verb:
                    case "release":
                        releases.release(unit, actor, release_id, look(unit, text=text), days=10)
                    case "refuse":
                        releases.refuse(unit, actor, release_id, reason=words("no"))
                    case "withdraw":
                        release_endings.withdraw(unit, actor, release_id)
                    case "restore":
                        release_endings.undo_withdrawal(unit, actor, release_id, within=DAY)
                    case "reopen":
                        release_endings.undo_review(unit, actor, release_id)
                    case _:
                        releases.mask_more(unit, actor, release_id, QuestionText("twice"))
            except UserError:
                return
            unit.commit()

    @rule()
    def replace(self) -> None:
        self.versions += 1
        with self.store.unit() as unit:
            release_endings.lapse(unit, "c1")
            document = unit.session.get_one(Document, "c1")
            document.content_key = f"version {self.versions}"
            document.state = "withdrawn" if document.state == "withdrawn" else "inside"
            unit.commit()

    @rule(days=st.integers(1, 12))
    def pass_time(self, days: int) -> None:
        self.clock.advance(dt.timedelta(days=days))
        with self.store.unit() as unit:
            release_endings.expire_due(unit)
            unit.commit()

    @invariant()
    def a_quote_has_a_reviewer_who_is_somebody_else(self) -> None:
        with self.store.read() as session:
            rows = session.query(Release).all()
            quotes = releases.released_quotes(session, ANNA, None, at=self.clock.now())
            by_id = {row.release_id: row for row in rows}
            for quote in quotes:
                row = by_id[quote.release_id]
                assert row.reviewed_by in {"per_stella", "per_ada"}
                assert row.reviewed_by != row.requested_by
                assert row.content_key == session.get_one(Document, "c1").content_key
            assert len([row for row in rows if row.state in release_rows.LIVE]) <= 1
            document = session.get_one(Document, "c1")
            assert (document.state == "released") == any(row.state == "released" for row in rows)
            assert bool(quotes) == (document.state == "released")

    @invariant()
    def the_events_tell_the_whole_story(self) -> None:
        with self.store.read() as session:
            for row in session.query(Release).all():
                states = [event.to_state for event in row.events]
                assert states[-1] == row.state
                assert [event.from_state for event in row.events] == ["", *states[:-1]]


TestReleaseMachine = ReleaseMachine.TestCase
TestReleaseMachine.settings = settings(max_examples=10, stateful_step_count=18, deadline=None)
