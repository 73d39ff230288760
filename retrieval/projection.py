"""The index as a projection of state: what is written, taken out, made anew; never the truth.

A generation is one index. ``CorpusIndex`` names the live one; a new one is built beside it and swapped in, so that a
crash or a full disk leaves the old one serving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from frontline.core.errors import EngineError
from frontline.core.ids import new_id
from frontline.core.ports import Progress, Report, TextEncoder
from frontline.encoder.long_texts import split_long
from frontline.store.models.corpus import CorpusIndex, Document
from frontline.store.work import Store, Unit
from retrieval.vectors import IN_PARTS, BrokenIndex, VectorStore, line_of

LIVE = "live"
# Documents encoded and written together; a crash loses at most one batch of work, never a document.
BATCH = 1_000
# What has a place in the index: quarantined rows have no text, withdrawn ones are not searched.
SHOWN = (Document.text.is_not(None), Document.state != "withdrawn")


def next_generation(live: str) -> str:
    """Return the name of a new generation behind ``live``, "" for the first of an index.

    All of an index begin with the name of its first, so that on a shared server nobody deletes another's.
    """
    return new_id(line_of(live) if live else "gen")


class Projection:
    """Writes the index of the documents in ``store`` under ``folder``, or on the Chroma server at ``url``."""

    def __init__(self, store: Store, *, folder: Path, encoder: Callable[[], TextEncoder], url: str = "") -> None:
        self._store = store
        self._folder = folder
        self._encoder = encoder
        self._url = url

    @property
    def vectors(self) -> VectorStore:
        """The store of the vectors."""
        return VectorStore(self._folder, dim=self._encoder().dim, url=self._url)

    def live(self) -> CorpusIndex | None:
        """Return the pointer to the live index, or None before there is any."""
        with self._store.read() as session:
            return session.get(CorpusIndex, LIVE)

    def write_pending(self, *, report: Report | None = None) -> int:
        """Write what is not yet in the live index, take out what was withdrawn; return how many were written.

        An index of another text model is not added to: vectors of two models cannot be compared, so it is made anew.
        """
        live = self.live()
        if live is not None and live.model_id != self._encoder().model_id:
            return self.rebuild(report=report)
        generation = live.folder if live is not None else self._first()
        self.drop_withdrawn()
        done = 0
        while batch := self._pending(generation):
            self._write(generation, batch)
            done += len(batch)
            if report:
                report(Progress(done, 0, "indexing"))
        return done

    def rebuild(self, *, report: Report | None = None, reuse: bool = False) -> int:
        """Build the index anew from state in a new directory, swap, and delete the old: what was erased is gone.

        ``reuse`` takes the vectors of whole texts over from the live index where they are up to date.
        """
        live = self.live()
        generation = next_generation(live.folder if live is not None else "")
        kept = self._up_to_date() if reuse else {}
        done, last = 0, ""
        with self._store.read() as session:
            total = len(list(session.scalars(select(Document.doc_id).where(*SHOWN))))
        written: dict[str, tuple[str, str]] = {}
        try:
            while batch := self._after(last):
                self._upsert(generation, batch, kept)
                written |= {row.doc_id: (row.content_key, row.kind) for row in batch}
                last = batch[-1].doc_id
                done += len(batch)
                if report:
                    report(Progress(done, total))
        except EngineError:
            # A disk that is full, for one: the old index goes on, and the half of a new one takes no room.
            self.vectors.drop(generation)
            raise
        with self._store.unit() as unit:
            for row in unit.session.scalars(select(Document)):
                before = written.pop(row.doc_id, None)
                is_gone = row.text is None or row.state == "withdrawn"
                # A document replaced or added meanwhile stays pending; one withdrawn meanwhile is to be taken out.
                is_in = before is not None and (is_gone or before[0] == row.content_key)
                row.indexed_in = generation if is_in else None
            self._point_to(unit, generation)
            unit.commit()
        self.vectors.drop_others(generation)
        for doc_id, (_, kind) in written.items():
            # Erased meanwhile: nothing else knows that its vector is there.
            self.vectors.remove(generation, kind, [doc_id])
        self.drop_withdrawn()
        return done

    def drop_withdrawn(self) -> int:
        """Take the vectors of what is withdrawn or has no text any more out of the live index; return how many.

        Searches skip them anyway.
        """
        live = self.live()
        generation = live.folder if live else "none"
        gone = or_(Document.state == "withdrawn", Document.text.is_(None))
        query = select(Document).where(gone, Document.indexed_in == generation)
        with self._store.read() as session:
            rows = list(session.scalars(query))
        if not rows:
            return 0
        for kind in sorted({row.kind for row in rows}):
            self.vectors.remove(generation, kind, [row.doc_id for row in rows if row.kind == kind])
        with self._store.unit() as unit:
            for row in unit.session.scalars(query.where(Document.doc_id.in_([row.doc_id for row in rows]))):
                row.indexed_in = None
            self._point_to(unit, generation)
            unit.commit()
        return len(rows)

    def is_lost(self) -> bool:
        """Whether state says that documents are in the live index, and there is no such index."""
        live = self.live()
        if live is None or self.vectors.is_there(live.folder):
            return False
        with self._store.read() as session:
            return (
                session.scalar(select(Document.doc_id).where(Document.indexed_in == live.folder).limit(1)) is not None
            )

    def _first(self) -> str:
        generation = next_generation("")
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
            .where(*SHOWN, Document.indexed_in.is_distinct_from(generation))
            .order_by(Document.doc_id)
            .limit(BATCH)
        )
        with self._store.read() as session:
            return list(session.scalars(query))

    def _after(self, last: str) -> Sequence[Document]:
        query = select(Document).where(*SHOWN, Document.doc_id > last).order_by(Document.doc_id).limit(BATCH)
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

    def _up_to_date(self) -> dict[str, Any]:
        """Return doc id -> vector of the live index, where it is that of the document as it is now."""
        live = self.live()
        if live is None or live.model_id != self._encoder().model_id or not self.vectors.is_there(live.folder):
            return {}
        with self._store.read() as session:
            current = set(session.scalars(select(Document.doc_id).where(*SHOWN, Document.indexed_in == live.folder)))
        try:
            whole, _ = self.vectors.read_all(live.folder)
        except BrokenIndex:
            # An erasure must not wait for somebody to mend what it deletes.
            return {}
        return {doc_id: whole.matrix[place] for place, doc_id in enumerate(whole.ids) if doc_id in current}

    def _upsert(self, generation: str, batch: Sequence[Document], kept: Mapping[str, Any] | None = None) -> None:
        import numpy as np

        texts = [row.text.show() if row.text is not None else "" for row in batch]
        known = kept or {}
        missing = [text for row, text in zip(batch, texts, strict=True) if row.doc_id not in known]
        made = iter(self._encoder().encode(missing)) if missing else iter(())
        vectors = np.stack([known[row.doc_id] if row.doc_id in known else next(made) for row in batch])
        store = self.vectors
        for kind in sorted({row.kind for row in batch}):
            places = [place for place, row in enumerate(batch) if row.kind == kind]
            ids = [batch[place].doc_id for place in places]
            parts = self._parts(ids, [texts[place] for place in places]) if kind in IN_PARTS else None
            store.upsert(generation, kind, ids, vectors[places], parts=parts)

    def _parts(self, ids: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
        """Return the vectors of the parts of each text that has several."""
        split = {doc_id: split_long(text) for doc_id, text in zip(ids, texts, strict=True)}
        split = {doc_id: parts for doc_id, parts in split.items() if len(parts) > 1}
        flat = [part for parts in split.values() for part in parts]
        vectors, start, found = self._encoder().encode(flat) if flat else None, 0, {}
        for doc_id, parts in split.items():
            assert vectors is not None
            found[doc_id] = vectors[start : start + len(parts)]
            start += len(parts)
        return found
