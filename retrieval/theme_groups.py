"""A draft of themes: which document belongs to which, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontline.analysis.clusters import Partition, centroids, discover
from frontline.analysis.emergence import emerging
from frontline.analysis.rates import chance_of_more, discoveries
from frontline.core.text import AnonymizedText
from frontline.store.models.themes import ThemeMember, ThemeMonth
from frontline.store.work import Unit
from retrieval.collection import Collection
from retrieval.theme_registry import FALSE_RATE, LIFT, settings_for

# Two known themes this close have become one.
SAME = 0.92
UNASSIGNED = ""


@dataclass
class Draft:
    """Themes worked out and not yet kept. ``keys``: the theme of each document of ``window``, "" for none."""

    kind: str
    series: str
    period: str
    documents_hash: str
    model_id: str
    months: tuple[str, ...] = ()
    window: Collection | None = None
    month_of: Sequence[str] = ()
    keys: Sequence[str] = ()
    scores: Any = ()
    centres: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, AnonymizedText] = field(default_factory=dict)  # of new themes
    parents: Mapping[str, str] = field(default_factory=dict)
    merges: Mapping[str, str] = field(default_factory=dict)


def members_of(draft: Draft) -> dict[str, list[str]]:
    """Return the documents of each theme of a draft, nearest to the centre first."""
    assert draft.window is not None
    found: dict[str, list[tuple[float, str]]] = {}
    for doc, key, score in zip(draft.window.ids, draft.keys, draft.scores, strict=True):
        if key != UNASSIGNED:
            found.setdefault(key, []).append((-float(score), doc))
    return {key: [doc for _, doc in sorted(rows)] for key, rows in found.items()}


def keep_members(unit: Unit, draft: Draft, name: str) -> Counter[str]:
    """Write the members of the period and the counts of all months; return the period's documents by category."""
    assert draft.window is not None
    sizes: dict[str, Counter[str]] = {}
    about: dict[str, Counter[str]] = {}
    everything: Counter[str] = Counter()
    keys = draft.keys or [UNASSIGNED] * len(draft.month_of)
    for place, (doc, key, month) in enumerate(zip(draft.window.ids, keys, draft.month_of, strict=True)):
        if key != UNASSIGNED:
            sizes.setdefault(key, Counter())[month] += 1
        if month != draft.period:
            continue
        category = draft.window.categories[place] or ""
        everything[category] += 1
        score = float(draft.scores[place]) if key != UNASSIGNED else 0.0
        unit.session.add(ThemeMember(kind_series=name, period=month, doc_id=doc, theme_key=key, score=round(score, 6)))
        if key != UNASSIGNED:
            about.setdefault(key, Counter())[category] += 1
    for key, counted in sizes.items():
        unit.session.add(
            ThemeMonth(
                theme_key=key,
                period=draft.period,
                size=counted[draft.period],
                sizes=[[month, counted[month]] for month in draft.months],
                categories=dict(about.get(key, {})),
            )
        )
    return everything


def is_now(draft: Draft) -> Any:
    import numpy as np

    return np.array([month == draft.period for month in draft.month_of])


def absorb(matrix: Any, found: Partition, known: Any, limit: float) -> Any:
    """Give a group found in the rest to the known theme that it is as close to as parts of one theme are."""
    labels = found.labels
    if not len(known):
        return labels
    centres = centroids(matrix, labels)
    for place, parent in enumerate(found.parents):
        group = len(known) + place
        cosines = known @ centres[group]
        if parent is None and cosines.max() >= limit:
            labels[labels == group] = int(cosines.argmax())
    return labels


def carve(matrix: Any, labels: Any, is_now: Any) -> list[Any]:
    """Return groups, found afresh, that grow beyond doubt and that no theme stands for."""
    import numpy as np

    settings = settings_for(len(matrix))
    fresh = discover(matrix, settings)
    now, before = int(is_now.sum()), int((~is_now).sum())
    if not before:
        return []
    groups = [np.flatnonzero(fresh == group) for group in range(int(fresh.max()) + 1)]
    tests = [
        chance_of_more(int(is_now[rows].sum()), now, int((~is_now[rows]).sum()), before, ratio=LIFT) for rows in groups
    ]
    named = discoveries(tests, rate=FALSE_RATE)
    return [rows for rows, grows in zip(groups, named, strict=True) if grows and _overlap(rows, labels) < 0.5]


def find_stories(draft: Draft, labels: Any, known: int) -> list[Any]:
    """Return the documents of stories that rise beyond doubt in many words; themes known from before keep theirs."""
    import numpy as np

    assert draft.window is not None
    matrix, now = draft.window.matrix, is_now(draft)
    found = emerging(matrix, [category or "" for category in draft.window.categories], now, lift=LIFT)
    smallest = settings_for(len(matrix)).smallest
    named = discoveries([story.chance for story in found], rate=FALSE_RATE)
    groups = []
    for story, rises in zip(found, named, strict=True):
        rows = story.rows[(labels[story.rows] < 0) | (labels[story.rows] >= known)]
        if rises and len(rows) >= smallest and _overlap(rows, labels) < 1.0:
            groups.append(np.asarray(rows))
    return groups


def _overlap(rows: Any, labels: Any) -> float:
    """Return the best Jaccard overlap of ``rows`` with a theme."""
    import numpy as np

    inside = Counter(labels[rows].tolist())
    return max(
        (count / (len(rows) + int(np.sum(labels == label)) - count) for label, count in inside.items() if label >= 0),
        default=0.0,
    )


def find_merges(draft: Draft, known: Sequence[str]) -> dict[str, str]:
    """Return known themes that have become one: younger key -> older key."""
    merged: dict[str, str] = {}
    alive = [key for key in known if key in draft.centres]
    for place, younger in enumerate(alive):
        for older in alive[:place]:
            if older not in merged and float(draft.centres[older] @ draft.centres[younger]) >= SAME:
                merged[younger] = older
                break
    return merged
