"""Chroma as the vector store: one directory a generation, one collection a kind, one process at a time inside.

The directory is opened, used and closed under a file lock. Two processes inside one embedded directory corrupt it
(chroma#7040, #3792), and a long-lived owner would shut the terminal out while the bot runs; the searches themselves
run on a matrix in memory that is read from here, or from the snapshot that the last reader left (``snapshot.py``).
With the address of a Chroma server (``FRONTLINE_CHROMA_URL``) the server is the owner, the collections carry the
generation in their names, and there is no snapshot.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from frontline.core.errors import EngineError
from retrieval.seal import Seal
from retrieval.snapshot import Snapshot, Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

# Chroma refuses larger batches.
BATCH = 5_000
# Chroma hands vectors out as lists of numbers: read in small batches, their memory is used again (a third faster).
READ_BATCH = 1_000
WAIT_SECONDS = 60.0
# The parts of long texts lie beside the texts of their kind.
PARTS = "_parts"
# Long texts of many matters: found by their best part, and by their words as much as by their meaning.
IN_PARTS = ("debrief", "article")
_FULL = ("disk is full", "no space left", "disk i/o error")


class BrokenIndex(EngineError):
    """What lies in the directory is no index any more. State is the truth: it can be made anew."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"The index cannot be read ({cause}): run `frontline corpus rebuild`.", permanent=True)


class VectorStore:
    """The Chroma under ``folder``, or on the server at ``url``; ``generation`` names the index within."""

    def __init__(self, folder: Path, *, dim: int, url: str = "") -> None:
        self._folder = folder
        self._dim = dim
        self._url = url

    def upsert(
        self, generation: str, kind: str, ids: Sequence[str], vectors: Any, *, parts: Mapping[str, Any] | None = None
    ) -> None:
        """Write vectors of one kind; the same id again is replaced. ``parts``: id -> (parts, dim) of a long text."""
        with self._open(generation, is_changed=True) as shelf:
            collection = shelf.make(kind)
            for start in range(0, len(ids), BATCH):
                part = slice(start, start + BATCH)
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            if parts is not None:
                self._upsert_parts(shelf.make(kind + PARTS), ids, parts)

    @staticmethod
    def _upsert_parts(collection: Collection, ids: Sequence[str], parts: Mapping[str, Any]) -> None:
        # A text that became shorter must not keep the ends of the longer one.
        collection.delete(where=_of(ids))
        for doc_id, vectors in parts.items():
            collection.upsert(
                ids=[f"{doc_id}#{place}" for place in range(len(vectors))],
                embeddings=vectors,
                metadatas=[{"doc": doc_id}] * len(vectors),
            )

    def remove(self, generation: str, kind: str, ids: Sequence[str]) -> None:
        """Take vectors out of search. Their bytes stay on disk until a rebuild: see ``docs/operations.md``."""
        with self._open(generation, is_changed=True) as shelf:
            if not ids:
                return
            if collection := shelf.find(kind):
                collection.delete(ids=list(ids))
            if collection := shelf.find(kind + PARTS):
                collection.delete(where=_of(ids))

    def read_all(self, generation: str) -> tuple[Vectors, Vectors]:
        """Return every vector of a generation: of whole texts, and of parts, whose ids are those of their texts.

        Raises:
            BrokenIndex: it was there and cannot be read.
        """
        if self._url:
            with self._open(generation) as shelf:
                return self._read_kinds(shelf)
        with self._lock():
            snapshot = self._snapshot(generation)
            if kept := snapshot.read():
                return kept
            with self._embedded(generation) as shelf:
                found = self._read_kinds(shelf)
            snapshot.write(*found)
        return found

    def _read_kinds(self, shelf: _Opened) -> tuple[Vectors, Vectors]:
        names = shelf.kinds()
        whole = [self._read(shelf.get(name), "ids") for name in names if not name.endswith(PARTS)]
        parts = [self._read(shelf.get(name), "metadatas") for name in names if name.endswith(PARTS)]
        return self._joined(whole), self._joined(parts)

    def _snapshot(self, generation: str) -> Snapshot:
        return Snapshot(self._folder / generation, dim=self._dim)

    def _joined(self, read: Sequence[Vectors]) -> Vectors:
        import numpy as np

        empty = np.zeros((0, self._dim), dtype=np.float32)
        ids = tuple(doc_id for vectors in read for doc_id in vectors.ids)
        return Vectors(ids, np.concatenate([empty, *(vectors.matrix for vectors in read)]))

    def _read(self, collection: Collection, named_by: str) -> Vectors:
        import numpy as np

        ids: list[str] = []
        matrix = np.zeros((collection.count(), self._dim), dtype=np.float32)
        wanted: list[Any] = ["embeddings", *(["metadatas"] if named_by == "metadatas" else [])]
        for start in range(0, len(matrix), READ_BATCH):
            found = collection.get(include=wanted, limit=READ_BATCH, offset=start)
            vectors = np.asarray(found["embeddings"], dtype=np.float32)
            matrix[start : start + len(vectors)] = vectors
            rows = found["metadatas"] or []
            ids += found["ids"] if named_by == "ids" else [str(row["doc"]) for row in rows]
        return Vectors(tuple(ids), matrix[: len(ids)])

    def list_ids(self, generation: str) -> tuple[str, ...]:
        """Return the ids of whole texts, without their vectors."""
        ids: list[str] = []
        with self._open(generation) as shelf:
            for name in shelf.kinds():
                if name.endswith(PARTS):
                    continue
                collection = shelf.get(name)
                for start in range(0, collection.count(), BATCH):
                    ids += collection.get(include=[], limit=BATCH, offset=start)["ids"]
        return tuple(ids)

    def query(self, generation: str, vector: Any, *, count: int) -> list[tuple[str, float]]:
        """Ask Chroma itself: about the ``count`` texts of each kind that are nearest, with their cosines."""
        found: list[tuple[str, float]] = []
        with self._open(generation) as shelf:
            for name in shelf.kinds():
                if name.endswith(PARTS):
                    continue
                result = shelf.get(name).query(query_embeddings=[vector], n_results=count, include=["distances"])
                distances = (result["distances"] or [[]])[0]
                found += [(doc_id, 1 - float(far)) for doc_id, far in zip(result["ids"][0], distances, strict=True)]
        return sorted(found, key=lambda row: -row[1])

    def fetch(self, generation: str, ids: Sequence[str]) -> Iterator[Vectors]:
        """Yield the vectors of the named texts, in batches: for the exact answer where Chroma's own misses."""
        import numpy as np

        with self._open(generation) as shelf:
            for name in shelf.kinds():
                if name.endswith(PARTS):
                    continue
                collection = shelf.get(name)
                for start in range(0, len(ids), READ_BATCH):
                    found = collection.get(ids=list(ids[start : start + READ_BATCH]), include=["embeddings"])
                    if found["ids"]:
                        yield Vectors(tuple(found["ids"]), np.asarray(found["embeddings"], dtype=np.float32))

    def is_there(self, generation: str) -> bool:
        """Whether the generation was ever written here; a server is asked when it is read."""
        return bool(self._url) or (self._folder / generation).is_dir()

    def drop(self, generation: str) -> None:
        """Delete one generation."""
        if self._url:
            with self._open(generation) as shelf:
                for name in shelf.kinds():
                    shelf.client.delete_collection(shelf.prefix + name)
            return
        shutil.rmtree(self._folder / generation, ignore_errors=True)

    def drop_others(self, generation: str) -> None:
        """Delete every other generation of this index; on a server those of other organisations stay."""
        if self._url:
            with self._open(generation) as shelf:
                for collection in shelf.client.list_collections():
                    is_ours = collection.name.startswith((f"{line_of(generation)}_", f"{line_of(generation)}."))
                    if is_ours and not collection.name.startswith(shelf.prefix):
                        shelf.client.delete_collection(collection.name)
            return
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.is_dir() and path.name != generation:
                shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def _open(self, generation: str, *, is_changed: bool = False) -> Iterator[_Opened]:
        if self._url:
            with _as_said(self._url):
                yield _Opened(_server(self._url), f"{generation}.")
            return
        with self._lock(), _as_said(""):
            if is_changed:
                self._snapshot(generation).forget()
            with self._embedded(generation, is_changed=is_changed) as shelf:
                yield shelf

    @contextlib.contextmanager
    def _embedded(self, generation: str, *, is_changed: bool = False) -> Iterator[_Opened]:
        """Open Chroma in the directory of a generation; the caller holds the lock.

        Raises:
            BrokenIndex: its files are not as they were left.
        """
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        path = self._folder / generation
        with _as_said(""):
            path.mkdir(parents=True, exist_ok=True)
            seal = Seal(path)
            if fault := seal.fault():
                raise BrokenIndex(fault)
            if is_changed:
                seal.lift()
            client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
            try:
                yield _Opened(client, "")
            finally:
                # Without this the process keeps the database open and a rebuilt directory is never seen.
                client.close()  # type: ignore[attr-defined]  # in Client, not in its abstract ClientAPI
                SharedSystemClient.clear_system_cache()
            # After a write that failed the seal stays lifted: the next opening looks at what was touched.
            seal.put()

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "owner.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait_for(handle)
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)

    def _wait_for(self, handle: int) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    pid = os.pread(handle, 20, 0).decode() or "unknown"
                    raise EngineError(
                        f"The index is in use by process {pid}. Wait until it is done, or stop it.", permanent=False
                    ) from None
                time.sleep(0.05)


@dataclass(frozen=True)
class _Opened:
    """A generation while it is open; on a server its collections are told apart by ``prefix``."""

    client: ClientAPI
    prefix: str

    def make(self, kind: str) -> Collection:
        return self.client.get_or_create_collection(
            self.prefix + kind, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def kinds(self) -> list[str]:
        names = [collection.name for collection in self.client.list_collections()]
        return sorted(name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))

    def get(self, kind: str) -> Collection:
        return self.client.get_collection(self.prefix + kind, embedding_function=None)

    def find(self, kind: str) -> Collection | None:
        return self.get(kind) if kind in self.kinds() else None


def line_of(generation: str) -> str:
    """Return what all generations of one index begin with: the name of its first ("gen_a" of "gen_a_b")."""
    return "_".join(generation.split("_")[:2])


def _of(ids: Sequence[str]) -> Any:
    return {"doc": {"$in": list(ids)}}


def _server(url: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    address = urlsplit(url if "//" in url else f"//{url}")
    return chromadb.HttpClient(
        host=address.hostname or "127.0.0.1",
        port=address.port or 8000,
        ssl=address.scheme == "https",
        settings=Settings(anonymized_telemetry=False),
    )


@contextlib.contextmanager
def _as_said(url: str) -> Iterator[None]:
    """Turn what Chroma and the disk throw into what a person can act on."""
    import sqlite3

    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.DatabaseError) as error:
        if any(word in str(error).lower() for word in _FULL):
            raise EngineError("The index cannot be written: the disk is full.", permanent=False) from error
        if url:
            message = f"The Chroma server at {url} refused ({type(error).__name__})."
            raise EngineError(message, permanent=False) from error
        raise BrokenIndex(type(error).__name__) from error
    except (httpx.HTTPError, ConnectionError) as error:
        raise EngineError(f"The Chroma server at {url} cannot be reached.", permanent=False) from error
    except OSError as error:
        raise EngineError(f"The index cannot be written: {error.strerror}.", permanent=False) from error
    except ValueError as error:
        # chromadb says so when no server answers, or when what lies in the directory was made by something else.
        if url:
            raise EngineError(f"The Chroma server at {url} cannot be reached.", permanent=False) from error
        raise BrokenIndex(type(error).__name__) from error
