import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.core.actor import Actor, Role
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import tags, threads
from frontline.store.work import Store

ANA = Actor("per_ana", "ana", roles=frozenset({Role.AGENT}), team="aurora", agent_id="a01")
BEA = Actor("per_bea", "bea", roles=frozenset({Role.AGENT}), team="breeze")
SAM = Actor("per_sam", "sam", roles=frozenset({Role.SUPERVISOR}))
LENA = Actor("per_lena", "lena", roles=frozenset({Role.LEADER}))


def words(text: str = "cannot change the invoice mail") -> AnonymizedText:
    return seal(text, Provenance("index@1"))


def test_the_same_case_and_label_is_one_tag(store: Store) -> None:
    with store.unit() as unit:
        first = tags.add_tag(unit, ANA, words(), label="#Billing mail", case_key="8123")
        again = tags.add_tag(unit, BEA, words("other words"), label="billing-mail", case_key="8123")
        other = tags.add_tag(unit, ANA, words(), label="refund", case_key="8123")
        unlabelled = [tags.add_tag(unit, ANA, words(), case_key="8123").tag_id for _ in range(2)]
        caseless = [tags.add_tag(unit, ANA, words(f"time {n}"), label="refund").tag_id for n in range(2)]
        unit.commit()
    assert first.tag_id == again.tag_id
    assert other.tag_id != first.tag_id
    assert len(set(unlabelled)) == 1
    assert len(set(caseless)) == 2


def test_agents_see_their_own_tags_and_supervisors_all(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        mine = tags.add_tag(unit, ANA, words(), label="refund").tag_id
        tags.add_tag(unit, BEA, words(), label="refund")
        unit.commit()
    with store.read() as session:
        assert [tag.tag_id for tag in tags.list_tags(session, ANA)] == [mine]
        assert len(tags.list_tags(session, SAM, label="#Refund")) == 2
        assert tags.list_tags(session, SAM, since=clock.now() + dt.timedelta(seconds=1)) == []
        assert tags.list_tags(session, SAM)[0].text == words()


def test_one_takes_back_ones_own_tag_and_nobody_elses(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        mine = tags.add_tag(unit, ANA, words(), label="refund").tag_id
        unit.commit()
    with store.unit() as unit:
        with pytest.raises(NotFound):
            tags.remove_tag(unit, BEA, mine)
        assert tags.count_uses(unit.session, "refund", since=clock.now()) == 1
        assert tags.remove_tag(unit, ANA, mine).label == "refund"
        assert tags.count_uses(unit.session, "refund", since=clock.now()) == 0
        with pytest.raises(NotFound):
            tags.remove_tag(unit, ANA, mine)


def test_a_leader_does_not_tag(store: Store) -> None:
    with store.unit() as unit, pytest.raises(NotPermitted):
        tags.add_tag(unit, LENA, words(), label="refund")


def test_labels_are_counted_by_uses_and_people(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        for number, actor in enumerate((ANA, ANA, BEA)):
            tags.add_tag(unit, actor, words(f"time {number}"), label="refund")
        tags.add_tag(unit, ANA, words(), label="sim")
        tags.add_tag(unit, ANA, words())
        unit.commit()
    with store.read() as session:
        counts = tags.count_labels(session, SAM, since=clock.now() - dt.timedelta(days=14))
        assert [(row.label, row.uses, row.people) for row in counts] == [("refund", 3, 2), ("sim", 1, 1)]
        assert tags.known_labels(session) == ("refund", "sim")


@pytest.mark.parametrize(
    ("label", "normal"),
    [("#Billing e-mail", "billing-e-mail"), ("REFUND", "refund"), (" a__b ", "a-b"), ("x" * 200, "x" * 80)],
)
def test_a_label_has_one_spelling(label: str, normal: str) -> None:
    assert tags.normal_label(label) == normal


@given(st.text(max_size=120))
def test_a_normal_label_stays_as_it_is_or_is_refused(label: str) -> None:
    try:
        normal = tags.normal_label(label)
    except UsageError:
        return
    assert tags.normal_label(normal) == normal
    assert 0 < len(normal) <= 80


def test_a_thread_remembers_its_latest_query_across_a_restart(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        threads.remember(unit, "C1:1.2", {"metrics": ["csat"]}, ANA)
        threads.remember(unit, "C1:1.2", {"metrics": ["fcr_rate"]}, BEA)
        threads.remember(unit, "", {"metrics": ["nps"]}, ANA)
        unit.commit()
    again = Store.open(str(store.engine.url.database), clock)
    with again.read() as session:
        found = threads.recall(session, "C1:1.2")
        assert found is not None
        assert (found.query, found.asker_key) == ({"metrics": ["fcr_rate"]}, "per_bea")
        assert threads.recall(session, "") is None
        assert threads.recall(session, "C1:9.9") is None
    again.close()


def test_a_thread_can_start_over_and_old_ones_are_dropped(store: Store, clock: FrozenClock) -> None:
    with store.unit() as unit:
        for key in ("a", "b"):
            threads.remember(unit, key, {"metrics": ["csat"]}, ANA)
        threads.forget(unit, "a")
        unit.commit()
    clock.advance(dt.timedelta(days=40))
    with store.unit() as unit:
        assert threads.recall(unit.session, "a") is None
        assert threads.forget_before(unit, clock.now() - dt.timedelta(days=30)) == 1
        unit.commit()
    with store.read() as session:
        assert threads.recall(session, "b") is None
