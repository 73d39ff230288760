"""How releases end: withdrawn by a person, expired by time, lapsed with other content; and what can be undone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import Conflict
from frontline.core.text import AnonymizedText
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.quoting import strike
from frontline.governance.release_rows import LIVE, as_reviewer, existing, live_release, move, set_document
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Unit


def withdraw(
    unit: Unit, actor: Actor, release_id: str, *, reason: AnonymizedText | None = None, policy: Policy | None = None
) -> Release:
    """Take a request or a release back at once: its words leave search, and every post that has not gone.

    Raises:
        NotPermitted: the actor neither asks for releases nor reviews them.
        Conflict: it is neither waiting nor released.
    """
    (policy or shipped_policy()).authorize(actor, "example.withdraw", f"release:{release_id}")
    row = existing(unit.session, release_id)
    if row.state not in LIVE:
        raise Conflict(f"This is {row.state} already.")
    if row.state == "released":
        _take_back(unit, row, document_state="withdrawn")
    row.reason = reason
    return move(unit, actor, row, "withdraw", to_state="withdrawn", note=reason)


def undo_withdrawal(
    unit: Unit, actor: Actor, release_id: str, *, within: dt.timedelta, policy: Policy | None = None
) -> Release:
    """Put a withdrawn one back where it was: by who withdrew it ``within`` so long, later by a reviewer.

    Text that was replaced meanwhile is another text: the document can be found inside again, the release expires.

    Raises:
        NotPermitted: the actor may not, or may not alone.
        Conflict: it is not withdrawn, has expired, or the document is asked for anew.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "example.withdraw", f"release:{release_id}")
    row = existing(unit.session, release_id)
    if row.state != "withdrawn":
        raise Conflict(f"This is {row.state}, not withdrawn.")
    last = row.events[-1]
    is_own = last.actor_key == actor.key and unit.now <= last.at + within
    if not is_own:
        as_reviewer(rules, actor, row)
    if live_release(unit.session, row.doc_id) is not None:
        raise Conflict("The document was asked for anew.")
    document = unit.session.get(Document, row.doc_id)
    if document is None or document.content_key != row.content_key:
        if document is not None and document.state == "withdrawn":
            set_document(unit, document, "inside")
        return move(unit, SYSTEM, row, "lapse", to_state="expired")
    back = last.from_state
    if back == "released":
        if row.expires_at is None or row.expires_at <= unit.now or not document.consent:
            raise Conflict("It would have expired by now.", next_step="Ask for it anew.")
        set_document(unit, document, "released")
    row.reason = None
    return move(unit, actor, row, "restore", to_state=back)


def undo_review(unit: Unit, actor: Actor, release_id: str, *, policy: Policy | None = None) -> Release:
    """Put a released or refused one back among the waiting.

    Raises:
        NotPermitted: the actor does not review, or asked for it herself.
        Conflict: it is neither released nor refused, or the document is asked for anew.
    """
    rules = policy or shipped_policy()
    row = existing(unit.session, release_id)
    as_reviewer(rules, actor, row)
    if row.state not in ("released", "refused"):
        raise Conflict(f"This is {row.state}; there is no review to take back.")
    if row.state == "released":
        _take_back(unit, row, document_state="inside")
    elif live_release(unit.session, row.doc_id) is not None:
        raise Conflict("The document was asked for anew.")
    row.reviewed_by = row.reviewed_at = row.expires_at = row.reason = None
    return move(unit, actor, row, "reopen", to_state="requested")


def expire_due(unit: Unit) -> list[Release]:
    """End the releases whose time is over; return them. Quotes of them are not given out from that instant anyway."""
    due = (
        select(Release).where(Release.state == "released", Release.expires_at <= unit.now).order_by(Release.release_id)
    )
    rows = list(unit.session.scalars(due))
    for row in rows:
        _take_back(unit, row, document_state="inside")
        move(unit, SYSTEM, row, "expire", to_state="expired")
    return rows


def lapse(unit: Unit, doc_id: str) -> None:
    """End the live release of a document whose content is being replaced: nobody reviewed the new text."""
    row = live_release(unit.session, doc_id)
    if row is not None:
        if row.state == "released":
            _take_back(unit, row, document_state="inside")
        move(unit, SYSTEM, row, "lapse", to_state="expired")


def _take_back(unit: Unit, row: Release, *, document_state: str) -> None:
    """The words leave search and the posts that have not gone."""
    document = unit.session.get(Document, row.doc_id)
    if document is not None and document.state == "released":
        set_document(unit, document, document_state)
    strike(unit, row)
