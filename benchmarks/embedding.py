"""Embedding: our int8 MiniLM against sentence-transformers' default, per CPU-second, in one run."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

SHORT = 600
LONG = 60


def measure() -> list[Figure]:
    """Measure short texts (about 12 words) and long ones (about 150), and the agreement of the vectors."""
    from sentence_transformers import SentenceTransformer

    from frontline.encoder import open_encoder
    from frontline.encoder.export import model_folder

    with tempfile.TemporaryDirectory() as folder:
        ours = open_encoder(Path(folder))
        ours.encode(["warm up"])
        reference = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
        figures = []
        for name, count, words in (("short", SHORT, 12), ("long", LONG, 150)):
            texts = _texts(count, words)
            mine, cpu, wall = _timed(lambda texts=texts: ours.encode(texts))
            theirs, their_cpu, their_wall = _timed(
                lambda texts=texts: reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)
            )
            agreement = float((mine * theirs).sum(axis=1).mean())
            note = f"{count / wall:,.0f} texts/s against {count / their_wall:,.0f}; mean cosine {agreement:.4f}"
            title = f"embedding, {name} texts, per CPU-second"
            floor = 4.0 if name == "short" else 1.0
            figures.append(Figure(title, their_cpu / cpu, target=floor, is_floor=True, note=note))
        return figures


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def _texts(count: int, words: int) -> list[str]:
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
    return [" ".join(source.choices(vocabulary, k=source.randint(words // 2, words * 3 // 2))) for _ in range(count)]
