"""What the corpus's own categories tell of a query: P(category) from its vector and its words.

One small head a kind, learned from the documents that carry a category, kept beside the index and learned again when
the documents have changed enough. A search adds P(category of the document), times a weight, to the cosine: on
complaints this finds documents of the same matter more often than the cosine alone
(``python -m benchmarks.corpus_quality``).
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.analysis.linear_head import LinearHead, fit_linear

log = logging.getLogger(__name__)

# Fewer documents say nothing of a category, and fewer in all nothing of the corpus.
LEAST_OF_CATEGORY = 2
LEAST = 24
# A head is learned again when so much of what it was learned from has changed.
CHANGED = 0.1
# More do not make it better, only slower to learn.
MOST = 15_000


@dataclass(frozen=True)
class LabelHead:
    """``head`` knows the categories in lower case; ``counts`` are the documents of each that it was learned from."""

    head: LinearHead
    model_id: str
    counts: dict[str, int]

    def places(self, categories: Sequence[str]) -> Any:
        """Return the column of each category, -1 where it is not known."""
        import numpy as np

        place = {label: number for number, label in enumerate(self.head.labels)}
        return np.array([place.get(category, -1) for category in categories], dtype=np.int64)


class LabelHeads:
    """The heads under ``folder``, one file a kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Kinds whose file is there and cannot be read: they are to be learned anew.
        self.damaged: set[str] = set()

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return name, size and time of the last change of each file: another process may have learned since."""
        stats = [(path.name, path.stat()) for path in sorted(self._folder.glob("labels-*.npz"))]
        return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)

    def load(self, kind: str, *, model_id: str) -> LabelHead | None:
        """Return the head of a kind, or None where there is none that fits the text model."""
        import json
        import zipfile
        import zlib

        import numpy as np

        try:
            with np.load(self._path(kind), allow_pickle=False) as file:
                card = json.loads(str(file["card"]))
                words = file["terms"].astype(np.float32)
                labels = tuple(card["counts"])
                learned = file["weights"], words, file["bias"], file["rarity"], file["centres"]
                head = LinearHead(labels, *learned, card["least"], card["familiar"], card["near"])
        except OSError:
            return None
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            log.warning("what was learned of the categories of %ss is damaged; it is learned anew", kind)
            self.damaged.add(kind)
            return None
        return LabelHead(head, card["model_id"], card["counts"]) if card["model_id"] == model_id else None

    def learn(
        self,
        kind: str,
        ids: Sequence[str],
        matrix: Any,
        categories: Sequence[str],
        *,
        model_id: str,
        read: Callable[[Sequence[str]], Sequence[str]],
    ) -> LabelHead | None:
        """Learn the head of a kind where it is worth it, else keep what there is.

        ``matrix`` and ``categories`` ("" = none) in the order of ``ids``; ``read`` gives the texts of documents.
        """
        counts = countable(categories)
        known = self.load(kind, model_id=model_id)
        if not counts:
            with contextlib.suppress(FileNotFoundError):
                self._path(kind).unlink()
            return None
        if known is not None and not _has_changed(known.counts, counts):
            return known
        places = [place for place, category in enumerate(categories) if category in counts]
        if len(places) > MOST:
            places = [places[number * len(places) // MOST] for number in range(MOST)]
        head = fit_linear(
            read([ids[place] for place in places]), matrix[places], [categories[place] for place in places]
        )
        learned = LabelHead(head, model_id, {label: counts[label] for label in head.labels})
        self._keep(kind, learned)
        return learned

    def forget(self) -> None:
        """Remove every head: what was learned from erased words goes with them."""
        for path in self._folder.glob("labels-*.npz"):
            path.unlink(missing_ok=True)

    def _keep(self, kind: str, learned: LabelHead) -> None:
        import json

        import numpy as np

        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".labels-{kind}-{os.getpid()}.npz"
        head = learned.head
        card = json.dumps(
            {
                "model_id": learned.model_id,
                "counts": learned.counts,
                "least": head.least,
                "familiar": head.familiar,
                "near": head.near,
            }
        )
        try:
            np.savez(
                part,
                weights=head.weights,
                bias=head.bias,
                rarity=head.rarity,
                centres=head.centres,
                terms=head.words.astype(np.float16),
                card=np.array(card),
            )
            os.replace(part, self._path(kind))
            self.damaged.discard(kind)
        finally:
            part.unlink(missing_ok=True)

    def _path(self, kind: str) -> Path:
        return self._folder / f"labels-{kind}.npz"


def countable(categories: Sequence[str]) -> dict[str, int]:
    """Return the categories that can be learned, with their documents; empty where there is too little to learn."""
    counts = {
        label: count
        for label, count in Counter(category for category in categories if category).items()
        if count >= LEAST_OF_CATEGORY
    }
    return counts if len(counts) > 1 and sum(counts.values()) >= LEAST else {}


def _has_changed(before: dict[str, int], now: dict[str, int]) -> bool:
    moved = sum(abs(now.get(label, 0) - before.get(label, 0)) for label in before.keys() | now.keys())
    return moved > CHANGED * sum(before.values())
