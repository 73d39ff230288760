"""``/ops example find`` over a real corpus: five examples that differ, where the nearest five would say the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from frontline.core.text import QuestionText
from frontline.governance.policy import shipped_policy
from frontline.store.work import Store
from handlers import examples
from retrieval.corpus import Corpus
from tests.retrieval.conftest import STEWARD, TRAINER

THINGS = ("router", "phone", "television", "landline", "alarm", "modem", "decoder")
ROWS: list[dict[str, Any]] = [
    *(
        {"id": f"same-{thing}", "kind": "complaint", "text": f"I was charged twice for the {thing}."}
        for thing in THINGS
    ),
    {"id": "bank", "kind": "complaint", "text": "My bank shows two debits of the same invoice this month."},
    {"id": "late", "kind": "complaint", "text": "Charged again after I had cancelled, and no refund since."},
    {"id": "move", "kind": "complaint", "text": "Since we moved house both addresses are billed."},
    {"id": "shop", "kind": "complaint", "text": "The shop took the deposit, then the full price was charged too."},
]


def test_the_examples_of_a_trainer_differ_and_the_best_one_comes_first(corpus: Corpus, store: Store) -> None:
    list(corpus.add(STEWARD, ROWS))
    catalog = SimpleNamespace(releases=SimpleNamespace(tones={}, kinds=()))
    desk = SimpleNamespace(corpus=lambda: corpus, policy=shipped_policy(), catalog=catalog, model=lambda: None)
    with store.read() as session:
        work: Any = SimpleNamespace(desk=desk, actor=TRAINER, audit={}, session=session, now=store.clock.now())
        reply = examples.find(work, examples.FindArguments(query=QuestionText("charged twice for the router")))
    found = [row[0] for row in reply.answer["rows"]]
    nearest = [hit.id for hit in corpus.search(TRAINER, QuestionText("charged twice for the router"), k=5)]
    assert len(found) == 5
    assert found[0] == nearest[0] == "same-router"
    assert sum(doc_id.startswith("same") for doc_id in found) < sum(doc_id.startswith("same") for doc_id in nearest)
