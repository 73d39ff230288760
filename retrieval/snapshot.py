"""A copy of a generation's vectors beside Chroma's own files, from which a new process starts.

Chroma is the index; this is what the last reader took out of it, so that the next process neither loads chromadb nor
waits for it to hand out every vector as a list of numbers. It counts only as long as every file of the generation is
what it was when the copy was made: after a write, a repair or a damage Chroma itself is read again. Callers hold the
lock of the index.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.seal import SNAPSHOT as NAME
from retrieval.seal import chroma_files

log = logging.getLogger(__name__)

# The first line: what follows, and its checksum. A second line of JSON names the rows, the rest are float32 numbers.
_FIRST = "frontline vectors 1 {:08x}\n"


@dataclass(frozen=True)
class Vectors:
    """Ids and their unit vectors: float32 (n, dim) in the order of ``ids``."""

    ids: tuple[str, ...]
    matrix: Any


class Snapshot:
    """The copy in ``folder``, the directory of one generation; ``dim`` is the width of its vectors."""

    def __init__(self, folder: Path, *, dim: int) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._dim = dim

    def read(self) -> tuple[Vectors, Vectors] | None:
        """Return the vectors of whole texts and of parts; None where there is no copy, or none that still counts."""
        import numpy as np

        try:
            with self._path.open("rb") as source:
                first, rows = source.readline(), source.readline()
                numbers = np.fromfile(source, dtype="<f4")
            if first != _first(rows, numbers):
                log.warning("the snapshot of the index is damaged; Chroma is read")
                return None
            known = json.loads(rows)
            if known["dim"] != self._dim or known["stamp"] != self._stamp():
                return None
        except OSError:
            return None
        matrix = numbers.reshape(-1, self._dim)
        whole, parts = tuple(known["whole"]), tuple(known["parts"])
        return Vectors(whole, matrix[: len(whole)]), Vectors(parts, matrix[len(whole) :])

    def write(self, whole: Vectors, parts: Vectors) -> None:
        """Keep what was just read from Chroma, which is closed again. Without room on the disk there is no copy."""
        import numpy as np

        matrices = [np.ascontiguousarray(vectors.matrix, dtype="<f4") for vectors in (whole, parts)]
        part = self._folder / f".{NAME}.part"
        try:
            known = {"dim": self._dim, "stamp": self._stamp(), "whole": whole.ids, "parts": parts.ids}
            rows = json.dumps(known, ensure_ascii=False).encode() + b"\n"
            with part.open("wb") as target:
                target.write(_first(rows, *matrices))
                target.write(rows)
                for matrix in matrices:
                    matrix.tofile(target)
            os.replace(part, self._path)
        except OSError as error:
            log.warning("no snapshot of the index could be kept: %s", error.strerror)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def forget(self) -> None:
        """Delete the copy, before anything is written to Chroma or taken out of it."""
        self._path.unlink(missing_ok=True)

    def _stamp(self) -> list[list[Any]]:
        """Return name, size and time of the last change of each of Chroma's files."""
        stats = [(name, path.stat()) for name, path in chroma_files(self._folder).items()]
        return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]


def _first(rows: bytes, *numbers: Any) -> bytes:
    checksum = zlib.crc32(rows)
    for array in numbers:
        checksum = zlib.crc32(array, checksum)
    return _FIRST.format(checksum).encode()
