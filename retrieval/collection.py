"""All documents of a kind at once: their vectors from the index, and when and about what they came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.errors import UsageError
from frontline.core.text import AnonymizedText
from frontline.governance.examination import is_unmeasured
from frontline.governance.policy import Policy
from frontline.store.models.corpus import Document
from frontline.store.work import Store
from retrieval.corpus import INSIDE, Corpus
from retrieval.rows import KINDS

BATCH = 500


@dataclass(frozen=True)
class Collection:
    """Documents of one kind, sorted by id: ``matrix`` float32 (n, d) with unit rows in the order of ``ids``.

    ``received``: the instant a text came in, None where none is known.
    """

    ids: tuple[str, ...]
    matrix: Any
    received: tuple[dt.datetime | None, ...]
    categories: tuple[str | None, ...]

    def only(self, places: Sequence[int]) -> Collection:
        """Return the documents at ``places``."""
        return Collection(
            tuple(self.ids[place] for place in places),
            self.matrix[list(places)],
            tuple(self.received[place] for place in places),
            tuple(self.categories[place] for place in places),
        )


def collect(corpus: Corpus, store: Store, actor: Actor, *, kind: str) -> Collection:
    """Return every document of a kind that the gate let through and nobody took back.

    Where the policy ``index`` asks for consent, without those of customers who gave none.

    Raises:
        NotPermitted: the actor may not search.
        UsageError: the kind does not exist.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no kind {kind}.", next_step=f"Kinds: {', '.join(KINDS)}.")
    shelf = corpus.open_shelf(actor)
    query = select(Document.doc_id, Document.received_at, Document.category).where(
        Document.kind == kind, Document.state.in_(INSIDE)
    )
    if corpus.works_with_consent_only(kind):
        query = query.where(Document.consent.is_(True))
    with store.read() as session:
        details = {row[0]: row for row in session.execute(query).tuples()}
    places = [place for place, doc_id in enumerate(shelf.vectors.ids) if doc_id in details]
    places.sort(key=shelf.vectors.ids.__getitem__)
    found = [details[shelf.vectors.ids[place]] for place in places]
    return Collection(
        ids=tuple(row[0] for row in found),
        matrix=shelf.vectors.matrix[places],
        received=tuple(read_received(row[1]) for row in found),
        categories=tuple(row[2] for row in found),
    )


def count_documents(session: Session) -> dict[str, int]:
    """Return how many documents are kept, by state. A count tells nothing of anybody: no actor is asked for."""
    return dict(session.execute(select(Document.state, func.count()).group_by(Document.state)).tuples().all())


def read_texts(store: Store, actor: Actor, ids: Sequence[str], *, policy: Policy) -> dict[str, AnonymizedText]:
    """Return the texts of documents that the gate let through and nobody took back; others are left out.

    So are those in a language whose recall was not measured: labels and words of themes are made of these texts, and
    channels read them.

    Raises:
        NotPermitted: the actor may not search.
    """
    policy.authorize(actor, "corpus.search")
    found: dict[str, AnonymizedText] = {}
    with store.read() as session:
        for start in range(0, len(ids), BATCH):
            query = select(Document).where(Document.doc_id.in_(ids[start : start + BATCH]), Document.state.in_(INSIDE))
            found |= {
                row.doc_id: row.text
                for row in session.scalars(query)
                if row.text is not None and not is_unmeasured(row)
            }
    return found


def read_received(text: str | None) -> dt.datetime | None:
    """Read the instant of ``received_at``; without a zone it counts as UTC, and other words as unknown."""
    try:
        instant = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
