"""The corpus: rows pass the gate, are kept in state, and are projected into the index after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from frontline.core.actor import PRIVATE, Actor, Audience, AudienceKind
from frontline.core.errors import UsageError
from frontline.core.ids import new_id
from frontline.core.ports import Gate, Progress, Report, TextEncoder
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance.releases import released_quotes
from frontline.store.models.corpus import CorpusIndex, Document
from frontline.store.work import Store, Unit
from retrieval.intake import CHUNK, KINDS, Intake
from retrieval.shelf import FIELDS, Scored, Shelf
from retrieval.vectors import VectorStore

if TYPE_CHECKING:
    from frontline.governance.policy import Policy
    from frontline.store.vault import Vault
    from retrieval.retriever import CorpusRetriever

LIVE = "live"
# Documents encoded and written together; a crash loses at most one batch of work, never a document.
BATCH = 256
# What has a place in the index: quarantined rows have no text, withdrawn ones are not searched.
_SHOWN = (Document.text.is_not(None), Document.state != "withdrawn")
# The gate let it through, and nobody took it back: for private views and for counting.
INSIDE = ("inside", "released")
FILTERS = ("category", "region", "segment", "language", "consent", "state")


@dataclass(frozen=True)
class Hit:
    """One result. ``text`` is anonymized; ``score`` is the cosine to the query."""

    id: str
    score: float
    text: AnonymizedText
    kind: str
    category: str | None
    region: str | None
    received: str | None
    state: str
    duplicates: int = 0


class Corpus:
    """Add, search, rebuild. Threads may share one instance; processes share the state and take turns in Chroma."""

    def __init__(
        self,
        store: Store,
        *,
        home: Path,
        encoder: Callable[[], TextEncoder],
        gate: Callable[[], Gate],
        policy: Policy,
        vault: Callable[[], Vault],
        key: Callable[[], bytes],
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._policy = policy
        self._intake = Intake(store, gate=gate, vault=vault, key=key)
        self._folder = home / "index"
        self._shelf: Shelf | None = None
        self._lock = threading.Lock()

    def add(
        self, actor: Actor, rows: Iterable[Mapping[str, Any]], *, report: Report | None = None
    ) -> Iterator[dict[str, Any]]:
        """Take rows of {id, kind, text, ...}; yield {id, decision, reasons} per row, in order.

        decision: released (the gate let it through) | replaced | skipped (same id and content) | quarantined | refused.
        """
        self._policy.authorize(actor, "corpus.add")
        try:
            for number, decision in enumerate(self._intake.take(actor, rows, report=report), start=1):
                yield decision
                # Long loads become searchable as they go.
                if number % CHUNK == 0:
                    self.index_pending()
        finally:
            # Also when the caller stops asking after its last row.
            self.index_pending()

    def keep(self, unit: Unit, actor: Actor, row: Mapping[str, Any]) -> str:
        """Take one row in the caller's unit and return its decision, as ``add``; it is indexed after the commit.

        Raises:
            NotPermitted: the actor may not add.
        """
        self._policy.authorize(actor, "corpus.add")
        return str(self._intake.take_one(unit, row)["decision"])

    def index_pending(self, *, report: Report | None = None) -> int:
        """Project what is not yet in the live index, take out what was withdrawn; return how many were written."""
        generation = self._live()
        self.drop_withdrawn()
        done = 0
        while batch := self._pending(generation):
            self._write(generation, batch)
            done += len(batch)
            if report:
                report(Progress(done, 0, "indexing"))
        return done

    def search(
        self,
        actor: Actor,
        query: QuestionText | AnonymizedText,
        *,
        k: int = 10,
        kind: str | None = None,
        where: Mapping[str, str] | None = None,
        collapse: bool = False,
        audience: Audience = PRIVATE,
    ) -> list[Hit]:
        """Return the ``k`` documents most like ``query`` that this actor may see before this audience, best first.

        Raises:
            NotPermitted: the actor may not search here.
            UsageError: the query is empty, or the kind or a filter does not exist.
        """
        self._policy.authorize(actor, "corpus.search", audience=audience)
        words = query.reveal() if isinstance(query, QuestionText) else query.show()
        conditions = dict(where or {})
        _check(words, kind, conditions)
        # What the gate alone let through stays in private views of those who work with it (policy index); a channel,
        # and who leads (policy leadership), sees what a person released.
        is_private = audience.kind is AudienceKind.PRIVATE
        is_inside = is_private and self._policy.is_allowed(actor, "corpus.inside", audience=audience)
        states = INSIDE if is_inside else ("released",)
        shelf = self._fresh_shelf()
        allowed = shelf.mask(states=states, kind=kind, where=conditions)
        found = shelf.search(self._encoder().encode([words])[0], allowed, k=k, collapse=collapse)
        if not is_inside:
            return self._released(actor, found)
        with self._store.read() as session:
            rows = {
                row.doc_id: row
                for row in session.scalars(select(Document).where(Document.doc_id.in_([hit.doc_id for hit in found])))
            }
        return [
            _hit(rows[hit.doc_id], hit.score, hit.duplicates)
            for hit in found
            if hit.doc_id in rows and rows[hit.doc_id].state in states and rows[hit.doc_id].text is not None
        ]

    def _released(self, actor: Actor, found: Sequence[Scored]) -> list[Hit]:
        """Return what may be shown beyond private views: the released words, with the details that were released."""
        with self._store.read() as session:
            at = self._store.clock.now()
            quotes = released_quotes(session, actor, [hit.doc_id for hit in found], at=at, policy=self._policy)
            query = select(Document.doc_id, Document.kind).where(Document.doc_id.in_([q.doc_id for q in quotes]))
            kinds = dict(session.execute(query).tuples().all())
        scores = {hit.doc_id: hit for hit in found}
        return [
            Hit(
                id=quote.doc_id,
                score=scores[quote.doc_id].score,
                text=quote.text,
                kind=kinds[quote.doc_id],
                category=quote.category,
                region=None,
                received=quote.received,
                state="released",
                duplicates=scores[quote.doc_id].duplicates,
            )
            for quote in quotes
        ]

    def open_shelf(self, actor: Actor) -> Shelf:
        """Return the whole shelf, brought up to date, for work on all documents of a kind.

        Raises:
            NotPermitted: the actor may not search.
        """
        self._policy.authorize(actor, "corpus.search")
        self.index_pending()
        return self._fresh_shelf()

    @property
    def model_id(self) -> str:
        """The text model of the vectors."""
        return self._encoder().model_id

    def encode(self, texts: Sequence[AnonymizedText]) -> Any:
        """Return unit vectors of ``texts``, float32 (n, d), comparable with those of the shelf."""
        return self._encoder().encode([text.show() for text in texts])

    def retriever(self, actor: Actor, **options: Any) -> CorpusRetriever:
        """Return the same search as a langchain retriever, for those who compose."""
        from retrieval.retriever import CorpusRetriever

        return CorpusRetriever(corpus=self, actor=actor, options=options)

    def warm_up(self) -> None:
        """Open encoder and index, so that the first question does not wait."""
        self._encoder().encode(["warm"])
        self._fresh_shelf()

    def count(self) -> int:
        """Return how many documents can be found."""
        return len(self._fresh_shelf().vectors.ids)

    def rebuild(self, *, report: Report | None = None) -> int:
        """Build the index anew from state in a new directory, swap, and delete the old: what was erased is gone."""
        generation = new_id("gen")
        total, done, last = 0, 0, ""
        with self._store.read() as session:
            total = len(list(session.scalars(select(Document.doc_id).where(*_SHOWN))))
        while batch := self._after(last):
            self._upsert(generation, batch)
            last = batch[-1].doc_id
            done += len(batch)
            if report:
                report(Progress(done, total))
        with self._store.unit() as unit:
            for row in unit.session.scalars(select(Document).where(*_SHOWN)):
                row.indexed_in = generation
            self._point_to(unit, generation)
            unit.commit()
        self._vectors().drop_others(generation)
        return done

    def _vectors(self) -> VectorStore:
        return VectorStore(self._folder, dim=self._encoder().dim)

    def _live(self) -> str:
        with self._store.read() as session:
            row = session.get(CorpusIndex, LIVE)
        model_id = self._encoder().model_id
        if row is not None and row.model_id == model_id:
            return row.folder
        # Vectors of two models cannot be compared: another model means another index.
        generation = new_id("gen")
        with self._store.unit() as unit:
            self._point_to(unit, generation)
            unit.commit()
        return generation

    def _point_to(self, unit: Unit, generation: str) -> None:
        row = unit.session.get(CorpusIndex, LIVE)
        if row is None:
            row = CorpusIndex(name=LIVE, version=0)
            unit.session.add(row)
        row.folder, row.model_id, row.built_at = generation, self._encoder().model_id, unit.now
        row.version += 1

    def _pending(self, generation: str) -> Sequence[Document]:
        query = (
            select(Document)
            .where(*_SHOWN, Document.indexed_in.is_distinct_from(generation))
            .order_by(Document.doc_id)
            .limit(BATCH)
        )
        with self._store.read() as session:
            return list(session.scalars(query))

    def drop_withdrawn(self) -> int:
        """Take the vectors of what is withdrawn or has no text any more out of the live index; return how many.

        Searches skip them anyway.
        """
        with self._store.read() as session:
            live = session.get(CorpusIndex, LIVE)
            generation = live.folder if live else "none"
            gone = or_(Document.state == "withdrawn", Document.text.is_(None))
            query = select(Document).where(gone, Document.indexed_in == generation)
            rows = list(session.scalars(query))
        for kind in sorted({row.kind for row in rows}):
            self._vectors().remove(generation, kind, [row.doc_id for row in rows if row.kind == kind])
        if not rows:
            return 0
        with self._store.unit() as unit:
            for row in unit.session.scalars(query.where(Document.doc_id.in_([row.doc_id for row in rows]))):
                row.indexed_in = None
            self._point_to(unit, generation)
            unit.commit()
        return len(rows)

    def _after(self, last: str) -> Sequence[Document]:
        query = select(Document).where(*_SHOWN, Document.doc_id > last).order_by(Document.doc_id).limit(BATCH)
        with self._store.read() as session:
            return list(session.scalars(query))

    def _write(self, generation: str, batch: Sequence[Document]) -> None:
        self._upsert(generation, batch)
        with self._store.unit() as unit:
            keys = {row.doc_id: row.content_key for row in batch}
            for row in unit.session.scalars(select(Document).where(Document.doc_id.in_(keys))):
                # A document replaced meanwhile stays pending.
                if row.content_key == keys[row.doc_id]:
                    row.indexed_in = generation
            self._point_to(unit, generation)
            unit.commit()

    def _upsert(self, generation: str, batch: Sequence[Document]) -> None:
        vectors = self._encoder().encode([row.text.show() for row in batch if row.text is not None])
        store = self._vectors()
        for kind in sorted({row.kind for row in batch}):
            places = [place for place, row in enumerate(batch) if row.kind == kind]
            store.upsert(generation, kind, [batch[place].doc_id for place in places], vectors[places])

    def _fresh_shelf(self) -> Shelf:
        with self._store.read() as session:
            live = session.get(CorpusIndex, LIVE)
        version = live.version if live else 0
        with self._lock:
            if self._shelf is None or self._shelf.version != version:
                self._shelf = self._load_shelf(live, version)
            return self._shelf

    def _load_shelf(self, live: CorpusIndex | None, version: int) -> Shelf:
        if live is not None and live.model_id != self._encoder().model_id:
            raise UsageError(
                "The index was made by another text model.", next_step="Run `frontline corpus rebuild` once."
            )
        vectors = self._vectors().read_all(live.folder if live else "none")
        columns = [getattr(Document, name) for name in FIELDS]
        with self._store.read() as session:
            rows = {row[0]: tuple(row[1:]) for row in session.execute(select(Document.doc_id, *columns))}
        return Shelf.fill(version, vectors, rows)


def count_documents(session: Session) -> dict[str, int]:
    """Return how many documents are kept, by state. A count tells nothing of anybody: no actor is asked for."""
    return dict(session.execute(select(Document.state, func.count()).group_by(Document.state)).tuples().all())


def _check(words: str, kind: str | None, where: Mapping[str, str]) -> None:
    if not words.strip():
        raise UsageError("There is nothing to look for.", next_step="Say what the examples should be about.")
    if kind is not None and kind.lower() not in KINDS:
        raise UsageError(f"There is no kind {kind}.", next_step=f"Kinds: {', '.join(KINDS)}.")
    if wrong := [name for name in where if name not in FILTERS]:
        raise UsageError(f"There is no field {wrong[0]}.", next_step=f"Fields: {', '.join(FILTERS)}.")


def _hit(row: Document, score: float, duplicates: int) -> Hit:
    assert row.text is not None
    return Hit(row.doc_id, score, row.text, row.kind, row.category, row.region, row.received_at, row.state, duplicates)
