"""The read cache of the index: a matrix, and for each row what the filters and the ranking need.

Exact, so it never misses. Measured (``python -m benchmarks corpus_search``): below about 200,000 documents an exact
scan with a mask is as fast as Chroma unfiltered and 10 to 100 times faster than Chroma filtered, at recall 1.0. Above,
no matrix is kept: Chroma is asked for twenty times as many, what may not be seen is left out afterwards, and where too
few are left, every row that may be seen is compared in batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from frontline.encoder.long_texts import split_long
from retrieval.snapshot import Vectors
from retrieval.vectors import IN_PARTS
from retrieval.word_index import WordIndex

if TYPE_CHECKING:
    # What learns categories is not loaded to search.
    from retrieval.label_heads import LabelHead

FIELDS = ("kind", "state", "category", "region", "segment", "language", "consent")
# Above, the matrix would be slower than Chroma itself, and larger than a small machine likes (300 MB).
EXACT_LIMIT = 200_000
BLOCK = 2_048


@dataclass(frozen=True)
class Words:
    """BM25 over long documents and over their parts: ``rows`` and ``part_rows`` are the rows of the shelf."""

    whole: WordIndex
    rows: Any
    parts: WordIndex
    part_rows: Any

    def scores(self, query: str, size: int) -> Any:
        """Return float32 (``size``,) by row: the mean of what a document gets as a whole and what its best part gets.

        The best part alone overlooks what is told in several places, the whole alone favours who says it often.
        """
        import numpy as np

        whole, best = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
        whole[self.rows] = self.whole.scores(query)
        np.maximum.at(best, self.part_rows, self.parts.scores(query))
        return (whole + best) / 2


@dataclass(frozen=True)
class Outside:
    """Chroma itself, for a corpus that is too large to be kept in memory."""

    query: Callable[[Any, int], Sequence[tuple[str, float]]]
    fetch: Callable[[Sequence[str]], Iterator[Vectors]]


@dataclass
class Shelf:
    """Vectors and metadata of one version of the corpus.

    ``vectors.matrix`` is None where the corpus is too large; then ``outside`` answers. ``parts.ids`` name the
    documents that the rows of ``parts.matrix`` are parts of. ``heads``: kind -> what categories tell of a query.
    """

    version: int
    vectors: Vectors
    parts: Vectors
    columns: Mapping[str, Any] = field(default_factory=dict)
    outside: Outside | None = None
    heads: Mapping[str, LabelHead] = field(default_factory=dict)
    place_of: Mapping[str, int] = field(default_factory=dict)
    part_rows: Any = None
    # Beside each column: the number of each row's value, and which number a value has. Numbers compare 50 times faster.
    codes: Mapping[str, tuple[Any, Mapping[str, int]]] = field(default_factory=dict)
    long_rows: Any = None
    _words: Words | None = None
    _columns_of: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fill(
        cls,
        version: int,
        vectors: Vectors,
        parts: Vectors,
        rows: Mapping[str, Sequence[Any]],
        *,
        outside: Outside | None = None,
        heads: Mapping[str, LabelHead] | None = None,
    ) -> Shelf:
        """Align metadata ``rows`` (doc id -> values of FIELDS) with the vectors; a vector without a row is unseen."""
        import numpy as np

        nothing = (None,) * len(FIELDS)
        aligned = [rows.get(doc_id, nothing) for doc_id in vectors.ids]
        columns: dict[str, Any] = {
            name: np.array([str(row[place]).lower() if row[place] is not None else "" for row in aligned], dtype=object)
            for place, name in enumerate(FIELDS)
        }
        place_of = {doc_id: place for place, doc_id in enumerate(vectors.ids)}
        known = [place for place, doc_id in enumerate(parts.ids) if doc_id in place_of]
        kept = Vectors(tuple(parts.ids[place] for place in known), parts.matrix[known])
        part_rows = np.array([place_of[doc_id] for doc_id in kept.ids], dtype=np.int64)
        return cls(
            version,
            vectors,
            kept,
            columns,
            outside,
            heads or {},
            place_of,
            part_rows,
            codes={name: _coded(column) for name, column in columns.items()},
            long_rows=np.isin(columns["kind"], IN_PARTS),
        )

    def mask(self, *, states: Sequence[str], kind: str | None, where: Mapping[str, str]) -> Any:
        """Return which rows may be ranked at all: permission and filters come before the ranking."""
        import numpy as np

        allowed = np.zeros(len(self.vectors.ids), dtype=bool)
        for state in states:
            allowed |= self._has("state", state)
        if kind is not None:
            allowed &= self._has("kind", kind.lower())
        for name, value in where.items():
            allowed &= self._has(name, value.lower())
        return allowed

    def holds(self, kind: str) -> bool:
        """Whether there is any document of a kind."""
        return kind in self.codes["kind"][1]

    def is_agreed(self, kinds: Sequence[str]) -> Any:
        """Return which rows are of no kind among ``kinds``, or came with the customer's consent."""
        agreed = self._has("consent", "true")
        theirs = self._has("kind", kinds[0])
        for kind in kinds[1:]:
            theirs = theirs | self._has("kind", kind)
        return agreed | ~theirs

    def _has(self, name: str, value: str) -> Any:
        """Return which rows carry a value in a column."""
        numbers, number_of = self.codes[name]
        return numbers == number_of.get(value, -1)

    def nearest(self, query: Any, allowed: Any, *, wanted: int) -> tuple[Any, Any]:
        """Return rows to be ranked and their cosines: all that are allowed, or about the ``wanted`` nearest."""
        import numpy as np

        rows = np.flatnonzero(allowed)
        if self.outside is not None:
            return self._asked(query, rows, allowed, wanted)
        matrix = self.vectors.matrix
        if len(rows) > len(matrix) // 2:
            return rows, (matrix @ query)[rows]
        scores = np.empty(len(rows), dtype=np.float32)
        # In blocks that stay in the processor's cache: a third faster than gathering all rows first.
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            scores[start : start + BLOCK] = matrix[block] @ query
        return rows, scores

    def _asked(self, query: Any, rows: Any, allowed: Any, wanted: int) -> tuple[Any, Any]:
        import numpy as np

        assert self.outside is not None
        found = [
            (self.place_of[doc_id], score)
            for doc_id, score in self.outside.query(query, wanted * 20)
            if doc_id in self.place_of and allowed[self.place_of[doc_id]]
        ]
        if len(found) < min(wanted, len(rows)):
            found = []
            for vectors in self.outside.fetch([self.vectors.ids[row] for row in rows]):
                scores = vectors.matrix @ query
                best = np.argsort(-scores)[: wanted * 5]
                found += [(self.place_of[vectors.ids[place]], float(scores[place])) for place in best]
        return np.array([row for row, _ in found], dtype=np.int64), np.array([score for _, score in found])

    def best_parts(self, query: Any) -> Any:
        """Return float32 (rows,): the cosine of the best part of each long document, -1 where there are no parts."""
        import numpy as np

        best = np.full(len(self.vectors.ids), -1.0, dtype=np.float32)
        if len(self.part_rows):
            np.maximum.at(best, self.part_rows, self.parts.matrix @ query)
        return best

    def label_columns(self, kind: str) -> Any:
        """Return (rows,): the column of each row's category in the head of ``kind``, -1 for none and other kinds."""
        import numpy as np

        if kind not in self._columns_of:
            found = self.heads[kind].places(self.columns["category"])
            self._columns_of[kind] = np.where(self.columns["kind"] == kind, found, -1)
        return self._columns_of[kind]

    def is_long(self, rows: Any) -> Any:
        """Return which of ``rows`` are of a kind that is found by its parts and its words."""
        return self.long_rows[rows]

    def words(self, read: Callable[[Sequence[str]], Sequence[tuple[str, str]]]) -> Words:
        """Return the words of the long documents; ``read`` gives (id, text) of documents, at the first call."""
        import numpy as np

        if self._words is None:
            found = read([self.vectors.ids[row] for row in np.flatnonzero(self.long_rows)])
            rows = np.array([self.place_of[doc_id] for doc_id, _ in found], dtype=np.int64)
            parts = [split_long(text) for _, text in found]
            self._words = Words(
                WordIndex([text for _, text in found]),
                rows,
                WordIndex([part for group in parts for part in group]),
                np.repeat(rows, [len(group) for group in parts]),
            )
        return self._words

    def similarity(self, rows: Any) -> Any:
        """Return the cosines between ``rows``: (n, n)."""
        import numpy as np

        if self.vectors.matrix is not None:
            part = self.vectors.matrix[rows]
            return part @ part.T
        assert self.outside is not None
        found = {
            doc_id: vectors.matrix[place]
            for vectors in self.outside.fetch([self.vectors.ids[row] for row in rows])
            for place, doc_id in enumerate(vectors.ids)
        }
        part = np.stack([found[self.vectors.ids[row]] for row in rows])
        return part @ part.T


def _coded(column: Any) -> tuple[Any, dict[str, int]]:
    """Return the number of each row's value, int32 (n,), and the number of each value."""
    import numpy as np

    number_of: dict[str, int] = {}
    numbers = [number_of.setdefault(value, len(number_of)) for value in column.tolist()]
    return np.array(numbers, dtype=np.int32), number_of
