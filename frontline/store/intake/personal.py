"""Personal data where none belongs (V12): found on a sample, masked in every row, never stored.

Patterns (e-mail, phone, card, IBAN, text as long as a sentence) are this module's own. Names need the injected finder:
this room knows nothing of how people are recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from frontline.catalog.records import ColumnType, RecordColumn
from frontline.store.intake.columns import Plan
from frontline.store.intake.conversion import cell_sql
from frontline.store.intake.masks import MASKED, Mask
from frontline.store.intake.reading import Layout
from frontline.store.intake.report import SHOWN_ROWS, Finding

# Texts in, one label per text out ("" for a text that names nobody).
FindPersonal = Callable[[Sequence[str]], Sequence[str]]

_SAMPLE = 200
_MOSTLY = 0.3  # of the sampled values: then the column as a whole is personal
_LABELS = frozenset({"PERSON", "EMAIL", "PHONE_NUMBER", "ADDRESS", "CREDIT_CARD", "IBAN", "SSN", "IP_ADDRESS"})
# Names of teams and places look like names of people and are none.
_NEVER = frozenset({"name", "handle", "site", "region", "country", "language", "currency"})


def find_masks(
    con: Any, plan: Plan, layout: Layout, find: FindPersonal | None
) -> tuple[dict[str, Mask], list[Finding]]:
    """Return the masks that ``raw`` needs, by field, and what they cover (V12)."""
    masks: dict[str, Mask] = {}
    findings: list[Finding] = []
    for field, feed in plan.feeds.items():
        spec = plan.spec.columns[field]
        if not feed.column or feed.pseudonym or spec.type not in (ColumnType.TEXT, ColumnType.WORD):
            continue
        cell = f"({cell_sql(field, feed, spec, layout)})"
        source = layout.source(feed.sources)
        mask = _mask_of(con, cell, field, spec, plan, find, source=source)
        if (
            mask is None
            or not con.execute(f"SELECT EXISTS (SELECT 1 FROM {source} WHERE {mask.test(cell)})").fetchone()[0]
        ):
            continue
        count, rows = con.execute(
            f"SELECT count(*), min(_row, {SHOWN_ROWS}) FROM raw WHERE {mask.test(cell)}"
        ).fetchone()
        masks[field] = mask
        findings.append(Finding("V12", field, int(count), tuple(rows)))
    return masks, findings


def describe_masks(file: str, masks: Mapping[str, Mask]) -> list[str]:
    """Return a warning for every masked column."""
    notes = []
    for field, mask in masks.items():
        kept = "kept as handles" if mask.pseudonym else f"kept as {MASKED!r}"
        what = "the column holds" if mask.is_whole else "cells hold"
        notes.append(f"{file}: {field}: {what} personal data or free text, {kept} (V12).")
    return notes


def _mask_of(
    con: Any, cell: str, field: str, spec: RecordColumn, plan: Plan, find: FindPersonal | None, *, source: str
) -> Mask | None:
    is_id = field in plan.spec.key or bool(spec.refers_to) or field.endswith("_id")
    pseudonym = _kind(field) if is_id else ""
    # The key of a case or a contact is a number of the help desk: nobody's name, and dear to check row by row.
    is_people = field in ("agent_id", "auditor_id")
    may_name = field not in _NEVER and plan.table != "teams" and (not is_id or is_people)
    if may_name and find is not None and _is_mostly_personal(con, cell, find, source):
        return Mask(is_whole=True, pseudonym=pseudonym)
    mask = Mask(pseudonym=pseudonym)
    if is_id:
        return mask
    # A dimension has few values: they are looked at once each, not row by row.
    test = f"SELECT EXISTS (SELECT 1 FROM (SELECT DISTINCT {cell} AS v FROM {source}) WHERE {mask.test('v')})"
    return mask if con.execute(test).fetchone()[0] else None


def _is_mostly_personal(con: Any, cell: str, find: FindPersonal, source: str) -> bool:
    rows = con.execute(
        f"SELECT v FROM (SELECT {cell} AS v, sum(n) AS n FROM {source} GROUP BY 1) WHERE v IS NOT NULL "
        f"ORDER BY n DESC, v LIMIT {_SAMPLE}"
    ).fetchall()
    texts = [row[0] for row in rows if any(letter.isalpha() for letter in row[0])]
    if len(texts) < 2:
        return False
    personal = sum(label in _LABELS for label in find(texts))
    return personal >= max(2, _MOSTLY * len(texts))


def _kind(field: str) -> str:
    # One person has one handle, whichever column names them.
    return "agent" if field in ("agent_id", "auditor_id") else field.removesuffix("_id")
