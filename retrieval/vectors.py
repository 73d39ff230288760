"""Chroma as the vector store: one directory a generation, one collection a kind, one process at a time inside.

The directory is opened, used and closed under a file lock. Two processes inside one embedded directory corrupt it
(chroma#7040, #3792), and a long-lived owner would shut the terminal out while the bot runs; the searches themselves
run on a matrix in memory that is read from here.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontline.core.errors import EngineError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

# Chroma refuses larger batches.
BATCH = 5_000
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Vectors:
    """Ids and their unit vectors: float32 (n, dim) in the order of ``ids``."""

    ids: tuple[str, ...]
    matrix: Any


class VectorStore:
    """The embedded Chroma under ``folder``; ``generation`` names the sub-directory."""

    def __init__(self, folder: Path, *, dim: int) -> None:
        self._folder = folder
        self._dim = dim

    def upsert(self, generation: str, kind: str, ids: Sequence[str], vectors: Any) -> None:
        """Write vectors of one kind; the same id again is replaced."""
        with self._open(generation) as client:
            collection = client.get_or_create_collection(
                kind, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            for start in range(0, len(ids), BATCH):
                part = slice(start, start + BATCH)
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def remove(self, generation: str, kind: str, ids: Sequence[str]) -> None:
        """Take vectors out of search. Their bytes stay on disk until a rebuild: see ``docs/operations.md``."""
        with self._open(generation) as client:
            names = {collection.name for collection in client.list_collections()}
            if kind in names and ids:
                client.get_collection(kind, embedding_function=None).delete(ids=list(ids))

    def read_all(self, generation: str) -> Vectors:
        """Return every vector of a generation."""
        import numpy as np

        ids: list[str] = []
        parts: list[Any] = []
        if not (self._folder / generation).is_dir():
            return Vectors((), np.zeros((0, self._dim), dtype=np.float32))
        with self._open(generation) as client:
            for collection in client.list_collections():
                total = collection.count()
                for start in range(0, total, BATCH):
                    found = client.get_collection(collection.name, embedding_function=None).get(
                        include=["embeddings"], limit=BATCH, offset=start
                    )
                    ids += found["ids"]
                    parts.append(np.asarray(found["embeddings"], dtype=np.float32))
        matrix = np.concatenate(parts) if parts else np.zeros((0, self._dim), dtype=np.float32)
        return Vectors(tuple(ids), matrix)

    def drop_others(self, generation: str) -> None:
        """Delete the directories of every other generation."""
        import shutil

        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.is_dir() and path.name != generation:
                shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def _open(self, generation: str) -> Iterator[ClientAPI]:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        path = self._folder / generation
        path.mkdir(parents=True, exist_ok=True)
        with self._lock():
            try:
                client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
                try:
                    yield client
                finally:
                    # Without this the process keeps the database open and a rebuilt directory is never seen.
                    client.close()  # type: ignore[attr-defined]  # in Client, not in its abstract ClientAPI
                    SharedSystemClient.clear_system_cache()
            except ChromaError as error:
                raise EngineError(
                    f"The index cannot be read ({type(error).__name__}): run `frontline corpus rebuild`.",
                    permanent=True,
                ) from error
            except OSError as error:
                raise EngineError(f"The index cannot be written: {error.strerror}.", permanent=False) from error

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / "owner.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait_for(handle)
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
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
