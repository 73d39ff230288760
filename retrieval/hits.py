"""What a search returns."""

from __future__ import annotations

from dataclasses import dataclass

from frontline.core.text import AnonymizedText
from frontline.store.models.corpus import Document
from retrieval.ranking import Scored


@dataclass(frozen=True)
class Hit:
    """One result. ``text`` is anonymized; ``score`` ranks (``retrieval.ranking``), ``similarity`` is the cosine."""

    id: str
    score: float
    text: AnonymizedText
    kind: str
    category: str | None
    region: str | None
    received: str | None
    state: str
    duplicates: int = 0
    similarity: float = 0.0

    @property
    def citation(self) -> str:
        """What a reader can find it by: id, date, category."""
        return ", ".join(part for part in (self.id, (self.received or "")[:10], self.category or "") if part)


def hit_of(row: Document, found: Scored) -> Hit:
    assert row.text is not None
    return Hit(
        row.doc_id,
        found.score,
        row.text,
        row.kind,
        row.category,
        row.region,
        row.received_at,
        row.state,
        found.duplicates,
        found.cosine,
    )
