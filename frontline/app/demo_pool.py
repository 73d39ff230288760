"""The demo company's library of examples: asked for by its trainer, released by its steward, through the real flow."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import select

from frontline.core.actor import Actor
from frontline.core.request import PersonRef
from frontline.core.text import QuestionText, RawText
from frontline.store.models.corpus import Document

if TYPE_CHECKING:
    from frontline.app.wiring import House
    from frontline.governance.examination import Examination

# Of the growing theme, and of each of the largest topics of the last whole month.
OF_THEME, TOPICS, OF_TOPIC = 5, 4, 3
LEAST = 12
MONTH = "2026-05"
PURPOSE = "Training of new agents"
_LONG_NUMBER = re.compile(r"\d{4,}")


def release_examples(house: House) -> int:
    """Release a small pool unless something was asked for already; return how many were released."""
    from frontline.governance import people, release_rows
    from frontline.governance.crowds import refresh_pool

    with house.store.read() as session:
        if release_rows.has_any(session):
            return 0
        trainer, steward = (people.resolve(session, PersonRef(handle=name)) for name in _handles())
    known = _known(house.home)
    done: set[str] = set()
    for candidates, wanted in _groups(house, trainer):
        left = wanted or LEAST - len(done)
        for doc_id in candidates:
            if left > 0 and doc_id not in done and _release(house, trainer, steward, doc_id, known.get(doc_id, {})):
                done.add(doc_id)
                left -= 1
    with house.store.unit() as unit:
        refresh_pool(unit, house.catalog.releases)
        unit.commit()
    return len(done)


def _handles() -> tuple[str, str]:
    from frontline.sandbox.slack.cast import BY_PERSONA

    return BY_PERSONA["trainer"].handle, BY_PERSONA["steward"].handle


def _groups(house: House, trainer: Actor) -> list[tuple[list[str], int]]:
    """Return (candidates, how many): of the growing theme, then of the largest topics; the newest if May has none.

    The last group takes what is still missing to LEAST.
    """
    rules = house.catalog.releases
    query = select(Document).where(
        Document.kind == rules.kinds[0],
        Document.state == "inside",
        Document.consent.is_(True),
        Document.language == "english",
    )
    with house.store.read() as session:
        rows = list(session.scalars(query.order_by(Document.received_at.desc(), Document.doc_id)))
    may = [row for row in rows if (row.received_at or "").startswith(MONTH)] or rows
    of_month = {row.doc_id for row in may}
    groups: list[tuple[list[str], int]] = []
    if theme := _theme(house.home):
        hits = house.corpus.search(
            trainer, QuestionText(theme["theme"]), k=60, kind=rules.kinds[0], where={"category": theme["topic"]}
        )
        groups.append(([hit.id for hit in hits if hit.id in of_month], OF_THEME))
    for topic, _ in Counter(row.category for row in may).most_common(TOPICS):
        groups.append(([row.doc_id for row in may if row.category == topic], OF_TOPIC))
    return [*groups, ([row.doc_id for row in [*may, *rows]], 0)]


def _release(house: House, trainer: Actor, steward: Actor, doc_id: str, known: Mapping[str, Any]) -> bool:
    from frontline.governance import releases
    from frontline.governance.examination import examine

    rules = house.catalog.releases
    purpose = house.gate.check(RawText(PURPOSE)).text
    with house.store.read() as session:
        found = examine(session, session.get_one(Document, doc_id), gate=house.gate, rules=rules)
    if purpose is None or not _reads_well(found, known):
        return False
    with house.store.unit() as unit:
        row = releases.request(unit, trainer, found, purpose=purpose, policy=house.policy)
        releases.release(unit, steward, row.release_id, found, days=rules.expiry_days, policy=house.policy)
        unit.commit()
    return True


def _reads_well(found: Examination, known: Mapping[str, Any]) -> bool:
    """Stand in for the person who reads: nothing of what the company knows about the writer, no number of an order."""
    if found.blocks or found.sensitive or found.text is None or _LONG_NUMBER.search(found.text.show()):
        return False
    words = found.text.show().lower()
    parts = [part for value in _values(known) for part in re.findall(r"[^\W_]{3,}", value.lower())]
    return not any(re.search(rf"\b{re.escape(part)}\b", words) for part in parts)


def _values(known: Mapping[str, Any]) -> Sequence[str]:
    return [str(each) for value in known.values() for each in (value if isinstance(value, list) else [value]) if each]


def _known(home: Path) -> dict[str, Mapping[str, Any]]:
    path = home / "demo" / "documents.jsonl"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: row.get("known") or {} for row in map(json.loads, lines)}


def _theme(home: Path) -> Mapping[str, Any] | None:
    path = home / "truth.yaml"
    if not path.is_file():
        return None
    truth = yaml.safe_load(path.read_text(encoding="utf-8"))
    planted = truth.get("effects", []) if isinstance(truth, dict) else truth
    return next((effect for effect in planted if effect.get("kind") == "growing_theme"), None)
