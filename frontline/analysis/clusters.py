"""Groups of unit vectors: Ward's method to find them, last month's centroids to keep them.

Whoever refits every month loses half of the groups' identities; starting from the centroids of the month before keeps
more than nine in ten. A group whose members have come apart is split, and groups that have come together are named, so
that something new inside an old group does not stay hidden in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Ward's method holds all distances: beyond this many rows it sees a sample, the rest joins the nearest group.
MOST = 6_000


@dataclass(frozen=True)
class ClusterSettings:
    """``smallest`` members make a group. Cosines: groups at ``join`` are one, parts below ``split`` are two, and a
    row further than ``reach`` from every centroid belongs to none."""

    smallest: int = 6
    join: float = 0.80
    split: float = 0.75
    reach: float = 0.50

    @property
    def typical(self) -> int:
        """The size that the first cut aims at; what is cut too fine is joined again."""
        return 2 * self.smallest


@dataclass(frozen=True)
class Partition:
    """``labels``: int (n,), -1 = in no group; labels below the number of known centroids are those groups.

    ``parents``: for each new label in order, the known group that it was split from, or None.
    """

    labels: Any
    parents: tuple[int | None, ...] = ()


def ward(matrix: Any, count: int) -> Any:
    """Return labels 0 .. count-1 (int, (n,)) of unit rows by Ward's method (1963) on euclidean distances."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    rows = len(matrix)
    if rows <= count:
        return np.arange(rows)
    if count <= 1:
        return np.zeros(rows, dtype=int)
    if rows > MOST:
        sample = np.sort(np.random.default_rng(0).choice(rows, MOST, replace=False))
        centres = centroids(matrix[sample], ward(matrix[sample], count))
        return nearest(matrix, centres)[0]
    cosines = (matrix @ matrix.T)[np.triu_indices(rows, 1)]
    tree = linkage(np.sqrt(np.maximum(2 - 2 * cosines.astype(np.float64), 0)), "ward")
    return fcluster(tree, count, "maxclust").astype(int) - 1


def discover(matrix: Any, settings: ClusterSettings, *, join: float | None = None) -> Any:
    """Return labels (int, (n,)) of groups found afresh; -1 where a group would be too small."""
    import numpy as np

    if len(matrix) < settings.smallest:
        return np.full(len(matrix), -1)
    labels = join_close(
        matrix, ward(matrix, max(1, len(matrix) // settings.typical)), settings.join if join is None else join
    )
    names, sizes = np.unique(labels, return_counts=True)
    labels[np.isin(labels, names[sizes < settings.smallest])] = -1
    return _consecutive(labels)


def follow(matrix: Any, known: Any, settings: ClusterSettings) -> Partition:
    """Return the groups of ``matrix`` (n, d) that begin from ``known`` unit centroids (k, d): kept, split and new."""
    import numpy as np

    if not len(known):
        fresh = discover(matrix, settings)
        return Partition(fresh, (None,) * _count(fresh))
    labels, cosines = nearest(matrix, known)
    labels[cosines < settings.reach] = -1
    parents: list[int | None] = []
    for group in range(len(known)):
        members = np.flatnonzero(labels == group)
        for part in _parts(matrix[members], known[group], settings):
            labels[members[part]] = len(known) + len(parents)
            parents.append(group)
    rest = np.flatnonzero(labels < 0)
    fresh = discover(matrix[rest], settings)
    for group in range(_count(fresh)):
        labels[rest[fresh == group]] = len(known) + len(parents)
        parents.append(None)
    return Partition(labels, tuple(parents))


def nearest(matrix: Any, known: Any) -> tuple[Any, Any]:
    """Return for each row the nearest centroid and the cosine to it."""
    scores = matrix @ known.T
    labels = scores.argmax(axis=1)
    return labels, scores[range(len(labels)), labels]


def centroids(matrix: Any, labels: Any) -> Any:
    """Return the unit centroid of each label 0 .. max (k, d); a label without members is a row of zeros."""
    import numpy as np

    sums = np.zeros((_count(labels), matrix.shape[1]), dtype=np.float32)
    np.add.at(sums, labels[labels >= 0], matrix[labels >= 0])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.where(lengths > 0, lengths, 1)


def _parts(matrix: Any, centre: Any, settings: ClusterSettings) -> list[Any]:
    """Return the parts of one group that have come apart, without the part that goes on under its name."""
    import numpy as np

    if len(matrix) < 2 * settings.smallest:
        return []
    found = discover(matrix, settings, join=settings.split)
    if _count(found) < 2:
        return []
    keeps = int(np.argmax(centroids(matrix, found) @ centre))
    return [np.flatnonzero(found == part) for part in range(_count(found)) if part != keeps]


def join_close(matrix: Any, labels: Any, limit: float) -> Any:
    """Join the two groups whose centroids are closest until none are as close as ``limit``."""
    import numpy as np

    sums = np.zeros((_count(labels), matrix.shape[1]))
    np.add.at(sums, labels, matrix)
    units = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -1)
    while True:
        one, other = divmod(int(cosines.argmax()), len(cosines))
        if cosines[one, other] < limit:
            return _consecutive(labels)
        labels[labels == other] = one
        sums[one] += sums[other]
        units[one] = sums[one] / np.linalg.norm(sums[one])
        gone = cosines[one] == -1
        cosines[one] = units @ units[one]
        cosines[one, gone], cosines[one, other], cosines[one, one] = -1, -1, -1
        cosines[:, one] = cosines[one]
        cosines[other], cosines[:, other] = -1, -1


def _consecutive(labels: Any) -> Any:
    import numpy as np

    kept = np.unique(labels[labels >= 0])
    return np.where(labels < 0, -1, np.searchsorted(kept, labels))


def _count(labels: Any) -> int:
    return int(labels.max()) + 1 if len(labels) else 0
