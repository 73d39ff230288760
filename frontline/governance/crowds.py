"""k-anonymity of what stands beside a released quote (Sweeney 2002), over the released pool, counted in customers.

The details of a quote are shown only as fine as at least ``min_group`` customers of the pool share them all; a document
that names no customer counts as one. Finer ones are made coarser: week, month, quarter, year, nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.schema_releases import ReleaseRules
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Unit

TIMES = ("week", "month", "quarter", "year")
KEPT = ("category", "product", "region", "segment")
_AMOUNT = re.compile(r"\[AMOUNT ([^\]]+)\]")


@dataclass(frozen=True)
class Shown:
    """What may stand beside a quote. ``group``: customers who share it; ``generalised``: what was made coarser.

    ``has_amounts``: whether the buckets of amounts may stay in the words.
    """

    details: Mapping[str, Any]
    group: int
    generalised: tuple[str, ...]
    has_amounts: bool

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {**self.details, "group": self.group, "generalised": list(self.generalised)}


def details_of(document: Document, words: str) -> dict[str, str]:
    """Return every detail of a document, "" where there is none."""
    day = _day(document.received_at)
    monday = day - dt.timedelta(days=day.weekday()) if day else None
    return {
        "category": document.category or "",
        "product": document.product or "",
        "region": document.region or "",
        "segment": document.segment or "",
        "week": f"week of {monday.day} {monday:%B %Y}" if monday else "",
        "month": f"{day:%B %Y}" if day else "",
        "quarter": f"Q{(day.month + 2) // 3} {day:%Y}" if day else "",
        "year": f"{day:%Y}" if day else "",
        "amount": ", ".join(sorted(set(_AMOUNT.findall(words)))),
    }


def show_details(session: Session, document: Document, words: str, rules: ReleaseRules) -> Shown:
    """Return the most telling details that enough customers of the pool share, this document counted among them."""
    own = details_of(document, words)
    pool = [(_customer(document), own)]
    query = (
        select(Document, Release)
        .join(Release, Release.doc_id == Document.doc_id)
        .where(
            Document.state == "released",
            Document.kind == document.kind,
            Document.doc_id != document.doc_id,
            Release.state == "released",
        )
    )
    for row, release in session.execute(query).tuples():
        pool.append((_customer(row), details_of(row, release.text.show())))
    for wanted in rules.details:
        group = len({who for who, row in pool if all(row[name] == own[name] for name in wanted)})
        if wanted and group >= rules.min_group:
            return _shown(own, wanted, group, rules)
    return _shown(own, (), len({who for who, _ in pool}), rules)


def refresh_pool(unit: Unit, rules: ReleaseRules) -> int:
    """Work the details of every released quote out anew; return how many changed.

    The pool grows and shrinks: what five shared may be shared by four, and what four shared by five.
    """
    query = select(Release, Document).join(Document, Document.doc_id == Release.doc_id)
    query = query.where(Release.state == "released")
    changed = 0
    for release, document in unit.session.execute(query).tuples().all():
        fresh = show_details(unit.session, document, release.text.show(), rules).to_json()
        if fresh != release.shown:
            release.shown = fresh
            changed += 1
    unit.session.flush()
    return changed


def without_buckets(words: str) -> str:
    """Return words with amounts masked instead of bucketed."""
    return _AMOUNT.sub("[AMOUNT]", words)


def _shown(own: Mapping[str, str], wanted: Sequence[str], group: int, rules: ReleaseRules) -> Shown:
    times = [name for name in TIMES if name in wanted and own[name]]
    details = {name: own[name] for name in KEPT if name in wanted and own[name]}
    if times:
        details["received"] = own[times[0]]
    finest = rules.details[0]
    lost = [f"{name} -> none" for name in (*KEPT, "amount") if name in finest and name not in wanted and own[name]]
    best = next((name for name in TIMES if name in finest and own[name]), "")
    if best and (not times or times[0] != best):
        lost.append(f"{best} -> {times[0] if times else 'none'}")
    return Shown(details, group, tuple(lost), "amount" in wanted)


def _customer(document: Document) -> str:
    return document.customer_key or f"document {document.doc_id}"


def _day(received: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat((received or "")[:10])
    except ValueError:
        return None
