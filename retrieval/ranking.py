"""In what order documents are shown: by meaning, by the words of long ones, by what their category tells.

Of a short text the score is the cosine of its vector to the query's, plus three quarters of P(category | query) where
every text has a category that tells something; where some have none, those that have one change places by it. Of a
long one (a debrief, an article) BM25 and the cosine of its best part are added up first and brought back to the range
of the cosines, so that long and short texts can stand in one list. Neither is stretched to the range of the query:
where all reports are about one thing their cosines hardly differ and decide little, and the more words a query has,
the more they decide. A convex sum after min-max (Bruch et al. 2023, "An analysis of fusion functions for hybrid
retrieval") lets chance differences of cosines count as much as words, and did worse than words alone on incident
reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.shelf import Shelf

# Two texts this close are the same complaint sent twice.
SAME = 0.95
# Found by held-out complaints; above one, a text that says the same would come behind others of a likelier category.
LABEL_WEIGHT = 0.75
# So much BM25 a cosine of one is worth; found on complaints, each searched by a sentence taken out of it.
COSINE_WORTH = 8.0
# Maximal marginal relevance (Carbonell and Goldstein 1998): how much the query counts against what is there
# already. At .7 five wordings of one complaint stayed together.
RELEVANCE = 0.5

ReadTexts = Callable[[Sequence[str]], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Scored:
    """One row found: its id, the score that ranks it, its cosine, and how many near-duplicates stand behind it."""

    doc_id: str
    score: float
    duplicates: int = 0
    cosine: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A query: its words and unit vector, and how the answer is wanted. ``is_varied``: no two that say the same."""

    words: str
    vector: Any
    k: int
    collapse: bool = False
    is_varied: bool = False


def rank(shelf: Shelf, asked: Asked, allowed: Any, *, read: ReadTexts) -> list[Scored]:
    """Return the ``asked.k`` best of the allowed rows, best first; ``read`` gives the texts of long documents."""
    import numpy as np

    wanted = asked.k * 5 if asked.collapse or asked.is_varied else asked.k
    rows, cosines = shelf.nearest(asked.vector, allowed, wanted=wanted)
    if not len(rows):
        return []
    scores = cosines.astype(np.float64)
    is_long = shelf.is_long(rows)
    if is_long.any():
        scores[is_long] = _fused(shelf, asked, rows[is_long], cosines[is_long], read)
    scores = _with_labels(scores, *_label_chances(shelf, asked, rows))
    wanted = min(len(rows), wanted)
    best = np.argpartition(-scores, wanted - 1)[:wanted]
    best = best[np.argsort(-scores[best], kind="stable")]
    found = [(int(rows[place]), float(scores[place]), float(cosines[place])) for place in best]
    if not asked.collapse and not asked.is_varied:
        return [Scored(shelf.vectors.ids[row], score, 0, cosine) for row, score, cosine in found]
    alike = shelf.similarity(np.array([row for row, _, _ in found]))
    kept = _collapsed(len(found), alike) if asked.collapse else [(place, 0) for place in range(len(found))]
    order = _varied([found[place][1] for place, _ in kept], alike, kept, asked.k) if asked.is_varied else kept
    return [Scored(shelf.vectors.ids[found[p][0]], found[p][1], count, found[p][2]) for p, count in order[: asked.k]]


def fuse(words: Any, cosines: Any) -> Any:
    """Return what ranks long documents (n,), within the range of their cosines, from BM25 and cosines (n,)."""
    sums = words + COSINE_WORTH * cosines
    low, high = cosines.min(), cosines.max()
    spread = sums.max() - sums.min()
    return low + (sums - sums.min()) * ((high - low) / spread) if spread > 0 else cosines


def _fused(shelf: Shelf, asked: Asked, rows: Any, cosines: Any, read: ReadTexts) -> Any:
    import numpy as np

    dense = np.maximum(cosines, shelf.best_parts(asked.vector)[rows])
    return fuse(shelf.words(read).scores(asked.words, len(shelf.vectors.ids))[rows], dense)


def _label_chances(shelf: Shelf, asked: Asked, rows: Any) -> tuple[Any, Any]:
    """Return P(category of the row | query), and which rows have a category that tells something."""
    import numpy as np

    chances, is_told = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    for kind, head in shelf.heads.items():
        columns = shelf.label_columns(kind)[rows]
        known = columns >= 0
        if known.any():
            chances[known] = head.head.probabilities([asked.words], asked.vector[None, :])[0][columns[known]]
            is_told |= known
    return chances, is_told


def _with_labels(scores: Any, chances: Any, is_told: Any) -> Any:
    """Add what the categories tell. Among others without a category they only change places with each other."""
    import numpy as np

    if not is_told.any():
        return scores
    aware = scores + LABEL_WEIGHT * chances
    if is_told.all():
        return aware
    places = np.flatnonzero(is_told)
    scores[places[np.argsort(-aware[places], kind="stable")]] = -np.sort(-scores[places])
    return scores


def _collapsed(count: int, alike: Any) -> list[tuple[int, int]]:
    """Return (place, near-duplicates behind it) of the first of each group of the same."""
    kept: list[list[int]] = []
    for place in range(count):
        for group in kept:
            if alike[place, group[0]] > SAME:
                group[1] += 1
                break
        else:
            kept.append([place, 0])
    return [(place, behind) for place, behind in kept]


def _varied(scores: Sequence[float], alike: Any, kept: Sequence[tuple[int, int]], k: int) -> list[tuple[int, int]]:
    """Pick one after the other: near to the query, and unlike what was picked."""
    left, picked = list(range(len(kept))), list[int]()
    while left and len(picked) < k:

        def worth(number: int) -> float:
            nearest = max((float(alike[kept[number][0], kept[other][0]]) for other in picked), default=0.0)
            return RELEVANCE * scores[number] - (1 - RELEVANCE) * nearest

        best = max(left, key=worth)
        left.remove(best)
        picked.append(best)
    return [kept[number] for number in picked]
