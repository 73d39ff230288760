"""A roster from CSV, JSONL or the init file: cells become rows, and a cell that cannot be read is named by line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from frontline.app.setup.wanted import RosterEntry
from frontline.core.errors import CatalogError, Fault
from frontline.governance.roster import RosterRow

COLUMNS: Mapping[str, str] = {
    "handle": "handle",
    "username": "handle",
    "roles": "roles",
    "role": "roles",
    "team": "team",
    "slack_user_id": "slack",
    "slack_id": "slack",
    "slack": "slack",
    "agent_id": "agent_id",
    "manager": "manager",
    "name": "name",
    "active": "active",
    "end_at": "end_at",
    "end_date": "end_at",
}
_YES, _NO = ("", "yes", "y", "true", "1", "active"), ("no", "n", "false", "0", "inactive", "left")
_MOST = 20_000_000  # bytes: 100,000 people


def read_roster(path: Path) -> tuple[list[RosterRow], list[str]]:
    """Return the rows of a file and notes on what was not read.

    Raises:
        CatalogError: the file, or any of its cells, cannot be read; all faults at once.
    """
    text = _read_text(path)
    lines = list(_json_lines(path, text) if path.suffix.lower() in (".jsonl", ".ndjson") else _csv_lines(path, text))
    faults: list[Fault] = []
    rows = []
    for number, cells in lines:
        try:
            rows.append(_row(number, cells))
        except ValueError as error:
            faults.append(Fault(path.name, number, str(error)))
    if faults:
        raise CatalogError(faults)
    if not rows:
        raise CatalogError([Fault(path.name, 0, "holds nobody")])
    unread = sorted({str(name) for _, cells in lines for name in cells if _column(str(name)) == "" and name})
    return rows, [f"{path.name}: columns that are not read: {', '.join(unread)}."] if unread else []


def as_row(entry: RosterEntry, *, line: int) -> RosterRow:
    """Return the row of a person of the init file."""
    return RosterRow(
        line=line,
        handle=entry.handle,
        roles=_roles(entry.roles),
        team=entry.team,
        slack=entry.slack_user_id,
        agent_id=entry.agent_id,
        manager=entry.manager,
        name=entry.name,
        active=entry.active,
        end_at=entry.end_at,
    )


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST:
            raise CatalogError([Fault(path.name, 0, "is far too long for a list of people")])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogError([Fault(path.name, 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise CatalogError([Fault(path.name, 0, "is not UTF-8: save it as CSV UTF-8")]) from None


def _csv_lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="")
    if "handle" not in {_column(name) for name in reader.fieldnames or ()}:
        said = "has no column handle; it needs handle and roles, and may have team, slack_user_id, agent_id, manager"
        raise CatalogError([Fault(path.name, 1, said)])
    try:
        for cells in reader:
            if any(value for value in cells.values()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise CatalogError([Fault(path.name, reader.line_num, f"is not CSV: {error}")]) from None


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except ValueError:
            cells = None
        if not isinstance(cells, dict):
            raise CatalogError([Fault(path.name, number, "is not a JSON object")])
        yield number, cells


def _row(number: int, cells: Mapping[str, Any]) -> RosterRow:
    given: dict[str, Any] = {}
    for name, value in cells.items():
        if column := _column(str(name)):
            given[column] = value if isinstance(value, list | bool) else str(value or "").strip()
    return RosterRow(
        line=number,
        handle=str(given.get("handle", "")),
        roles=_roles(given.get("roles", "")),
        active=_is_active(given.get("active", "")),
        end_at=_day(str(given.get("end_at", ""))),
        **{name: str(given.get(name, "")) for name in ("team", "slack", "agent_id", "manager", "name")},
    )


def _column(name: str) -> str:
    return COLUMNS.get(re.sub(r"[\s-]+", "_", name.strip().lower()), "")


def _roles(given: object) -> tuple[str, ...]:
    words = given if isinstance(given, list | tuple) else re.split(r"[\s,;|+/]+", str(given))
    return tuple(dict.fromkeys(str(word).strip().lower() for word in words if str(word).strip()))


def _is_active(given: object) -> bool:
    word = str(given).strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError(f"active is {word!r}: write yes or no")
    return word in _YES


def _day(given: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given[:10])
    except ValueError:
        raise ValueError(f"end_at is {given!r}: write a date such as 2026-06-30") from None
