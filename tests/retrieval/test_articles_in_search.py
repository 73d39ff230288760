"""An article that is over, or for others, is in no search either: not only ``/ops kb suggest`` leaves it out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.core.actor import SYSTEM, Actor
from frontline.core.ports import TextEncoder
from frontline.core.text import QuestionText
from frontline.governance import knowledge
from frontline.governance.policy import shipped_policy
from frontline.store.models.knowledge import Article
from frontline.store.work import Store
from retrieval.corpus import Corpus
from tests.retrieval.conftest import STEWARD, TRAINER, open_corpus

TODAY = dt.date(2026, 6, 17)
FACTS = {
    "plain": {},
    "until tomorrow": {"valid_until": TODAY + dt.timedelta(days=1)},
    "over today": {"valid_until": TODAY},
    "from tomorrow": {"valid_from": TODAY + dt.timedelta(days=1)},
    "retired": {"state": "retired"},
    "for stewards": {"audience": ["steward"]},
    "for business": {"segments": ["smb"]},
}


@pytest.fixture
def corpus(home: Path, store: Store, encoder: TextEncoder) -> Corpus:
    made = open_corpus(home, store, encoder, today=lambda: TODAY)
    with store.unit() as unit:
        for name, facts in FACTS.items():
            given = {"version": "1", "state": "live", **facts}
            knowledge.put_article(unit, STEWARD, Article(doc_id=name, **given), policy=shipped_policy())
        unit.commit()
    rows = [{"id": name, "kind": "article", "text": f"A sim swap takes two hours ({name})."} for name in FACTS]
    list(made.add(STEWARD, [*rows, {"id": "loaded", "kind": "article", "text": "A sim swap takes two hours."}]))
    return made


def found(corpus: Corpus, actor: Actor, kind: str | None) -> set[str]:
    return {hit.id for hit in corpus.search(actor, QuestionText("sim swap"), kind=kind, k=20)}


@pytest.mark.parametrize("kind", ["article", None])
def test_who_searches_finds_what_they_may_be_told_today(corpus: Corpus, kind: str | None) -> None:
    # Segments are about customers, and nobody is told anything by a search.
    everybody = {"plain", "until tomorrow", "for business", "loaded"}
    assert found(corpus, TRAINER, kind) == everybody
    assert found(corpus, STEWARD, kind) == everybody | {"for stewards"}


def test_the_product_itself_ranks_all_of_them_for_whom_it_filters(corpus: Corpus) -> None:
    assert found(corpus, SYSTEM, "article") == {*FACTS, "loaded"}


def test_fewer_are_left_out_before_the_ranking_not_after_it(corpus: Corpus) -> None:
    hits = corpus.search(TRAINER, QuestionText("A sim swap takes two hours (retired)."), kind="article", k=4)
    assert len(hits) == 4
