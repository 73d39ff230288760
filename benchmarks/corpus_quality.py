"""How good categorising, searching and routing are on a file of labelled texts. Not part of ``make bench``: minutes.

    python -m benchmarks.corpus_quality --labels FILE [--train FILE]     {id, text, label} as JSONL, or CSV
    python -m benchmarks.corpus_quality --intents FILE.json              CLINC150's form: train, val, oos_val, ...
    python -m benchmarks.corpus_quality --reports FOLDER                 incident reports, Markdown with a Summary

Without ``--train`` a fifth of the file is held out, the same at every run; ``--text`` and ``--label`` name the columns.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, show
from frontline.analysis.linear_head import fit_linear
from frontline.analysis.scope import fit_intents
from frontline.analysis.text_classes import fit_classifier, split_folds
from frontline.encoder import open_encoder
from frontline.encoder.long_texts import encode_long, split_long
from retrieval.ranking import LABEL_WEIGHT, fuse
from retrieval.shelf import Words
from retrieval.word_index import WordIndex

Labelled = tuple[list[str], list[str]]


def main(argv: Sequence[str]) -> int:
    """Print the figures of the files that were named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus_quality")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--intents", type=Path)
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--models", type=Path, help="where the exported text model lies, for example var/models")
    asked = parser.parse_args(argv)
    csv.field_size_limit(1 << 24)
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(asked.models or Path(folder))
        figures: list[Figure] = []
        if asked.labels:
            figures += label_figures(encoder, *_split(asked))
        if asked.intents:
            figures += intent_figures(encoder, json.loads(asked.intents.read_text(encoding="utf-8")))
        if asked.reports:
            figures += report_figures(encoder, asked.reports)
    sys.stdout.write(show(figures))
    return 0


def label_figures(encoder: Any, train: Labelled, test: Labelled) -> list[Figure]:
    """Categorising the test texts, and searching the training texts with them: same label = relevant."""
    vectors, asked = encode_long(encoder, train[0]), encode_long(encoder, test[0])
    started = time.process_time()
    classifier = fit_classifier(train[0], vectors, train[1])
    took = time.process_time() - started
    found = classifier.suggest(test[0], asked)
    right = np.array([item.top[0][0] == label for item, label in zip(found, test[1], strict=True)])
    given = np.array([item.label is not None for item in found])
    note = f"{len(test[0]):,} texts, {len(classifier.labels)} labels, {len(train[0]):,} examples, {took:.0f} CPU-s"
    figures = [
        Figure("categorise: first of top3 right", right.mean(), "share", note=note),
        Figure("categorise: share that gets a label", given.mean(), "share"),
    ]
    if given.any():
        figures.append(Figure("categorise: labels given that are right", right[given].mean(), "share"))
    # The search keeps one vector a complaint, of its beginning.
    shelf, query = encoder.encode(train[0]), encoder.encode(test[0])
    head = fit_linear(train[0], shelf, train[1])
    place = {label: number for number, label in enumerate(head.labels)}
    columns = np.array([place[label] for label in train[1]])
    cosines = query @ shelf.T
    chances = head.probabilities(test[0], query)
    aware = cosines + LABEL_WEIGHT * chances[:, columns]
    labels = np.array(train[1]), np.array(test[1])
    return [
        *figures,
        Figure("search: nDCG@10 by cosine alone", ndcg(cosines, *labels), "nDCG"),
        Figure("search: nDCG@10 with categories", ndcg(aware, *labels), "nDCG"),
    ]


def intent_figures(encoder: Any, data: dict[str, list[list[str]]]) -> list[Figure]:
    """Routing: intents that are right and accepted, and small talk that is turned away."""
    train, test = data["train"], data.get("test") or data["val"]
    outside = data.get("oos_test") or [*data["oos_val"], *data.get("oos_train", [])]
    texts = [text for text, _ in train]
    router = fit_intents(texts, encoder.encode(texts), [label for _, label in train])
    asked = [text for text, _ in test]
    found = router.classify(asked, encoder.encode(asked))
    strange = [text for text, _ in outside]
    turned = router.classify(strange, encoder.encode(strange))
    good = [item.label == label for item, (_, label) in zip(found, test, strict=True)]
    note = f"{len(test):,} texts, {len({label for _, label in train})} intents"
    return [
        Figure("intents: right and accepted", float(np.mean(good)), "share", note=note),
        Figure("intents: known ones turned away", float(np.mean([i.label is None for i in found])), "share"),
        Figure("intents: strange ones turned away", float(np.mean([i.label is None for i in turned])), "share"),
    ]


def report_figures(encoder: Any, folder: Path) -> list[Figure]:
    """Known item: the rest of a report is searched with the first two sentences of its summary, names taken out."""
    queries, bodies = [], []
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^#+\s*Summary\s*\n(.*?)(?=^#)", text, re.S | re.M)
        if found is None or len(found.group(1).split()) < 15:
            continue
        summary = " ".join(re.split(r"(?<=[.!?])\s+", found.group(1).strip())[:2])
        names = set(re.findall(r"(?<=[a-z,] )[A-Z][A-Za-z0-9-]+", summary + " " + text[:400]))
        for name in names:
            summary = re.sub(rf"\b{re.escape(name)}\b", " ", summary)
        queries.append(summary)
        bodies.append(text[: found.start()].partition("\n")[2] + text[found.end() :])
    parts = [split_long(body) for body in bodies]
    owner = np.repeat(np.arange(len(bodies)), [len(group) for group in parts])
    flat = [part for group in parts for part in group]
    asked = encoder.encode(queries)
    dense = _best(asked @ encoder.encode(flat).T, owner)
    words = Words(WordIndex(bodies), np.arange(len(bodies)), WordIndex(flat), owner)
    said = np.stack([words.scores(query, len(bodies)) for query in queries])
    fused = np.stack([fuse(*row) for row in zip(said, dense, strict=True)])
    convex = _stretched(dense) + _stretched(_best(np.stack([words.parts.scores(query) for query in queries]), owner))
    note = f"{len(bodies)} reports"
    return [
        Figure("known item: MRR@10 by meaning alone", mrr(asked @ encoder.encode(bodies).T), "MRR", note=note),
        Figure("known item: MRR@10 by the best part", mrr(dense), "MRR"),
        Figure("known item: MRR@10 by words", mrr(said), "MRR"),
        Figure("known item: MRR@10 by a convex sum after min-max", mrr(convex), "MRR"),
        Figure("known item: MRR@10 as searched", mrr(fused), "MRR"),
    ]


def _best(scores: Any, owner: Any) -> Any:
    """Return the best score of each document (queries, documents) from those of its parts."""
    return np.stack([scores[:, owner == place].max(axis=1) for place in range(owner.max() + 1)], axis=1)


def ndcg(scores: Any, labels: Any, wanted: Any, *, k: int = 10) -> float:
    """Return the mean nDCG@k of rankings ``scores`` (queries, documents): a document of the same label gains one."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    found = []
    for row, label in zip(scores, wanted, strict=True):
        relevant = int((labels == label).sum())
        if relevant:
            gains = labels[np.argsort(-row, kind="stable")[:k]] == label
            found.append((gains * discount[: len(gains)]).sum() / discount[: min(k, relevant)].sum())
    return float(np.mean(found))


def mrr(scores: Any, *, k: int = 10) -> float:
    """Return the mean reciprocal rank of document i for query i, zero beyond rank ``k``."""
    places = [np.argsort(-row, kind="stable").tolist().index(number) + 1 for number, row in enumerate(scores)]
    return float(np.mean([1 / place if place <= k else 0.0 for place in places]))


def _stretched(scores: Any) -> Any:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def _split(asked: argparse.Namespace) -> tuple[Labelled, Labelled]:
    texts, labels = _read(asked.labels, asked.text, asked.label)
    if asked.train:
        return _read(asked.train, asked.text, asked.label), (texts, labels)
    place = {name: number for number, name in enumerate(sorted(set(labels)))}
    learned, held = next(iter(split_folds(np.array([place[label] for label in labels]), 5)))

    def pick(places: Any) -> Labelled:
        return [texts[p] for p in places], [labels[p] for p in places]

    return pick(learned), pick(held)


def _read(path: Path, text: str, label: str) -> Labelled:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = (
            list(csv.DictReader(handle))
            if path.suffix == ".csv"
            else [json.loads(row) for row in handle if row.strip()]
        )
    return [str(row[text]) for row in rows], [str(row[label]) for row in rows]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
