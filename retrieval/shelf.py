"""The read cache of the index: a matrix, and for each row what the filters need. Exact, so it never misses.

Measured: below about 200,000 documents an exact scan with a mask is as fast as Chroma unfiltered and 13 to 117 times
faster than Chroma filtered, at recall 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retrieval.vectors import Vectors

FIELDS = ("kind", "state", "category", "region", "segment", "language", "consent")
# Two texts this close are the same complaint sent twice.
SAME = 0.95


@dataclass(frozen=True)
class Scored:
    """One row found: its id, cosine, and how many near-duplicates stand behind it."""

    doc_id: str
    score: float
    duplicates: int = 0


@dataclass
class Shelf:
    """Vectors and metadata of one version of the corpus."""

    version: int
    vectors: Vectors
    columns: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fill(cls, version: int, vectors: Vectors, rows: Mapping[str, Sequence[Any]]) -> Shelf:
        """Align metadata ``rows`` (doc id -> values of FIELDS) with the vectors; a vector without a row is unseen."""
        import numpy as np

        nothing = (None,) * len(FIELDS)
        aligned = [rows.get(doc_id, nothing) for doc_id in vectors.ids]
        columns = {
            name: np.array([str(row[place]).lower() if row[place] is not None else "" for row in aligned], dtype=object)
            for place, name in enumerate(FIELDS)
        }
        return cls(version, vectors, columns)

    def mask(self, *, states: Sequence[str], kind: str | None, where: Mapping[str, str]) -> Any:
        """Return which rows may be ranked at all: permission and filters come before the ranking."""
        import numpy as np

        allowed = np.isin(self.columns["state"], list(states)) if self.vectors.ids else np.zeros(0, dtype=bool)
        if kind is not None:
            allowed &= self.columns["kind"] == kind.lower()
        for name, value in where.items():
            allowed &= self.columns[name] == value.lower()
        return allowed

    def search(self, query: Any, allowed: Any, *, k: int, collapse: bool) -> list[Scored]:
        """Return the ``k`` best of the allowed rows by cosine, best first."""
        import numpy as np

        rows = np.flatnonzero(allowed)
        if not len(rows):
            return []
        matrix = self.vectors.matrix
        scores = (matrix @ query)[rows] if len(rows) > len(matrix) // 2 else matrix[rows] @ query
        wanted = min(len(rows), k * 5 if collapse else k)
        best = np.argpartition(-scores, wanted - 1)[:wanted]
        best = best[np.argsort(-scores[best], kind="stable")]
        found = [(int(rows[place]), float(scores[place])) for place in best]
        if not collapse:
            return [Scored(self.vectors.ids[row], score) for row, score in found]
        return self._collapsed(found, k)

    def _collapsed(self, found: Sequence[tuple[int, float]], k: int) -> list[Scored]:
        kept: list[tuple[int, float, int]] = []
        for row, score in found:
            for place, (other, other_score, count) in enumerate(kept):
                if float(self.vectors.matrix[row] @ self.vectors.matrix[other]) > SAME:
                    kept[place] = (other, other_score, count + 1)
                    break
            else:
                if len(kept) < k:
                    kept.append((row, score, 0))
        return [Scored(self.vectors.ids[row], score, count) for row, score, count in kept]
