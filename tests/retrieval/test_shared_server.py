"""A Chroma server that several organisations share: what is rebuilt of one leaves the others alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings

from retrieval import vectors
from retrieval.projection import next_generation
from retrieval.vectors import VectorStore

DIM = 4
ONE = np.eye(DIM, dtype=np.float32)[:1]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VectorStore:
    client: Any = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    monkeypatch.setattr(vectors, "_server", lambda _url: client)
    return VectorStore(tmp_path, dim=DIM, url="http://chroma:8000")


def test_a_rebuild_drops_its_own_generations_and_nobody_elses(store: VectorStore) -> None:
    ours, theirs = next_generation(""), next_generation("")
    half, new = next_generation(ours), next_generation(ours)
    for generation, doc_id in ((ours, "old"), (half, "half"), (new, "new"), (theirs, "theirs")):
        store.upsert(generation, "complaint", [doc_id], ONE)
    store.drop_others(new)
    assert store.read_all(new)[0].ids == ("new",)
    assert store.read_all(theirs)[0].ids == ("theirs",)
    assert store.read_all(ours)[0].ids == store.read_all(half)[0].ids == ()


def test_generations_after_generations_belong_together_and_do_not_grow(store: VectorStore) -> None:
    generation = first = next_generation("")
    for _ in range(5):
        store.upsert(generation, "complaint", [generation], ONE)
        generation = next_generation(generation)
        store.upsert(generation, "complaint", [generation], ONE)
        store.drop_others(generation)
        assert store.read_all(generation)[0].ids == (generation,)
    assert store.read_all(first)[0].ids == ()
    assert len(generation) < 40
