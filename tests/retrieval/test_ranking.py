"""What ranks: the meaning, the category, the words of long texts, variety; and the same where Chroma itself answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontline.core.errors import EngineError, UsageError
from frontline.core.ports import TextEncoder
from frontline.core.text import QuestionText
from frontline.store.work import Store
from retrieval import vectors
from retrieval.corpus import Corpus
from retrieval.ranking import fuse
from retrieval.vectors import VectorStore
from retrieval.word_index import WordIndex
from tests.retrieval.conftest import STEWARD, TRAINER, open_corpus

FILLER = "The team looked at the dashboards, wrote to the customers and waited for the next deployment. " * 12
COMPLAINTS = {
    "billing": ("I was charged twice for {}", "the amount for {} is wrong on my bill", "{} was debited two times"),
    "visits": ("nobody came to repair {}", "the engineer for {} did not show up", "I waited all day at home for {}"),
}
THINGS = ("the router", "my phone", "the television", "my landline", "the alarm")
LABELLED: list[dict[str, Any]] = [
    {"id": f"{label}-{place}-{number}", "kind": "complaint", "text": form.format(thing), "category": label}
    for label, forms in COMPLAINTS.items()
    for place, form in enumerate(forms)
    for number, thing in enumerate(THINGS)
]
REPORTS: list[dict[str, Any]] = [
    {"id": "d1", "kind": "debrief", "text": FILLER + "The certificate of the gateway had expired at midnight."},
    {"id": "d2", "kind": "debrief", "text": FILLER + "A retry of the export ran the invoices twice."},
    {"id": "d3", "kind": "debrief", "text": FILLER + "The queue of the voice platform overflowed."},
]


def ids(corpus: Corpus, words: str, **options: Any) -> list[str]:
    return [hit.id for hit in corpus.search(TRAINER, QuestionText(words), **options)]


@pytest.fixture
def filled(corpus: Corpus) -> Corpus:
    assert {row["decision"] for row in corpus.add(STEWARD, [*LABELLED, *REPORTS])} == {"released"}
    return corpus


def test_documents_of_the_querys_category_come_before_others_about_the_same_thing(filled: Corpus, home: Path) -> None:
    assert (home / "index" / "labels-complaint.npz").is_file()
    found = ids(filled, "they took the money for the router a second time", kind="complaint", k=15)
    assert all(doc_id.startswith("billing") for doc_id in found[:14])
    hits = filled.search(TRAINER, QuestionText("charged twice for the router"), kind="complaint", k=3)
    assert hits[0].score > hits[0].similarity > 0.9
    assert hits[0].citation == "billing-0-0, billing"


@pytest.mark.parametrize("harm", ["cut", "emptied", "written over"])
def test_what_was_learned_of_categories_is_learned_anew_where_its_file_is_damaged(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder, harm: str
) -> None:
    path = home / "index" / "labels-complaint.npz"
    content = path.read_bytes()
    half = len(content) // 2
    over = content[:half] + bytes(200) + content[half + 200 :]
    path.write_bytes({"cut": content[:half], "emptied": b"", "written over": over}[harm])
    for corpus in (open_corpus(home, store, encoder), filled):
        hits = corpus.search(TRAINER, QuestionText("charged twice for the router"), kind="complaint", k=3)
        assert hits[0].score > hits[0].similarity > 0.9


def test_a_damaged_file_of_a_kind_that_has_no_categories_any_more_ends_no_search(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    list(filled.add(STEWARD, [{**row, "id": f"t{row['id']}", "kind": "tag"} for row in LABELLED]))
    list(filled.add(STEWARD, [{**row, "category": None} for row in LABELLED]))
    (home / "index" / "labels-complaint.npz").write_bytes(b"cut")
    assert len(ids(open_corpus(home, store, encoder), "charged twice", k=3)) == 3


def test_what_another_process_learned_of_categories_counts_at_once(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    other = open_corpus(home, store, encoder)
    path = home / "index" / "labels-complaint.npz"
    path.unlink()
    question = QuestionText("charged twice for the router")
    before = other.search(TRAINER, question, kind="complaint", k=3)
    assert before[0].score == before[0].similarity
    filled.learn_labels()
    after = other.search(TRAINER, question, kind="complaint", k=3)
    assert after[0].score > after[0].similarity


def test_placeholders_are_no_likeness(corpus: Corpus) -> None:
    signed = "[CUSTOMER] [ADDRESS] [DATE] [PHONE] [EMAIL] "
    said = {"a": "the line drops at night", "b": "where is my refund", "c": "the engineer never came"}
    rows = [{"id": doc_id, "kind": "complaint", "text": signed + words} for doc_id, words in said.items()]
    list(corpus.add(STEWARD, [*rows, {"id": "d", "kind": "complaint", "text": "the line drops at night"}]))
    hits = corpus.search(TRAINER, QuestionText(signed + "my refund, where is it?"), kind="complaint")
    assert hits[0].id == "b"
    assert max(hit.similarity for hit in hits[1:]) < 0.5
    assert corpus.search(TRAINER, QuestionText("line drops"), collapse=True)[0].duplicates == 1


def test_the_end_of_a_long_report_is_found_by_meaning_and_by_its_words(filled: Corpus) -> None:
    assert ids(filled, "expired certificate", kind="debrief")[0] == "d1"
    assert ids(filled, "invoices sent two times")[:1] != ["d3"]
    assert ids(filled, "bills were doubled by a repeated export", kind="debrief")[0] == "d2"
    assert ids(filled, "voice platform overflowed")[0] == "d3"


def test_a_report_that_became_shorter_is_not_found_by_what_it_said_before(filled: Corpus) -> None:
    list(filled.add(STEWARD, [{"id": "d1", "kind": "debrief", "text": "The gateway was slow."}]))
    before = filled.search(TRAINER, QuestionText("the certificate had expired at midnight"), kind="debrief")
    assert next(hit.score for hit in before if hit.id == "d1") < 0.5


def test_varied_examples_do_not_all_say_the_same(filled: Corpus) -> None:
    query = "charged twice for the router"
    plain = ids(filled, query, kind="complaint", k=5)
    varied = ids(filled, query, kind="complaint", k=5, is_varied=True)
    assert varied[0] == plain[0]
    assert len({doc_id.split("-")[1] for doc_id in varied}) >= len({doc_id.split("-")[1] for doc_id in plain})
    assert varied != plain


def test_above_the_size_limit_chroma_answers_the_same(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    large = open_corpus(home, store, encoder, exact_limit=1)
    query = "nobody came for my phone"
    assert ids(large, query, kind="complaint", k=5) == ids(filled, query, kind="complaint", k=5)
    assert ids(large, query, where={"category": "billing"}, k=15) == ids(
        filled, query, where={"category": "billing"}, k=15
    )
    assert len(ids(large, query, kind="complaint", k=4, collapse=True, is_varied=True)) == 4


def test_where_the_filter_leaves_too_few_the_exact_answer_is_worked_out(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = open_corpus(home, store, encoder, exact_limit=1)
    monkeypatch.setattr(VectorStore, "query", lambda *_args, **_more: [])
    assert ids(large, "nobody came for my phone", kind="debrief") != []


@pytest.mark.parametrize("harm", ["garbage", "removed", "emptied"])
def test_a_broken_index_is_made_anew_from_state_and_that_is_said(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder, harm: str
) -> None:
    import shutil

    (generation,) = [path for path in (home / "index").iterdir() if path.is_dir()]
    if harm == "removed":
        shutil.rmtree(generation)
    else:
        (generation / "chroma.sqlite3").write_bytes(b"this is no database" * 500 if harm == "garbage" else b"")
    fresh = open_corpus(home, store, encoder)
    assert ids(fresh, "charged twice", k=1)[0].startswith("billing")
    assert "made anew from state: 33 documents" in fresh.notices[0]


def test_a_load_into_a_broken_index_makes_it_anew_and_says_so(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    (generation,) = [path for path in (home / "index").iterdir() if path.is_dir()]
    (generation / "chroma.sqlite3").write_bytes(b"this is no database" * 500)
    fresh = open_corpus(home, store, encoder)
    row = {"id": "new", "kind": "complaint", "text": "The parcel went to my neighbour."}
    assert [each["decision"] for each in fresh.add(STEWARD, [row])] == ["released"]
    assert "made anew from state: 34 documents" in fresh.notices[0]
    assert ids(fresh, "parcel at the neighbour's", k=1) == ["new"]


def test_an_erasure_from_a_broken_index_takes_nothing_over_and_ends(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    (generation,) = [path for path in (home / "index").iterdir() if path.is_dir()]
    (generation / "chroma.sqlite3").write_bytes(b"this is no database" * 500)
    fresh = open_corpus(home, store, encoder)
    assert fresh.rebuild(reuse=True) == 33
    assert not generation.exists()
    assert ids(fresh, "charged twice", k=1)[0].startswith("billing")


class OtherModel:
    """The same vectors under another name."""

    def __init__(self, encoder: TextEncoder) -> None:
        self.dim, self.model_id, self.encode = encoder.dim, "another-model", encoder.encode


def test_an_index_of_another_model_is_never_searched_and_made_anew_beside_it(
    filled: Corpus, home: Path, store: Store, encoder: TextEncoder
) -> None:
    moved = open_corpus(home, store, OtherModel(encoder))
    with pytest.raises(UsageError, match="another text model"):
        ids(moved, "charged twice")
    assert moved.index_pending() == len(LABELLED) + len(REPORTS)
    assert ids(moved, "charged twice", k=1)[0].startswith("billing")
    assert len([path for path in (home / "index").iterdir() if path.is_dir()]) == 1


def test_a_full_disk_during_a_rebuild_leaves_the_old_index_serving(
    filled: Corpus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(filled, "charged twice")
    write = VectorStore.upsert

    def fill_up(self: VectorStore, *args: Any, **more: Any) -> None:
        write(self, *args, **more)
        raise EngineError("The index cannot be written: the disk is full.", permanent=False)

    with monkeypatch.context() as patched:
        patched.setattr(VectorStore, "upsert", fill_up)
        with pytest.raises(EngineError, match="disk is full"):
            filled.rebuild()
    assert ids(filled, "charged twice") == before
    assert len([path for path in (home / "index").iterdir() if path.is_dir()]) == 1


def test_a_second_process_waits_its_turn_and_then_names_the_owner(
    filled: Corpus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl
    import os

    monkeypatch.setattr(vectors, "WAIT_SECONDS", 0.0)
    handle = os.open(home / "index" / "owner.lock", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.pwrite(handle, b"4711   ", 0)
        with pytest.raises(EngineError, match="in use by process 4711"):
            filled.rebuild()
    finally:
        os.close(handle)


def test_words_count_by_how_rare_they_are_and_masked_names_do_not() -> None:
    index = WordIndex(["the router of [PERSON_1] reboots", "routers and phones", "[PERSON_1] was kind", ""])
    scores = index.scores("router reboots for [PERSON_1]")
    assert scores.argmax() == 0
    assert scores[1] > 0
    assert scores[2] == scores[3] == 0
    assert WordIndex([]).scores("anything").shape == (0,)


def test_where_cosines_hardly_differ_the_words_decide_and_where_no_word_fits_the_cosines() -> None:
    cosines = np.array([0.41, 0.43, 0.40], dtype=np.float32)
    words = np.array([6.0, 2.0, 1.0], dtype=np.float32)
    alike = fuse(words, cosines)
    assert alike.argsort()[::-1].tolist() == [0, 1, 2]
    assert alike.min() == pytest.approx(0.40)
    assert alike.max() == pytest.approx(0.43)
    # A meaning that stands out is worth more than few words.
    assert fuse(words, np.array([0.2, 0.8, 0.1], dtype=np.float32)).argmax() == 1
    assert fuse(np.zeros(3, dtype=np.float32), cosines) == pytest.approx(cosines)
    assert fuse(np.zeros(1, dtype=np.float32), cosines[:1]) == pytest.approx(cosines[:1])


@pytest.mark.slow
def test_a_chroma_server_holds_the_index_for_all(home: Path, store: Store, encoder: TextEncoder) -> None:
    import socket
    import subprocess
    import sys

    import httpx

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    chroma = str(Path(sys.executable).parent / "chroma")
    server = subprocess.Popen(
        [chroma, "run", "--path", str(home / "server"), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        remote = open_corpus(home, store, encoder, url=url)
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as client:  # it waits between its tries
            client.get(f"{url}/api/v2/heartbeat").raise_for_status()
        list(remote.add(STEWARD, [*LABELLED, *REPORTS]))
        assert ids(remote, "charged twice", k=1)[0].startswith("billing")
        remote.rebuild()
        assert ids(open_corpus(home, store, encoder, url=url), "expired certificate", kind="debrief")[0] == "d1"
    finally:
        server.terminate()
        server.wait(timeout=20)
    with pytest.raises(EngineError, match="cannot be reached"):
        ids(open_corpus(home, store, encoder, url=url), "charged twice")
