"""How good categorising, searching and routing are on a file of labelled texts. Not part of ``make bench``: minutes.

    python -m benchmarks.corpus_quality --labels FILE [--train FILE]     {id, text, label} as JSONL, or CSV
    python -m benchmarks.corpus_quality --intents FILE.json              CLINC150's form: train, val, oos_val, ...
    python -m benchmarks.corpus_quality --labels FILE --themes 4000      themes over so many of the texts

Without ``--train`` a fifth of the file is held out, the same at every run; ``--text`` and ``--label`` name the columns.
How well known documents are found again: ``benchmarks.known_items``.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, show
from frontline.analysis.clusters import centroids, follow, ward
from frontline.analysis.linear_head import fit_linear
from frontline.analysis.scope import fit_intents
from frontline.analysis.text_classes import fit_classifier, split_folds
from frontline.encoder import open_encoder
from frontline.encoder.long_texts import encode_long
from retrieval.ranking import LABEL_WEIGHT
from retrieval.theme_groups import absorb
from retrieval.theme_registry import settings_for

Labelled = tuple[list[str], list[str]]
# Texts without dates are dealt out to so many months; themes are followed over a window of some of them.
MONTHS, WINDOW = 8, 4


def main(argv: Sequence[str]) -> int:
    """Print the figures of the files that were named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus_quality")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--intents", type=Path)
    parser.add_argument("--themes", type=int, help="group so many texts of --labels, and do nothing else with them")
    parser.add_argument("--models", type=Path, help="where the exported text model lies, for example var/models")
    asked = parser.parse_args(argv)
    csv.field_size_limit(1 << 24)
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(asked.models or Path(folder))
        figures: list[Figure] = []
        if asked.labels and asked.themes:
            texts, labels = _read(asked.labels, asked.text, asked.label)
            chosen = np.random.default_rng(0).permutation(len(texts))[: asked.themes]
            figures += theme_figures(encoder, [texts[p] for p in chosen], [labels[p] for p in chosen])
        elif asked.labels:
            figures += label_figures(encoder, *_split(asked))
        if asked.intents:
            figures += intent_figures(encoder, json.loads(asked.intents.read_text(encoding="utf-8")))
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


def theme_figures(encoder: Any, texts: Sequence[str], labels: Sequence[str]) -> list[Figure]:
    """How well as many themes as there are labels fit the labels, and how themes last from month to month."""
    from sklearn.metrics import v_measure_score

    vectors = encoder.encode(texts)
    count = len(set(labels))
    note = f"{len(texts):,} texts, {count} themes"
    kept, lasting = lasting_themes(vectors)
    return [
        Figure("themes: V-measure", v_measure_score(labels, ward(vectors, count)), "V", note=note),
        Figure("themes: ids kept from month to month", kept, "share", note=f"{WINDOW} months at a time"),
        Figure("themes: documents that keep their theme", lasting, "share"),
    ]


def lasting_themes(vectors: Any) -> tuple[float, float]:
    """Deal the texts out to ``MONTHS`` months and follow the themes of a window of ``WINDOW`` that moves by one.

    Returns the mean share of themes that exist in the next window under their key, and of the documents of both windows
    that stay in their theme.
    """
    month_of = np.random.default_rng(0).permutation(np.arange(len(vectors)) % MONTHS)
    known, before = np.zeros((0, vectors.shape[1]), dtype=np.float32), None
    kept, lasting = [], []
    for last in range(WINDOW, MONTHS + 1):
        rows = np.flatnonzero((month_of >= last - WINDOW) & (month_of < last))
        found = follow(vectors[rows], known, settings_for(len(rows)))
        labels = absorb(vectors[rows], found, known, settings_for(len(rows)).join)
        now = np.full(len(vectors), -1)
        now[rows] = labels
        if before is not None:
            both = (before >= 0) & (now >= 0) & np.isin(month_of, range(last - WINDOW, last - 1))
            lasting.append((before[both] == now[both]).mean())
            kept.append(np.isin(np.unique(before[before >= 0]), now).mean())
        fresh = centroids(vectors[rows], labels)
        known = np.vstack([known, np.zeros((len(fresh) - len(known), vectors.shape[1]), dtype=np.float32)])
        seen = np.linalg.norm(fresh, axis=1) > 0
        known[: len(fresh)][seen] = fresh[seen]
        before = now
    return float(np.mean(kept)), float(np.mean(lasting))


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
