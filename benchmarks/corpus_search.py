"""Search over 100,000 documents with a filter, against Chroma's own filtered query in the same run; and a cold start.

The vectors are random with the shape of real ones: neither way looks at what they mean. ``FRONTLINE_BENCH_DOCUMENTS``
changes how many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure
from frontline.encoder import default_folder, open_encoder
from retrieval.ranking import Asked, rank
from retrieval.shelf import Shelf
from retrieval.snapshot import Vectors
from retrieval.vectors import VectorStore

DOCUMENTS = int(os.environ.get("FRONTLINE_BENCH_DOCUMENTS", "100000"))
DIM = 384
QUERIES = 60
# Chroma takes most of a second for each filtered query.
CHROMA_QUERIES = 8
REGIONS = ("north", "east", "south", "west")

_COLD = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from benchmarks.corpus_search import first_search
first_search(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
print(time.perf_counter() - started)
"""


def measure() -> list[Figure]:
    """Measure filtered search, its recall, Chroma's own, the build, and the first search of a new process."""
    source = np.random.default_rng(1)
    matrix = source.normal(size=(DOCUMENTS, DIM)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    ids = tuple(f"doc{place:07d}" for place in range(DOCUMENTS))
    regions = [REGIONS[place] for place in source.integers(0, len(REGIONS), DOCUMENTS)]
    shelf = make_shelf(ids, matrix, regions)
    queries = matrix[source.integers(0, DOCUMENTS, QUERIES)] + 0.05 * source.normal(size=(QUERIES, DIM))
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    mine, times = [], []
    for query in queries:
        started = time.perf_counter()
        allowed = shelf.mask(states=("inside", "released"), kind="complaint", where={"region": "north"})
        mine.append({hit.doc_id for hit in rank(shelf, Asked("", query, 10), allowed, read=lambda _: [])})
        times.append((time.perf_counter() - started) * 1000)
    north = np.array([region == "north" for region in regions])
    recall = float(
        np.mean(
            [len(found & _brute(ids, matrix, north, query)) / 10 for found, query in zip(mine, queries, strict=True)]
        )
    )
    p95 = float(np.percentile(times, 95))
    theirs, seconds = _chroma(ids, matrix, regions, queries[:CHROMA_QUERIES])
    # The export of before: to make one anew takes half a minute and is no part of a search.
    encoder = open_encoder(default_folder())
    encoder.encode(["warm up"])
    unread, cold = _cold(ids, matrix, default_folder())
    texts = [f"the router of floor {place} reboots every evening since the update" for place in range(2000)]
    started = time.perf_counter()
    encoder.encode(texts)
    encoded = len(texts) / (time.perf_counter() - started)
    note = f"p50 {np.median(times):.1f} ms; Chroma's where: {theirs:.0f} ms in the median"
    built = DOCUMENTS / (seconds + DOCUMENTS / encoded)
    return [
        Figure(f"search, {DOCUMENTS:,} documents with a filter, p95", p95, "ms", target=30, note=note),
        Figure("search, faster than Chroma's where", theirs / float(np.median(times)), target=10, is_floor=True),
        Figure("search, recall@10 against brute force", recall, "share", target=1.0, is_floor=True),
        Figure("search, first one of a new process", cold, "s", target=2, note="10,000 documents, with the text model"),
        Figure(
            "search, first one of an index that nobody has read", unread, "s", note="copied, or its writer was killed"
        ),
        Figure(
            "index, built from short texts",
            built,
            "docs/s",
            note=f"encoding {encoded:,.0f}/s, writing {DOCUMENTS / seconds:,.0f}/s",
        ),
    ]


def make_shelf(ids: tuple[str, ...], matrix: Any, regions: list[str]) -> Shelf:
    """Return a shelf of complaints that may all be seen."""
    rows = {
        doc_id: ("complaint", "inside", None, region, None, None, True)
        for doc_id, region in zip(ids, regions, strict=True)
    }
    return Shelf.fill(1, Vectors(ids, matrix), Vectors((), np.zeros((0, DIM), dtype=np.float32)), rows)


def first_search(folder: Path, count: int, models: Path) -> None:
    """Open the text model, read an index from disk and search it once, as a new process does."""
    query = open_encoder(models).encode(["the router reboots every evening"])[0]
    vectors, _ = VectorStore(folder, dim=DIM).read_all("gen_bench")
    assert len(vectors.ids) == count
    shelf = make_shelf(vectors.ids, vectors.matrix, ["north"] * count)
    allowed = shelf.mask(states=("inside",), kind="complaint", where={"region": "north"})
    assert rank(shelf, Asked("", query, 10), allowed, read=lambda _: [])


def _brute(ids: tuple[str, ...], matrix: Any, allowed: Any, query: Any) -> set[str]:
    scores = np.where(allowed, matrix @ query, -2)
    return {ids[place] for place in np.argsort(-scores)[:10]}


def _chroma(ids: tuple[str, ...], matrix: Any, regions: list[str], queries: Any) -> tuple[float, float]:
    """Return Chroma's median for a filtered query in ms, and the seconds to write all."""
    import chromadb

    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder)
        collection = client.create_collection(
            "peer", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        started = time.perf_counter()
        for start in range(0, len(ids), 5000):
            part = slice(start, start + 5000)
            collection.add(
                ids=list(ids[part]), embeddings=matrix[part], metadatas=[{"region": region} for region in regions[part]]
            )
        seconds = time.perf_counter() - started
        times = []
        for query in queries:
            started = time.perf_counter()
            collection.query(query_embeddings=[query], n_results=10, where={"region": "north"})
            times.append((time.perf_counter() - started) * 1000)
        client.close()  # type: ignore[attr-defined]  # else it goes on with its files, which are gone, until the end
    return float(np.median(times)), seconds


def _cold(ids: tuple[str, ...], matrix: Any, models: Path) -> tuple[float, float]:
    """Return the seconds that the first search takes in a new process, after Python itself has started.

    Twice: of an index that no process has read since it was written, and of one that was read, as after a restart.
    """
    with tempfile.TemporaryDirectory() as folder:
        few = min(10_000, len(ids))
        VectorStore(Path(folder), dim=DIM).upsert("gen_bench", "complaint", ids[:few], matrix[:few])
        command = [sys.executable, "-c", _COLD, folder, str(few), str(models)]
        unread, read = (
            float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(2)
        )
        return unread, read
