"""Releases: a person decides that somebody's words may be shown to others, and can take that back.

requested -> released | refused | withdrawn; released -> withdrawn | expired. Undo: released or refused -> requested by
a reviewer, withdrawn -> what it was. Whoever asks never reviews her own request. The document's state follows in the
same commit, and ``released_quotes`` is the only door to words of people for channels, posts and training material.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from anonymization.revision import mask_words
from frontline.core.actor import SYSTEM, Actor
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance.examination import Examination, is_unmeasured, refuse_blocked
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.release_rows import as_reviewer, existing, live_release, log_event, move, set_document
from frontline.governance.text_rights import LIBRARY, Use, covers
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from frontline.store.work import Unit


@dataclass(frozen=True)
class ReleasedQuote:
    """Words that a person released. ``category`` and ``received`` ("May 2026") are None where too few share them."""

    doc_id: str
    release_id: str
    text: AnonymizedText
    category: str | None
    received: str | None


def released_quotes(
    session: Session,
    actor: Actor,
    doc_ids: Sequence[str] | None,
    *,
    at: dt.datetime,
    policy: Policy | None = None,
    use: Use = LIBRARY,
) -> list[ReleasedQuote]:
    """Return the quotes among ``doc_ids`` that are released at an instant, in that order; None = the whole pool,
    the latest release first.

    Not released any more counts as not released: withdrawn, expired, replaced, without consent today, or in a
    language whose recall was not measured. What was asked for another audience than the actor's, or rests on a ground
    that the policy of the actor's audience does not know, is not there either. ``use``: what the words are pulled for.

    Raises:
        NotPermitted: the actor may see no released examples, or not for this use.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "example.list")
    shown_under = rules.texts.admit_pull(actor, use)
    query = (
        select(Release, Document)
        .join(Document, Document.doc_id == Release.doc_id)
        .where(
            Release.state == "released",
            Release.expires_at > at,
            Document.state == "released",
            Document.content_key == Release.content_key,
        )
        .order_by(Release.reviewed_at.desc(), Release.release_id)
    )
    found = {
        row.doc_id: _quote(row)
        for row, document in session.execute(query).tuples()
        if not is_unmeasured(document)
        and covers(
            shown_under,
            asked_under=row.audience,
            legal_basis=row.legal_basis,
            has_consent=document.consent,
        )
    }
    return list(found.values()) if doc_ids is None else [found[key] for key in dict.fromkeys(doc_ids) if key in found]


def request(
    unit: Unit,
    actor: Actor,
    found: Examination,
    *,
    purpose: AnonymizedText,
    legal_basis: str = "consent",
    release_id: str | None = None,
    policy: Policy | None = None,
) -> Release:
    """Ask for a document to be released, as it was examined.

    Raises:
        NotPermitted: the actor may not ask, or no policy lists the purpose or the legal basis.
        UsageError: something blocks it, or the purpose is empty.
        Conflict: it is asked for or released already, or changed since it was examined.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "example.request", f"document:{found.doc_id}")
    if not purpose:
        raise UsageError("A release needs a purpose.", next_step="For example: onboarding of new agents.")
    audience = rules.texts.admit_request(purpose, legal_basis)
    text = refuse_blocked(found)
    if found.policy.partition("@")[0] != audience.name:
        raise Conflict(f"It was looked at under another policy than {audience.name}.", next_step="Ask for it anew.")
    _same_content(unit.session, found.doc_id, found.content_key)
    if (live := live_release(unit.session, found.doc_id)) is not None:
        raise Conflict(f"It is {live.state} already ({live.release_id}).")
    row = Release(
        release_id=release_id or new_id("rel"),
        doc_id=found.doc_id,
        state="requested",
        text=text,
        shown=dict(found.shown),
        flags=list(found.flags),
        purpose=purpose,
        legal_basis=legal_basis,
        sensitivity=found.sensitivity,
        fidelity=dict(found.fidelity) if found.fidelity else None,
        policy=found.policy,
        content_key=found.content_key,
        requested_by=actor.key,
        requested_at=unit.now,
    )
    unit.session.add(row)
    log_event(unit, actor, row, "request", from_state="")
    return row


def release(
    unit: Unit,
    actor: Actor,
    release_id: str,
    found: Examination,
    *,
    days: int,
    policy: Policy | None = None,
    yes: AnonymizedText | None = None,
) -> Release:
    """Release what was asked for, for ``days`` days, after another look at it under today's rules.

    ``yes``: why a steward lets out what speaks of health, minors or a special category.

    Raises:
        NotPermitted: the actor does not review, asked for it herself, or is no steward where it takes one; or today's
            policy does not list the purpose or the legal basis.
        UsageError: something blocks it today, or it takes an explicit yes.
        Conflict: it is not waiting any more, or today's gate would mask it differently.
    """
    row = _to_review(unit, actor, release_id, policy=policy)
    document = _same_content(unit.session, row.doc_id, row.content_key)
    (policy or shipped_policy()).texts.admit_request(row.purpose, row.legal_basis, audience=row.audience)
    text = refuse_blocked(found)
    if found.content_key != row.content_key or text != row.text:
        raise Conflict("The gate would mask it differently today.", next_step="Refuse it, and have it asked for anew.")
    if found.sensitive:
        (policy or shipped_policy()).authorize(actor, "example.release_special", f"release:{release_id}")
        if not yes:
            raise UsageError(
                f"It speaks of {' and '.join(found.sensitive)}: it takes an explicit yes, with a reason.",
                next_step="Press Release and say why it may be shown.",
            )
    row.sensitivity, row.fidelity = found.sensitivity, dict(found.fidelity) if found.fidelity else None
    row.reviewed_by, row.reviewed_at = actor.key, unit.now
    row.expires_at, row.shown, row.policy = unit.now + dt.timedelta(days=days), dict(found.shown), found.policy
    set_document(unit, document, "released")
    event = "release_special" if found.sensitive else "release"
    return move(unit, actor, row, event, to_state="released", note=yes)


def refuse(
    unit: Unit, actor: Actor, release_id: str, *, reason: AnonymizedText | None, policy: Policy | None = None
) -> Release:
    """Say no, with a reason for the one who asked.

    Raises:
        NotPermitted: the actor does not review, or asked for it herself.
        UsageError: there is no reason.
        Conflict: it is not waiting any more.
    """
    row = _to_review(unit, actor, release_id, policy=policy)
    if not reason:
        raise UsageError("A refusal needs a reason.", next_step="Say what the one who asked should look at.")
    row.reviewed_by, row.reviewed_at, row.reason = actor.key, unit.now, reason
    return move(unit, actor, row, "refuse", to_state="refused", note=reason)


def mask_more(
    unit: Unit, actor: Actor, release_id: str, words: QuestionText, *, policy: Policy | None = None
) -> Release:
    """Mask further words (one on each line) in a waiting text; the document in the index stays as it is.

    Raises:
        NotPermitted, Conflict: as for ``refuse``.
        UsageError: a word is not in the text.
    """
    row = _to_review(unit, actor, release_id, policy=policy)
    row.text = mask_words(row.text, words.reveal().splitlines())
    return move(unit, actor, row, "mask", to_state="requested")


def access_release(session: Session, actor: Actor, release_id: str, *, policy: Policy | None = None) -> Release:
    """Return a release the actor may know of: a reviewer every one, who asks her own and the released.

    Raises:
        NotPermitted: the actor neither asks nor reviews.
        NotFound: there is none that the actor may know of.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "example.withdraw", f"release:{release_id}")
    row = existing(session, release_id)
    is_theirs = row.requested_by == actor.key or row.state == "released"
    if not is_theirs and not rules.is_allowed(actor, "example.release"):
        raise NotFound("There is no such release of yours.", next_step="`/ops example list requested` shows yours.")
    return row


def access_review(
    session: Session, actor: Actor, release_id: str, *, policy: Policy | None = None
) -> tuple[Release, Document]:
    """Return a release and its document to somebody who may decide on it.

    Raises:
        NotPermitted: the actor does not review, or asked for it herself.
        NotFound: there is no such release, or its document is gone.
    """
    rules = policy or shipped_policy()
    # The permission first: who may not review learns nothing of what exists.
    rules.authorize(actor, "example.release", f"release:{release_id}")
    row = existing(session, release_id)
    as_reviewer(rules, actor, row)
    document = session.get(Document, row.doc_id)
    if document is None:
        raise NotFound("Its document is gone.", next_step="Refuse the request.")
    return row, document


def list_releases(
    session: Session, actor: Actor, *, states: Sequence[str] = ("requested",), policy: Policy | None = None
) -> list[Release]:
    """Return releases in ``states``, the oldest request first: all to a reviewer, else the actor's own.

    Raises:
        NotPermitted: the actor neither asks nor reviews.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "example.withdraw")
    query = select(Release).where(Release.state.in_(states)).order_by(Release.requested_at, Release.release_id)
    if not rules.is_allowed(actor, "example.release") and actor != SYSTEM:
        query = query.where(Release.requested_by == actor.key)
    return list(session.scalars(query))


def _to_review(unit: Unit, actor: Actor, release_id: str, *, policy: Policy | None) -> Release:
    row, _ = access_review(unit.session, actor, release_id, policy=policy)
    if row.state != "requested":
        raise Conflict(f"This is {row.state} already.")
    return row


def _same_content(session: Session, doc_id: str, content_key: str) -> Document:
    document = session.get(Document, doc_id)
    if document is None or document.content_key != content_key:
        raise Conflict("Its text was replaced meanwhile.", next_step="Look at the new text and ask for it anew.")
    return document


def _quote(row: Release) -> ReleasedQuote:
    return ReleasedQuote(row.doc_id, row.release_id, row.text, row.shown.get("category"), row.shown.get("received"))
