"""What people did with the words of a person who is erased: releases, quotes, tags, alerts. Counts stay, words go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select

from frontline.core.actor import SYSTEM
from frontline.core.text import AnonymizedText
from frontline.governance.alerts import LIVE, resolve_alert
from frontline.governance.quoting import STRUCK
from frontline.store.base import product_words
from frontline.store.erasure.traces import ERASED
from frontline.store.models.governance import Alert
from frontline.store.models.releases import Release
from frontline.store.models.talk import Tag
from frontline.store.models.work import OutboxRow
from frontline.store.work import Unit

_PART = 400  # SQLite takes a limited number of parameters
_SHORTEST_QUOTE = 12  # characters: shorter texts are everybody's ("ok thanks")


@dataclass(frozen=True)
class Standing:
    """A message that quotes the person and stands in Slack: ``key`` of the outbox, channel and ts of the post."""

    key: str
    channel: str
    ts: str
    at: str


def forget_releases(unit: Unit, doc_ids: Sequence[str]) -> list[AnonymizedText]:
    """Empty the released copies of documents; return the words that were shown. Who decided what and when stays."""
    shown = []
    for start in range(0, len(doc_ids), _PART):
        query = select(Release).where(Release.doc_id.in_(doc_ids[start : start + _PART]))
        for row in unit.session.scalars(query):
            if row.text.show() != ERASED:
                shown.append(row.text)
            row.text, row.shown, row.flags = product_words(ERASED), {}, []
    unit.session.flush()
    return shown


def forget_quotes(unit: Unit, texts: Iterable[AnonymizedText]) -> tuple[int, list[Standing]]:
    """Take words of erased documents out of every kept message; return how many changed, and which stand in Slack."""
    quotes = sorted({text.show() for text in texts if len(text) >= _SHORTEST_QUOTE})
    if not quotes:
        return 0, []
    spelled = {json.dumps(quote, ensure_ascii=False)[1:-1] for quote in quotes}
    # The stored JSON itself is changed, whatever part of a message the words are.
    outbox = sa.table("outbox", *map(sa.column, ("id", "payload")))
    changed, standing = 0, []
    for row_id, payload in unit.session.execute(select(outbox.c.id, outbox.c.payload)).tuples().all():
        fresh = payload
        for words in spelled:
            fresh = fresh.replace(words, STRUCK)
        if fresh == payload:
            continue
        changed += 1
        unit.session.execute(sa.update(outbox).where(outbox.c.id == row_id).values(payload=fresh))
        row = unit.session.get(OutboxRow, row_id, populate_existing=True)
        if row is not None and row.posted_ts:
            at = (row.sent_at or row.created_at).isoformat(timespec="minutes")
            standing.append(Standing(row.key, row.posted_channel or row.channel, row.posted_ts, at))
    return changed, standing


def forget_tags(unit: Unit, references: Sequence[str]) -> int:
    """Take the words and the case out of tags of the person's cases; the tags count on. Returns how many."""
    changed = 0
    for start in range(0, len(references), _PART):
        for tag in unit.session.scalars(select(Tag).where(Tag.case_key.in_(references[start : start + _PART]))):
            tag.text, tag.case_key = product_words(ERASED), None
            changed += 1
    unit.session.flush()
    return changed


def close_alerts(unit: Unit, subject: str) -> int:
    """Close what is open about the person: nobody shall call them any more. Returns how many."""
    query = select(Alert.alert_id).where(Alert.subject == subject, Alert.state.in_(LIVE))
    ids = unit.session.scalars(query).all()
    for alert_id in ids:
        resolve_alert(unit, SYSTEM, alert_id, note="erased")
    return len(ids)
