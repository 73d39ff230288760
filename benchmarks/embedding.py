"""Embedding: our int8 MiniLM against sentence-transformers' default, per CPU-second, in one run, turn by turn.

``FRONTLINE_BENCH_LABELLED=FILE`` (CSV or JSONL with text and label or category, for example banking77) measures those
texts instead of invented ones, and the quality too: neighbours of the same label, as a share of the reference's.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus_quality import ndcg
from benchmarks.figures import Figure
from benchmarks.labelled import read_rows

SHORT = 600
LONG = 60
TURNS = 3
# Of a labelled file: the texts that are searched, and those that are searched with.
SEARCHED, ASKED = 3_000, 1_000


def measure() -> list[Figure]:
    """Measure short texts (about 12 words) and long ones (about 150), and the agreement of the vectors."""
    import torch
    from sentence_transformers import SentenceTransformer

    from frontline.encoder import open_encoder
    from frontline.encoder.export import model_folder

    labelled = _labelled()
    with tempfile.TemporaryDirectory() as folder:
        ours = open_encoder(Path(folder))
        ours.encode(["warm up"])
        reference = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
        threads = torch.get_num_threads()

        def default(texts: Sequence[str], count: int = threads) -> Any:
            torch.set_num_threads(count)
            return reference.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)

        figures = []
        short = labelled[0][:SHORT] if labelled else _texts(SHORT, 12)
        for name, texts in (("short", short), ("long", _texts(LONG, 150))):
            mine, theirs, alone = _least(
                lambda texts=texts: ours.encode(texts),
                lambda texts=texts: default(texts),
                lambda texts=texts: default(texts, 1),
            )
            agreement = float((mine[1] * theirs[1]).sum(axis=1).mean())
            note = (
                f"{len(texts) / mine[0]:,.0f} texts a CPU-second against {len(texts) / theirs[0]:,.0f}; "
                f"{alone[0] / mine[0]:.1f} x the reference on one thread; mean cosine {agreement:.4f}"
            )
            title = f"embedding, {name} texts, per CPU-second"
            floor = 4.0 if name == "short" else 1.0
            figures.append(Figure(title, theirs[0] / mine[0], target=floor, is_floor=True, note=note))
        if labelled:
            figures.append(_quality(*labelled, ours.encode, default))
        torch.set_num_threads(threads)
        return figures


def _least(*works: Callable[[], Any]) -> list[tuple[float, Any]]:
    """Return the least CPU seconds of each, taken in turns, and what it returned: other work only adds to them."""
    least = [(float("inf"), None)] * len(works)
    for _ in range(TURNS):
        for place, work in enumerate(works):
            started = time.process_time()
            result = work()
            least[place] = min(least[place], (time.process_time() - started, result), key=lambda pair: pair[0])
    return least


def _quality(texts: Sequence[str], labels: Any, mine: Callable[..., Any], theirs: Callable[..., Any]) -> Figure:
    """How high the texts of the same label stand (nDCG@10), beside the reference."""
    texts, labels = texts[: SEARCHED + ASKED], np.array(labels[: SEARCHED + ASKED])
    cut = min(SEARCHED, len(texts) * 3 // 4)
    found = []
    for encode in (mine, theirs):
        vectors = encode(texts)
        found.append(ndcg(vectors[cut:] @ vectors[:cut].T, labels[:cut], labels[cut:]))
    note = f"nDCG@10 {found[0]:.4f} against {found[1]:.4f}, {len(texts):,} texts"
    return Figure("embedding, quality beside the reference", found[0] / found[1], "share", 0.995, True, note)


def _labelled() -> tuple[list[str], list[str]] | None:
    """Return texts and labels of the file that was named, in an order that is the same at every run."""
    if not (named := os.environ.get("FRONTLINE_BENCH_LABELLED")):
        return None
    rows = read_rows(Path(named))
    random.Random(1).shuffle(rows)
    return [row["text"] for row in rows], [row.get("label") or row["category"] for row in rows]


def _texts(count: int, words: int) -> list[str]:
    """Return texts of about ``words`` words, lengths spread as banking77's are: a twentieth above twice the mean."""
    vocabulary = [
        "the",
        "bill",
        "router",
        "charged",
        "twice",
        "refund",
        "engineer",
        "never",
        "came",
        "portal",
        "error",
        "cancel",
        "contract",
        "outage",
        "since",
        "monday",
        "phone",
        "agent",
        "promised",
        "call",
        "back",
        "nobody",
        "mobile",
        "data",
        "roaming",
        "speed",
        "slow",
        "address",
        "change",
        "account",
        "locked",
        "sim",
        "swap",
        "price",
    ]
    source = random.Random(1)
    lengths = [max(2, round(source.lognormvariate(0, 0.5) * words * 0.88)) for _ in range(count)]
    return [" ".join(source.choices(vocabulary, k=length)) for length in lengths]
