"""What a load did: rows by fate, codes with the first rows of each, coverage, and what was noticed on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MEANINGS: Mapping[str, str] = {
    "V01": "key missing",
    "V02": "duplicate key, the newest row kept",
    "V03": "time that cannot be read",
    "V04": "time in the future",
    "V05": "impossible value, emptied and the row kept",
    "V06": "score or amount outside its scale",
    "V07": "word that is not in the list",
    "V08": "refers to something that is not loaded",
    "V10": "letters read by a guessed encoding",
    "V11": "wrong number of columns, or a damaged line",
    "V12": "personal data or free text in a column for neither, masked",
    "V13": "placeholder typed to get past a field, emptied",
    "V14": "day with a sudden change of volume",
    "V16": "breaks a rule of the organisation",
    "S16": "would break a rule that is not in force yet",
    "V15": "columns changed since the last load",
}
REJECTS = ("V01", "V03", "V04", "V06", "V11", "V16")
FIXES = ("V05",)
SHOWN_ROWS = 5


@dataclass(frozen=True)
class Finding:
    """One code on one column: how many rows and the first of them (spreadsheet row numbers, header = 1)."""

    code: str
    column: str
    count: int
    first_rows: tuple[int, ...] = ()

    def sentence(self) -> str:
        """The finding in words, without any value of the row."""
        rows = ", ".join(str(row) for row in self.first_rows)
        where = f" in {self.column}" if self.column else ""
        at = f" (row {rows}{', ...' if self.count > len(self.first_rows) else ''})" if rows else ""
        return f"{self.code} {MEANINGS.get(self.code, '')}{where}: {self.count:,}{at}"


@dataclass(frozen=True)
class FileReport:
    """One file. ``read`` = ``ok`` + ``fixed`` + ``skipped`` (duplicates) + ``quarantined``."""

    file: str
    table: str
    load_id: str
    read: int
    ok: int
    fixed: int
    skipped: int
    quarantined: int
    added: int
    changed: int
    findings: tuple[Finding, ...] = ()
    coverage: Mapping[str, float] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ""
    zone: str = ""
    notes: tuple[str, ...] = ()
    # Which column of the file fed which field, and the words of closed lists that were not understood (V07).
    read_as: Mapping[str, str] = field(default_factory=dict)
    unmapped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def codes(self) -> dict[str, int]:
        """Rows by code, in order of the codes."""
        counts: dict[str, int] = {}
        for finding in sorted(self.findings, key=lambda found: found.code):
            counts[finding.code] = counts.get(finding.code, 0) + finding.count
        return counts


@dataclass(frozen=True)
class LoadReport:
    """A whole load. ``generation`` is "" when nothing had to be changed."""

    files: tuple[FileReport, ...]
    generation: str
    notes: tuple[str, ...] = ()
    watermarks: Mapping[str, dt.datetime] = field(default_factory=dict)
    spans: Mapping[str, tuple[tuple[dt.date, dt.date], ...]] = field(default_factory=dict)
    took_s: float = 0.0

    @property
    def is_unchanged(self) -> bool:
        """Whether everything was known already."""
        return not self.generation

    @property
    def exit_code(self) -> int:
        """0 loaded, 1 loaded with quarantined rows, 4 everything was known already."""
        if self.is_unchanged:
            return 4
        return 1 if self.total("quarantined") else 0

    def total(self, part: str) -> int:
        """Sum ``read``, ``ok``, ``fixed``, ``skipped``, ``quarantined``, ``added`` or ``changed`` over the files."""
        return sum(int(getattr(file, part)) for file in self.files)

    @property
    def codes(self) -> dict[str, int]:
        """Rows by code over all files."""
        counts: dict[str, int] = {}
        for file in self.files:
            for code, count in file.codes.items():
                counts[code] = counts.get(code, 0) + count
        return dict(sorted(counts.items()))

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            **{
                part: self.total(part) for part in ("read", "ok", "fixed", "skipped", "quarantined", "added", "changed")
            },
            "codes": self.codes,
            "generation": self.generation or None,
            "unchanged": self.is_unchanged,
            "files": [_file_json(file) for file in self.files],
            "spans": {table: [[str(a), str(b)] for a, b in spans] for table, spans in self.spans.items()},
            "watermarks": {table: instant.isoformat() for table, instant in self.watermarks.items()},
            "notes": list(self.notes),
            "took_s": round(self.took_s, 2),
        }

    def lines(self) -> list[str]:
        """The report for a person, one sentence a line."""
        rows = [
            f"{file.file} -> {file.table}: {file.read:,} read, {file.ok:,} ok, {file.fixed:,} fixed, "
            f"{file.quarantined:,} quarantined, {file.skipped:,} duplicates; "
            f"{file.added:,} new, {file.changed:,} changed"
            for file in self.files
        ]
        if len(self.files) > 1:
            rows.append(
                f"Together: {self.total('read'):,} read, {self.total('ok'):,} ok, {self.total('fixed'):,} fixed, "
                f"{self.total('quarantined'):,} quarantined, {self.total('skipped'):,} duplicates"
            )
        rows += [f"  {finding.sentence()}" for finding in merged_findings(self.files)]
        for file in self.files:
            if len(self.files) == 1 and file.read_as:
                read_as = ", ".join(f"{field} from {column}" for field, column in file.read_as.items())
                rows.append(f"Read {read_as}.")
            rows += [note for note in file.notes if note not in rows]
        for table, shares in _coverage(self.files).items():
            filled = ", ".join(f"{column} {share:.0%}" for column, share in shares.items())
            rows.append(f"Filled in {table}: {filled}")
        rows += list(self.notes)
        if self.is_unchanged:
            rows.append("Nothing changed: all of it was loaded before.")
        return rows


def merged_findings(files: Sequence[FileReport]) -> list[Finding]:
    """Return the findings of all files, one per code and column."""
    merged: dict[tuple[str, str], Finding] = {}
    for file in files:
        for found in file.findings:
            known = merged.get((found.code, found.column))
            # Row numbers mean something only beside their file.
            rows = found.first_rows if len(files) == 1 else ()
            count = found.count + (known.count if known else 0)
            merged[found.code, found.column] = Finding(found.code, found.column, count, rows)
    return [merged[key] for key in sorted(merged)]


def _coverage(files: Sequence[FileReport]) -> dict[str, dict[str, float]]:
    filled: dict[str, dict[str, float]] = {}
    rows: dict[str, dict[str, int]] = {}
    for file in files:
        kept = file.read - file.quarantined - file.skipped
        for column, share in file.coverage.items():
            of_table, rows_of = filled.setdefault(file.table, {}), rows.setdefault(file.table, {})
            of_table[column] = of_table.get(column, 0.0) + share * kept
            rows_of[column] = rows_of.get(column, 0) + kept
    return {
        table: {column: total / max(rows[table][column], 1) for column, total in columns.items()}
        for table, columns in filled.items()
    }


def _file_json(file: FileReport) -> dict[str, Any]:
    return {
        "file": file.file,
        "table": file.table,
        "load_id": file.load_id,
        **{part: getattr(file, part) for part in ("read", "ok", "fixed", "skipped", "quarantined", "added", "changed")},
        "codes": file.codes,
        "findings": [
            {"code": f.code, "column": f.column, "count": f.count, "first_rows": list(f.first_rows)}
            for f in file.findings
        ],
        "coverage": {column: round(share, 4) for column, share in file.coverage.items()},
        "unused": list(file.unused),
        "encoding": file.encoding,
        "zone": file.zone,
        "read_as": dict(file.read_as),
        "unmapped": {field: dict(words) for field, words in file.unmapped.items()},
        "notes": list(file.notes),
    }
