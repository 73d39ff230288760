"""Texts for the corpus, read from an export: one mapping per document, nothing stored and nothing judged here."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.catalog.records import Preset, normal
from frontline.core.errors import UsageError
from frontline.store.intake.sources import MAX_LINE, FileKind, SourceFile, inspect_file
from frontline.store.intake.sql import NOTHING


@dataclass
class DocumentCounts:
    """What the reader met; filled while it reads."""

    read: int = 0
    given: int = 0
    empty: int = 0  # rows without a text
    damaged: int = 0  # rows without an id, or with a column too many or too few
    doubled: int = 0  # rows whose id came before in the same file
    unreadable_dates: int = 0


def read_documents(
    path: Path,
    preset: Preset,
    *,
    counts: DocumentCounts | None = None,
    advance: Callable[[int], None] | None = None,
    max_line: int = MAX_LINE,
) -> Iterator[dict[str, Any]]:
    """Yield ``{id, kind, text, category, issue, region, received_at, consent, language}`` of one export.

    ``received_at`` is an ISO date or None; ``consent`` is False: such texts are searchable inside, never released.
    Rows without a text and rows that came before are left out and counted in ``counts``.

    Args:
        counts: is filled on the way; complete once the iterator is exhausted.
        advance: is told of every block of bytes read.

    Raises:
        UsageError: the file is refused (empty, another kind, lacks the text column or an id).
    """
    if preset.loads != "documents":
        raise UsageError(f"The preset {preset.title!r} loads facts, not texts.", next_step="Load it with `ingest`.")
    file = inspect_file(path, max_line=max_line, advance=advance)
    if file.kind is not FileKind.DELIMITED:
        raise UsageError(f"{file.name} is not CSV.", next_step="Export the texts as CSV with a header line.")
    return _documents(file, preset, counts or DocumentCounts())


def _documents(file: SourceFile, preset: Preset, counts: DocumentCounts) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(MAX_LINE * 2)
    with file.open() as stream, io.TextIOWrapper(stream, encoding=file.encoding, newline="") as text:
        rows = csv.reader(text, delimiter=preset.delimiter or ",")
        header = next(rows, [])
        places = _places(file, header, preset)
        seen: set[str] = set()
        for row in rows:
            if not row:
                continue
            counts.read += 1
            cells = {field: row[place].strip() if place < len(row) else "" for field, place in places.items()}
            if len(row) != len(header) or _is_nothing(cells["id"]):
                counts.damaged += 1
            elif _is_nothing(cells["text"]):
                counts.empty += 1
            elif cells["id"] in seen:
                counts.doubled += 1
            else:
                seen.add(cells["id"])
                counts.given += 1
                yield _document(cells, preset, counts)


def _places(file: SourceFile, header: list[str], preset: Preset) -> dict[str, int]:
    found = [normal(cell) for cell in header]
    places = {
        field: found.index(normal(name))
        for field, names in preset.document.items()
        for name in reversed(names)
        if normal(name) in found
    }
    for field in ("id", "text"):
        if field not in places:
            wanted = " or ".join(preset.document[field])
            raise UsageError(
                f"{file.name} is not an export of {preset.title}: it lacks the column {wanted}.",
                next_step="Check the preset, or the delimiter of the file.",
            )
    return places


def _document(cells: Mapping[str, str], preset: Preset, counts: DocumentCounts) -> dict[str, Any]:
    return {
        "id": cells["id"],
        "kind": preset.kind,
        "text": cells["text"],
        "category": _or_none(cells.get("category", "")),
        "issue": _or_none(cells.get("issue", "")),
        "region": _or_none(cells.get("region", "")),
        "received_at": _day(cells.get("received_at", ""), counts),
        "consent": False,
        "language": preset.language or None,
    }


def _day(cell: str, counts: DocumentCounts) -> str | None:
    if _is_nothing(cell):
        return None
    try:
        return dt.date.fromisoformat(cell[:10]).isoformat()
    except ValueError:
        counts.unreadable_dates += 1
        return None


def _or_none(cell: str) -> str | None:
    return None if _is_nothing(cell) else cell


def _is_nothing(cell: str) -> bool:
    return cell.strip().lower() in NOTHING
