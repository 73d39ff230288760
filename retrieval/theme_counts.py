"""A fixed number of themes over a set of documents: Ward's method once, then the same themes from call to call."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.clusters import centroids, nearest, ward
from frontline.core.ids import new_id
from frontline.store.models.themes import Theme, ThemeMember
from retrieval.collection import Collection
from retrieval.theme_registry import series_key

# Below these shares the documents are not those of before, and the themes are made anew.
KNOWN_SHARE, NEAR_SHARE, NEAR = 0.5, 0.6, 0.5


def fixed_number(
    session: Session, found: Collection, *, kind: str, count: int, period: str, model_id: str
) -> tuple[Any, list[str]]:
    """Return (labels (n,), the key of each label): documents seen before stay, others join the nearest theme.

    A first call, or one over other documents altogether, makes new themes.
    """
    import numpy as np

    known = _latest(session, kind, count, model_id)
    if len(known) < count:
        return ward(found.matrix, count), [new_id("thm") for _ in range(count)]
    names = list(known)
    centres = np.stack(list(known.values()))
    labels = _remembered(session, found, names, series=series_key(kind, f"count:{count}"), period=period)
    seen = labels >= 0
    if seen.mean() >= KNOWN_SHARE:
        moved = centroids(found.matrix, labels)
        filled = np.linalg.norm(moved, axis=1) > 0
        centres = centres.copy()
        centres[: len(moved)][filled] = moved[filled]
        labels[~seen] = nearest(found.matrix[~seen], centres)[0] if not seen.all() else labels[~seen]
        return labels, names
    labels, cosines = nearest(found.matrix, centres)
    if (cosines >= NEAR).mean() < NEAR_SHARE:
        return ward(found.matrix, count), [new_id("thm") for _ in range(count)]
    return labels, names


def _latest(session: Session, kind: str, count: int, model_id: str) -> dict[str, Any]:
    """Return key -> centroid of the themes that were made last in this series."""
    import numpy as np

    query = select(Theme).where(Theme.kind == kind, Theme.series == f"count:{count}", Theme.model_id == model_id)
    rows = list(session.scalars(query.order_by(Theme.created_at.desc(), Theme.theme_key).limit(count)))
    return {row.theme_key: np.frombuffer(row.centroid, dtype=np.float32) for row in rows}


def _remembered(session: Session, found: Collection, names: list[str], *, series: str, period: str) -> Any:
    import numpy as np

    place = {key: number for number, key in enumerate(names)}
    query = select(ThemeMember.doc_id, ThemeMember.theme_key).where(
        ThemeMember.kind_series == series, ThemeMember.period == period
    )
    before = {doc: place[key] for doc, key in session.execute(query).tuples() if key in place}
    return np.array([before.get(doc, -1) for doc in found.ids])
