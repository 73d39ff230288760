"""The corpus: rows pass the gate, are kept in state, and are projected into the index after the commit."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from anonymization.grammar import around_placeholders
from frontline.analysis.calibration import softmax
from frontline.analysis.text_classes import Suggestion
from frontline.core.actor import PRIVATE, Actor, Audience, AudienceKind
from frontline.core.errors import NotFound, UsageError
from frontline.core.ports import Gate, Report, TextEncoder
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance.releases import released_quotes
from frontline.governance.text_rights import OF_CUSTOMERS, needs_consent
from frontline.store.models.corpus import CorpusIndex, Document
from frontline.store.text_intakes import TextIntake
from frontline.store.work import Store, Unit
from retrieval.articles import may_be_read
from retrieval.asking import check_query
from retrieval.hits import Hit, hit_of
from retrieval.intake import CHUNK, STRIDE, Intake
from retrieval.label_heads import LabelHeads, countable
from retrieval.links import FactLinks
from retrieval.projection import Projection
from retrieval.ranking import Asked, Scored, rank
from retrieval.reading import read_plainly
from retrieval.rows import KINDS
from retrieval.shelf import EXACT_LIMIT, FIELDS, Outside, Shelf
from retrieval.snapshot import Vectors
from retrieval.vectors import IN_PARTS, BrokenIndex

if TYPE_CHECKING:
    from frontline.governance.policy import Policy
    from frontline.store.vault import Vault
    from retrieval.retriever import CorpusRetriever

log = logging.getLogger(__name__)

# The gate let it through, and nobody took it back: for private views and for counting.
INSIDE = ("inside", "released")


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
        url: str = "",
        exact_limit: int = EXACT_LIMIT,
        links: FactLinks | None = None,
        rules: Callable[[], str] = str,
        today: Callable[[], dt.date] | None = None,
    ) -> None:
        """``today``: the date where the organisation is, on which articles end; by default that of UTC."""
        self._store = store
        self._today = today or (lambda: store.clock.now().date())
        self._encoder = read_plainly(encoder)
        self._policy = policy
        self._intake = Intake(
            store,
            gate=gate,
            vault=vault,
            key=key,
            encode=lambda texts: self._encoder().encode(texts),
            links=links,
            rules=rules,
        )
        self._projection = Projection(store, folder=home / "index", encoder=self._encoder, url=url)
        self._heads = LabelHeads(home / "index")
        self._exact_limit = exact_limit
        # What somebody at a terminal should be told, for example that a broken index was made anew.
        self.notices: list[str] = []
        self._shelf: Shelf | None = None
        self._heads_of_shelf: tuple[tuple[str, int, int], ...] = ()
        self._has_encoded = False
        self._lock = threading.Lock()

    def add(
        self, actor: Actor, rows: Iterable[Mapping[str, Any]], *, report: Report | None = None
    ) -> Iterator[dict[str, Any]]:
        """Take rows of {id, kind, text, ...}; yield {id, decision, reasons} per row, in order.

        decision: released (the gate let it through) | replaced | skipped (same id and content) | quarantined | refused.
        """
        self._policy.authorize(actor, "corpus.add")
        with TextIntake(self._store, len(rows) if isinstance(rows, Sequence) else 0) as coming:
            try:
                decisions = self._intake.take(actor, rows, report=report, note=coming.note)
                for number, decision in enumerate(decisions, start=1):
                    yield decision
                    # Long loads become searchable as they go, at first soon, then where it costs little.
                    if number % (CHUNK if number < STRIDE else STRIDE) == 0:
                        self.index_pending()
            finally:
                # Also when the caller stops asking after its last row.
                self.index_pending()
                self.learn_labels()
                # Who loads reads the index once, so that the next process starts from its snapshot.
                self._fresh_shelf()

    def keep(self, unit: Unit, actor: Actor, row: Mapping[str, Any]) -> str:
        """Take one row in the caller's unit and return its decision, as ``add``; it is indexed after the commit.

        Raises:
            NotPermitted: the actor may not add.
        """
        self._policy.authorize(actor, "corpus.add")
        return str(self._intake.take_one(unit, row)["decision"])

    def index_pending(self, *, report: Report | None = None) -> int:
        """Project what is not yet in the live index, take out what was withdrawn; return how many were written."""
        try:
            return self._projection.write_pending(report=report)
        except BrokenIndex:
            return self._made_anew("The index could not be read")

    def search(
        self,
        actor: Actor,
        query: QuestionText | AnonymizedText,
        *,
        k: int = 10,
        kind: str | None = None,
        where: Mapping[str, str] | None = None,
        collapse: bool = False,
        is_varied: bool = False,
        audience: Audience = PRIVATE,
        purpose: str = "search",
    ) -> list[Hit]:
        """Return the ``k`` documents most like ``query`` that this actor may see before this audience, best first.

        ``collapse``: near-duplicates stand once; ``is_varied``: rather different examples than the same one often.
        ``purpose``: what for, in the words of the policy ``index``.

        Raises:
            NotPermitted: the actor may not search here, or not for this purpose.
            UsageError: the query is empty, or the kind or a filter does not exist.
        """
        self._policy.authorize(actor, "corpus.search", audience=audience)
        words = query.reveal() if isinstance(query, QuestionText) else query.show()
        conditions = dict(where or {})
        check_query(words, kind, conditions)
        # What the gate alone let through stays in private views of those who work with it (policy index); a channel,
        # and who leads (policy leadership), sees what a person released.
        may_inside = audience.kind is AudienceKind.PRIVATE and self._policy.is_allowed(actor, "corpus.inside")
        inside = self._policy.texts.admit_inside(actor, purpose) if may_inside else None
        states = INSIDE if inside else ("released",)
        shelf = self._fresh_shelf()
        allowed = shelf.mask(states=states, kind=kind, where=conditions)
        if inside and needs_consent(inside):
            allowed &= shelf.is_agreed(OF_CUSTOMERS)
        allowed &= may_be_read(shelf, self._store, actor, today=self._today())
        said = around_placeholders(words)
        asked = Asked(said, self._encoder().encode([said])[0], k, collapse, is_varied)
        found = rank(shelf, asked, allowed, read=self._read)
        if inside is None:
            return self._released(actor, found)
        with self._store.read() as session:
            rows = {
                row.doc_id: row
                for row in session.scalars(select(Document).where(Document.doc_id.in_([hit.doc_id for hit in found])))
            }
        shown = [(row, hit) for hit in found if (row := rows.get(hit.doc_id)) is not None]
        return [hit_of(row, hit) for row, hit in shown if row.state in states and row.text is not None]

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
                similarity=scores[quote.doc_id].cosine,
            )
            for quote in quotes
        ]

    def suggest(self, actor: Actor, text: AnonymizedText, *, kind: str = "complaint", count: int = 3) -> Suggestion:
        """Return the categories that documents like ``text`` carry, likeliest first; a label only where that is sure.

        Raises:
            NotPermitted: the actor may not ask, or the policy ``index`` lists no categories among its purposes.
            NotFound: too few documents carry a category.
        """
        self._policy.authorize(actor, "category.suggest")
        self._policy.texts.admit_work("categories")
        known = self._heads.load(kind, model_id=self.model_id)
        if known is None:
            raise NotFound(
                f"Too few documents of the kind {kind} carry a category.",
                next_step="Load documents with a category: frontline corpus add.",
            )
        vectors = self.encode([text])
        scores = known.head.scores([around_placeholders(text.show())], vectors)
        chances, is_sure = softmax(scores)[0], bool(known.head.are_sure(scores, vectors)[0])
        order = sorted(range(len(chances)), key=lambda place: -chances[place])[:count]
        top = tuple((known.head.labels[place], float(chances[place])) for place in order)
        return Suggestion(top[0][0] if is_sure else None, top[0][1], top)

    def open_shelf(self, actor: Actor) -> Shelf:
        """Return the whole shelf, brought up to date, for work on all documents of a kind.

        Raises:
            NotPermitted: the actor may not search, or the policy ``index`` lists no themes among its purposes.
        """
        self._policy.authorize(actor, "corpus.search")
        self._policy.texts.admit_work("themes")
        self.index_pending()
        return self._fresh_shelf()

    def works_with_consent_only(self, kind: str) -> bool:
        """Whether documents of a kind are worked on only where their customer agreed (policy ``index``)."""
        return self._policy.texts.works_with_consent_only(kind)

    @property
    def model_id(self) -> str:
        """The text model of the vectors, and how it reads a text: what was learned from others does not fit them."""
        return self._encoder().model_id

    @property
    def base_model_id(self) -> str:
        """The text model alone, in whose space vectors of any reading can be compared: themes keep their identity."""
        return self._encoder().base.model_id

    def encode(self, texts: Sequence[AnonymizedText]) -> Any:
        """Return unit vectors of ``texts``, float32 (n, d), comparable with those of the shelf."""
        vectors = self._encoder().encode([text.show() for text in texts])
        self._has_encoded = True
        return vectors

    def retriever(self, actor: Actor, **options: Any) -> CorpusRetriever:
        """Return the same search as a langchain retriever, for those who compose."""
        from retrieval.retriever import CorpusRetriever

        return CorpusRetriever(corpus=self, actor=actor, options=options)

    def warm_up(self) -> None:
        """Open encoder and index, so that the first question does not wait."""
        self._encoder().encode(["warm"])
        self._has_encoded = True
        self._fresh_shelf()

    @property
    def is_warm(self) -> bool:
        """Whether the text model is open already, so that nobody waits for it."""
        return self._has_encoded

    def count(self) -> int:
        """Return how many documents can be found."""
        return len(self._fresh_shelf().vectors.ids)

    def rebuild(self, *, report: Report | None = None, reuse: bool = False) -> int:
        """Build the index anew from state in a new directory, swap, and delete the old: what was erased is gone.

        ``reuse`` takes the vectors of whole texts over from the live index where they are up to date.
        """
        done = self._projection.rebuild(report=report, reuse=reuse)
        # What was learned from erased words goes too.
        self._heads.forget()
        self.learn_labels()
        self._fresh_shelf()
        return done

    def drop_withdrawn(self) -> int:
        """Take the vectors of what is not searched any more out of the live index; return how many."""
        return self._projection.drop_withdrawn()

    def learn_labels(self) -> None:
        """Learn what the categories of each kind tell of a query, where the documents have changed enough."""
        query = select(Document.kind, Document.category).where(Document.state.in_(INSIDE))
        with self._store.read() as session:
            rows = list(session.execute(query.where(Document.category.is_not(None))).tuples())
        by_kind: dict[str, list[str]] = {}
        for kind, category in rows:
            by_kind.setdefault(kind, []).append((category or "").lower())
        if not any(countable(categories) for categories in by_kind.values()):
            return
        shelf = self._fresh_shelf()
        if shelf.vectors.matrix is None:
            return
        states = shelf.mask(states=INSIDE, kind=None, where={})
        for kind in by_kind:
            # Long documents are found by their words; a category would only pull in others of its kind.
            if kind in IN_PARTS:
                continue
            places = [place for place in range(len(states)) if states[place] and shelf.columns["kind"][place] == kind]
            categories = [shelf.columns["category"][place] for place in places]
            ids = [shelf.vectors.ids[place] for place in places]
            matrix = shelf.vectors.matrix[places]
            self._heads.learn(kind, ids, matrix, categories, model_id=self.model_id, read=self._read_whole)

    def _fresh_shelf(self) -> Shelf:
        if self._projection.is_lost():
            self._made_anew("The index was not there any more")
        live = self._projection.live()
        version = live.version if live else 0
        heads = self._heads.stamp()
        with self._lock:
            if self._shelf is not None and (self._shelf.version, self._heads_of_shelf) == (version, heads):
                return self._shelf
        try:
            shelf = self._load_shelf(live, version)
        except BrokenIndex:
            self._made_anew("The index could not be read")
            shelf = self._load_shelf(live := self._projection.live(), live.version if live else 0)
        with self._lock:
            self._shelf, self._heads_of_shelf = shelf, heads
        if not self._heads.damaged:
            return shelf
        self._heads.damaged.clear()
        self.learn_labels()
        return self._fresh_shelf()

    def _made_anew(self, what: str) -> int:
        count = self._projection.rebuild()
        self.notices.append(f"{what}; it was made anew from state: {count:,} documents.")
        log.warning("%s; it was made anew from state", what)
        return count

    def _load_shelf(self, live: CorpusIndex | None, version: int) -> Shelf:
        import numpy as np

        if live is not None and live.model_id != self._encoder().model_id:
            raise UsageError(
                "The index was made by another text model, or read texts another way.",
                next_step="Run `frontline corpus rebuild` once.",
            )
        generation = live.folder if live else "none"
        columns = [getattr(Document, name) for name in FIELDS]
        with self._store.read() as session:
            kept = list(session.execute(select(Document.doc_id, Document.indexed_in, *columns)))
        rows = {row[0]: tuple(row[2:]) for row in kept}
        claimed = {row[0] for row in kept if row[1] == generation}
        store = self._projection.vectors
        heads = {kind: head for kind in KINDS if (head := self._heads.load(kind, model_id=self.model_id))}
        none = Vectors((), np.zeros((0, self._encoder().dim), dtype=np.float32))
        if live is None or not store.is_there(generation):
            return Shelf.fill(version, none, none, {})
        if len(rows) <= self._exact_limit:
            vectors, parts = store.read_all(generation)
            if (claimed - set(vectors.ids)) and (now := self._projection.live()) and now.version == version:
                # An emptied file is taken for a new index; unless another process has changed it meanwhile:
                raise BrokenIndex("documents are missing")
            return Shelf.fill(version, vectors, parts, rows, heads=heads)
        outside = Outside(
            query=lambda vector, count: store.query(generation, vector, count=count),
            fetch=lambda ids: store.fetch(generation, ids),
        )
        vectors = Vectors(store.list_ids(generation), None)
        return Shelf.fill(version, vectors, none, rows, outside=outside, heads=heads)

    def _read_whole(self, ids: Sequence[str]) -> list[str]:
        """Return what is read of documents in the order of ``ids``, "" for one that is gone meanwhile."""
        found = dict(self._read(ids))
        return [around_placeholders(found.get(doc_id, "")) for doc_id in ids]

    def _read(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """Return (id, text) of documents that may be shown to somebody."""
        found: list[tuple[str, str]] = []
        with self._store.read() as session:
            for start in range(0, len(ids), CHUNK):
                query = select(Document.doc_id, Document.text).where(
                    Document.doc_id.in_(ids[start : start + CHUNK]), Document.state.in_(INSIDE)
                )
                rows = session.execute(query).tuples()
                found += [(doc_id, text.show()) for doc_id, text in rows if text is not None]
        return found
