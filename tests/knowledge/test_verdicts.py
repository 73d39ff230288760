"""What people say of an article: each for themselves, and a case counts once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.core.actor import Actor, Role
from frontline.core.text import AnonymizedText, Provenance, seal
from frontline.governance import knowledge
from frontline.governance.knowledge import Need
from frontline.governance.policy import shipped_policy
from frontline.store.models.corpus import Document
from frontline.store.models.knowledge import Article
from frontline.store.work import Store, Unit

AGENT = Actor("per_robin", "robin", roles=frozenset({Role.AGENT}))
TRAINER = Actor("per_tomas", "tomas", roles=frozenset({Role.TRAINER}))
STEWARD = Actor("per_stella", "stella", roles=frozenset({Role.STEWARD}))
CASE = Need("C0000123", topic="router")
POLICY = shipped_policy()


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    store = Store.open(tmp_path / "state.sqlite3")
    store.create_schema()
    with store.unit() as unit:
        at = dt.datetime(2026, 6, 17, tzinfo=dt.UTC)
        row = Document(doc_id="a1", kind="article", state="inside", content_key="k" * 16, added_at=at, changed_at=at)
        row.consent, row.reasons, row.text = False, [], note("# Sim swap")
        unit.session.add(row)
        unit.session.flush()
        yield unit
    store.close()


def note(words: str) -> AnonymizedText:
    return seal(words, Provenance("index@1"))


def test_two_people_flag_one_article_and_each_takes_their_own_back(unit: Unit) -> None:
    said = {"the menu is gone": AGENT, "the photo is of the old router": TRAINER}
    rows = [
        knowledge.judge(unit, actor, Need(), "a1", verdict=knowledge.FLAGGED, policy=POLICY, note=note(words))
        for words, actor in said.items()
    ]
    found = knowledge.list_flagged(unit.session, TRAINER, policy=POLICY)
    assert {row.note.show() for row in found if row.note is not None} == set(said)
    knowledge.take_back(unit, TRAINER, rows[1].verdict_id, policy=POLICY)
    (left,) = knowledge.list_flagged(unit.session, TRAINER, policy=POLICY)
    assert left.actor_key == AGENT.key


def test_a_flag_stands_until_the_article_is_mended(unit: Unit) -> None:
    document = unit.session.get_one(Document, "a1")
    flagged = knowledge.judge(
        unit, AGENT, Need(), "a1", verdict=knowledge.FLAGGED, policy=POLICY, note=note("the menu is gone")
    )

    def stands() -> bool:
        return bool(knowledge.list_flagged(unit.session, TRAINER, policy=POLICY))

    assert stands()
    document.content_key, document.changed_at = "n" * 16, flagged.at + dt.timedelta(minutes=1)
    assert not stands()
    # Of the new words it can be said again.
    unit.now = flagged.at + dt.timedelta(minutes=2)
    knowledge.judge(unit, AGENT, Need(), "a1", verdict=knowledge.FLAGGED, policy=POLICY, note=note("still gone"))
    assert stands()
    knowledge.put_article(unit, STEWARD, Article(doc_id="a1", version="2"), policy=POLICY)
    assert not stands()


@pytest.mark.parametrize("ending", ["withdrawn", "retired"])
def test_nobody_is_asked_to_mend_what_is_shown_to_nobody(unit: Unit, ending: str) -> None:
    knowledge.judge(unit, AGENT, Need(), "a1", verdict=knowledge.FLAGGED, policy=POLICY, note=note("the menu is gone"))
    if ending == "withdrawn":
        unit.session.get_one(Document, "a1").state = "withdrawn"
    else:
        version = "k" * 8
        knowledge.put_article(unit, STEWARD, Article(doc_id="a1", version=version, state="retired"), policy=POLICY)
    assert knowledge.list_flagged(unit.session, TRAINER, policy=POLICY) == []


def test_a_case_that_two_people_solved_with_an_article_counts_once(unit: Unit) -> None:
    for actor in (AGENT, TRAINER, AGENT):
        knowledge.judge(unit, actor, CASE, "a1", verdict=knowledge.SOLVED, policy=POLICY)
    assert knowledge.counts_of(unit.session, CASE)[0] == {"a1": 1}
