"""Copies of source files inside the home (uploads that wait, the drop folder, the demo's own): the person leaves them.

Rows stay, as in the facts: identifying cells become empty, words in free text become ``[ERASED]``. Only a document of
the person goes as a whole line. A file is written beside the old one and replaces it at once.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frontline.store.erasure.cells import naming_tests
from frontline.store.erasure.traces import ERASED, Traces
from frontline.store.intake.sql import literal, name

FOLDERS = ("uploads", "data/inbox", "demo")
_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".txt")


def erase_files(home: Path, traces: Traces, *, is_dry: bool = False) -> list[str]:
    """Rewrite the files below ``FOLDERS`` that hold the person; return their paths below the home."""
    changed = []
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")) if (home / folder).is_dir() else ():
            if path.is_file() and not path.is_symlink() and _erase_file(path, traces, is_dry=is_dry):
                changed.append(path.relative_to(home).as_posix())
    return changed


def _erase_file(path: Path, traces: Traces, *, is_dry: bool) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".parquet"]:
        return _erase_parquet(path, traces, is_dry=is_dry)
    is_packed = suffixes[-1:] == [".gz"]
    kind = suffixes[-2] if is_packed and len(suffixes) > 1 else suffixes[-1] if suffixes else ""
    if kind not in (*_LINES, *_TABLES):
        return False
    try:
        raw = gzip.decompress(path.read_bytes()) if is_packed else path.read_bytes()
    except (OSError, EOFError):
        return False  # what cannot be opened cannot be loaded either; the byte scan looks at it all the same
    text = raw.decode("utf-8", "surrogateescape")
    cleaned = "".join(_lines(text, traces) if kind in _LINES else _rows(text, traces))
    if cleaned == text:
        return False
    if not is_dry:
        content = cleaned.encode("utf-8", "surrogateescape")
        _replace(path, gzip.compress(content) if is_packed else content)
    return True


def _lines(text: str, traces: Traces) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        try:
            row = json.loads(line)
        except ValueError:
            yield traces.without(line)
            continue
        if isinstance(row, dict) and _is_document_of(row, traces):
            continue
        cleaned = traces.cleaned(row)
        yield line if cleaned == row else json.dumps(cleaned, ensure_ascii=False) + "\n"


def _is_document_of(row: dict[str, Any], traces: Traces) -> bool:
    known = row.get("known")
    given = known.values() if isinstance(known, dict) else ()
    return "kind" in row and (str(row.get("id")) in traces.documents or any(map(traces.is_theirs, given)))


def _rows(text: str, traces: Traces) -> Iterator[str]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    lines = text.splitlines(keepends=True)
    at = 0
    csv.field_size_limit(max(len(text), 131_072))
    reader = csv.reader(iter(lines), delimiter=delimiter)
    for cells in reader:
        record = "".join(lines[at : reader.line_num])
        at = reader.line_num
        cleaned = ["" if traces.is_theirs(cell) else traces.without(cell) for cell in cells]
        if cleaned == cells:
            yield record
            continue
        target = io.StringIO()
        csv.writer(target, delimiter=delimiter, lineterminator="\n").writerow(cleaned)
        yield target.getvalue()
    yield "".join(lines[at:])


def _erase_parquet(path: Path, traces: Traces, *, is_dry: bool) -> bool:
    import duckdb

    with duckdb.connect(":memory:") as con:
        con.execute("SET enable_progress_bar = false")
        source = f"read_parquet({literal(str(path))})"
        try:
            texts = [
                row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall() if row[1] == "VARCHAR"
            ]
            changes = [f"{change} AS {name(column)}" for column in texts for change in [_cell_sql(column, traces)]]
            tests = [f"{_cell_sql(column, traces)} IS DISTINCT FROM {name(column)}" for column in texts]
            where = " OR ".join(tests) or "false"
            if con.execute(f"SELECT 1 FROM {source} WHERE {where} LIMIT 1").fetchone() is None:
                return False
            if not is_dry:
                fresh = path.with_name(f".{path.name}.erasing")
                con.execute(
                    f"COPY (SELECT * REPLACE ({', '.join(changes)}) FROM {source}) "
                    f"TO {literal(str(fresh))} (FORMAT parquet)"
                )
                os.replace(fresh, path)
        except duckdb.Error:
            return False
    return True


def _cell_sql(column: str, traces: Traces) -> str:
    cell = name(column)
    cases = []
    if traces.cells:
        cells = ", ".join(literal(item.strip().lower()) for item in traces.cells)
        cases.append(f"WHEN lower(trim({cell})) IN ({cells}) THEN NULL")
    cases += [f"WHEN {test} THEN {literal(ERASED)}" for test in naming_tests(cell, traces)]
    return f"CASE {' '.join(cases)} ELSE {cell} END" if cases else cell


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.erasing")
    fresh.write_bytes(content)
    os.chmod(fresh, path.stat().st_mode)
    os.replace(fresh, path)
