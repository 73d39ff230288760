"""What a person released is found in channels, what was withdrawn is found nowhere, other content ends a release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anonymization.policy import load_policies
from frontline.catalog.loader import load_catalog
from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.errors import NotPermitted
from frontline.core.ports import TextEncoder
from frontline.core.text import Provenance, QuestionText, seal
from frontline.governance import release_endings, releases
from frontline.governance.consents import withdraw_consents
from frontline.governance.examination import examine
from frontline.governance.policy import Policy
from frontline.governance.text_rights import TextRights
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from retrieval.collection import collect
from retrieval.corpus import Corpus
from tests.retrieval.conftest import STEWARD, TRAINER, PlayedGate, open_corpus

CHANNEL = Audience(AudienceKind.CHANNEL, channel="#floor")
PURPOSE = seal("onboarding", Provenance("index@1"))
ROW: dict[str, Any] = {
    "id": "c1",
    "kind": "complaint",
    "text": "I was charged twice for the same month.",
    "region": "north",
    "consent": True,
    "language": "english",
}


def ask(store: Store, doc_id: str = "c1") -> str:
    with store.unit() as unit:
        found = examine(
            unit.session, unit.session.get_one(Document, doc_id), gate=PlayedGate(), rules=load_catalog().releases
        )
        row = releases.request(unit, TRAINER, found, purpose=PURPOSE)
        unit.commit()
        return row.release_id


def let_out(store: Store, release_id: str) -> None:
    with store.unit() as unit:
        found = examine(
            unit.session, unit.session.get_one(Document, "c1"), gate=PlayedGate(), rules=load_catalog().releases
        )
        releases.release(unit, STEWARD, release_id, found, days=30)
        unit.commit()


def in_channel(corpus: Corpus) -> list[str]:
    return [hit.text.show() for hit in corpus.search(SYSTEM, QuestionText("charged twice"), audience=CHANNEL)]


def inside(corpus: Corpus) -> list[str]:
    return [hit.id for hit in corpus.search(TRAINER, QuestionText("charged twice"))]


@pytest.fixture
def filled(corpus: Corpus) -> Corpus:
    list(corpus.add(STEWARD, [ROW]))
    return corpus


def test_a_channel_finds_it_from_the_release_on_and_nobody_after_the_withdrawal(filled: Corpus, store: Store) -> None:
    assert inside(filled) == ["c1"]
    release_id = ask(store)
    assert in_channel(filled) == []
    let_out(store, release_id)
    assert in_channel(filled) == [ROW["text"]]
    with store.unit() as unit:
        release_endings.withdraw(unit, TRAINER, release_id)
        unit.commit()
    assert in_channel(filled) == []
    assert inside(filled) == []


def test_a_withdrawn_vector_leaves_the_index_and_comes_back_with_the_undo(
    filled: Corpus, store: Store, home: Path, encoder: TextEncoder
) -> None:
    release_id = ask(store)
    let_out(store, release_id)
    with store.unit() as unit:
        release_endings.withdraw(unit, STEWARD, release_id)
        unit.commit()
    filled.index_pending()
    assert filled.count() == 0
    assert open_corpus(home, store, encoder).rebuild() == 0
    with store.unit() as unit:
        release_endings.undo_withdrawal(unit, STEWARD, release_id, within=load_catalog().releases.undo_window)
        unit.commit()
    filled.index_pending()
    assert filled.count() == 1
    assert in_channel(filled) == [ROW["text"]]


def test_other_content_under_the_same_id_ends_the_release(filled: Corpus, store: Store) -> None:
    let_out(store, ask(store))
    assert in_channel(filled)
    list(filled.add(STEWARD, [{**ROW, "text": "I was charged twice and my router is broken."}]))
    assert in_channel(filled) == []
    assert inside(filled) == ["c1"]


def test_consent_taken_back_ends_the_release(filled: Corpus, store: Store) -> None:
    let_out(store, ask(store))
    list(filled.add(STEWARD, [{**ROW, "consent": False}]))
    assert in_channel(filled) == []


def test_a_policy_of_private_views_that_asks_for_consent_hides_customers_who_gave_none(
    filled: Corpus, store: Store, home: Path, encoder: TextEncoder
) -> None:
    index = load_policies()["index"]
    strict = index.model_copy(update={"grounds": index.grounds.model_copy(update={"consent": True})})
    rights = TextRights(lambda: {**load_policies(), "index": strict})
    corpus = open_corpus(home, store, encoder, policy=Policy(load_catalog().permissions.permissions, texts=rights))
    house_text = {"id": "a1", "kind": "article", "text": "What to say to somebody who was charged twice."}
    list(filled.add(STEWARD, [{**ROW, "id": "c2", "consent": False}, house_text]))
    assert sorted(inside(filled)) == ["a1", "c1", "c2"]
    assert sorted(inside(corpus)) == ["a1", "c1"]
    # Themes are made of the same documents.
    assert collect(filled, store, STEWARD, kind="complaint").ids == ("c1", "c2")
    assert collect(corpus, store, STEWARD, kind="complaint").ids == ("c1",)
    with store.unit() as unit:
        unit.session.get_one(Document, "c1").customer_key = "a" * 32
        assert withdraw_consents(unit, {"a" * 32}) == 1
        unit.commit()
    assert inside(corpus) == ["a1"]
    with pytest.raises(NotPermitted, match="not for marketing"):
        corpus.search(TRAINER, QuestionText("charged twice"), purpose="marketing")


def test_what_was_withdrawn_stays_away_when_it_is_loaded_again(filled: Corpus, store: Store) -> None:
    release_id = ask(store)
    let_out(store, release_id)
    with store.unit() as unit:
        release_endings.withdraw(unit, STEWARD, release_id)
        unit.commit()
    list(filled.add(STEWARD, [{**ROW, "category": "billing"}]))
    assert inside(filled) == []
