"""How well a long document is found again by words that stand in it no more. Not part of ``make bench``: minutes.

    python -m benchmarks.known_items --reports FOLDER          incident reports, Markdown with a Summary
    python -m benchmarks.known_items --texts FILE.csv [--text COLUMN] [--count N]

A report is searched with the first two sentences of its summary, which are taken out of it; any other long text with a
sentence from its middle. Names are taken out of the query. Beside ours stands what people get who put langchain's
splitter before Chroma; the splitter (langchain-text-splitters) is no dependency, without it that line is left out.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, show
from benchmarks.labelled import asked_with_encoder, read_rows
from frontline.encoder.long_texts import split_long
from retrieval.ranking import fuse
from retrieval.shelf import Words
from retrieval.word_index import WordIndex

# A long text has so many words at least, and the sentence that it is searched by so many.
LONG = 200
SENTENCE = range(10, 41)
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z0-9-]+")
# What stands for a name in complaints that were masked before, amounts and numbers.
_MASKED = re.compile(r"\bX{2,}\S*|\{?\$[\d.,]+\}?|\d+")
# What langchain's guides take.
CHUNK, SHARED = 1000, 200

Items = tuple[list[str], list[str]]


def main(argv: Sequence[str]) -> int:
    """Print the figures of the files that were named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.known_items")
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--count", type=int, default=250)
    figures: list[Figure] = []
    with asked_with_encoder(parser, argv) as (asked, encoder):
        if asked.reports:
            figures += measure_items(encoder, read_reports(asked.reports), "reports")
        if asked.texts:
            figures += measure_items(encoder, read_texts(asked.texts, asked.text, asked.count), "texts")
    sys.stdout.write(show(figures))
    return 0


def measure_items(encoder: Any, items: Items, name: str) -> list[Figure]:
    """Return MRR@10 of each way to search; query i looks for document i."""
    queries, bodies = items
    parts = [split_long(body) for body in bodies]
    owner = np.repeat(np.arange(len(bodies)), [len(group) for group in parts])
    flat = [part for group in parts for part in group]
    asked = encoder.encode(queries)
    dense = _best(asked @ encoder.encode(flat).T, owner)
    words = Words(WordIndex(bodies), np.arange(len(bodies)), WordIndex(flat), owner)
    said = np.stack([words.scores(query, len(bodies)) for query in queries])
    fused = np.stack([fuse(*row) for row in zip(said, dense, strict=True)])
    by_parts = _best(np.stack([words.parts.scores(query) for query in queries]), owner)
    found = {
        "by meaning, the best part": mrr(dense),
        "by words (BM25)": mrr(said),
        "by a convex sum after min-max": mrr(_stretched(dense) + _stretched(by_parts)),
        "as searched": mrr(fused),
    }
    if (peer := _langchain_and_chroma(encoder, queries, bodies)) is not None:
        found["langchain's splitter and Chroma"] = peer
    note = f"{len(bodies)} {name}"
    return [Figure(f"known item: MRR@10 {way}", value, "MRR", note=note) for way, value in found.items()]


def read_reports(folder: Path) -> Items:
    """Return (queries, documents) of incident reports in Markdown that have a summary."""
    queries, bodies = [], []
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^#+\s*Summary\s*\n(.*?)(?=^#)", text, re.S | re.M)
        if found is None or len(found.group(1).split()) < 15:
            continue
        summary = " ".join(_SENTENCES.split(found.group(1).strip())[:2])
        queries.append(_without_names(summary, text[:400]))
        # The heading says what happened, and is no more part of the document than its summary.
        bodies.append(text[: found.start()].partition("\n")[2] + text[found.end() :])
    return queries, bodies


def read_texts(path: Path, column: str, count: int) -> Items:
    """Return (queries, documents) of ``count`` long texts, the same at every run."""
    dice = random.Random(2)
    texts = [row[column] for row in read_rows(path) if len(row[column].split()) >= LONG]
    dice.shuffle(texts)
    queries, bodies = [], []
    for text in texts:
        sentences = _SENTENCES.split(text)
        middle = [at for at in range(1, len(sentences) - 1) if len(sentences[at].split()) in SENTENCE]
        if not middle or len(bodies) == count:
            continue
        at = dice.choice(middle)
        query = _MASKED.sub(" ", _without_names(sentences[at], text))
        if len(query.split()) >= 6:
            queries.append(query)
            bodies.append(" ".join([*sentences[:at], *sentences[at + 1 :]]))
    return queries, bodies


def mrr(scores: Any, *, k: int = 10) -> float:
    """Return the mean reciprocal rank of document i for query i, zero beyond rank ``k``."""
    places = [np.argsort(-row, kind="stable").tolist().index(number) + 1 for number, row in enumerate(scores)]
    return float(np.mean([1 / place if place <= k else 0.0 for place in places]))


def _langchain_and_chroma(encoder: Any, queries: Sequence[str], bodies: Sequence[str]) -> float | None:
    """Return MRR@10 of documents by their best chunk among the 50 that Chroma finds; None without the splitter."""
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError:
        return None
    import chromadb

    chunks = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=SHARED)
    flat = [(number, part) for number, body in enumerate(bodies) for part in chunks.split_text(body)]
    with tempfile.TemporaryDirectory() as folder:
        store = chromadb.PersistentClient(path=folder).create_collection("reports", metadata={"hnsw:space": "cosine"})
        store.add(
            ids=[f"{place}:{number}" for place, (number, _) in enumerate(flat)],
            embeddings=encoder.encode([part for _, part in flat]),
            documents=[part for _, part in flat],
        )
        found = store.query(query_embeddings=encoder.encode(queries), n_results=min(50, len(flat)))["ids"]
    ranks = []
    for number, ids in enumerate(found):
        order = list(dict.fromkeys(int(name.partition(":")[2]) for name in ids))
        ranks.append(1 / (order.index(number) + 1) if number in order[:10] else 0.0)
    return float(np.mean(ranks))


def _without_names(query: str, context: str) -> str:
    for name in set(_NAME.findall(f"{query} {context}")):
        query = re.sub(rf"\b{re.escape(name)}\b", " ", query)
    return query


def _best(scores: Any, owner: Any) -> Any:
    """Return the best score of each document (queries, documents) from those of its parts."""
    return np.stack([scores[:, owner == place].max(axis=1) for place in range(owner.max() + 1)], axis=1)


def _stretched(scores: Any) -> Any:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
