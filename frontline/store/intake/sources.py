"""The files of a load: which there are, of which kind, and whether their bytes can be read at all.

Every text file is scanned once in blocks before anything is parsed, so that a wrong encoding, a binary file or a
line without end is refused in one sentence and in bounded memory.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from frontline.core.errors import UsageError

BLOCK = 1 << 20
MAX_LINE = 1 << 20  # bytes; a line longer than this is a damaged file, not a record
MAX_RATIO = 250  # of unpacked to packed bytes; tables of text reach 20 to 60
_UNPACKED_FREELY = 64 << 20
_TITLE_LINES = 10  # at most so many lines of title stand above a header
_MARKS = (",", ";", "\t", "|")
_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".pq")

# First bytes of files that people drop by mistake, and what they are.
_STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class FileKind(StrEnum):
    """What the bytes are."""

    DELIMITED = "delimited"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True)
class SourceFile:
    """A file that can be read. ``digest`` is over its bytes; ``encoding`` one of utf-8, utf-8-sig, cp1252."""

    path: Path
    kind: FileKind
    is_gzip: bool
    size: int
    digest: str
    encoding: str = "utf-8"
    head: str = ""  # the first line of a text file
    preamble: int = 0  # lines of title above the header
    has_odd_quotes: bool = False  # one of them is not closed, or stands inside a value

    @property
    def name(self) -> str:
        """The file's name, as rows carry it in ``source``."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The name without its endings: ``calls_2024`` of ``calls_2024.csv.gz``."""
        name = self.path.name.lower()
        for suffix in (".gz", *_SUFFIXES):
            name = name.removesuffix(suffix)
        return name

    def open(self) -> IO[bytes]:
        """Open the bytes, unpacked."""
        return open_bytes(self.path, is_gzip=self.is_gzip)


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files to load, and a note for every file of a folder that was passed over.

    Raises:
        UsageError: a path does not exist, or a folder holds nothing to load.
    """
    files: list[Path] = []
    notes: list[str] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
            chosen = [item for item in inside if item.name.lower().removesuffix(".gz").endswith(_SUFFIXES)]
            notes += [f"{item.name} was passed over: not a data file." for item in inside if item not in chosen]
            if not chosen:
                raise UsageError(
                    f"The folder {path.name} holds no CSV, TSV, Parquet or JSONL file.",
                    next_step="Name the files to load.",
                )
            files += chosen
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"{path} does not exist.", next_step="Check the name.")
    return list(dict.fromkeys(files)), notes


def inspect_file(path: Path, *, max_line: int = MAX_LINE, advance: Callable[[int], None] | None = None) -> SourceFile:
    """Read a file through once and say what it is.

    Args:
        max_line: longest allowed line in bytes.
        advance: is told of every block of bytes read from the disk.

    Raises:
        UsageError: empty, of another kind, in an encoding that is not read, or with a line without end.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(16)
    except OSError as error:
        raise UsageError(
            f"{path.name} cannot be read ({error.strerror}).", next_step="Check its permissions."
        ) from error
    if size == 0:
        raise _empty(path)
    is_gzip = first.startswith(b"\x1f\x8b")
    scan = _Scan(path, is_gzip=is_gzip, max_line=max_line)
    try:
        if is_gzip:
            with open_bytes(path, is_gzip=True) as file:
                first = file.read(16)
        _refuse_strangers(path, first)
        if first.startswith(b"PAR1"):
            return _parquet(path, size, is_gzip=is_gzip, advance=advance)
        scan.run(advance)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(
            f"{path.name} is a damaged gzip file; nothing of it was loaded.", next_step="Export or copy it again."
        ) from error
    kind = FileKind.JSON_LINES if scan.head.lstrip().startswith("{") else FileKind.DELIMITED
    return SourceFile(
        path,
        kind,
        is_gzip,
        size,
        scan.digest.hexdigest(),
        encoding=scan.encoding,
        head=scan.head,
        preamble=scan.preamble,
        has_odd_quotes=scan.quotes % 2 == 1,
    )


def open_bytes(path: Path, *, is_gzip: bool) -> IO[bytes]:
    """Open a file for reading, unpacking gzip."""
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]  # GzipFile reads bytes


def is_separator_line(line: bytes) -> bool:
    """Whether Excel's ``sep=;`` stands above the header."""
    bare = line.removeprefix(codecs.BOM_UTF8).strip()
    return len(bare) == 5 and bare.startswith(b"sep=")


class _Scan:
    """One pass over the bytes of a text file."""

    def __init__(self, path: Path, *, is_gzip: bool, max_line: int) -> None:
        self.path = path
        self.is_gzip = is_gzip
        self.max_line = max_line
        self.digest = hashlib.sha256()
        self.encoding = "utf-8"
        self.head = ""
        self.preamble = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._head_bytes = b""
        self.quotes = 0
        self._open_line = 0
        self._lines = 0
        self._has_unused = False

    def run(self, advance: Callable[[int], None] | None) -> None:
        has_content = False
        for block in self._blocks(advance):
            if b"\0" in block:
                raise UsageError(
                    f"{self.path.name} is not text: it holds binary data.",
                    next_step="Export it as CSV, Parquet or JSONL.",
                )
            self.digest.update(block)
            self.quotes += block.count(b'"')
            has_content = has_content or bool(block.strip())
            self._check_lines(block)
            self._check_encoding(block)
            if len(self._head_bytes) <= self.max_line and self._head_bytes.lstrip(b"\r\n").count(b"\n") <= _TITLE_LINES:
                self._head_bytes += block
        if not has_content:
            raise _empty(self.path)
        self._check_encoding(b"", final=True)
        self.head = self._first_line()

    def _check_lines(self, block: bytes) -> None:
        # Jump as far as a legal line may reach and look back for a line end: a few searches per block, not per line.
        start = 0
        while start < len(block):
            room = self.max_line - self._open_line
            end = block.rfind(b"\n", start, start + room + 1)
            if end >= 0:
                start, self._open_line = end + 1, 0
                continue
            self._open_line += len(block) - start
            if self._open_line > self.max_line:
                number = self._lines + block.count(b"\n", 0, start) + 1
                raise UsageError(
                    f"{self.path.name} has a line longer than {self.max_line:,} bytes (line {number:,}).",
                    next_step="The file is damaged or has another kind of line end; export it again.",
                )
            break
        self._lines += block.count(b"\n")

    def _blocks(self, advance: Callable[[int], None] | None) -> Iterator[bytes]:
        with self.path.open("rb") as raw:
            file: IO[bytes] = gzip.GzipFile(fileobj=raw) if self.is_gzip else raw  # type: ignore[assignment]
            before = unpacked = 0
            while block := file.read(BLOCK):
                unpacked += len(block)
                yield block
                if self.is_gzip and unpacked > max(_UNPACKED_FREELY, MAX_RATIO * raw.tell()):
                    raise UsageError(
                        f"{self.path.name} unpacks to more than {MAX_RATIO} times its size; no export does.",
                        next_step="Export it again.",
                    )
                if advance is not None:
                    advance(raw.tell() - before)
                    before = raw.tell()

    def _check_encoding(self, block: bytes, *, final: bool = False) -> None:
        if self.encoding == "utf-8":
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError:
                self.encoding = "cp1252"
        # Five bytes mean nothing in cp1252: with them it is some third encoding.
        self._has_unused = self._has_unused or any(byte in block for byte in b"\x81\x8d\x8f\x90\x9d")
        if self.encoding == "cp1252" and self._has_unused:
            raise UsageError(
                f"{self.path.name} is in none of the encodings utf-8, utf-8-sig and cp1252.",
                next_step="Save it as UTF-8 and load it again.",
            )

    def _first_line(self) -> str:
        if self.encoding == "utf-8" and self._head_bytes.startswith(codecs.BOM_UTF8):
            self.encoding = "utf-8-sig"
        lines = self._head_bytes.lstrip(b"\r\n").splitlines()
        if len(lines) > 1 and is_separator_line(lines[0]):
            lines = [line for line in lines[1:] if line.strip()]
        texts = [line.decode(self.encoding, errors="replace").lstrip("\ufeff") for line in lines]
        # "Ticket report May 2026" is no header: the first line that can be cut into three is, where the very first
        # line cannot be cut at all.
        if texts and not any(mark in texts[0] for mark in _MARKS) and not texts[0].lstrip().startswith("{"):
            cuts = [max(text.count(mark) for mark in _MARKS) for text in texts[: _TITLE_LINES + 1]]
            self.preamble = next((at for at, count in enumerate(cuts) if count >= 2), 0)
        return texts[self.preamble] if texts else ""


def _refuse_strangers(path: Path, first: bytes) -> None:
    if first.startswith(_WIDE):
        raise UsageError(
            f"{path.name} is in UTF-16 or UTF-32; only utf-8, utf-8-sig and cp1252 are read.",
            next_step="Save it as UTF-8 and load it again.",
        )
    for magic, what in _STRANGERS:
        if first.startswith(magic):
            raise UsageError(
                f"{path.name} is {what}, not CSV, TSV, Parquet or JSONL.", next_step="Export the table and load that."
            )


def _parquet(path: Path, size: int, *, is_gzip: bool, advance: Callable[[int], None] | None) -> SourceFile:
    if is_gzip:
        raise UsageError(
            f"{path.name} is a gzipped Parquet file.", next_step="Unpack it; Parquet is compressed already."
        )
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            if advance is not None:
                advance(len(block))
    return SourceFile(path, FileKind.PARQUET, False, size, digest.hexdigest())


def _empty(path: Path) -> UsageError:
    return UsageError(f"{path.name} is empty.", next_step="Export it again; a feed needs a header line and rows.")
