"""Documents go in through the gate, are found by meaning, and only by those who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontline.core.actor import Audience, AudienceKind
from frontline.core.errors import NotPermitted, UsageError
from frontline.core.ports import Progress, TextEncoder
from frontline.core.text import QuestionText
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from retrieval.corpus import Corpus
from tests.retrieval.conftest import AGENT, STEWARD, TRAINER, open_corpus

ROWS: list[dict[str, Any]] = [
    {"id": "c1", "kind": "complaint", "text": "I was charged twice for the same month.", "region": "north"},
    {"id": "c2", "kind": "complaint", "text": "The bill was debited two times in May.", "region": "south"},
    {"id": "c3", "kind": "complaint", "text": "The engineer did not come on Tuesday.", "region": "north"},
    {"id": "c4", "kind": "complaint", "text": "The engineer did not come on Tuesday. ", "region": "north"},
    {"id": "d1", "kind": "debrief", "text": "Billing ran twice after a retry of the export job."},
]


def add(corpus: Corpus, rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["decision"]) for row in corpus.add(STEWARD, rows)]


def ids(corpus: Corpus, words: str, **options: Any) -> list[str]:
    return [hit.id for hit in corpus.search(TRAINER, QuestionText(words), **options)]


def test_what_means_the_same_is_found_first(corpus: Corpus) -> None:
    add(corpus, ROWS)
    assert set(ids(corpus, "double billing", kind="complaint")[:2]) == {"c1", "c2"}
    assert ids(corpus, "nobody showed up for the installation", k=1)[0] in {"c3", "c4"}


def test_filters_come_before_the_ranking(corpus: Corpus) -> None:
    add(corpus, ROWS)
    assert ids(corpus, "charged twice", kind="complaint", where={"region": "South"}) == ["c2"]
    assert ids(corpus, "charged twice", kind="debrief") == ["d1"]


def test_near_duplicates_collapse_only_when_asked(corpus: Corpus) -> None:
    add(corpus, ROWS)
    query = QuestionText("the engineer did not come")
    assert len(corpus.search(TRAINER, query, where={"region": "north"}, k=3)) == 3
    hits = corpus.search(TRAINER, query, where={"region": "north"}, k=3, collapse=True)
    assert hits[0].duplicates == 1
    assert len(hits) == 2


def test_same_id_same_content_is_skipped_and_other_content_replaces(corpus: Corpus) -> None:
    assert add(corpus, ROWS[:1]) == ["released"]
    assert add(corpus, ROWS[:1]) == ["skipped"]
    assert add(corpus, [{**ROWS[0], "text": "My parcel with the router got lost."}]) == ["replaced"]
    assert ids(corpus, "lost parcel") == ["c1"]
    assert corpus.search(TRAINER, QuestionText("charged twice"))[0].score < 0.5


def test_what_the_gate_holds_back_is_never_found_and_lies_encrypted(corpus: Corpus, store: Store, home: Path) -> None:
    assert add(corpus, [{"id": "q", "kind": "complaint", "text": "HOLD: Priya Raman was rude"}]) == ["quarantined"]
    assert ids(corpus, "rude") == []
    store.checkpoint()
    assert b"Priya" not in (home / "state.sqlite3").read_bytes()


def test_a_broken_row_is_refused_with_a_reason_and_the_others_go_on(corpus: Corpus) -> None:
    rows = [{"id": "", "kind": "complaint", "text": "x"}, {"id": "n", "kind": "novel", "text": "x"}, ROWS[0]]
    results = list(corpus.add(STEWARD, rows))
    assert [row["decision"] for row in results] == ["refused", "refused", "released"]
    assert "kind" in results[1]["reasons"][0]


def test_only_those_who_may_search_and_add(corpus: Corpus) -> None:
    add(corpus, ROWS)
    with pytest.raises(NotPermitted):
        corpus.search(AGENT, QuestionText("charged twice"))
    with pytest.raises(NotPermitted):
        list(corpus.add(AGENT, ROWS))


def test_a_channel_sees_nothing_that_no_person_released(corpus: Corpus) -> None:
    add(corpus, ROWS)
    from frontline.core.actor import SYSTEM

    assert corpus.search(SYSTEM, QuestionText("charged twice"), audience=Audience(AudienceKind.CHANNEL)) == []


def test_what_is_withdrawn_or_erased_during_a_rebuild_is_not_in_the_new_index(corpus: Corpus, store: Store) -> None:
    list(corpus.add(STEWARD, ROWS))
    withdrawn, erased, *kept = [row["id"] for row in ROWS]

    def meanwhile(_progress: Progress) -> None:
        with store.unit() as unit:
            unit.session.get_one(Document, withdrawn).state = "withdrawn"
            if (row := unit.session.get(Document, erased)) is not None:
                unit.session.delete(row)
            unit.commit()

    corpus.rebuild(report=meanwhile)
    live = corpus._projection.live()
    assert live is not None
    whole, parts = corpus._projection.vectors.read_all(live.folder)
    assert set(whole.ids) == set(kept)
    assert not {withdrawn, erased} & set(parts.ids)
    assert corpus.count() == len(kept)


def test_a_restart_and_a_rebuild_find_the_same(corpus: Corpus, home: Path, store: Store, encoder: TextEncoder) -> None:
    add(corpus, ROWS)
    before = ids(corpus, "charged twice")
    assert ids(open_corpus(home, store, encoder), "charged twice") == before
    assert corpus.rebuild() == len(ROWS)
    assert ids(open_corpus(home, store, encoder), "charged twice") == before
    assert len([path for path in (home / "index").iterdir() if path.is_dir()]) == 1


def test_a_crash_between_state_and_index_loses_nothing(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "index_pending", lambda **_: 0)
    add(corpus, ROWS)
    monkeypatch.undo()
    assert ids(corpus, "charged twice") == []
    assert corpus.index_pending() == len(ROWS)
    assert ids(corpus, "charged twice", kind="complaint")[0] in {"c1", "c2"}


def test_a_lost_index_directory_is_rebuilt_from_state(
    corpus: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    import shutil

    add(corpus, ROWS)
    shutil.rmtree(home / "index")
    fresh = open_corpus(home, store, encoder)
    assert fresh.rebuild() == len(ROWS)
    assert "c1" in ids(fresh, "charged twice")


@pytest.mark.parametrize("wrong", [{"kind": "novel"}, {"where": {"shoe": "1"}}])
def test_an_unknown_kind_or_field_is_named(corpus: Corpus, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="There is no"):
        ids(corpus, "charged twice", **wrong)
    with pytest.raises(UsageError, match="nothing to look for"):
        ids(corpus, "  ")


def test_it_is_a_langchain_retriever_with_the_same_hits(corpus: Corpus) -> None:
    add(corpus, ROWS)
    found = corpus.retriever(TRAINER, k=2, kind="complaint").invoke("charged twice")
    assert [document.id for document in found] == ids(corpus, "charged twice", k=2, kind="complaint")
    with pytest.raises(NotPermitted):
        corpus.retriever(AGENT).invoke("charged twice")
