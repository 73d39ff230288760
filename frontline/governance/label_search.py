"""Finding the label that there is already, before somebody invents another spelling of it.

Two looks at the labels in use: their words against the words of the tag (``frontline.analysis.likeness``), and the
meaning of earlier tags against the new one (cosine of sentence vectors). Vectors are kept in memory; before the
encoder is warm the first look is all there is, so that nobody waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.likeness import Vocabulary, Words, likeness
from frontline.catalog.rules import TagRule
from frontline.core.ports import TextEncoder
from frontline.core.text import AnonymizedText
from frontline.governance.tag_labels import canonical, read_aliases
from frontline.store.models.talk import Tag, TagLabel

# Labels that nobody has used for so long are no suggestion any more.
STALE = dt.timedelta(days=180)
MOST_TAGS, MOST_EXAMPLES = 2000, 4
# Texts encoded within one request, about 10 ms each: a newcomer among the labels never makes a person wait.
MOST_ENCODED = 24
MOST_KEPT = 5000


@dataclass(frozen=True)
class NearLabel:
    """A label that may be meant. ``likeness`` 0-1; ``is_sure``: it may be taken without asking."""

    label: str
    likeness: float
    is_sure: bool


@dataclass
class _Candidate:
    label: str
    names: list[str] = field(default_factory=list)  # the label and its aliases, as words
    examples: list[str] = field(default_factory=list)


class LabelFinder:
    """Threads may share one instance."""

    def __init__(self, rule: TagRule, encoder: Callable[[], TextEncoder] | None = None) -> None:
        """``encoder`` is called by ``warm_up`` alone; without it only words are compared."""
        self._rule = rule
        self._open = encoder
        self._encoder: TextEncoder | None = None
        self._vectors: dict[str, Any] = {}
        vocabulary = Vocabulary.of(same=rule.same, empty=rule.empty, turning=rule.turning)
        self._read: Callable[[str], Words] = lru_cache(MOST_KEPT)(vocabulary.read)

    def warm_up(self, session: Session, *, now: dt.datetime) -> None:
        """Open the encoder and read the labels in use, so that the first tag does not wait."""
        if self._open is None:
            return
        encoder = self._open()
        wanted = [text for row in _candidates(session, now) for text in (*row.names, *row.examples)]
        self._keep(encoder, list(dict.fromkeys(wanted))[:MOST_KEPT])
        self._encoder = encoder

    def nearest(
        self, session: Session, text: AnonymizedText, *, now: dt.datetime, label: str = "", most: int = 2
    ) -> list[NearLabel]:
        """Return labels in use that may be meant by a tag, best first; ``label`` is the one its author gave, "" none.

        A label that people gave up for another counts as that one: what they chose once is proposed first.
        """
        said = [self._read(words) for words in dict.fromkeys((label.replace("-", " "), text.show())) if words]
        candidates = [row for row in _candidates(session, now) if row.label != label]
        chosen = _chosen(session, label)
        meanings = self._meanings(text.show(), candidates)
        found = []
        for row in candidates:
            names = [self._read(name) for name in row.names]
            by_words = max((likeness(name, words) for name in names for words in said), default=0.0)
            by_meaning = meanings.get(row.label, 0.0)
            near = NearLabel(
                row.label,
                1.0 if row.label == chosen else max(by_words, by_meaning),
                by_words >= self._rule.sure or by_meaning >= self._rule.sure_meaning,
            )
            if row.label == chosen or by_words >= self._rule.near or by_meaning >= self._rule.near_meaning:
                found.append(near)
        return sorted(found, key=lambda near: (-near.likeness, near.label))[:most]

    def _meanings(self, text: str, candidates: Sequence[_Candidate]) -> dict[str, float]:
        """Return label -> the best cosine of its name or an example; only where no word turns the meaning."""
        encoder = self._encoder
        if encoder is None or not text.strip():
            return {}
        pairs = [
            (row.label, known)
            for row in candidates
            for known in (*row.names, *row.examples)
            if self._read(known).turning == self._read(text).turning
        ]
        missing = [known for _, known in pairs if known not in self._vectors]
        self._keep(encoder, [text, *dict.fromkeys(missing)][:MOST_ENCODED])
        mine = self._vectors.get(text)
        if mine is None:
            return {}
        best: dict[str, float] = {}
        for label, known in pairs:
            vector = self._vectors.get(known)
            if vector is not None:
                best[label] = max(best.get(label, 0.0), float(vector @ mine))
        return best

    def _keep(self, encoder: TextEncoder, texts: Sequence[str]) -> None:
        fresh = [text for text in texts if text not in self._vectors]
        if not fresh:
            return
        if len(self._vectors) + len(fresh) > MOST_KEPT:
            self._vectors = {}
        self._vectors.update(zip(fresh, encoder.encode(fresh), strict=True))


def _candidates(session: Session, now: dt.datetime) -> list[_Candidate]:
    aliases = read_aliases(session)
    query = select(Tag.label, Tag.text).where(Tag.at >= now - STALE, Tag.label != "").order_by(Tag.at.desc())
    rows: dict[str, _Candidate] = {}
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for label, text in session.execute(query.limit(MOST_TAGS)).tuples():
        name = canonical(label, aliases)
        row = rows.setdefault(name, _Candidate(name))
        names[name][name.replace("-", " ")] = None
        names[name][label.replace("-", " ")] = None
        if len(row.examples) < MOST_EXAMPLES and text.show() not in row.examples:
            row.examples.append(text.show())
    for alias in aliases:
        if (into := canonical(alias, aliases)) in rows:
            names[into][alias.replace("-", " ")] = None
    for name, row in rows.items():
        row.names = list(names[name])
    return list(rows.values())


def _chosen(session: Session, label: str) -> str:
    row = session.get(TagLabel, label) if label else None
    if row is None or row.proposed_into is None or row.alias_of is not None:
        return ""
    return canonical(row.proposed_into, read_aliases(session))
