"""Which messages quote a release: a withdrawn quote is struck from what has not gone, and is found where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import AudienceKind
from frontline.core.errors import NotPermitted
from frontline.core.reply import Paragraph, Quote, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import outbox
from frontline.governance.wire import reply_from_json, reply_to_json
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release, ReleaseUse
from frontline.store.models.work import OutboxRow
from frontline.store.work import Unit

# Re-checked when the message goes: a quote is all that is in it.
QUOTE = "quote.deliver"
STRUCK = "_A quote stood here; it was withdrawn._"
# A message in one of these states stands in Slack, or may.
_MAY_STAND = ("sent", "sending", "uncertain")


@dataclass(frozen=True)
class Place:
    """Where a quote stands, or was about to: ``state`` is that of the message."""

    channel: str
    state: str
    at: dt.datetime


def note_use(unit: Unit, key: str, release_ids: Iterable[str]) -> None:
    """Write down that the message of this outbox key quotes these releases, in the commit that enqueues it.

    Whoever posts a quote calls this: only so can it be taken back.
    """
    for release_id in dict.fromkeys(release_ids):
        query = select(ReleaseUse.id).where(ReleaseUse.release_id == release_id, ReleaseUse.key == key)
        if unit.session.scalar(query) is None:
            unit.session.add(ReleaseUse(release_id=release_id, key=key, at=unit.now))
    unit.session.flush()


def check_quotes(session: Session, key: str, *, at: dt.datetime) -> None:
    """Look once more right before a message goes.

    Beyond private views every quote must be the words of a release that stands, whether its use was noted or not.

    Raises:
        NotPermitted: it quotes what is not released, or not any more.
    """
    row = session.scalar(select(OutboxRow).where(OutboxRow.key == key))
    if row is not None and row.audience.get("kind", "private") != AudienceKind.PRIVATE:
        _check_words(session, row, at=at)
    query = (
        select(Release.state, Release.expires_at)
        .join(ReleaseUse, ReleaseUse.release_id == Release.release_id)
        .where(ReleaseUse.key == key, ReleaseUse.struck_at.is_(None))
    )
    for state, expires_at in session.execute(query).tuples():
        if state != "released" or expires_at is None or expires_at <= at:
            raise NotPermitted("It quotes an example that is not released any more.", policy_id="example.released")


def strike(unit: Unit, row: Release) -> int:
    """Take a release's quote out of every message that holds it; return how many were changed.

    One that has not begun to go is changed before it goes; one that is nothing but the quote stays as it is then, for
    ``check_quotes`` withholds it. One that stands in Slack, or may, is replaced there by a message of the outbox.
    """
    changed = 0
    query = (
        select(ReleaseUse, OutboxRow)
        .join(OutboxRow, OutboxRow.key == ReleaseUse.key)
        .where(ReleaseUse.release_id == row.release_id, ReleaseUse.struck_at.is_(None))
        .where(OutboxRow.state.in_(("pending", *_MAY_STAND)))
    )
    for use, message in unit.session.execute(query).tuples().all():
        if "reply" not in message.payload or (message.state == "pending" and message.action == QUOTE):
            continue
        reply = _without(unit.session, message.payload["reply"], row, unit.now)
        if message.state in _MAY_STAND:
            _replace(unit, message, reply, row)
        if message.state in ("pending", "sent"):
            # One on its way is left as it is, for ``check_quotes`` to withhold it while that can be done.
            message.payload = {**message.payload, "reply": reply}
            use.struck_at = unit.now
        changed += 1
    unit.session.flush()
    return changed


def _replace(unit: Unit, message: OutboxRow, reply: dict[str, Any], row: Release) -> None:
    """Let the outbox replace a message where it stands, after it has surely arrived."""
    outbox.enqueue(
        unit,
        f"struck/{row.release_id}/{len(row.events)}/{message.key}"[:200],
        message.channel,
        {"reply": reply, outbox.UPDATES: message.key},
        audience=outbox.audience_from_json(message.audience),
        thread_of=message.key,
        is_prompted=True,
    )


def places_of(session: Session, release_id: str) -> list[Place]:
    """Return the messages that quote a release, or did, oldest first. The caller has authorized the release."""
    query = (
        select(OutboxRow.channel, OutboxRow.state, OutboxRow.sent_at, OutboxRow.created_at)
        .join(ReleaseUse, ReleaseUse.key == OutboxRow.key)
        .where(ReleaseUse.release_id == release_id)
        .order_by(OutboxRow.id)
    )
    return [Place(channel, state, sent or made) for channel, state, sent, made in session.execute(query).tuples()]


def _check_words(session: Session, row: OutboxRow, *, at: dt.datetime) -> None:
    quoted = _quotes_in(row.payload.get("reply"))
    if not quoted:
        return
    query = select(Release.text).join(Document, Document.doc_id == Release.doc_id)
    query = query.where(Release.state == "released", Release.expires_at > at, Document.consent.is_(True))
    if not set(quoted) <= set(session.scalars(query)):
        raise NotPermitted("It quotes words that no person released.", policy_id="example.released")


def _quotes_in(stored: Any) -> list[AnonymizedText]:
    if not isinstance(stored, Mapping) or not stored:
        return []
    return [part.text for part in reply_from_json(stored).parts if isinstance(part, Quote)]


def _without(session: Session, stored: Any, row: Release, at: dt.datetime) -> dict[str, Any]:
    """Return a reply without the words of ``row``, and without others that are not released any more."""
    reply: Reply = reply_from_json(stored)
    query = select(Release.text).where(
        Release.state == "released", Release.expires_at > at, Release.release_id != row.release_id
    )
    released = set(session.scalars(query))
    parts = [
        Paragraph(STRUCK) if isinstance(part, Quote) and part.text not in released else part for part in reply.parts
    ]
    return reply_to_json(reply.with_(parts=parts))
