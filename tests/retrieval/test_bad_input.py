"""Rows and queries as they come in practice: twice the same id, an unknown kind, no consent, another language."""

from __future__ import annotations

from typing import Any

import pytest

from frontline.core.errors import UsageError
from frontline.core.text import QuestionText
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from retrieval.corpus import Corpus
from tests.retrieval.conftest import STEWARD, TRAINER


def row(identity: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "kind": "complaint", "text": text, **more}


def ids(corpus: Corpus, words: str, **options: Any) -> list[str]:
    return [hit.id for hit in corpus.search(TRAINER, QuestionText(words), **options)]


def test_of_an_id_that_stands_twice_in_a_file_the_later_row_is_found_once(corpus: Corpus) -> None:
    rows = [
        row("c1", "I was charged twice."),
        row("c2", "The router is broken."),
        row("c1", "Nobody came to repair it."),
    ]
    assert len(list(corpus.add(STEWARD, rows))) == 3
    found = corpus.search(TRAINER, QuestionText("nobody came"))
    assert [hit.id for hit in found] == ["c1", "c2"]
    assert found[0].text.show() == "Nobody came to repair it."


def test_an_unknown_kind_is_refused_and_the_rows_around_it_are_taken(corpus: Corpus) -> None:
    rows = [
        row("c1", "I was charged twice."),
        row("c2", "A rumour.", kind="gossip"),
        row("c3", "The router is broken."),
    ]
    decisions = list(corpus.add(STEWARD, rows))
    assert [decision["decision"] for decision in decisions] == ["released", "refused", "released"]
    assert "kind" in decisions[1]["reasons"][0]
    assert set(ids(corpus, "router")) == {"c1", "c3"}


@pytest.mark.parametrize("name", ["id", "text", "category"])
def test_half_of_a_character_refuses_its_row_alone(corpus: Corpus, name: str) -> None:
    rows = [{**row("c1", "I was charged twice."), name: "cut \ud83d"}, row("c2", "The router is broken.")]
    decisions = list(corpus.add(STEWARD, rows))
    assert [decision["decision"] for decision in decisions] == ["refused", "released"]
    assert "half of a character" in decisions[0]["reasons"][0]


@pytest.mark.parametrize("text", ["\u200b\u200d", "\ufeff \u2060", "\x00\x07", "\u00ad"])
def test_a_text_of_which_nothing_is_seen_is_empty(corpus: Corpus, text: str) -> None:
    decisions = list(corpus.add(STEWARD, [row("c1", text), row("c2", "\u200bThe router is broken."), row("c3", "🙂")]))
    assert [decision["decision"] for decision in decisions] == ["refused", "released", "released"]
    assert decisions[0]["reasons"] == ["the text is empty"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("category", ["billing", "router"], "its category is a list, and must be one value"),
        ("region", {"name": "north"}, "its region is an object, and must be one value"),
        ("received_at", [], "its received_at is a list, and must be one value"),
    ],
)
def test_a_detail_of_several_values_refuses_its_row_and_names_it(
    corpus: Corpus, name: str, value: object, said: str
) -> None:
    decisions = list(corpus.add(STEWARD, [row("c1", "I was charged twice.", **{name: value}), row("c2", "Broken.")]))
    assert [decision["decision"] for decision in decisions] == ["refused", "released"]
    assert decisions[0]["reasons"] == [said]


@pytest.mark.parametrize("consent", [{}, {"consent": None}, {"consent": "yes"}, {"consent": False}])
def test_consent_that_is_not_said_is_no_consent(corpus: Corpus, store: Store, consent: dict[str, Any]) -> None:
    list(corpus.add(STEWARD, [row("c1", "I was charged twice.", **consent)]))
    with store.read() as session:
        document = session.get(Document, "c1")
        assert document is not None
        assert document.consent is False
        # Nothing is measured that only a release would need.
        assert document.fidelity is None


@pytest.mark.parametrize("words", ["", "   ", "\n\t"])
def test_an_empty_query_says_so_and_what_to_do(corpus: Corpus, words: str) -> None:
    with pytest.raises(UsageError, match="nothing to look for"):
        ids(corpus, words)


def test_half_a_character_is_no_query(corpus: Corpus) -> None:
    list(corpus.add(STEWARD, [row("c1", "I was charged twice.")]))
    with pytest.raises(UsageError, match="half of a character"):
        ids(corpus, "charged \ud83d twice")


@pytest.mark.parametrize("words", ["ik ben twee keer belast voor de router", "请问路由器坏了怎么办", "🙂", "%_'\";--"])
def test_a_query_in_another_language_or_of_signs_alone_gets_results_and_no_error(corpus: Corpus, words: str) -> None:
    list(corpus.add(STEWARD, [row("c1", "I was charged twice."), row("c2", "The router is broken.")]))
    assert set(ids(corpus, words)) == {"c1", "c2"}
