"""How well articles fit what was asked: meaning and words in common, with what is known of the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.lexical import shares_in_common
from frontline.catalog.knowledge import KnowledgeRules
from frontline.core.actor import SYSTEM, Actor
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance.knowledge import DIGITS, KIND, Candidate, Need, counts_of, hidden_from, version_of
from frontline.store.models.corpus import Document
from frontline.store.models.knowledge import Article
from frontline.store.work import Store

if TYPE_CHECKING:
    from retrieval.corpus import Corpus
    from retrieval.shelf import Shelf

# Articles looked at; a house has hundreds.
MOST = 2000


def candidates_of(
    session: Session,
    corpus: Corpus,
    query: QuestionText | AnonymizedText,
    allowed: Sequence[tuple[Document, Article | None]],
    *,
    need: Need,
    rules: KnowledgeRules,
) -> list[Candidate]:
    """Return a candidate per allowed article, in no order. The caller has authorized, and filtered, ``allowed``."""
    if not allowed:
        return []
    corpus.index_pending()
    words = query.reveal() if isinstance(query, QuestionText) else query.show()
    # As the SYSTEM: more people may be told of articles than may search the corpus.
    dense = {hit.id: max(0.0, hit.similarity) for hit in corpus.search(SYSTEM, query, k=MOST, kind=KIND)}
    lexical = shares_in_common(words, [row.text.show() if row.text is not None else "" for row, _ in allowed])
    solved, tried = counts_of(session, need)
    return [
        Candidate(
            id=row.doc_id,
            version=version_of(row, facts),
            text=round(rules.dense * dense.get(row.doc_id, 0.0) + (1 - rules.dense) * share, DIGITS),
            topic=float(bool(need.topic) and row.category == need.topic),
            product=float(bool(need.product) and facts is not None and need.product in facts.products),
            solved=float(solved.get(row.doc_id, 0)),
            tried=float(row.doc_id in tried),
        )
        for (row, facts), share in zip(allowed, lexical, strict=True)
    ]


def words_of_case(session: Session, case: Need) -> QuestionText | AnonymizedText:
    """Return what the customer wrote in the case, to ask with, where that passed the gate; else its topic.

    They are asked with and not shown; the caller has authorized the reading of the case.
    """
    query = select(Document).where(
        Document.doc_id.in_([case.case_key, *(f"{kind}-{case.case_key}" for kind in ("complaint", "case"))]),
        Document.state.in_(("inside", "released")),
    )
    row = session.scalars(query.order_by(Document.doc_id)).first()
    if row is not None and row.text is not None:
        return row.text
    return QuestionText(case.topic or case.product or "unknown")


def may_be_read(shelf: Shelf, store: Store, actor: Actor, *, today: dt.date) -> Any:
    """Return which rows of the shelf are no article that is over, retired or for others than ``actor``.

    The SYSTEM reads them all: for whom it searches, it filters.
    """
    import numpy as np

    allowed = np.ones(len(shelf.vectors.ids), dtype=bool)
    if actor.key == SYSTEM.key or not shelf.holds(KIND):
        return allowed
    with store.read() as session:
        hidden = hidden_from(session, actor, today=today)
    allowed[[shelf.place_of[doc_id] for doc_id in hidden if doc_id in shelf.place_of]] = False
    return allowed
