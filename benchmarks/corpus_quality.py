"""How good categorising, searching and routing are on a file of labelled texts. Not part of ``make bench``: minutes.

    python -m benchmarks.corpus_quality --labels FILE [--train FILE]     {id, text, label} as JSONL, or CSV
    python -m benchmarks.corpus_quality --labels FILE --folds 5          each fifth held out once, all of them together
    python -m benchmarks.corpus_quality --intents FILE.json              CLINC150's form: train, val, oos_val, ...
    python -m benchmarks.corpus_quality --labels FILE --themes 4000      themes over so many of the texts

Without ``--train`` a fifth of the file is held out, the same at every run; ``--text`` and ``--label`` name the columns;
``--share .5`` learns from half of the examples. Beside ours stand simple peers on the same rows (``corpus_peers``), and
how far ours is above them with its 95 % interval over the texts. How well known documents are found again:
``benchmarks.known_items``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import corpus_peers
from benchmarks.corpus_peers import IntentPeer, Texts
from benchmarks.figures import Figure, show
from benchmarks.labelled import asked_with_encoder, read_rows
from frontline.analysis.clusters import centroids, follow, ward
from frontline.analysis.linear_head import fit_linear
from frontline.analysis.scope import FALSE_REJECTS, fit_intents
from frontline.analysis.text_classes import fit_classifier, split_folds
from frontline.encoder.long_texts import encode_long
from retrieval.ranking import LABEL_WEIGHT, SAME
from retrieval.theme_groups import absorb
from retrieval.theme_registry import settings_for

# Texts without dates are dealt out to so many months; themes are followed over a window of some of them.
MONTHS, WINDOW = 8, 4


@dataclass(frozen=True)
class Labelled:
    """``whole`` and ``begun`` float32 (n, d): the vectors of whole texts, and of what the search keeps of them."""

    texts: list[str]
    labels: Any
    whole: Any
    begun: Any

    @classmethod
    def encoded(cls, encoder: Any, texts: list[str], labels: list[str]) -> Labelled:
        """Return the texts with both their vectors."""
        return cls(texts, np.array(labels), encode_long(encoder, texts), encoder.encode(texts))

    def pick(self, places: Any) -> Labelled:
        """Return those at ``places``."""
        return Labelled([self.texts[p] for p in places], self.labels[places], self.whole[places], self.begun[places])


def main(argv: Sequence[str]) -> int:
    """Print the figures of the files that were named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus_quality")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--folds", type=int, default=1, choices=range(1, 6), help="how many of five fifths to hold out")
    parser.add_argument("--share", type=float, default=1.0, help="learn from so much of the examples")
    parser.add_argument("--intents", type=Path)
    parser.add_argument("--themes", type=int, help="group so many texts of --labels, and do nothing else with them")
    figures: list[Figure] = []
    with asked_with_encoder(parser, argv) as (asked, encoder):
        if asked.labels and asked.themes:
            texts, labels = _read(asked.labels, asked)
            chosen = np.random.default_rng(0).permutation(len(texts))[: asked.themes]
            figures += theme_figures(encoder, [texts[p] for p in chosen], [labels[p] for p in chosen])
        elif asked.labels:
            figures += label_figures(list(_splits(encoder, asked)))
        if asked.intents:
            figures += intent_figures(encoder, json.loads(asked.intents.read_text(encoding="utf-8")))
    sys.stdout.write(show(figures))
    return 0


def label_figures(splits: Sequence[tuple[Labelled, Labelled]]) -> list[Figure]:
    """Categorising the test texts, and searching the training texts with them: same label = relevant."""
    started = time.process_time()
    found = [_measured(train, test) for train, test in splits]
    took = time.process_time() - started
    each = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
    train, test = splits[0][0], sum(len(held.texts) for _, held in splits)
    note = (
        f"{test:,} texts, {len(set(train.labels))} labels, {len(train.texts):,} examples, {took:.0f} CPU-s with peers"
    )
    given, right, twin = each["given"] > 0, each["right"], each["twin"] > 0
    figures = [
        Figure("categorise: first of top3 right", right.mean(), "share", note=note),
        _peer("categorise: logistic regression on vectors", each["by regression"], right),
        _peer("categorise: linear machine on tf-idf and vectors", each["by machine"], right),
        Figure("categorise: share that gets a label", given.mean(), "share"),
    ]
    if given.any():
        figures.append(Figure("categorise: labels given that are right", right[given].mean(), "share"))
    if not twin.all():
        note = f"without the {twin.sum():,} texts with a cosine above {SAME} to an example"
        figures.append(
            Figure("categorise: first right of texts without a twin", right[~twin].mean(), "share", note=note)
        )
    return [
        *figures,
        Figure("search: nDCG@10 by cosine alone", np.nanmean(each["by cosine"]), "nDCG"),
        Figure("search: nDCG@10 with categories", np.nanmean(each["with categories"]), "nDCG"),
        _peer("search: cosine + .5 P(label) by regression", each["with regression"], each["with categories"], "nDCG"),
    ]


def _measured(train: Labelled, test: Labelled) -> dict[str, Any]:
    """Return what each test text came to, (n,) each, by ours and by the peers."""
    classifier = fit_classifier(train.texts, train.whole, train.labels.tolist())
    found = classifier.suggest(test.texts, test.whole)
    # The search keeps one vector a complaint, of its beginning.
    head = fit_linear(train.texts, train.begun, train.labels.tolist())
    place = {label: number for number, label in enumerate(head.labels)}
    columns = np.array([place[label] for label in train.labels])
    cosines = test.begun @ train.begun.T
    aware = cosines + LABEL_WEIGHT * head.probabilities(test.texts, test.begun)[:, columns]
    learned, held = (Texts(part.texts, part.begun, part.labels) for part in (train, test))
    model = corpus_peers.regression(learned.vectors, learned.labels)
    gains = {
        "by cosine": cosines,
        "with categories": aware,
        "with regression": corpus_peers.label_aware(model, learned, held.vectors),
    }
    return {
        "right": np.array([item.top[0][0] for item in found]) == test.labels,
        "given": np.array([item.label is not None for item in found]),
        "by regression": model.predict(held.vectors) == test.labels,
        "by machine": corpus_peers.machine_labels(learned, held) == test.labels,
        "twin": cosines.max(axis=1) > SAME,
        **{name: ndcg_of_each(scores, train.labels, test.labels) for name, scores in gains.items()},
    }


def _peer(name: str, theirs: Any, ours: Any, unit: str = "share") -> Figure:
    """Return the mean of a peer, and how far ours is above it on the same texts."""
    lead = ours.astype(float) - theirs.astype(float)
    lead = lead[~np.isnan(lead)]
    half = 1.96 * lead.std() / max(len(lead), 1) ** 0.5
    note = f"peer; ours {lead.mean():+.3f} ({lead.mean() - half:+.3f} to {lead.mean() + half:+.3f})"
    return Figure(name, float(np.nanmean(theirs.astype(float))), unit, note=note)


def intent_figures(encoder: Any, data: dict[str, list[list[str]]]) -> list[Figure]:
    """Routing: intents that are right and accepted, and small talk that is turned away; ours, then the peer."""
    names = ("train", "test" if "test" in data else "val", "oos_test" if "oos_test" in data else "oos_val")
    train, test, outside = (_texts_of(encoder, data[name]) for name in names)
    router = fit_intents(train.texts, train.vectors, train.labels.tolist())
    figures = []
    for who, judge, least in (("", _judge_of(router), router.least), (" (peer)", *_peer_of(train))):
        labels, sure = judge(test.texts, test.vectors)
        good = (labels == test.labels) & (sure >= least)
        note = f"{len(test.texts):,} texts, {len(set(train.labels))} intents, {len(outside.texts):,} strange ones"
        turned = judge(outside.texts, outside.vectors)[1] < least
        figures += [
            Figure(f"intents: right and accepted{who}", good.mean(), "share", note=note),
            Figure(f"intents: known ones turned away{who}", (sure < least).mean(), "share"),
            Figure(f"intents: strange ones turned away{who}", turned.mean(), "share"),
        ]
    return figures


def _judge_of(router: Any) -> Any:
    def judge(texts: Sequence[str], vectors: Any) -> tuple[Any, Any]:
        found = router.classify(texts, vectors)
        return np.array([item.likeliest for item in found]), np.array([item.sureness for item in found])

    return judge


def _peer_of(train: Texts) -> tuple[Any, float]:
    """Return the peer, and the least sureness by a third held out as ours is."""
    number = np.unique(train.labels, return_inverse=True)[1]
    learned, held = next(iter(split_folds(number, 3)))
    trial = IntentPeer(Texts([train.texts[p] for p in learned], train.vectors[learned], train.labels[learned]))
    sure = trial.judge([train.texts[p] for p in held], train.vectors[held])[1]
    return IntentPeer(train).judge, float(np.quantile(sure, FALSE_REJECTS))


def _texts_of(encoder: Any, rows: Sequence[Sequence[str]]) -> Texts:
    texts = [text for text, _ in rows]
    return Texts(texts, encoder.encode(texts), np.array([label for _, label in rows]))


def ndcg(scores: Any, labels: Any, wanted: Any, *, k: int = 10) -> float:
    """Return the mean nDCG@k of rankings ``scores`` (queries, documents): a document of the same label gains one."""
    return float(np.nanmean(ndcg_of_each(scores, labels, wanted, k=k)))


def ndcg_of_each(scores: Any, labels: Any, wanted: Any, *, k: int = 10) -> Any:
    """Return the nDCG@k of each query (queries,); nan where no document is of its label."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    found = []
    for row, label in zip(scores, wanted, strict=True):
        relevant = int((labels == label).sum())
        gains = labels[np.argsort(-row, kind="stable")[:k]] == label
        best = discount[: min(k, relevant)].sum()
        found.append((gains * discount[: len(gains)]).sum() / best if relevant else np.nan)
    return np.array(found)


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


def _splits(encoder: Any, asked: argparse.Namespace) -> Iterator[tuple[Labelled, Labelled]]:
    """Yield (learned from, held out)."""
    every = Labelled.encoded(encoder, *_read(asked.labels, asked))
    if asked.train:
        yield _share(Labelled.encoded(encoder, *_read(asked.train, asked)), asked.share), every
        return
    folds = list(split_folds(np.unique(every.labels, return_inverse=True)[1], 5))
    for learned, held in folds[: asked.folds]:
        yield _share(every.pick(learned), asked.share), every.pick(held)


def _share(labelled: Labelled, share: float) -> Labelled:
    if share >= 1:
        return labelled
    order = np.random.default_rng(0).permutation(len(labelled.texts))
    return labelled.pick(order[: max(1, round(share * len(order)))])


def _read(path: Path, asked: argparse.Namespace) -> tuple[list[str], list[str]]:
    rows = read_rows(path)
    if absent := {asked.text, asked.label} - set(rows[0] if rows else ()):
        has = ", ".join(rows[0]) if rows else "nothing"
        sys.exit(f"{path.name} has no column {', '.join(sorted(absent))}. It has {has}: say --text and --label.")
    return [str(row[asked.text]) for row in rows], [str(row[asked.label]) for row in rows]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
