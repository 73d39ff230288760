"""A label that many use and no process answers: one post an episode, in the commit of the tag."""

import datetime as dt

import pytest

from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotPermitted
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import commitments, outbox, tag_gaps, tag_labels, tags
from frontline.governance.tags import DeskAuthor
from frontline.store.work import Store

RULE = tags.shipped_rule()
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}))


def words(text: str = "wants the bill on paper") -> AnonymizedText:
    return seal(text, Provenance("index@1"))


class Floor:
    """Agents of a help desk who tag, a case each time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.cases = 0

    def tag(self, *agents: str, label: str = "paper-invoice") -> None:
        for agent in agents:
            self.cases += 1
            with self.store.unit() as unit:
                author = DeskAuthor(agent, team="aurora")
                tags.add_tag(unit, SYSTEM, words(f"{self.cases}"), label=label, case_key=str(self.cases), author=author)
                unit.commit()

    def posts(self) -> list[str]:
        with self.store.read() as session:
            return [row.key for row in outbox.list_messages(session) if row.key.startswith("tag_gap/")]


@pytest.fixture
def floor(store: Store) -> Floor:
    return Floor(store)


def test_the_fifth_use_by_the_third_agent_is_posted_once(floor: Floor, store: Store) -> None:
    floor.tag("a", "a", "b", "b")
    assert floor.posts() == []
    floor.tag("b")
    assert floor.posts() == []
    floor.tag("c")
    assert len(floor.posts()) == 1
    floor.tag("a", "b", "c", "d")
    assert len(floor.posts()) == 1
    with store.read() as session:
        [row] = outbox.list_messages(session)
    assert row.channel == "#floor"
    assert "#paper-invoice" in str(row.payload)
    assert "6 uses by 3 people" in str(row.payload)


def test_uses_that_are_too_old_do_not_count(floor: Floor, clock: FrozenClock) -> None:
    floor.tag("a", "b")
    clock.advance(dt.timedelta(days=15))
    floor.tag("a", "b", "c", "d")
    assert floor.posts() == []
    floor.tag("e")
    assert len(floor.posts()) == 1


def test_a_gap_that_flickers_is_one_episode_and_after_a_quiet_month_another(floor: Floor, clock: FrozenClock) -> None:
    floor.tag("a", "b", "c", "d", "e")
    clock.advance(dt.timedelta(days=10))
    floor.tag("a", "b", "c", "d")
    clock.advance(dt.timedelta(days=10))
    floor.tag("a")
    assert len(floor.posts()) == 1
    clock.advance(dt.timedelta(days=60))
    floor.tag("a", "b", "c", "d", "e")
    assert len(floor.posts()) == 2


def test_a_tag_that_is_not_committed_posts_nothing(floor: Floor, store: Store) -> None:
    floor.tag("a", "a", "b", "b")
    with store.unit() as unit:
        tags.add_tag(unit, ANA, words("last"), label="paper-invoice")
    assert floor.posts() == []


def test_nothing_is_said_where_there_is_a_process_a_promise_or_no_gap(floor: Floor, store: Store) -> None:
    labels = ("with-process", "with-promise", "no-gap")
    for label in labels:
        floor.tag("a", label=label)
    with store.unit() as unit:
        tag_labels.link(unit, SAM, "with-process", process=words("see the handbook"))
        key = tag_gaps.source_key("with-promise")
        due = unit.now.date() + dt.timedelta(days=7)
        commitments.create(unit, SAM, kind="change_request", title="do it", owner_key=SAM.key, due=due, source_key=key)
        tag_gaps.mute(unit, SAM, "no-gap", RULE)
        unit.commit()
    for label in labels:
        floor.tag("b", "c", "d", "e", "f", label=label)
    assert floor.posts() == []
    with store.read() as session:
        gaps = tag_gaps.list_gaps(session, SAM, RULE, now=store.clock.now())
    assert [(gap.activity.label, gap.commitment is not None) for gap in gaps] == [("with-promise", True)]


def test_a_process_taken_back_makes_it_news_again(floor: Floor, store: Store) -> None:
    floor.tag("a", "b", "c", "d", "e")
    with store.unit() as unit:
        tag_labels.link(unit, SAM, "paper-invoice", process=words("see the handbook"))
        unit.commit()
    floor.tag("a")
    with store.unit() as unit:
        tag_labels.unlink(unit, SAM, "paper-invoice")
        unit.commit()
    store.clock.advance(dt.timedelta(hours=1))  # type: ignore[attr-defined]
    floor.tag("a")
    assert len(floor.posts()) == 2


def test_aliases_make_a_gap_together(floor: Floor, store: Store) -> None:
    floor.tag("a", "b", "c")
    floor.tag("d", "e", label="letter-bill")
    with store.unit() as unit:
        tag_labels.merge(unit, SAM, "letter-bill", "paper-invoice")
        unit.commit()
    assert floor.posts() == []
    floor.tag("a", label="letter-bill")
    assert [key.split("/")[1] for key in floor.posts()] == ["paper-invoice"]


def test_an_agent_does_not_settle_a_gap(store: Store) -> None:
    with store.unit() as unit, pytest.raises(NotPermitted):
        tag_gaps.mute(unit, ANA, "paper-invoice", RULE)


def test_not_a_gap_said_of_a_label_that_was_merged_since_holds_for_what_it_counts_for(
    floor: Floor, store: Store, clock: FrozenClock
) -> None:
    floor.tag("a", "b", "c", "d", "e", label="bill-by-post")
    floor.tag("a", label="paper-invoice")
    with store.unit() as unit:
        tag_labels.merge(unit, SAM, "bill-by-post", "paper-invoice")
        unit.commit()
    with store.unit() as unit:  # the button of the post that named the label of before
        assert tag_gaps.mute(unit, SAM, "bill-by-post", RULE).label == "paper-invoice"
        unit.commit()
    with store.read() as session:
        assert tag_gaps.list_gaps(session, SAM, RULE, now=clock.now()) == []


def test_the_process_of_a_label_answers_what_it_was_merged_into(floor: Floor, store: Store, clock: FrozenClock) -> None:
    floor.tag("a", "b", label="bill-by-post")
    floor.tag("a", "b", label="paper-invoice")
    with store.unit() as unit:
        tag_labels.link(unit, SAM, "bill-by-post", process=words("handbook, page 12"))
        tag_labels.merge(unit, SAM, "bill-by-post", "paper-invoice")
        unit.commit()
    floor.tag("c", "d", label="paper-invoice")
    assert floor.posts() == []
    with store.read() as session:
        assert tag_gaps.list_gaps(session, SAM, RULE, now=clock.now()) == []
        answering = tag_labels.answering(session, "paper-invoice")
        assert answering is not None
        assert answering.process == words("handbook, page 12")
    with store.unit() as unit:
        tag_labels.unlink(unit, SAM, "paper-invoice")
        assert [gap.activity.label for gap in tag_gaps.list_gaps(unit.session, SAM, RULE, now=unit.now)] == [
            "paper-invoice"
        ]


def test_a_label_keeps_its_process_when_the_merge_is_taken_back(floor: Floor, store: Store) -> None:
    floor.tag("a", label="bill-by-post")
    floor.tag("a", "b", "c", "d", "e", label="paper-invoice")
    with store.unit() as unit:
        tag_labels.link(unit, SAM, "bill-by-post", process=words("handbook, page 12"))
        tag_labels.merge(unit, SAM, "bill-by-post", "paper-invoice")
        tag_labels.unmerge(unit, SAM, "bill-by-post")
        assert [gap.activity.label for gap in tag_gaps.list_gaps(unit.session, SAM, RULE, now=unit.now)] == [
            "paper-invoice"
        ]
        assert tag_labels.answering(unit.session, "bill-by-post") is not None
