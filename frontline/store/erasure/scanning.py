"""The scan that proves that nothing of a person is left: every byte of every file, packed ones unpacked.

What is packed inside a database (DuckDB, Parquet) is looked for by query instead: ``facts`` and ``files`` beside this.
"""

from __future__ import annotations

import gzip
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# What the readers of .zip and .gz raise over a packed file that is damaged or cut short, encrypted (RuntimeError) or of
# an unknown method (NotImplementedError, which is one).
_BROKEN = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@dataclass
class Scan:
    """What a byte scan saw. ``hits``: file -> how many; never what was found. ``unread``: could not be unpacked."""

    files: int = 0
    bytes: int = 0
    hits: dict[str, int] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.hits


def scan_bytes(folder: Path, words: Sequence[str], short_names: Sequence[str] = ()) -> Scan:
    """Look for ``words`` (ASCII letters in any case) in every byte of every file below ``folder``.

    ``short_names`` are looked for as whole words, as they are written or in capitals. Archives (.npz, .zip, .xlsx) and
    .gz are read unpacked as well; arrays of text hold four bytes a character, so words are looked for like that too.
    """
    scan, wanted = Scan(), _Wanted(words, short_names)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        scan.files += 1
        name, found = os.fspath(path.relative_to(folder)), 0
        with path.open("rb") as handle:
            head = handle.read(4)
            handle.seek(0)
            count, size = wanted.count(handle)
            scan.bytes, found = scan.bytes + size, count
        try:
            for stream in _unpacked(path, head):
                found += wanted.count(stream)[0]
        except _BROKEN:
            scan.unread.append(name)
        if found:
            scan.hits[name] = found
    return scan


def _unpacked(path: Path, head: bytes) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Yield what is packed in a file: by its first bytes, whatever it is called."""
    if head.startswith(_GZIP):
        with gzip.open(path) as stream:
            yield stream
    elif head == _ZIP:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    yield stream


class _Wanted:
    """What is looked for, in every way in which it may be written."""

    def __init__(self, words: Sequence[str], short_names: Sequence[str]) -> None:
        self._words = [word.lower().encode(code) for word in words for code in ("utf-8", "utf-32-le")]
        forms = dict.fromkeys(form for name in short_names for form in (name, name.upper()))
        self._names = [re.compile(body) for form in forms for body in (_in_utf8(form), _in_utf32(form))]
        longest = max([*map(len, self._words), *(4 * len(form) + 4 for form in forms)], default=1)
        self._overlap = longest - 1

    def count(self, stream: IO[bytes] | gzip.GzipFile) -> tuple[int, int]:
        """Return (how often something was found, how many bytes there were)."""
        found, size, tail = 0, 0, b""
        while block := stream.read(_BLOCK):
            size += len(block)
            content = tail + block
            lowered = content.lower()
            found += sum(lowered.count(word) for word in self._words)
            found += sum(len(name.findall(content)) for name in self._names)
            tail = content[-self._overlap :] if self._overlap else b""
        return found, size


def _in_utf8(name: str) -> bytes:
    body = rb"\s+".join(re.escape(word.encode()) for word in name.split())
    return rb"(?<![0-9A-Za-z_\x80-\xff])" + body + rb"(?![0-9A-Za-z_\x80-\xff])"


def _in_utf32(name: str) -> bytes:
    body = rb"(?: \x00\x00\x00)+".join(re.escape(word.encode("utf-32-le")) for word in name.split())
    return rb"(?<![0-9A-Za-z]\x00\x00\x00)" + body + rb"(?![0-9A-Za-z]\x00\x00\x00)"
