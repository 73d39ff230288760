"""Whether the files of an index are as they were left: Chroma does not notice much of what befalls them.

Chroma 1.5.9 was tried with each of its files cut, emptied, written over and deleted (tests/retrieval/test_seal.py): of
a cut ``length.bin`` it gave half of the vectors wrong without a word, of a cut ``link_lists.bin`` it said nothing, and
the next write into a cut ``header.bin`` ended the process in native code. So name, size, time and checksum of every
file are kept when the directory is closed, and compared before it is opened again. A file whose size and time are the
same is not read. Callers hold the lock of the index.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from frontline.core.ids import file_checksum

log = logging.getLogger(__name__)

NAME = "seal.json"
SNAPSHOT = "vectors.snapshot"
# Chroma's database, with its journal: its writes are whole or not at all, also of a process that is killed.
_DATABASE = "chroma.sqlite3"
_T = TypeVar("_T")

# Size in bytes, time of the last change in ns, CRC-32 of the content.
Mark = tuple[int, int, int]


@dataclass(frozen=True)
class _Kept:
    files: Mapping[str, Mark] = field(default_factory=dict)
    is_lifted: bool = False


class Seal:
    """The seal of ``folder``, the directory of one generation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME

    def fault(self) -> str:
        """Return what is not as it was left, "" where all is. An index of a version without seals counts as whole."""
        try:
            kept = self._kept()
        except ValueError:
            return f"{NAME} is damaged"
        if kept is None:
            return ""
        marks, there = dict(kept.files), chroma_files(self._folder)
        if kept.is_lifted:
            # Whoever wrote did not come to the end: the database holds, and the graph must not have been touched.
            marks, there = _graph_of(marks), _graph_of(there)
        for name in sorted(marks.keys() | there.keys()):
            is_same = name in there and name in marks and _is_as_marked(there[name], marks[name])
            if not is_same and kept.is_lifted:
                return "a write was cut off"
            if not is_same:
                return f"{Path(name).name} is not as it was left"
        return ""

    def lift(self) -> None:
        """Say that the files are going to be changed; what they were until then is kept."""
        kept = self._kept()
        self._write(kept.files if kept else self._marks({}), is_lifted=True)

    def put(self) -> None:
        """Seal the files as they are, after Chroma was closed. Without room on the disk the seal stays as it was."""
        try:
            kept = self._kept() or _Kept({}, True)
            marks = self._marks(kept.files)
            if kept.is_lifted or marks != kept.files:
                self._write(marks, is_lifted=False)
        except OSError as error:
            log.warning("the index could not be sealed: %s", error.strerror)

    def _kept(self) -> _Kept | None:
        """Return the seal, None where there never was one.

        Raises:
            ValueError: it cannot be read.
        """
        try:
            read = json.loads(self._path.read_bytes())
            files = {str(name): (int(size), int(at), int(crc)) for name, (size, at, crc) in read["files"].items()}
            return _Kept(files, bool(read["is_lifted"]))
        except FileNotFoundError:
            return None
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(str(error)) from error

    def _write(self, marks: Mapping[str, Mark], *, is_lifted: bool) -> None:
        part = self._folder / f".{NAME}.part"
        try:
            part.write_text(json.dumps({"is_lifted": is_lifted, "files": marks}), encoding="utf-8")
            os.replace(part, self._path)
        finally:
            part.unlink(missing_ok=True)

    def _marks(self, known: Mapping[str, Mark]) -> dict[str, Mark]:
        marks = {}
        for name, path in chroma_files(self._folder).items():
            stat = path.stat()
            mark = known.get(name)
            is_known = mark is not None and mark[:2] == (stat.st_size, stat.st_mtime_ns)
            marks[name] = mark if mark and is_known else (stat.st_size, stat.st_mtime_ns, file_checksum(path))
        return marks


def chroma_files(folder: Path) -> dict[str, Path]:
    """Return the files that Chroma itself keeps in the directory of a generation, by their path within it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path
        for path in found
        if not any(name in path.name for name in (NAME, SNAPSHOT))
    }


def _graph_of(files: Mapping[str, _T]) -> dict[str, _T]:
    return {name: each for name, each in files.items() if not name.startswith(_DATABASE)}


def _is_as_marked(path: Path, mark: Mark) -> bool:
    stat = path.stat()
    if stat.st_size != mark[0]:
        return False
    # A copy of the directory has other times.
    return stat.st_mtime_ns == mark[1] or file_checksum(path) == mark[2]
